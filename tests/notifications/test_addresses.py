"""Addresses as people type them, and the one way in which they are kept."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from notifications.contacts.addresses import (
    mask_email,
    mask_phone,
    parse_email,
    parse_phone,
    show_email,
)
from notifications.errors import (
    AddressError,
    EmailError,
    HomoglyphError,
    PhoneError,
    PhoneRegionError,
)

# Of what real addresses consist, and what people put around and between.
PIECES = st.sampled_from(
    [
        *("a", "Ann", "@", ".", "example.kz", "почта", "қаз", "xn--", "80a1acny", "+", "-", "é"),
        *(" ", "\n", "\x00", "\u200b", "\u202e", "\ud800", "\u00ad", '"', "(x)", "<", ">", "[::1]"),
        *("8", "701", "1234567", "+7", "７０１", "\u00a0", ";ext=5", "tel:", "٧٠١", "/", ",", "ß"),
    ]
)
TYPED = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


# --- e-mail ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@example.kz", "ann@example.kz"),
        ("  Ann.Lee+cabinet@EXAMPLE.KZ\n", "Ann.Lee+cabinet@example.kz"),
        ("o'brien_9@mail.example.kz", "o'brien_9@mail.example.kz"),
        ("ann@почта.қаз", "ann@xn--80a1acny.xn--80ao21a"),
        ("ann@ПОЧТА.ҚАЗ", "ann@xn--80a1acny.xn--80ao21a"),
        ("ann@xn--80a1acny.xn--80ao21a", "ann@xn--80a1acny.xn--80ao21a"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@мектеп-1.kz", "ann@xn---1-mlcaykyw.kz"),
        ("ann@ｅｘａｍｐｌｅ.kz", "ann@example.kz"),
    ],
)
def test_an_address_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert parse_email(typed) == kept
    assert parse_email(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "@", "ann", "ann@", "@example.kz", "ann@example", "ann@@example.kz"),
        *("ann@example.kz\nBcc: all@example.kz", "ann@exam\rple.kz", "ann\n@example.kz"),
        *("ann@example.kz, bob@example.kz", "Ann <ann@example.kz>", '"ann"@example.kz'),
        *("ann(note)@example.kz", "ann@example.kz(note)", "ann@[127.0.0.1]", "ann@[IPv6:::1]"),
        *("ann@127.0.0.1", "ann@localhost", "ann@cabinet.local", "ann@-example.kz"),
        *("ann\u200b@example.kz", "ann@exam\u200bple.kz", "ann@exam\u00adple.kz"),
        *("ann\u202e@example.kz", "an\x00n@example.kz", "ann@exa mple.kz", "\ud800@example.kz"),
        *("аnn@example.kz", "ännchen@example.kz", "ann..lee@example.kz", ".ann@example.kz"),
        *("ann@xn--zzzzzzzz99999.kz", "ann@xn--.kz", "ann@ab--cd.kz"),
        "a" * 308 + "@example.kz",  # 320 characters
        "ann@" + ".".join(["a" * 63] * 5) + ".kz",
        "a" * 65 + "@example.kz",
        "@" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailError):
        parse_email(typed)


@pytest.mark.parametrize(
    ("domain", "letters"),
    [
        ("gооgle.com", "о"),
        ("exаmple.kz", "а"),
        ("почтa.kz", "a"),
        ("аpple.com", "а"),
        ("раураl.com", "l"),
        ("рауԛ.com", "р, а, у, ԛ"),
        ("сос.kz", "с, о"),
        ("хор.example.kz", "х, о, р"),
        ("ɡoogle.com", "ɡ"),
        ("nooνο.com", "ν, ο"),
        ("дѕ日.kz", "日"),
        # The same, as a program writes it.
        ("xn--ggle-55da.com", "о"),
        ("xn--n1afb.com", "с, о"),
    ],
)
def test_a_domain_that_looks_like_another_is_refused(domain: str, letters: str) -> None:
    with pytest.raises(HomoglyphError) as caught:
        parse_email(f"ann@{domain}")
    assert caught.value.facts == {"letters": letters}


@pytest.mark.parametrize("domain", ["сос.қаз", "почта.kz", "қазпошта.kz", "мектеп.рф", "100.kz"])
def test_a_domain_in_one_alphabet_is_taken(domain: str) -> None:
    assert show_email(parse_email(f"ann@{domain}")) == f"ann@{domain}"


@given(TYPED)
@example("ann@\u2260.kz")
@example("ann@" + "ü" * 300 + ".kz")
@example("x@\u1e9e.kz")
def test_nothing_that_is_typed_as_an_address_breaks_anything(typed: str) -> None:
    try:
        kept = parse_email(typed)
    except AddressError:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert len(kept) <= 254
    assert kept.count("@") == 1
    assert not set(kept) & set(' "<>(),;:\\[]')
    assert parse_email(kept) == kept
    assert parse_email(show_email(kept)) == kept


@given(TYPED)
def test_what_is_shown_never_fails(text: str) -> None:
    assert isinstance(show_email(text), str)
    assert isinstance(mask_email(text), str)
    assert isinstance(mask_phone(text), str)


def test_most_of_an_address_is_hidden() -> None:
    assert mask_email("ann.lee@example.kz") == "a•••@example.kz"
    assert mask_email("a@example.kz") == "a•••@example.kz"
    assert mask_email("ann@xn--80a1acny.xn--80ao21a") == "a•••@почта.қаз"
    assert mask_email("nothing") == "•••"
    assert mask_phone("+77011234567") == "+7701 ••• 4567"
    assert mask_phone("+7701") == "•••"


# --- phone ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        *("8 701 123 45 67", "+7 (701) 123-45-67", "7011234567", "87011234567", "77011234567"),
        *(
            "+77011234567",
            " +7 701 123 45 67\n",
            "８（７０１）１２３４５６７",
            "+7\u00a0701\u00a01234567",
        ),
        *("8-701-123-45-67", "8–701–1234567", "8.701.123.45.67", "+7 701/123/4567", "(701)1234567"),
        # Copied from a list of contacts, with the marks of direction that it puts around.
        *(
            "\u202a+7 701 123-45-67\u202c",
            "\u200e87011234567",
            "٨٧٠١١٢٣٤٥٦٧",
            "＋７７０１１２３４５６７",
        ),
    ],
)
def test_a_number_is_understood_as_it_is_typed_in_kazakhstan(typed: str) -> None:
    assert parse_phone(typed) == "+77011234567"


@pytest.mark.parametrize("code", ["700", "701", "705", "707", "747", "771", "775", "776", "778"])
def test_every_mobile_code_is_known(code: str) -> None:
    assert parse_phone(f"8 {code} 123 45 67") == f"+7{code}1234567"


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "+", "+7", "701123456", "87011234567890", "112", "1", "0" * 40, "9" * 100_000),
        *("+7 7172 70 00 00", "8 (727) 250-00-00", "8 800 080 77 77"),  # lines, free of charge
        *(
            "+8 701 123 45 67",
            "7011234567 доб. 5",
            "7011234567;ext=5",
            "7011234567x5",
            "tel:+77011",
        ),
        *("8 701 ABC DEFG", "701-FLOWERS", "call 87011234567", "*100#", "+7701123\n4567"),
        *("\x0087011234567", "87011234567, 87011234568", "\ud80087011234567"),
        "+7 495 123 45 67",  # a line in Russia
    ],
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError):
        parse_phone(typed)


@pytest.mark.parametrize(
    "typed", ["+7 916 123 45 67", "8 916 123 45 67", "+996 555 123 456", "+44 7400 123456"]
)
def test_a_number_of_another_country_is_told_apart(typed: str) -> None:
    with pytest.raises(PhoneRegionError):
        parse_phone(typed)


def test_the_countries_are_a_setting(settings: Settings) -> None:
    settings.PHONE_REGIONS = ["KZ", "KG"]
    assert parse_phone("+996 555 123 456") == "+996555123456"
    assert parse_phone("0555 123 456") == "+996555123456"
    assert parse_phone("8 701 123 45 67") == "+77011234567"
    with pytest.raises(PhoneRegionError):
        parse_phone("+7 916 123 45 67")


@given(TYPED | st.text(st.characters(categories=["Nd", "Zs", "Pd", "Cf"]), max_size=20))
def test_nothing_that_is_typed_as_a_number_breaks_anything(typed: str) -> None:
    try:
        kept = parse_phone(typed)
    except AddressError:
        return
    assert kept[0] == "+"
    assert kept[1:].isdigit()
    assert kept.isascii()
    assert parse_phone(kept) == kept


@given(st.integers(0, 9_999_999), st.data())
def test_signs_between_the_digits_change_nothing(number: int, data: st.DataObject) -> None:
    digits = f"8701{number:07d}"
    signs = st.sampled_from(["", "", " ", "-", "\u00a0", "(", ")", "."])
    typed = "".join(one + data.draw(signs) for one in digits)
    assert parse_phone(unicodedata.normalize("NFC", typed)) == f"+7701{number:07d}"
