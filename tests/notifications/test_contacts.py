"""An address is asked for, verified by a code, replaced and removed."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from notifications.contacts import book as contacts
from notifications.contacts import codes, preferences
from notifications.contacts.book import Change, ChangeKind
from notifications.delivering import doorbell
from notifications.errors import (
    AddressError,
    CodeOverError,
    EmailError,
    NoAddressError,
    NoticeError,
    PhoneError,
    SameAddressError,
    UnsignedChangeError,
)
from notifications.kinds import Topic
from notifications.models import Address, Delivery, Mute, Verification
from tests.notifications.asking import (
    ANN,
    BOB,
    HOUR,
    MAIL,
    MINUTE,
    OTHER_MAIL,
    PHONE,
    add,
    ask,
    values,
    verify,
)
from tests.renewals.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.data]

# --- asking ---------------------------------------------------------------------------------


def test_a_code_is_sent_to_the_address_and_to_nowhere_else() -> None:
    verification = ask(text=" Ann@EXAMPLE.kz ")
    delivery = Delivery.objects.get()
    assert delivery.verification == verification
    assert (delivery.channel, delivery.to, delivery.language) == ("email", "Ann@example.kz", "kk")
    assert delivery.state == "waiting"
    assert delivery.due_at <= NOW
    assert delivery.ends_at == verification.expires_at == NOW + 10 * MINUTE
    assert delivery.address is None
    assert delivery.notice is None
    assert contacts.addresses_of(ANN) == {}


def test_the_worker_is_told_once_it_is_written_down(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        ask()
    assert callbacks == [doorbell.ring]


def test_the_right_code_makes_the_address() -> None:
    verification = ask()
    change = verify(codes.code_of(verification))
    address = Address.objects.get()
    assert (address.iin, address.channel, address.value) == (ANN, "email", MAIL)
    assert (address.verified_at, address.works) == (NOW + MINUTE, True)
    assert change == Change(ChangeKind.ADDED, "email", new=address)
    assert change.facts() == {
        "change": "added",
        "channel": "email",
        "old": "",
        "new": "a•••@example.kz",
        "old_address": None,
        "new_address": address.pk,
    }
    assert contacts.pending(iin=ANN, channel="email", now=NOW + MINUTE) is None


def test_people_and_channels_are_apart() -> None:
    mail, phone = ask(), ask(text="8 701 123 45 67", channel="sms")
    for iin, channel, code in [
        (BOB, "email", codes.code_of(mail)),
        (BOB, "sms", codes.code_of(phone)),
        (ANN, "pigeon", codes.code_of(mail)),
        ("", "email", codes.code_of(mail)),
    ]:
        with pytest.raises(CodeOverError):
            verify(code, iin, channel=channel)
    verify(codes.code_of(phone), channel="sms")
    assert values() == {"sms": PHONE}
    assert contacts.pending(iin=ANN, channel="email", now=NOW) == mail
    assert contacts.pending(iin=BOB, channel="email", now=NOW) is None
    assert contacts.addresses_of(BOB) == contacts.addresses_of("") == {}


def test_two_people_may_have_the_same_address() -> None:
    add()
    add(BOB)
    assert values(ANN) == values(BOB) == {"email": MAIL}


@pytest.mark.parametrize(
    ("channel", "text", "error"),
    [
        ("email", "ann", EmailError),
        ("email", PHONE, EmailError),
        ("sms", MAIL, PhoneError),
        ("pigeon", MAIL, AddressError),
        ("", "", AddressError),
    ],
)
def test_what_is_no_address_of_the_channel_is_refused(
    channel: str, text: str, error: type[NoticeError]
) -> None:
    with pytest.raises(error):
        ask(text=text, channel=channel)
    assert not Verification.objects.exists()


def test_nobody_without_an_iin_has_contacts() -> None:
    with pytest.raises(AddressError):
        ask("")
    assert not Delivery.objects.exists()


# --- changes --------------------------------------------------------------------------------


def test_the_present_address_is_not_asked_for_again() -> None:
    add()
    with pytest.raises(SameAddressError):
        ask(at=2 * MINUTE)
    with pytest.raises(SameAddressError):
        ask(at=2 * MINUTE, is_signed=True)


def test_another_address_needs_a_signature() -> None:
    add()
    with pytest.raises(UnsignedChangeError):
        ask(text=OTHER_MAIL)
    assert Delivery.objects.count() == 1
    change = add(text=OTHER_MAIL, is_signed=True, at=2 * MINUTE)
    old, new = Address.objects.order_by("id")
    assert change == Change(ChangeKind.CHANGED, "email", old, new)
    assert (old.ended_at, old.works, new.works) == (NOW + 3 * MINUTE, False, True)
    assert change.facts() == {
        "change": "changed",
        "channel": "email",
        "old": "a•••@example.kz",
        "new": "l•••@example.kz",
        "old_address": old.pk,
        "new_address": new.pk,
    }
    assert values() == {"email": OTHER_MAIL}


def test_until_it_is_verified_the_present_address_stays() -> None:
    add()
    ask(text=OTHER_MAIL, is_signed=True)
    assert values() == {"email": MAIL}


def test_an_unsigned_code_never_replaces_what_came_in_between() -> None:
    verification = ask()
    Address.objects.create(iin=ANN, channel="email", value=OTHER_MAIL, verified_at=NOW)
    with pytest.raises(UnsignedChangeError):
        verify(codes.code_of(verification))
    assert values() == {"email": OTHER_MAIL}


def test_a_failed_address_is_verified_again_without_a_signature() -> None:
    add()
    Address.objects.update(failed_at=NOW, failure="550")
    with pytest.raises(UnsignedChangeError):
        ask(text=OTHER_MAIL)
    change = add(at=2 * MINUTE)
    address = Address.objects.get()
    assert change == Change(ChangeKind.VERIFIED_AGAIN, "email", new=address)
    assert (address.works, address.failure) == (True, "")
    assert address.verified_at == NOW + 3 * MINUTE
    assert change.facts()["change"] == "verified again"


def test_an_address_is_removed_by_a_signature_only() -> None:
    add()
    with pytest.raises(UnsignedChangeError):
        contacts.remove(iin=ANN, channel="email", now=NOW + HOUR, is_signed=False)
    with pytest.raises(NoAddressError):
        contacts.remove(iin=BOB, channel="email", now=NOW + HOUR, is_signed=True)
    waiting = ask(text=OTHER_MAIL, is_signed=True)
    change = contacts.remove(iin=ANN, channel="email", now=NOW + HOUR, is_signed=True)
    assert change == Change(ChangeKind.REMOVED, "email", old=Address.objects.get())
    assert change.facts()["new"] == ""
    assert values() == {}
    with pytest.raises(CodeOverError):
        verify(codes.code_of(waiting))
    with pytest.raises(NoAddressError):
        contacts.remove(iin=ANN, channel="email", now=NOW + HOUR, is_signed=True)


def test_a_removed_address_may_be_added_again() -> None:
    add()
    contacts.remove(iin=ANN, channel="email", now=NOW + HOUR, is_signed=True)
    assert add(at=HOUR).kind is ChangeKind.ADDED


def test_security_is_heard_on_what_is_left() -> None:
    add()
    add(channel="sms", text=PHONE)
    preferences.switch(iin=ANN, channel="sms", topic=Topic.SECURITY, is_on=False, now=NOW)
    contacts.remove(iin=ANN, channel="email", now=NOW, is_signed=True)
    assert not Mute.objects.exists()


def test_an_address_of_a_channel_that_is_no_more_is_not_shown() -> None:
    assert contacts.mask("pigeon", "loft 7") == "•••"
