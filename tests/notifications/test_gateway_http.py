"""A provider that takes HTTP, over real sockets: what is posted, how answers are read."""

import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.gateways.base import GatewaySettingsError
from notifications.channels.gateways.http import MAX_ANSWER_BYTES, HttpGateway
from notifications.channels.gateways.http_format import AnswerMapping, fill, judge
from notifications.channels.sms import SmsSender
from tests.notifications.sms_http_server import Answer, Provider, provider
from tests.servers import free_port

BODY = '{"to": "{to}", "from": "{sender}", "text": "{text}", "reference": "{key}"}'
KAZAKH = 'Қолтаңбаңыз үш күннен кейін аяқталады: «ӘІҢҒҮҰҚӨҺ» әіңғүұқөһ 😀 \\ " {key} {to}\n'
MAPPING = AnswerMapping(bad=frozenset({"bad_number", "21211"}))


@pytest.fixture
def other_side() -> Iterator[Provider]:
    with provider() as running:
        yield running


def parcel(number: int = 1, text: str = "code 12345", key: str = "") -> Parcel:
    return Parcel(
        delivery_id=number,
        key=key or f"key-{number}",
        to="+77011234567",
        language="kk",
        subject="",
        text=text,
    )


def gateway(
    url: str,
    *,
    body: str = BODY,
    token: str = "t0ken",
    seconds: float = 5.0,
    mapping: AnswerMapping = MAPPING,
) -> HttpGateway:
    return HttpGateway(
        url=url, token=token, sender="Cabinet", body=body, mapping=mapping, seconds=seconds
    )


def send(url: str, *parcels: Parcel, seconds: float = 5.0) -> list[Outcome]:
    return list(SmsSender(gateway(url, seconds=seconds)).send(parcels))


def test_messages_arrive_over_one_connection(other_side: Provider) -> None:
    outcomes = send(other_side.url, parcel(1), parcel(2), parcel(3))
    assert outcomes == [
        Outcome(number, Result.SENT, provider_id="provider-1") for number in (1, 2, 3)
    ]
    assert other_side.connections == 1
    first = other_side.requests[0]
    assert first.path == "/send?from=us"
    assert first.headers["Authorization"] == "Bearer t0ken"
    assert first.headers["Idempotency-Key"] == "key-1"
    assert first.headers["Content-Type"] == "application/json"
    assert first.json == {
        "to": "+77011234567",
        "from": "Cabinet",
        "text": "code 12345",
        "reference": "key-1",
    }


def test_kazakh_arrives_letter_for_letter_and_fills_nothing_in(other_side: Provider) -> None:
    send(other_side.url, parcel(text=KAZAKH))
    assert other_side.requests[0].json["text"] == KAZAKH


def test_a_key_that_fits_no_header_goes_as_its_hash(other_side: Provider) -> None:
    send(other_side.url, parcel(key="a\r\nX-Evil: ә"), parcel(key="a\r\nX-Evil: ә"))
    first, second = (one.headers["Idempotency-Key"] for one in other_side.requests)
    assert first == second
    assert len(first) == 64
    assert "X-Evil" not in other_side.requests[0].headers


def test_the_body_is_whatever_shape_the_provider_wants(other_side: Provider) -> None:
    shape = '{"messages": [{"to": ["{to}"], "n": 1, "{to}": null, "s": "<{sender}:{text}>"}]}'
    with_shape = gateway(other_side.url, body=shape, token="")
    list(SmsSender(with_shape).send([parcel()]))
    assert other_side.requests[0].json == {
        "messages": [{"to": ["+77011234567"], "n": 1, "{to}": None, "s": "<Cabinet:code 12345>"}]
    }
    assert "Authorization" not in other_side.requests[0].headers


@given(text=st.text(max_size=60), sender=st.text(max_size=5))
def test_no_text_changes_the_shape_of_the_body(text: str, sender: str) -> None:
    words = {"to": "+7", "text": text, "sender": sender, "key": "k"}
    assert json.loads(json.dumps(fill(json.loads(BODY), words))) == {
        "to": "+7",
        "from": sender,
        "text": text,
        "reference": "k",
    }


@pytest.mark.parametrize(
    ("status", "body", "result", "error"),
    [
        (400, b"", Result.PERMANENT, "http 400"),
        (404, b"not json", Result.PERMANENT, "http 404"),
        (422, b'{"error": {"code": "too_long"}}', Result.PERMANENT, "http 422 too_long"),
        (422, b'{"error": {"code": 30007}}', Result.PERMANENT, "http 422 30007"),
        (422, b'{"error": {"code": "bad_number"}}', Result.BAD_ADDRESS, "http 422 bad_number"),
        (400, b'{"error": {"code": 21211}}', Result.BAD_ADDRESS, "http 400 21211"),
        (413, b"", Result.PERMANENT, "http 413"),
        (408, b"", Result.TEMPORARY, "http 408"),
        (409, b"", Result.TEMPORARY, "http 409"),
        (425, b"", Result.TEMPORARY, "http 425"),
        (429, b"", Result.TEMPORARY, "http 429"),
        (500, b'{"error": {"code": "bad_number"}}', Result.TEMPORARY, "http 500"),
        (503, b"", Result.TEMPORARY, "http 503"),
        (599, b"", Result.TEMPORARY, "http 599"),
        # Refused with a 200, as some do: a number that is no good, and who knows what.
        (200, b'{"error": {"code": "bad_number"}}', Result.BAD_ADDRESS, "http 200 bad_number"),
        (200, b'{"id": 1, "error": {"code": 9}}', Result.TEMPORARY, "http 200 9"),
        # Sentences and numbers of telephones are no codes.
        (400, b'{"error": {"code": "no such number: 1"}}', Result.PERMANENT, "http 400 ?"),
        (400, b'{"error": {"code": "77011234567"}}', Result.PERMANENT, "http 400 ?"),
        (400, b'{"error": {"code": ["x"]}}', Result.PERMANENT, "http 400 ?"),
        (400, b'{"error": {"code": "a\\nb"}}', Result.PERMANENT, "http 400 ?"),
    ],
)
def test_a_refusal_is_told_by_its_kind_and_the_next_goes_on(
    other_side: Provider, status: int, body: bytes, result: Result, error: str
) -> None:
    other_side.answers = [Answer(status, body, headers=(("Retry-After", "30"),))]
    refused, sent = send(other_side.url, parcel(1), parcel(2))
    assert refused == Outcome(1, result, error)
    assert sent.result is Result.SENT


@pytest.mark.parametrize(
    ("body", "provider_id"),
    [
        (b'{"id": "a-1"}', "a-1"),
        (b'{"id": 17}', "17"),
        (b'{"id": "1", "error": null}', "1"),
        (b'{"id": "1", "error": {"code": 0}}', "1"),
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b'"id"', ""),
        (b'{"id": null}', ""),
        (b'{"id": true}', ""),
        (b'{"id": {"id": "1"}}', ""),
        (b'{"id": "a\\u0000b"}', ""),
        (b'{"id": "\\ud800"}', ""),
        (b'{"id": "' + b"x" * 101 + b'"}', ""),
        (b'{"id": ' + b"9" * 5000 + b"}", ""),
        (b"[" * 60_000, ""),
        (b"\xff\xfe", ""),
        (b'{"id": "1"}' + b" " * MAX_ANSWER_BYTES, ""),
    ],
)
def test_an_accepted_message_is_sent_whatever_the_answer_looks_like(
    other_side: Provider, body: bytes, provider_id: str
) -> None:
    other_side.answers = [Answer(200, body), Answer(202, b'{"id": "next"}')]
    first, second = send(other_side.url, parcel(1), parcel(2))
    assert first == Outcome(1, Result.SENT, provider_id=provider_id)
    assert second == Outcome(2, Result.SENT, provider_id="next")


def test_a_path_leads_through_lists() -> None:
    mapping = AnswerMapping(id="messages.0.id", error="messages.0.error")
    answer = b'{"messages": [{"id": "m-1"}]}'
    assert judge(201, answer, mapping).provider_id == "m-1"
    assert judge(201, b'{"messages": []}', mapping).provider_id == ""
    assert judge(201, b'{"messages": {"0": {"id": 1}}}', mapping).provider_id == "1"


@given(body=st.binary(max_size=200), status=st.integers(100, 999))
def test_no_answer_is_too_strange_to_judge(body: bytes, status: int) -> None:
    try:
        verdict = judge(status, body, MAPPING)
    except ProviderAwayError:
        return
    assert len(verdict.error) <= 60


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 402, 403, 405])
def test_what_is_our_fault_stops_the_batch(other_side: Provider, status: int) -> None:
    other_side.answers = [Answer(status, headers=(("Location", f"{other_side.url}/other"),))]
    with pytest.raises(ProviderAwayError, match=f"http {status}"):
        send(other_side.url, parcel(1), parcel(2))
    # Nothing was followed and nothing repeated.
    assert len(other_side.requests) == 1


def test_nobody_listens() -> None:
    with pytest.raises(ProviderAwayError, match="NewConnectionError"):
        send(f"http://127.0.0.1:{free_port()}/", parcel())


def test_a_provider_that_hangs_is_left(other_side: Provider) -> None:
    other_side.answers = [Answer(), Answer(before_seconds=30)]
    outcomes = SmsSender(gateway(other_side.url, seconds=0.4)).send([parcel(1), parcel(2)])
    assert next(outcomes).result is Result.SENT
    started = time.monotonic()
    with pytest.raises(ProviderAwayError):
        next(outcomes)
    assert time.monotonic() - started < 5


def test_an_answer_that_drips_in_gains_no_time(other_side: Provider) -> None:
    other_side.answers = [Answer(drip_seconds=0.1, body=b'{"id": "' + b"1" * 500 + b'"}')]
    started = time.monotonic()
    # The status came in time, so it is not sent again.
    first, second = send(other_side.url, parcel(1), parcel(2), seconds=0.5)
    assert time.monotonic() - started < 5
    assert first == Outcome(1, Result.SENT)
    assert second == Outcome(2, Result.SENT, provider_id="provider-1")
    assert other_side.connections == 2


def test_headers_that_drip_in_gain_no_time() -> None:
    def dribble(listener: socket.socket) -> None:
        connection, _peer = listener.accept()
        with connection, suppress(OSError):
            for octet in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20:
                connection.sendall(bytes([octet]))
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=dribble, args=(listener,))
        thread.start()
        started = time.monotonic()
        with pytest.raises(ProviderAwayError):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/", parcel(), seconds=0.5)
        assert time.monotonic() - started < 5
        thread.join(timeout=10)


def test_an_answer_that_breaks_off_is_judged_by_its_status(other_side: Provider) -> None:
    short = (("Content-Length", "100"),)
    other_side.answers = [
        Answer(200, b'{"id": "', headers=short, is_last=True),
        Answer(422, b'{"id": "', headers=short, is_last=True),
    ]
    first, second, third = send(other_side.url, parcel(1), parcel(2), parcel(3))
    assert first == Outcome(1, Result.SENT)
    assert second == Outcome(2, Result.PERMANENT, "http 422")
    assert third.provider_id == "provider-1"


def test_a_provider_that_hangs_up_is_away(other_side: Provider) -> None:
    other_side.answers = [Answer(is_dropped=True)]
    with pytest.raises(ProviderAwayError):
        send(other_side.url, parcel())
    assert len(other_side.requests) == 1


def test_a_connection_that_was_closed_in_between_is_opened_again(other_side: Provider) -> None:
    other_side.answers = [Answer(is_last=True)]
    opened = gateway(other_side.url)
    outcomes = SmsSender(opened).send([parcel(1), parcel(2)])
    assert next(outcomes).result is Result.SENT
    time.sleep(0.1)
    assert next(outcomes).result is Result.SENT
    assert other_side.connections == 2


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and self-signed certificate of 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_provider_whose_certificate_nobody_vouches_for_gets_nothing(certificate: Path) -> None:
    with provider(context_of(certificate)) as running:
        with pytest.raises(ProviderAwayError):
            send(running.url, parcel())
        assert not running.requests


def test_a_provider_with_a_good_certificate_is_asked(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with provider(context_of(certificate)) as running:
        running.answers = [Answer(), Answer(before_seconds=30)]
        outcomes = SmsSender(gateway(running.url, seconds=1.0)).send([parcel(1), parcel(2)])
        assert next(outcomes).result is Result.SENT
        with pytest.raises(ProviderAwayError):
            next(outcomes)


def test_tls_towards_somebody_who_does_not_speak_it(other_side: Provider) -> None:
    with pytest.raises(ProviderAwayError):
        send(other_side.url.replace("http://", "https://"), parcel(), seconds=1.0)


def test_nothing_of_a_message_and_no_token_is_logged(
    other_side: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    other_side.answers = [Answer(), Answer(422, b'{"error": {"code": "x"}}')]
    send(other_side.url + "&password=s3cret", parcel(1), parcel(2))
    secrets = ["7701", "12345", "t0ken", "s3cret"]
    assert not [secret for secret in secrets if secret in caplog.text]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "provider.example/send",
        "ftp://provider.example/",
        "file:///etc/passwd",
        "http:///send",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://user:pass9word@127.0.0.1/",
        "http://127.0.0.1/жіберу",
        "http://127.0.0.1/a b",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url: str) -> None:
    with pytest.raises(GatewaySettingsError) as caught:
        gateway(url)
    assert "pass9word" not in str(caught.value)


@pytest.mark.parametrize("body", ["", "{", "{to}", "[" * 100_000])
def test_a_body_that_is_no_json_is_refused(body: str) -> None:
    with pytest.raises(GatewaySettingsError, match="SMS_BODY"):
        gateway("http://127.0.0.1/", body=body)


@pytest.mark.parametrize("token", ["a\r\nX: y", "токен"])
def test_a_token_that_fits_no_header_is_refused(token: str) -> None:
    with pytest.raises(GatewaySettingsError, match="SMS_TOKEN"):
        gateway("http://127.0.0.1/", token=token)
