"""Reports of mail servers: what is read in them, and that nothing in them does harm."""

import base64
import random

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from notifications.delivering import verp
from notifications.delivering.bounces import MAX_BYTES, Action, Report, parse_report
from notifications.delivering.reply_codes import enhanced_of, is_bad_address
from tests.notifications.reports import HOLIDAY, UNKNOWN, postfix, within

TO = "bounces+7-0123456789abcdef0123@cabinet.example"


def read(data: bytes) -> Report:
    found = parse_report(data)
    assert found is not None
    return found


def test_a_report_of_postfix() -> None:
    report = read(postfix(TO))
    assert report == Report(Action.FAILED, "5.1.1", 550, (TO, TO))
    assert report.is_address_bad
    assert report.error == "returned: 5.1.1 550"


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "wanted", "is_bad"),
    [
        ("failed", "5.1.1", UNKNOWN, Action.FAILED, True),
        ("Failed", "5.1.10 (null MX)", "smtp; 556 5.1.10", Action.FAILED, True),
        ("failed", "5.2.1", "smtp; 550 5.2.1 disabled", Action.FAILED, True),
        ("failed", "5.0.0", "smtp; 550 no such user", Action.FAILED, True),
        ("failed", "5.0.0", UNKNOWN, Action.FAILED, True),
        ("failed", "", "smtp; 550 no such user", Action.FAILED, True),
        ("failed", "5.7.1", "smtp; 550 5.7.1 on a list", Action.FAILED, False),
        ("failed", "5.2.2", "smtp; 552 5.2.2 full", Action.FAILED, False),
        # Five days in the queue: it will not be tried again, but the address may be good.
        ("failed", "4.4.1", "smtp; connection timed out", Action.FAILED, False),
        ("delayed", "4.4.1", "smtp; connection timed out", Action.DELAYED, False),
        ("delayed", "5.1.1", UNKNOWN, Action.DELAYED, False),
        ("delivered", "2.1.5", "smtp; 250 2.1.5 OK", Action.DELIVERED, False),
        ("relayed", "2.1.9", "", Action.DELIVERED, False),
    ],
)
def test_what_was_done_with_a_letter(
    action: str, status: str, diagnostic: str, wanted: Action, is_bad: bool
) -> None:
    report = read(postfix(TO, action=action, status=status, diagnostic=diagnostic))
    assert (report.action, report.is_address_bad) == (wanted, is_bad)


def test_one_that_was_forwarded_is_read_as_well() -> None:
    report = read(within(postfix("somebody@else.example"), TO))
    assert report.action is Action.FAILED
    assert TO in report.recipients


def test_of_many_recipients_one_who_got_it_is_enough() -> None:
    two = b"\r\n\r\nFinal-Recipient: rfc822; b@mail.example\r\nAction: delivered\r\nStatus: 2.0.0"
    data = postfix(TO).replace(b"\r\nRemote-MTA", two + b"\r\nRemote-MTA", 1)
    assert read(data).action is Action.DELIVERED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Encoded, though it must not be (RFC 3464, 2.1), or may be (RFC 6533).
        (b"message/delivery-status", b"Message/Global-Delivery-Status"),
        (b"message/delivery-status", b"text/plain"),
        (b"message/delivery-status", b"application/octet-stream"),
        (b'boundary="4F1A2.1/mx.mail.example"', b'boundary="another"'),
        (b"--4F1A2.1/mx.mail.example--\r\n", b""),
        (b"\r\n", b"\n"),
        (b"Action: failed\r\nStatus: 5.1.1\r\nRemote", b"Status: 5.1.1\r\nRemote"),
        (b"Action: failed\r\n", b"ACTION :   failed\r\n"),
        (b"Status: 5.1.1\r\n", b"Status: 5.1.1 (bad destination\r\n mailbox address)\r\n"),
        (b"report-type=delivery-status;\r\n", b""),
        (b"Reporting-MTA: dns; mx.mail.example\r\n", b"\xff\xfe\x00\r\n"),
    ],
)
def test_a_broken_one_is_read_as_well(old: bytes, new: bytes) -> None:
    data = postfix(TO)
    assert old in data
    report = read(data.replace(old, new))
    assert report.action is Action.FAILED
    assert report.status == "5.1.1"
    assert TO in report.recipients


def test_one_that_is_encoded_is_read_as_well() -> None:
    head, _middle, rest = postfix(TO).partition(b"message/delivery-status\r\n\r\n")
    status, _line, tail = rest.partition(b"--4F1A2.1")
    encoded = base64.encodebytes(status)
    kind = b"message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert read(head + kind + encoded + b"--4F1A2.1" + tail).status == "5.1.1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"words",
        HOLIDAY % TO.encode(),
        # Complaints are none (RFC 5965).
        postfix(TO)
        .replace(b"message/delivery-status", b"message/feedback-report")
        .replace(b"multipart/report", b"multipart/mixed"),
        postfix(TO).replace(b"\r\nAction: failed", b"\r\nAction: laughed"),
    ],
)
def test_what_is_no_report(data: bytes) -> None:
    report = parse_report(data)
    # A letter of ours that comes back whole says nothing by its own words.
    assert report is None


def test_a_huge_one_is_read_as_far_as_it_goes() -> None:
    assert read(postfix(TO) + b"x" * 5 * MAX_BYTES).status == "5.1.1"
    assert parse_report(b"To: a@b.kz\r\n\r\n" + b"x" * 5 * MAX_BYTES) is None
    many = b"To: " + b"a@b.kz, " * 100_000 + b"\r\n"
    assert len(read(many + postfix(TO)).recipients) <= 20


def test_nests_of_parts_are_no_trouble() -> None:
    nest = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (depth, depth)
        for depth in range(5000)
    )
    assert parse_report(b"To: a@b.kz\r\n" + nest) is None
    letters = b"Content-Type: message/rfc822\r\n\r\n" * 5000
    assert parse_report(letters + postfix(TO)) is None


@given(st.binary(max_size=2000))
def test_no_bytes_are_an_exception(data: bytes) -> None:
    parse_report(data)
    parse_report(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + data)
    status = b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    parse_report(status + data)


@given(st.integers(), st.integers(1, 60))
def test_no_damage_is_an_exception(seed: int, count: int) -> None:
    chance = random.Random(seed)
    data = bytearray(postfix(TO))
    for _change in range(count):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(40)]
            case 2:
                data[at:at] = data[at : at + chance.randrange(200)]
            case _:
                data[at:at] = chance.choice([b"\r\n", b"\r\n\r\n", b"--", b":", b"\xff", b"=?"])
    report = parse_report(bytes(data))
    if report is not None:
        assert len(report.error) <= 100
        assert len(report.recipients) <= 20


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("5.01.001", "5.1.1"),
        ("from 10.5.1.1 port 25", ""),
        ("version 15.1.1", ""),
        ("5.1.1.1", ""),
        ("3.1.1", ""),
        ("", ""),
    ],
)
def test_an_enhanced_code_is_found(text: str, wanted: str) -> None:
    assert enhanced_of(text) == wanted


@pytest.mark.parametrize(
    ("code", "enhanced", "is_bad"),
    [
        *((550, "", True), (551, "", True), (553, "", True), (554, "", False), (552, "", False)),
        *((0, "5.1.1", True), (550, "5.7.1", False), (554, "5.1.2", True), (550, "5.0.0", True)),
        *((0, "5.0.0", False), (0, "", False), (550, "4.1.1", False), (450, "4.1.1", False)),
        *((550, "5.2.1", True), (550, "5.2.2", False), (550, "5.10.1", False)),
    ],
)
def test_which_replies_are_about_the_address(code: int, enhanced: str, is_bad: bool) -> None:
    assert is_bad_address(code, enhanced) is is_bad


# --- the envelope address ----------------------------------------------------------------------


def test_an_envelope_address_names_its_delivery() -> None:
    address = verp.write(123)
    local, _sign, domain = address.partition("@")
    assert domain == "cabinet.example"
    assert local.startswith("bounces+123-")
    assert len(local) <= 64
    assert len(verp.write(10**18 - 1).partition("@")[0]) <= 64
    assert verp.read(address) == 123
    # As servers hand it on.
    for other in (f"<{address}>", address.upper(), f" {address} ", f"{local}@mx.example"):
        assert verp.read(other) == 123


@pytest.mark.parametrize(
    "address",
    [
        *("", "@", "bounces@cabinet.example", "bounces+123@cabinet.example", "a" * 100_000),
        *(
            "bounces+123-0123456789abcdef0123@cabinet.example",
            "bounces+-@x",
            "bounces+١-" + "a" * 20,
        ),
    ],
)
def test_another_address_names_none(address: str) -> None:
    assert verp.read(address) is None


def test_no_number_can_be_changed() -> None:
    address = verp.write(123)
    assert verp.read(address.replace("+123-", "+124-")) is None
    assert verp.read(address.replace("bounces", "other")) is None
    for at in range(len("bounces+123-"), address.index("@")):
        changed = "1" if address[at] != "1" else "2"
        assert verp.read(address[:at] + changed + address[at + 1 :]) is None


def test_letters_under_the_key_of_before_still_come_back(settings: LazySettings) -> None:
    address, old = verp.write(123), settings.SECRET_KEY
    settings.SECRET_KEY = "another-" * 8
    assert verp.read(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verp.read(address) == 123
    assert verp.write(123) != address


@given(st.text(max_size=200))
def test_no_text_is_an_exception(text: str) -> None:
    assert verp.read(text) is None
    assert verp.read(f"bounces+{text}@cabinet.example") is None
