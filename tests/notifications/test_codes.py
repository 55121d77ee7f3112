"""Codes: how many are sent, how long each is good, and how often one may be wrong."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from notifications.contacts import book as contacts
from notifications.contacts import codes, preferences
from notifications.contacts.verifications import PER_ADDRESS
from notifications.errors import (
    CodeError,
    CodeOverError,
    NoticeError,
    TooManyCodesError,
)
from notifications.kinds import DeliveryState
from notifications.models import Address, Delivery, Verification
from tests.notifications.asking import (
    ANN,
    BOB,
    HOUR,
    MAIL,
    MINUTE,
    OTHER_MAIL,
    PHONE,
    ask,
    values,
    verify,
    wrong,
)
from tests.renewals.parallel import race
from tests.renewals.people import NOW, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]


# --- limits ---------------------------------------------------------------------------------


def test_at_most_three_codes_an_hour_are_sent_to_one_person() -> None:
    for at in range(3):
        ask(text=f"a{at}@example.kz", at=at * MINUTE)
    with pytest.raises(TooManyCodesError):
        ask(at=3 * MINUTE)
    with pytest.raises(TooManyCodesError):
        ask(at=59 * MINUTE)
    assert Delivery.objects.count() == 3
    ask(channel="sms", text=PHONE, at=3 * MINUTE)
    ask(BOB, at=3 * MINUTE)
    ask(at=HOUR)
    with pytest.raises(TooManyCodesError):
        ask(at=HOUR)


def test_a_clock_that_was_wrong_for_a_while_locks_nobody_out() -> None:
    for _time in range(3):
        ask(at=timedelta(days=1))
    verification = ask()
    verify(codes.code_of(verification))
    assert values() == {"email": MAIL}


def test_how_often_others_ask_for_an_address_is_not_seen() -> None:
    for number in range(10, 10 + PER_ADDRESS):
        ask(iin_of(number), at=number * MINUTE)
    more = ask(at=30 * MINUTE)
    assert contacts.pending(iin=ANN, channel="email", now=NOW + 30 * MINUTE) == more
    assert more.delivery.state == DeliveryState.DROPPED.value
    assert Delivery.objects.filter(state="waiting").count() == PER_ADDRESS
    with pytest.raises(CodeError):
        verify(wrong(more), at=31 * MINUTE)
    # What was not sent keeps nobody from being written to.
    assert ask(at=10 * MINUTE + HOUR).delivery.state == DeliveryState.WAITING.value


def test_a_refused_address_costs_as_many_questions_as_any_other(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(10, 20):
        ask(iin_of(number), OTHER_MAIL)
    for iin in (ANN, BOB):
        preferences.choose_language(iin=iin, language="kk")
    with django_assert_num_queries(9):
        ask(ANN, MAIL)
    with django_assert_num_queries(9):
        ask(BOB, OTHER_MAIL)
    assert Delivery.objects.filter(state="dropped").count() == 1


def test_a_new_code_makes_earlier_ones_useless() -> None:
    first = ask()
    sent = ask(text=OTHER_MAIL, at=MINUTE)
    assert Delivery.objects.get(verification=first).state == "dropped"
    for code in {codes.code_of(first)} - {codes.code_of(sent)}:
        with pytest.raises(CodeError):
            verify(code, at=2 * MINUTE)
    verify(codes.code_of(sent), at=2 * MINUTE)
    assert values() == {"email": OTHER_MAIL}


def test_a_code_that_has_left_is_not_taken_back_but_useless() -> None:
    first = ask()
    Delivery.objects.update(state="sent")
    ask(at=MINUTE)
    assert Delivery.objects.get(verification=first).state == "sent"


# --- codes ----------------------------------------------------------------------------------


def test_a_code_is_good_for_ten_minutes() -> None:
    verification = ask()
    code = codes.code_of(verification)
    with pytest.raises(CodeOverError):
        verify(code, at=10 * MINUTE)
    verify(code, at=10 * MINUTE - timedelta(seconds=1))


def test_a_code_is_good_once() -> None:
    verification = ask()
    code = codes.code_of(verification)
    verify(code)
    with pytest.raises(CodeOverError):
        verify(code)
    assert Address.objects.count() == 1


def test_without_a_code_there_is_nothing_to_verify() -> None:
    with pytest.raises(CodeOverError):
        verify("123456")


def test_five_tries_and_no_more() -> None:
    verification = ask()
    for left in ("4", "3", "2", "1"):
        with pytest.raises(CodeError) as caught:
            verify(wrong(verification))
        assert caught.value.facts == {"left": left}
    for code in (wrong(verification), codes.code_of(verification), wrong(verification)):
        with pytest.raises(CodeOverError):
            verify(code)
    assert contacts.addresses_of(ANN) == {}
    verification.refresh_from_db()
    assert verification.tries == 5


def test_the_last_try_may_be_the_right_one() -> None:
    verification = ask()
    for _time in range(4):
        with pytest.raises(CodeError):
            verify(wrong(verification))
    verify(codes.code_of(verification))
    verification.refresh_from_db()
    assert (verification.tries, verification.spent_at) == (4, NOW + MINUTE)


@pytest.mark.parametrize(
    "form", ["{0}", " {0}\n", "{1} {2}", "{1}-{2}", "{1}\u00a0–\u200b{2}", "wide"]
)
def test_a_code_may_be_typed_in_groups(form: str) -> None:
    code = codes.code_of(ask())
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    verify(wide if form == "wide" else form.format(code, code[:3], code[3:]))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "12345",
        "1234567",
        "abcdef",
        "\x00",
        "\ud800",
        "²³⁴⁵⁶⁷",
        "-" * 10**5,
        "½" * 6,
        "१" * 6,
    ],
)
def test_whatever_else_is_typed_is_a_wrong_code(typed: str) -> None:
    verification = ask()
    if codes.code_of(verification) == "111111":
        pytest.skip("that would be right")
    with pytest.raises(CodeError):
        verify(typed)


def test_a_code_stands_in_no_row_and_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        verification = ask()
        code = codes.code_of(verification)
        random = verification.nonce
        rows = [*Verification.objects.values(), *Delivery.objects.values()]
    kept = [str(value) for row in rows for value in row.values() if value != random]
    assert len(code) == 6
    assert code.isdecimal()
    assert not [value for value in kept if code in value and value != MAIL]
    assert not [line for line in caplog.messages if code in line.replace(random, "")]


def test_codes_of_other_rows_are_others() -> None:
    found = {codes.code_of(ask(iin_of(number), OTHER_MAIL)) for number in range(20)}
    assert len(found) > 15


def test_a_code_depends_on_the_secret_and_survives_its_change(settings: Settings) -> None:
    verification = ask()
    code, old = codes.code_of(verification), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    assert codes.code_of(verification) != code or code == "000000"
    with pytest.raises(CodeError):
        verify(code)
    settings.SECRET_KEY_FALLBACKS = [old]
    verify(code)


# --- at once --------------------------------------------------------------------------------


def outcome(work: Callable[[], object], seen: list[str]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except NoticeError as error:
            seen.append(error.code)
        else:
            seen.append("done")

    return run


@pytest.mark.django_db(transaction=True)
def test_of_two_right_codes_one_makes_one_address() -> None:
    for number in range(10):
        iin = iin_of(number)
        code = codes.code_of(ask(iin))
        seen: list[str] = []
        race(*[outcome(lambda iin=iin, code=code: verify(code, iin), seen)] * 4)  # type: ignore[misc]
        assert sorted(seen) == ["contact.code_over"] * 3 + ["done"]
        assert Address.objects.filter(iin=iin).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_wrong_codes_at_once_are_five_tries() -> None:
    verification = ask()
    code = wrong(verification)
    seen: list[str] = []
    race(*[outcome(lambda: verify(code), seen)] * 12)
    assert set(seen) <= {"contact.code", "contact.code_over"}
    assert seen.count("contact.code") <= 4
    verification.refresh_from_db()
    assert verification.tries == 5
    with pytest.raises(CodeOverError):
        verify(codes.code_of(verification))


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_three_codes() -> None:
    seen: list[str] = []
    race(
        *[
            outcome(lambda at=at: ask(at=-at * MINUTE), seen)  # type: ignore[misc]
            for at in range(8)
        ]
    )
    assert sorted(seen) == ["contact.too_many_codes"] * 5 + ["done"] * 3
    assert Verification.objects.filter(spent_at=None).count() == 1
    assert Delivery.objects.filter(state="waiting").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_never_counted_where_a_rollback_would_forget_it() -> None:
    verification = ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        verify(wrong(verification))
