"""Delivery receipts: signed, read whatever they look like, and written down once."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.delivering.receipts import (
    ForgedReceiptError,
    Receipt,
    ReceiptShapeError,
    apply_receipt,
    read_receipt,
    verify_receipt,
)
from notifications.kinds import DeliveryState, MessageKind, Topic
from notifications.models import Address, Delivery, Notice

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENT_AT = NOW - timedelta(minutes=2)
SECRET = "only-for-tests"
BODY = json.dumps({"id": "p-1", "status": "delivered", "at": "2026-11-24T13:59:00+05:00"}).encode()


def sign(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def stamp(seconds: int = 0) -> str:
    return str(int(NOW.timestamp()) + seconds)


def verify(body: bytes, timestamp: str, signature: str, secret: str = SECRET) -> None:
    verify_receipt(body=body, timestamp=timestamp, signature=signature, secret=secret, now=NOW)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_a_receipt_that_is_signed_now_is_genuine(seconds: int) -> None:
    verify(BODY, stamp(seconds), sign(BODY, stamp(seconds)))
    verify(BODY, stamp(seconds), sign(BODY, stamp(seconds)).upper())


@pytest.mark.parametrize("seconds", [-301, 301, -86400, 10**9])
def test_a_receipt_of_another_time_is_not(seconds: int) -> None:
    with pytest.raises(ForgedReceiptError):
        verify(BODY, stamp(seconds), sign(BODY, stamp(seconds)))


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        (stamp(), ""),
        (stamp(), "0" * 64),
        (stamp(), sign(BODY, stamp(1))),
        (stamp(), sign(BODY + b" ", stamp())),
        (stamp(), sign(BODY, stamp(), "another secret")),
        (stamp(), sign(BODY, stamp())[:-1]),
        (stamp(), "ё" * 64),
        (stamp(), "\ud83d"),
        ("", sign(BODY, "")),
        ("-1", sign(BODY, "-1")),
        (f" {stamp()}", sign(BODY, f" {stamp()}")),
        ("1e9", sign(BODY, "1e9")),
        ("٣" * 10, sign(BODY, "٣" * 10)),
        ("9" * 5000, sign(BODY, "9" * 5000)),
    ],
)
def test_a_receipt_that_is_not_signed_is_forged(timestamp: str, signature: str) -> None:
    with pytest.raises(ForgedReceiptError):
        verify(BODY, timestamp, signature)


def test_without_a_secret_nothing_is_genuine() -> None:
    with pytest.raises(ForgedReceiptError):
        verify(BODY, stamp(), sign(BODY, stamp(), ""), secret="")


@given(body=st.binary(max_size=100), timestamp=st.text(max_size=20), signature=st.text(max_size=70))
def test_no_forgery_is_too_strange_to_refuse(body: bytes, timestamp: str, signature: str) -> None:
    with pytest.raises(ForgedReceiptError):
        verify(body, timestamp, signature)


def test_a_receipt_is_read() -> None:
    assert read_receipt(BODY) == Receipt(
        provider_id="p-1", is_delivered=True, at=datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
    )
    failed = {"id": "ї", "status": "failed", "at": "2026-11-24T08:59:00Z", "reason": "expired"}
    assert read_receipt(json.dumps(failed).encode()) == Receipt(
        provider_id="ї",
        is_delivered=False,
        at=datetime(2026, 11, 24, 8, 59, tzinfo=UTC),
        reason="expired",
    )


GOOD: dict[str, object] = {"id": "p-1", "status": "failed", "at": "2026-11-24T08:59:00Z"}


@pytest.mark.parametrize("reason", ["no such number +77011234567", "77011234567", "a\nb", "x" * 41])
def test_a_reason_that_is_no_code_is_left_out(reason: str) -> None:
    assert read_receipt(json.dumps(GOOD | {"reason": reason}).encode()).reason == ""


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": 1},
        {"id": None},
        {"id": "a\0b"},
        {"id": "\ud800"},
        {"id": "x" * 101},
        {"status": "sent"},
        {"status": ["failed"]},
        {"status": None},
        {"at": "yesterday"},
        {"at": "2026-11-24T08:59:00"},
        {"at": "2026-11-24"},
        {"at": 1764000000},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"reason": 5},
    ],
)
def test_a_receipt_of_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ReceiptShapeError):
        read_receipt(json.dumps(GOOD | change).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"id"', b"\xff", b"[" * 16_000])
def test_what_is_no_receipt_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(ReceiptShapeError):
        read_receipt(body)


@pytest.fixture
def delivery(db: None) -> Delivery:
    """A text that has left."""
    address = Address.objects.create(
        iin="850412300187", channel="sms", value="+77011234567", verified_at=SENT_AT
    )
    return make(address, key="a")


def make(
    address: Address,
    *,
    key: str,
    provider_id: str = "p-1",
    state: DeliveryState = DeliveryState.SENT,
) -> Delivery:
    notice = Notice.objects.create(
        key=key,
        number=key,
        iin=address.iin,
        kind=MessageKind.APPLICATION_ISSUED.value,
        topic=Topic.APPLICATION.value,
        created_at=SENT_AT,
    )
    return Delivery.objects.create(
        notice=notice,
        channel="sms",
        address=address,
        to=address.value,
        language="kk",
        state=state.value,
        created_at=SENT_AT,
        due_at=SENT_AT,
        sent_at=SENT_AT,
        provider_id=provider_id,
    )


def receipt(*, is_delivered: bool = True, reason: str = "", provider_id: str = "p-1") -> Receipt:
    return Receipt(provider_id, is_delivered, NOW - timedelta(minutes=1), reason)


@pytest.mark.django_db
@pytest.mark.data
def test_a_text_that_has_arrived_is_written_down(delivery: Delivery) -> None:
    assert apply_receipt(receipt(), now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert delivery.delivered_at == NOW - timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.data
def test_a_provider_whose_clock_is_ahead_delivers_nothing_in_the_future(
    delivery: Delivery,
) -> None:
    apply_receipt(Receipt("p-1", is_delivered=True, at=NOW + timedelta(days=1)), now=NOW)
    delivery.refresh_from_db()
    assert delivery.delivered_at == NOW


@pytest.mark.django_db
@pytest.mark.data
def test_a_phone_that_was_off_keeps_its_number(delivery: Delivery) -> None:
    assert apply_receipt(receipt(is_delivered=False, reason="expired"), now=NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, "receipt expired")
    assert Address.objects.working().count() == 1


@pytest.mark.django_db
@pytest.mark.data
def test_a_number_that_does_not_exist_is_used_no_more(delivery: Delivery) -> None:
    assert apply_receipt(receipt(is_delivered=False, reason="invalid_number"), now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert not Address.objects.working().exists()


@pytest.mark.django_db
@pytest.mark.data
def test_a_failed_text_is_told_by_letter(delivery: Delivery) -> None:
    assert delivery.notice is not None
    Address.objects.create(
        iin=delivery.notice.iin, channel="email", value="a@example.kz", verified_at=SENT_AT
    )
    apply_receipt(receipt(is_delivered=False), now=NOW)
    assert [one.channel for one in delivery.notice.deliveries.order_by("id")] == ["sms", "email"]


ORDERS = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.django_db
@pytest.mark.data
@pytest.mark.parametrize(("first", "second"), ORDERS)
def test_the_first_receipt_is_the_last(delivery: Delivery, first: bool, second: bool) -> None:
    assert apply_receipt(receipt(is_delivered=first), now=NOW)
    before = Delivery.objects.values().get()
    later = NOW + timedelta(minutes=3)
    assert not apply_receipt(receipt(is_delivered=second, reason="invalid_number"), now=later)
    assert Delivery.objects.values().get() == before
    assert Address.objects.working().count() == 1


@pytest.mark.django_db
@pytest.mark.data
@pytest.mark.parametrize("state", [one for one in DeliveryState if one is not DeliveryState.SENT])
def test_only_what_was_sent_is_changed(delivery: Delivery, state: DeliveryState) -> None:
    Delivery.objects.update(state=state.value)
    for is_delivered in (True, False):
        assert not apply_receipt(receipt(is_delivered=is_delivered), now=NOW)
    assert Delivery.objects.get().state == state


def unknown() -> Receipt:
    return receipt(provider_id="p-2")


def of_a_letter() -> Receipt:
    Delivery.objects.update(channel="email")
    return receipt()


@pytest.mark.django_db
@pytest.mark.data
@pytest.mark.parametrize("make_receipt", [unknown, of_a_letter])
def test_a_receipt_for_nothing_changes_nothing(
    delivery: Delivery, make_receipt: Callable[[], Receipt]
) -> None:
    assert not apply_receipt(make_receipt(), now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT


@pytest.mark.django_db
@pytest.mark.data
def test_of_two_texts_under_one_number_the_newer_is_meant(delivery: Delivery) -> None:
    assert delivery.address is not None
    newer = make(delivery.address, key="b")
    assert apply_receipt(receipt(), now=NOW)
    states = dict(Delivery.objects.values_list("id", "state"))
    assert states == {delivery.pk: DeliveryState.SENT, newer.pk: DeliveryState.DELIVERED}
