"""Letters to a real mail server that refuses, hangs and cuts the line: what becomes of each."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import LazySettings

from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.email import CHANNEL
from notifications.channels.email.sending import MailSender
from notifications.delivering import verp
from tests.cabinet.people import self_signed
from tests.notifications.letters import LETTER, no_signer, numbered, send, unsign, use
from tests.notifications.smtp_server import DROP, HANG, ScriptedServer
from tests.servers import free_port

SENT, TEMPORARY, PERMANENT, BAD = (
    *(Result.SENT, Result.TEMPORARY),
    *(Result.PERMANENT, Result.BAD_ADDRESS),
)


@pytest.fixture
def server(settings: LazySettings) -> Iterator[ScriptedServer]:
    """Takes everything until it is told otherwise. Nothing is signed."""
    unsign(settings)
    with ScriptedServer() as found:
        use(found, settings)
        yield found


def results(outcomes: list[Outcome]) -> list[Result]:
    return [one.result for one in outcomes]


def test_a_letter_arrives_with_its_envelope(server: ScriptedServer) -> None:
    assert send(LETTER) == [Outcome(7, SENT)]
    (letter,) = server.received
    assert letter.recipients == ("aigul@mail.example",)
    assert letter.sender == verp.write(7)
    assert letter.message["From"] != letter.sender
    assert letter.message["To"] == "aigul@mail.example"


def test_a_batch_goes_over_one_connection(server: ScriptedServer) -> None:
    assert results(send(*numbered(20))) == [SENT] * 20
    assert server.connections == 1
    assert [letter.recipients[0] for letter in server.received] == [
        f"p{number}@mail.example" for number in range(1, 21)
    ]


def test_no_connection_is_opened_for_nothing(server: ScriptedServer) -> None:
    assert send() == []
    assert server.connections == 0


def test_each_outcome_comes_before_the_next_letter_is_made(server: ScriptedServer) -> None:
    made: list[int] = []

    def parcels() -> Iterator[Parcel]:
        for parcel in numbered(3):
            made.append(parcel.delivery_id)
            yield parcel

    outcomes = CHANNEL.open().send(parcels())
    for number in (1, 2, 3):
        assert next(outcomes).delivery_id == number
        assert made == list(range(1, number + 1))
    assert next(outcomes, None) is None


def test_it_hangs_up_when_it_is_closed_early(server: ScriptedServer) -> None:
    outcomes = CHANNEL.open().send(numbered(5))
    next(outcomes)
    outcomes.close()
    assert len(server.received) == 1
    assert results(send(LETTER)) == [SENT]
    assert server.connections == 2


def test_one_of_five_is_refused_and_the_others_arrive(server: ScriptedServer) -> None:
    server.refuse("p3@mail.example", "550 5.1.1 <p3@mail.example>: no such user")
    outcomes = send(*numbered(5))
    assert results(outcomes) == [SENT, SENT, BAD, SENT, SENT]
    assert server.connections == 1
    assert outcomes[2].error == "550 5.1.1"


def test_all_are_refused(server: ScriptedServer) -> None:
    server.always("RCPT", "550 no")
    assert results(send(*numbered(5))) == [BAD] * 5
    assert server.connections == 1
    assert not server.received


@pytest.mark.parametrize(
    ("command", "reply", "result"),
    [
        ("RCPT", "450 4.2.0 later", TEMPORARY),
        ("RCPT", "452 4.2.2 full", TEMPORARY),
        ("RCPT", "451 odd", TEMPORARY),
        ("RCPT", "550 5.1.1 unknown", BAD),
        ("RCPT", "551 not here", BAD),
        ("RCPT", "553 bad name", BAD),
        ("RCPT", "554 5.1.2 no such domain", BAD),
        ("RCPT", "550 5.2.1 disabled", BAD),
        ("RCPT", "550 5.0.0 no", BAD),
        # The sender is not wanted: the address is a good one.
        ("RCPT", "550 5.7.1 you are on a list", PERMANENT),
        ("RCPT", "552 5.2.2 full for good", PERMANENT),
        ("RCPT", "554 5.7.1 relay access denied", PERMANENT),
        ("CONTENT", "451 4.3.0 later", TEMPORARY),
        ("CONTENT", "550 looks like spam", PERMANENT),
        ("CONTENT", "554 5.7.1 looks like spam", PERMANENT),
        ("CONTENT", "550 5.1.1 unknown after all", BAD),
        ("DATA", "554 5.5.1 no valid recipients", PERMANENT),
        ("DATA", "451 4.3.0 later", TEMPORARY),
        ("MAIL", "451 4.3.2 later", TEMPORARY),
        # Nothing of that is about the reader.
        ("MAIL", "550 5.7.1 not from here", TEMPORARY),
        ("MAIL", "530 5.7.0 authentication required", TEMPORARY),
        ("MAIL", "552 5.3.4 too large", PERMANENT),
    ],
)
def test_what_a_reply_means(
    server: ScriptedServer, command: str, reply: str, result: Result
) -> None:
    server.script(command, None, reply)
    first, second, third = send(*numbered(3))
    assert (first.result, second.result, third.result) == (SENT, result, SENT)
    assert second.error == " ".join(
        word for word in reply.split() if word.replace(".", "").isdecimal()
    )
    assert len(server.received) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "CONTENT"])
@pytest.mark.parametrize("reply", [DROP, "421 4.3.2 closing", "250-", "no number at all"])
def test_who_goes_away_ends_the_batch(server: ScriptedServer, command: str, reply: str) -> None:
    if (command, reply) == ("MAIL", "421 4.3.2 closing"):
        server.script(command, None, reply, reply)
    else:
        server.script(command, None, reply)
    outcomes = CHANNEL.open().send(numbered(3))
    assert next(outcomes).result is SENT
    if reply == "250-":
        # A reply that is never finished.
        server.script(command, DROP)
        return
    with pytest.raises(ProviderAwayError) as caught:
        next(outcomes)
    assert 0 < len(caught.value.error) < 60
    assert "@" not in caught.value.error
    # The next batch begins anew.
    assert results(send(LETTER)) == [SENT]


def test_who_takes_only_so_many_over_one_connection_is_called_again(
    server: ScriptedServer,
) -> None:
    server.script("MAIL", None, None, "421 4.7.0 too many messages", None, None)
    assert results(send(*numbered(4))) == [SENT] * 4
    assert server.connections == 2
    assert len(server.received) == 4


@pytest.mark.parametrize("command", ["CONNECT", "MAIL", "RCPT", "DATA", "CONTENT"])
def test_who_hangs_is_given_up(
    server: ScriptedServer, settings: LazySettings, command: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    server.script(command, HANG)
    begun = time.monotonic()
    with pytest.raises(ProviderAwayError):
        send(LETTER)
    # Also no second wait for a goodbye.
    assert time.monotonic() - begun < 3


def test_what_was_dropped_after_it_was_received_comes_again_under_its_number(
    server: ScriptedServer,
) -> None:
    server.script("CONTENT", DROP)
    with pytest.raises(ProviderAwayError):
        send(LETTER)
    assert results(send(LETTER)) == [SENT]
    first, second = server.received
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Message-ID"] == "<8k3f22qm7tx4-7@cabinet.example>"


def test_nobody_listens(settings: LazySettings) -> None:
    unsign(settings)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(ProviderAwayError) as caught:
        send(LETTER)
    assert caught.value.error == "ConnectionRefusedError"


@pytest.mark.parametrize("reply", ["554 go away", "421 later"])
def test_a_server_that_does_not_greet_is_away(server: ScriptedServer, reply: str) -> None:
    server.script("CONNECT", reply)
    with pytest.raises(ProviderAwayError):
        send(LETTER)


@pytest.mark.parametrize(
    "changes",
    [
        # It speaks neither TLS nor knows passwords.
        {"EMAIL_USE_TLS": True},
        {"EMAIL_USE_SSL": True, "EMAIL_TIMEOUT": 0.5},
        {"EMAIL_HOST_USER": "cabinet", "EMAIL_HOST_PASSWORD": "secret"},
    ],
)
def test_without_tls_or_a_password_nothing_is_sent(
    server: ScriptedServer, settings: LazySettings, changes: dict[str, object]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    with pytest.raises(ProviderAwayError):
        send(LETTER)
    assert not server.received


def test_a_server_under_a_strangers_certificate_is_no_provider(
    settings: LazySettings, tmp_path: Path
) -> None:
    stranger = self_signed()
    chain = tmp_path / "server.pem"
    chain.write_bytes(
        stranger.certificate.public_bytes(Encoding.PEM)
        + stranger.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with ScriptedServer(tls=context) as server:
        use(server, settings)
        unsign(settings)
        settings.EMAIL_USE_SSL = True
        with pytest.raises(ProviderAwayError) as caught:
            send(LETTER)
    assert caught.value.error == "SSLCertVerificationError"
    assert not server.received


@pytest.mark.parametrize(
    "to",
    [
        *("", "@", "a", "a@", "@b.kz", "a b@c.kz", "a@b..kz", "a@-b.kz", ".a@b.kz", "a..b@c.kz"),
        *("a@b.kz\r\nRCPT TO:<evil@c.kz>", "a@b.kz\n", "\ra@b.kz", "a\0@b.kz", "a@b.kz, c@d.kz"),
        *("<a@b.kz>", "a@b.kz>", '"a b"@c.kz', "Aigul <a@b.kz>", "a@[127.0.0.1]"),
        *("a" * 310 + "@mail.kz", "a@" + "b" * 318, "a@" + "b." * 159, "a" * 65 + "@b.kz"),
        *("a@" + "b" * 64 + ".kz", "айгүл@mail.kz", "a@\ud800.kz", "a@\u202email.kz"),
        *("a" * 200_000, "a@" + "a" * 200_000, "!" * 320),
    ],
)
def test_what_is_no_address_harms_nobody(server: ScriptedServer, to: str) -> None:
    outcomes = send(replace(LETTER, to=to), LETTER)
    assert outcomes == [Outcome(7, BAD, error="not an address"), Outcome(7, SENT)]
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        # The first letter of the second is Cyrillic: another domain, not a crash.
        ("a@пошта.kz", "a@xn--80a1acn3a.kz"),
        ("a@аpple.kz", "a@xn--pple-43d.kz"),
        ("a+b.c_d@Sub.Mail.KZ", "a+b.c_d@Sub.Mail.KZ"),
        ("a" * 64 + "@" + "b" * 60 + ".kz", "a" * 64 + "@" + "b" * 60 + ".kz"),
        ("o'hara@mail.kz", "o'hara@mail.kz"),
    ],
)
def test_a_strange_but_good_address_is_written_as_servers_want_it(
    server: ScriptedServer, to: str, wanted: str
) -> None:
    assert results(send(replace(LETTER, to=to))) == [SENT]
    (letter,) = server.received
    assert letter.recipients == (wanted,)


def test_the_moment_of_a_letter_is_the_clocks(server: ScriptedServer) -> None:
    moment = datetime(2026, 11, 24, 20, 15, 30, tzinfo=UTC)
    sender = MailSender(
        mail_from="Cabinet <noreply@cabinet.example>", sign=no_signer, clock=lambda: moment
    )
    assert results(list(sender.send([LETTER]))) == [SENT]
    (letter,) = server.received
    assert letter.message["Date"].datetime == moment
    assert str(letter.message["Date"]) == "Wed, 25 Nov 2026 01:15:30 +0500"
    assert "<noreply@cabinet.example>" in str(letter.message["From"])
