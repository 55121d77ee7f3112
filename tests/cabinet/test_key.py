"""The new key: what the page tells its script, what the server takes, what it refuses."""

import base64
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.urls import reverse

from cabinet.key_files import key_plans
from tests.cabinet.holder import Holder, pair, single
from tests.cabinet.people import Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return pair(Issuer("main"))


def assert_refused(reply: object, code: str, status: int = 400) -> None:
    data = reply.json()  # type: ignore[attr-defined]
    assert (reply.status_code, data["code"]) == (status, code), data  # type: ignore[attr-defined]
    assert data["message"]


def test_the_page_says_which_keys_to_make_and_how_their_files_are_called(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    page = holder.get("key", renewal.number).content.decode()
    plans = json.loads(page.split('id="keys" type="application/json">')[1].split("</script>")[0])
    assert [(plan["purpose"], plan["kind"], plan["keyId"]) for plan in plans] == [
        ("SIGN", "P-256", ""),
        ("AUTH", "P-256", ""),
    ]
    assert plans[1]["waitingName"] == f"AUTH_EC256_{renewal.number}_waiting.p12"


def test_no_field_for_a_file_or_a_password_has_a_name(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    for name in ("key",):
        page = holder.get(name, renewal.number).content.decode()
        for part in page.split("<input")[1:]:
            tag = part.split(">")[0]
            if 'type="password"' in tag or 'type="file"' in tag:
                assert "name=" not in tag


def test_it_takes_a_request_for_each_purpose_and_leads_to_the_statement(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    reply = holder.make_keys(renewal)
    assert reply.json() == {"location": reverse("statement", args=[renewal.number])}  # type: ignore[attr-defined]
    assert all(plan.key_id for plan in key_plans(renewal))


def test_sending_the_same_requests_again_is_harmless(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    fields = holder.requests(renewal)
    for _ in range(2):
        assert holder.ask("key", renewal.number, **fields).status_code == 200


def test_new_keys_may_be_made_until_the_statement_is_signed(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    holder.make_keys(renewal)
    first = holder.read_statement(renewal)
    holder.make_keys(renewal)
    second = holder.read_statement(renewal)
    assert first.text != second.text
    # The text about the keys that are gone cannot be signed any more.
    reply = holder.ask(
        "statement", renewal.number, statement=first.pk, cms=holder.signer.sign(first.text)
    )
    assert_refused(reply, "statement.unknown")
    holder.submit(renewal)
    assert_refused(holder.make_keys(renewal), "renewal.move_refused", 409)


def test_one_request_for_two_purposes_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    holder.confirm(renewal)
    fields = holder.requests(renewal)
    assert_refused(
        holder.ask("key", renewal.number, request_SIGN=fields["request_SIGN"]), "ui.form"
    )
    fields["request_AUTH"] = fields["request_SIGN"]
    assert_refused(holder.ask("key", renewal.number, **fields), "key.reused")


def test_a_key_before_the_confirmations_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    assert_refused(holder.make_keys(renewal), "renewal.incomplete")


def test_a_private_key_sent_by_mistake_is_refused_with_a_warning() -> None:
    holder = single(Issuer("main"))
    renewal = holder.open()
    holder.confirm(renewal)
    secret = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    field = base64.b64encode(secret).decode()
    assert_refused(holder.ask("key", renewal.number, request_COMBINED=field), "request.private_key")


def test_a_key_of_another_kind_than_asked_for_is_refused() -> None:
    holder = single(Issuer("main"))
    renewal = holder.open()
    holder.confirm(renewal)
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256())
    )
    field = base64.b64encode(request.public_bytes(Encoding.DER)).decode()
    assert_refused(holder.ask("key", renewal.number, request_COMBINED=field), "renewal.requests")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "ui.form"),
        ("!!!", "ui.form"),
        (base64.b64encode(b"\x30" * 21_000).decode(), "ui.too_large"),
        (base64.b64encode(b"garbage").decode(), "request.malformed"),
    ],
)
def test_what_is_no_request_at_all_gets_a_sentence(sent: str, code: str) -> None:
    holder = single(Issuer("main"))
    renewal = holder.open()
    holder.confirm(renewal)
    assert_refused(holder.ask("key", renewal.number, request_COMBINED=sent), code)
