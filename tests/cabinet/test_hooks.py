"""The address that an SMS provider reports to: public, signed, and silent about what it knows."""

import json
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from cabinet.views.hooks import MAX_RECEIPT_BYTES
from notifications.kinds import DeliveryState
from notifications.models import Address, Delivery
from tests.notifications.test_receipts import SECRET, SENT_AT, make, sign

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.SMS_RECEIPT_SECRET = SECRET


@pytest.fixture
def provider() -> Client:
    """Strict about tokens, as the real site is."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def delivery() -> Delivery:
    """A text that has left."""
    address = Address.objects.create(
        iin="850412300187", channel="sms", value="+77011234567", verified_at=SENT_AT
    )
    return make(address, key="a")


def post(client: Client, body: bytes, **headers: str) -> tuple[int, bytes]:
    timestamp = str(int(time.time()))
    signed = {"X-Timestamp": timestamp, "X-Signature": sign(body, timestamp)}
    response = client.post(
        reverse("sms-receipt"),
        body,
        content_type="application/json",
        headers=signed | {name.replace("_", "-"): value for name, value in headers.items()},
    )
    return response.status_code, response.content


def body(provider_id: str = "p-1", status: str = "delivered", **more: str) -> bytes:
    at = timezone.now().isoformat()
    return json.dumps({"id": provider_id, "status": status, "at": at, **more}).encode()


def test_a_text_that_has_arrived_is_written_down(provider: Client, delivery: Delivery) -> None:
    assert post(provider, body())[0] == 202
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert delivery.delivered_at is not None


def test_a_text_that_failed_is_written_down(provider: Client, delivery: Delivery) -> None:
    assert post(provider, body(status="failed", reason="invalid_number"))[0] == 202
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, "receipt invalid_number")
    assert not Address.objects.working().exists()


def test_nobody_learns_which_texts_are_known(provider: Client, delivery: Delivery) -> None:
    answers = [post(provider, body(one)) for one in ("p-1", "p-1", "p-2")]
    assert set(answers) == {(202, b"")}


def test_without_a_secret_there_is_no_such_address(provider: Client, settings: Settings) -> None:
    settings.SMS_RECEIPT_SECRET = ""
    assert post(provider, body())[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Signature": "0" * 64},
        {"X_Signature": ""},
        {"X_Timestamp": "0"},
        {"X_Timestamp": "now"},
        {"X_Timestamp": ""},
    ],
)
def test_a_forged_receipt_changes_nothing(
    provider: Client, delivery: Delivery, headers: dict[str, str]
) -> None:
    assert post(provider, body(), **headers)[0] == 403
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT


@pytest.mark.parametrize("strange", [b"", b"{", b"[]", b'{"id": "\\ud800"}', b"\xff" * 100])
def test_a_strange_receipt_is_told_so(provider: Client, strange: bytes) -> None:
    assert post(provider, strange)[0] == 400


def test_a_receipt_is_short(provider: Client, delivery: Delivery) -> None:
    most = body() + b" " * (MAX_RECEIPT_BYTES - len(body()))
    assert post(provider, most)[0] == 202
    assert post(provider, most + b" ")[0] == 413
    assert post(provider, b" " * (1024 * 1024))[0] == 413


def test_receipts_are_posted(provider: Client) -> None:
    address = reverse("sms-receipt")
    assert address == "/hooks/sms/"
    for response in (provider.get(address), provider.put(address), provider.delete(address)):
        assert response.status_code == 405


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.dictionaries(
        st.sampled_from(["id", "status", "at", "reason"]),
        st.none()
        | st.text(max_size=10)
        | st.integers()
        | st.lists(st.text(max_size=3), max_size=2)
        | st.sampled_from(["delivered", "failed", "p-1", "2026-11-24T08:59:00Z"]),
    )
)
def test_no_receipt_breaks_anything(said: dict[str, object]) -> None:
    status, _content = post(Client(enforce_csrf_checks=True), json.dumps(said).encode())
    assert status in {202, 400}
