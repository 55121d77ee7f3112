"""SMPP 3.4, against a small SMSC that was written apart from our code."""

import logging
import struct
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.gateways.base import GatewaySettingsError
from notifications.channels.gateways.smpp import SmppGateway
from notifications.channels.gateways.smpp_session import Account, parse_account
from notifications.channels.sms import SmsSender
from tests.notifications import smsc as answers
from tests.notifications.smsc import Line, Smsc, smsc
from tests.servers import free_port

KAZAKH = (
    "Қолтаңбаңыз үш күннен кейін аяқталады. Жаңартыңыз: cabinet.example «ӘІҢҒҮҰҚӨҺ» әіңғүұқөһ 😀"
)
ENGLISH = "Your signature ends in 3 days. " * 8


@pytest.fixture
def center() -> Iterator[Smsc]:
    with smsc() as running:
        yield running


def parcel(number: int = 1, text: str = "code 12345", to: str = "+77011234567") -> Parcel:
    return Parcel(
        delivery_id=number, key=f"key-{number}", to=to, language="kk", subject="", text=text
    )


def gateway(center: Smsc, *, seconds: float = 5.0, sender: str = "Cabinet") -> SmppGateway:
    return SmppGateway(url=center.url, sender=sender, seconds=seconds)


def send(center: Smsc, *parcels: Parcel, seconds: float = 5.0) -> list[Outcome]:
    return list(SmsSender(gateway(center, seconds=seconds)).send(parcels))


def test_a_message_arrives_under_one_bind(center: Smsc) -> None:
    outcomes = send(center, parcel(1), parcel(2), parcel(3))
    assert outcomes == [
        Outcome(number, Result.SENT, provider_id=f"id-{number}") for number in (1, 2, 3)
    ]
    assert center.binds == [("user", "s@cret")]
    assert center.unbinds == 1
    assert center.messages() == ["code 12345"] * 3
    first = center.submitted[0]
    assert first.destination == (1, 1, "77011234567")
    assert first.source == (5, 0, "Cabinet")
    assert (first.registered_delivery, first.esm_class, first.data_coding) == (0, 0, 0)


@pytest.mark.parametrize(
    ("sender", "source"),
    [("1414", (0, 1, "1414")), ("+77010000000", (1, 1, "77010000000")), ("A1", (5, 0, "A1"))],
)
def test_the_sender_is_a_number_or_a_name(
    center: Smsc, sender: str, source: tuple[int, int, str]
) -> None:
    with closing(gateway(center, sender=sender)) as opened:
        opened.submit(parcel())
    assert center.submitted[0].source == source


def test_kazakh_arrives_letter_for_letter(center: Smsc) -> None:
    assert len(KAZAKH) > 70
    (outcome,) = send(center, parcel(text=KAZAKH))
    # The number is that of the first part.
    assert outcome == Outcome(1, Result.SENT, provider_id="id-1")
    assert center.messages() == [KAZAKH]
    assert [one.header for one in center.submitted] == [
        (center.submitted[0].message[3], 2, at) for at in (1, 2)
    ]
    assert {one.data_coding for one in center.submitted} == {8}
    assert all(len(one.message) <= 140 for one in center.submitted)


def test_a_long_text_in_the_default_alphabet_arrives_in_parts(center: Smsc) -> None:
    text = ENGLISH + "€[]{}~|"
    send(center, parcel(text=text))
    assert center.messages() == [text]
    assert len(center.submitted) == 2
    assert {one.esm_class for one in center.submitted} == {0x40}


def test_the_same_key_gives_the_parts_the_same_reference(center: Smsc) -> None:
    send(center, parcel(1, KAZAKH), parcel(1, KAZAKH), parcel(2, KAZAKH))
    references = [one.header[0] for one in center.submitted if one.header]
    assert references[0] == references[1] == references[2] == references[3] != references[4]


@pytest.mark.parametrize(
    ("code", "result", "error"),
    [
        (0x08, Result.TEMPORARY, "smpp 0x08"),
        (0x14, Result.TEMPORARY, "smpp 0x14"),
        (0x58, Result.TEMPORARY, "smpp 0x58"),
        (0x0B, Result.BAD_ADDRESS, "smpp 0x0B"),
        (0x01, Result.PERMANENT, "smpp 0x01"),
        (0x45, Result.PERMANENT, "smpp 0x45"),
        (0x0400, Result.PERMANENT, "smpp 0x400"),
    ],
)
def test_a_refusal_is_told_by_its_kind_and_the_next_goes_on(
    center: Smsc, code: int, result: Result, error: str
) -> None:
    center.answers = [answers.status(code)]
    refused, sent = send(center, parcel(1), parcel(2))
    assert refused == Outcome(1, result, error)
    assert sent.result is Result.SENT
    assert len(center.binds) == 1


def test_a_refusal_of_the_second_part_is_one_of_the_message(center: Smsc) -> None:
    center.answers = [answers.ok, answers.status(0x58)]
    (outcome,) = send(center, parcel(text=KAZAKH))
    assert outcome == Outcome(1, Result.TEMPORARY, "smpp 0x58")


@pytest.mark.parametrize("code", [0x04, 0x0A])
def test_what_is_our_fault_stops_the_batch(center: Smsc, code: int) -> None:
    center.answers = [answers.status(code)]
    with pytest.raises(ProviderAwayError, match=f"smpp 0x{code:02X}"):
        send(center, parcel(1), parcel(2))
    assert len(center.submitted) == 1
    assert center.unbinds == 1


@pytest.mark.parametrize("code", [0x0D, 0x0E, 0x58])
def test_a_refused_bind_means_that_the_provider_is_away(center: Smsc, code: int) -> None:
    center.bind_status = code
    with pytest.raises(ProviderAwayError, match=f"bind: 0x{code:02X}"):
        send(center, parcel())
    assert not center.submitted
    assert center.closed.acquire(timeout=5)


def test_nobody_listens() -> None:
    nobody = Smsc(port=free_port())
    with pytest.raises(ProviderAwayError, match="connect: ConnectionRefusedError"):
        send(nobody, parcel())


def test_a_center_that_takes_the_call_and_keeps_silent_is_left(center: Smsc) -> None:
    center.is_mute = True
    started = time.monotonic()
    with pytest.raises(ProviderAwayError, match="TimeoutError"):
        send(center, parcel(), seconds=0.3)
    assert time.monotonic() - started < 5


def test_a_center_that_hangs_at_a_message_is_left(center: Smsc) -> None:
    center.answers = [answers.ok, answers.hang]
    outcomes = SmsSender(gateway(center, seconds=0.3)).send([parcel(1), parcel(2), parcel(3)])
    assert next(outcomes).result is Result.SENT
    with pytest.raises(ProviderAwayError, match="TimeoutError"):
        next(outcomes)
    assert len(center.submitted) == 2


def test_a_center_that_hangs_up_is_away(center: Smsc) -> None:
    center.answers = [answers.drop]
    with pytest.raises(ProviderAwayError, match="closed"):
        send(center, parcel())


def dribble(_smsc: Smsc, line: Line, _sequence: int) -> None:
    with suppress(OSError):
        for _second in range(100):
            line.connection.sendall(b"\0")
            time.sleep(0.1)


def test_bytes_that_drip_in_gain_no_time(center: Smsc) -> None:
    center.answers = [dribble]
    started = time.monotonic()
    with pytest.raises(ProviderAwayError):
        send(center, parcel(), seconds=0.5)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xff\xff\xff" + b"\0" * 100,
        b"\0\0\0\0" * 4,
        struct.pack(">L", 15) + b"\0" * 11,
    ],
)
def test_a_center_that_speaks_something_else_is_away(center: Smsc, data: bytes) -> None:
    center.answers = [answers.raw(data)]
    with pytest.raises(ProviderAwayError, match="no SMPP"):
        send(center, parcel(), seconds=0.5)


def test_questions_that_come_meanwhile_are_answered(center: Smsc) -> None:
    def ask_first(center: Smsc, line: Line, sequence: int) -> None:
        line.send(answers.ENQUIRE, 0, 77)
        line.send(answers.DELIVER, 0, 78, b"\0\1\x01777\0\1\x011414\0" + b"\0" * 8 + b"\2hi")
        # A command that nobody knows, an answer that comes late, and one of SMPP 5.
        line.send(0x00000999, 0, 79)
        line.send(answers.SUBMIT_RESP, 0, 4_000_000, b"late\0")
        line.send(0x00000111, 0, 80, b"\0\0")
        answers.ok(center, line, sequence)

    center.answers = [ask_first]
    outcomes = send(center, parcel(1), parcel(2))
    assert [one.provider_id for one in outcomes] == ["id-1", "id-2"]
    assert center.answered == [(answers.ENQUIRE_RESP, 77), (answers.DELIVER_RESP, 78)]


def test_a_center_that_unbinds_is_away(center: Smsc) -> None:
    center.answers = [lambda _center, line, _sequence: line.send(answers.UNBIND, 0, 5)]
    with pytest.raises(ProviderAwayError, match="unbound"):
        send(center, parcel())


@pytest.mark.parametrize(
    "body", [b"", b"no-end", b"\xff\xfe\0", b"x" * 200 + b"\0", b"a\0\0\1", b"a\0\x14\x07\0\1\0"]
)
def test_an_accepted_message_is_sent_whatever_its_number_looks_like(
    center: Smsc, body: bytes
) -> None:
    def answer(_center: Smsc, line: Line, sequence: int) -> None:
        line.send(answers.SUBMIT_RESP, 0, sequence, body)

    center.answers = [answer]
    (outcome,) = send(center, parcel())
    assert outcome.result is Result.SENT
    assert len(outcome.provider_id) <= 100


def test_a_refused_command_is_told(center: Smsc) -> None:
    center.answers = [lambda _center, line, sequence: line.send(answers.NACK, 0x03, sequence)]
    with pytest.raises(ProviderAwayError, match="smpp 0x03"):
        send(center, parcel())


def test_leaving_early_says_goodbye(center: Smsc) -> None:
    outcomes = SmsSender(gateway(center)).send(parcel(number) for number in (1, 2))
    next(outcomes)
    with closing(outcomes):
        pass
    assert center.closed.acquire(timeout=5)
    assert (center.unbinds, len(center.submitted)) == (1, 1)


def test_nothing_to_send_means_no_call(center: Smsc) -> None:
    assert send(center) == []
    assert not center.binds


def test_a_text_of_more_parts_than_can_be_counted_is_refused(center: Smsc) -> None:
    (outcome,) = send(center, parcel(text="a" * 153 * 256))
    assert outcome == Outcome(1, Result.PERMANENT, "too long")
    assert not center.submitted


def test_nothing_of_a_message_and_no_password_is_logged(
    center: Smsc, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    center.answers = [answers.ok, answers.status(0x0B), answers.drop]
    with suppress(ProviderAwayError):
        send(center, parcel(1), parcel(2), parcel(3))
    logged = caplog.text
    secrets = ["7701", "12345", "s@cret", b"s@cret".hex(), b"77011234567".hex(), b"12345".hex()]
    assert not [secret for secret in secrets if secret in logged]


def test_an_account_is_read_from_its_address() -> None:
    assert parse_account("smpp://user:p%3Aw@smsc.example:2775") == Account(
        host="smsc.example", port=2775, user="user", password="p:w"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://user:password@127.0.0.1:1",
        "smpp://127.0.0.1:2775",
        "smpp://user:password@127.0.0.1",
        "smpp://user:password@127.0.0.1:99999",
        "smpp://user:password@[::1:1",
        "smpp://user:password9@127.0.0.1:2775",
        "smpp://user-with-sixteen:secret@127.0.0.1:2775",
        "smpp://user:пароль@127.0.0.1:2775",
    ],
)
def test_an_account_that_smpp_cannot_tell_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(GatewaySettingsError) as caught:
        SmppGateway(url=url, sender="Cabinet")
    assert "password9" not in str(caught.value)
    assert "пароль" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "Кабинет", "x" * 21, "a\nb"])
def test_a_sender_that_smpp_cannot_tell_is_refused(sender: str) -> None:
    with pytest.raises(GatewaySettingsError):
        SmppGateway(url="smpp://user:secret@127.0.0.1:2775", sender=sender)
