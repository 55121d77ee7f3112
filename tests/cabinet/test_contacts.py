"""The pages of contacts: an address given and verified, changed and removed by a signature."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.channels.registry import CHANNELS
from notifications.contacts import book as contacts
from notifications.contacts import codes
from notifications.models import Address, Verification
from pki.certificate import Purpose, Role
from pki.models import Authority
from renewals.models import Event, Statement
from tests.cabinet.colleagues import Colleague, Reply, hire
from tests.cabinet.inbox import MAIL, PHONE, reach
from tests.cabinet.reading import leads_to, words
from tests.notifications.notebook import Notebook
from tests.renewals.people import as_base64, enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN, OTHER = "010203300005", "050607650004"
NEW = "new@example.kz"


@pytest.fixture
def reader(authority: Authority) -> Colleague:
    """An individual with a certificate for each purpose, signed in, reached nowhere."""
    holder = enrol_holder(authority, iin=IIN, purposes=(Purpose.AUTH, Purpose.SIGN))
    return Colleague(holder).sign_in()


def last_code(iin: str = IIN) -> str:
    verification = Verification.objects.filter(iin=iin).latest("id")
    return codes.code_of(verification)


def values(iin: str = IIN) -> dict[str, str]:
    return {name: row.value for name, row in contacts.addresses_of(iin).items()}


def sign_anew(reader: Colleague, reply: Reply) -> Reply:
    """Read the statement and sign it; returns the page that the script goes to."""
    answer = reader.sign(reader.read(reply))
    assert answer.status_code == 200, answer.content
    return reader.client.get(answer.json()["location"], secure=True)


# --- a first address --------------------------------------------------------------------------


def test_the_page_has_every_channel_and_the_inbox(reader: Colleague) -> None:
    page = words(reader.get("contacts"))
    for channel in CHANNELS.values():
        assert str(channel.label) in page
    assert "Everything is here, always." in page


def test_a_fourth_channel_appears_by_itself(
    reader: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANNELS, "notebook", Notebook().channel)
    assert "Notebook" in words(reader.get("contacts"))
    leads_to(reader.post("contact", "notebook", address="7"), "contact-code", "notebook")
    leads_to(reader.post("contact-code", "notebook", code=last_code()), "contacts")
    assert values() == {"notebook": "7"}
    assert 'value="notebook:expiry"' in reader.get("contacts").content.decode()


@pytest.mark.parametrize("name", ["contact", "contact-code", "contact-again", "remove-contact"])
def test_a_channel_that_there_is_not_has_no_page(reader: Colleague, name: str) -> None:
    reply = reader.post(name, "pigeon")
    assert reply.status_code == 404
    assert (
        reader.client.get(reverse(name, args=["pigeon"]), secure=True, follow=True).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [("email", " Aigul@Example.KZ ", "Aigul@example.kz"), ("sms", "8 (701) 123-45-67", PHONE)],
)
def test_an_address_is_given_and_verified(
    reader: Colleague, channel: str, typed: str, kept: str
) -> None:
    leads_to(reader.post("contact", channel, address=typed), "contact-code", channel)
    assert values() == {}
    page = words(reader.get("contact-code", channel))
    assert kept in page
    assert "Good until" in page
    code = last_code()
    leads_to(reader.post("contact-code", channel, code=f" {code[:3]} {code[3:]} "), "contacts")
    assert values() == {channel: kept}
    page = words(reader.get("contacts"))
    assert kept in page
    assert "The address is verified" in page
    assert Event.objects.filter(kind="contact.changed").count() == 1


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "x", "a@b", "a" * 320 + "@example.kz", "a" * 5000, "🙂@example.kz"),
        *("a@example.kz\nBcc: b@example.kz", "а@ехample.kz", "\x00", "\u202e"),
        *("+1 202 555 01 43", "8 7172 70 00 00"),
    ],
)
def test_what_is_no_address_is_refused_beside_its_field_and_kept(
    reader: Colleague, channel: str, typed: str
) -> None:
    reply = reader.post("contact", channel, address=typed)
    assert reply.status_code == 400
    page = reply.content.decode()
    assert 'href="#id_address"' in page
    assert 'aria-invalid="true"' in page
    assert Verification.objects.count() == 0
    if typed.isascii() and typed.isprintable():
        assert f'value="{typed}"' in page


def test_a_wrong_code_says_how_many_tries_are_left(reader: Colleague) -> None:
    reader.post("contact", "email", address=MAIL)
    wrong = f"{(int(last_code()) + 1) % 10**6:06d}"
    reply = reader.post("contact-code", "email", code=wrong)
    assert reply.status_code == 400
    assert "Tries left: 4" in words(reply)
    assert "4 tries are left" in words(reader.get("contact-code", "email"))


def test_what_is_no_code_costs_no_try(reader: Colleague) -> None:
    reader.post("contact", "email", address=MAIL)
    for typed in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 500, "\x00"):
        assert reader.post("contact-code", "email", code=typed).status_code == 400
    assert Verification.objects.get().tries == 0


def test_after_five_wrong_codes_a_new_one_is_sent_to_the_same_address(reader: Colleague) -> None:
    reader.post("contact", "email", address=MAIL)
    right = last_code()
    for _time in range(5):
        reply = reader.post("contact-code", "email", code=f"{(int(right) + 1) % 10**6:06d}")
    assert reply.status_code == 409
    assert reader.post("contact-code", "email", code=right).status_code == 409
    page = reader.get("contact-code", "email")
    assert "This code is over" in words(page)
    assert 'name="code"' not in page.content.decode()
    leads_to(reader.post("contact-again", "email"), "contact-code", "email")
    leads_to(reader.post("contact-code", "email", code=last_code()), "contacts")
    assert values() == {"email": MAIL}


def test_a_code_is_over_after_ten_minutes(reader: Colleague) -> None:
    reader.post("contact", "email", address=MAIL)
    past = timezone.now() - timedelta(seconds=1)
    Verification.objects.update(expires_at=past)
    assert "This code is over" in words(reader.get("contact-code", "email"))
    assert reader.post("contact-code", "email", code=last_code()).status_code == 409


def test_three_codes_an_hour_and_no_more(reader: Colleague) -> None:
    reader.post("contact", "email", address=MAIL)
    reader.post("contact-again", "email")
    leads_to(reader.post("contact-again", "email"), "contact-code", "email")
    reply = reader.post("contact-again", "email")
    assert reply.status_code == 429
    assert "Wait an hour" in words(reply)
    reply = reader.post("contact", "email", address=MAIL)
    assert reply.status_code == 429
    assert MAIL in reply.content.decode()


def test_without_a_code_on_its_way_the_page_of_the_code_leads_on(reader: Colleague) -> None:
    leads_to(reader.get("contact-code", "email"), "contact", "email")
    leads_to(reader.post("contact-code", "email", code="123456"), "contact", "email")
    leads_to(reader.post("contact-again", "email"), "contact", "email")
    leads_to(reader.get("contact-again", "email"), "contact", "email")


def test_the_contacts_of_others_are_not_touched(reader: Colleague) -> None:
    reach(OTHER)
    assert MAIL not in reader.get("contacts").content.decode()
    leads_to(reader.get("remove-contact", "email"), "contacts")
    # The same answer whether or not somebody else has it.
    leads_to(reader.post("contact", "email", address=MAIL), "contact-code", "email")


# --- another address, or none -----------------------------------------------------------------


def test_an_address_is_changed_by_a_signature_and_a_code(reader: Colleague) -> None:
    reach(IIN)
    page = sign_anew(reader, reader.post("contact", "email", address=NEW))
    assert "We sent six digits" in words(page)
    assert NEW in words(page)
    assert values() == {"email": MAIL}
    leads_to(reader.post("contact-code", "email", code=last_code()), "contacts")
    assert values() == {"email": NEW}


def test_a_new_code_for_a_changed_address_needs_a_new_signature(reader: Colleague) -> None:
    reach(IIN)
    sign_anew(reader, reader.post("contact", "email", address=NEW))
    first = last_code()
    assert "sign the change once more" in words(reader.get("contact-code", "email"))
    sign_anew(reader, reader.post("contact-again", "email"))
    assert reader.post("contact-code", "email", code=first).status_code in {400, 409}
    leads_to(reader.post("contact-code", "email", code=last_code()), "contacts")
    assert values() == {"email": NEW}


def test_before_it_is_signed_nothing_is_sent(reader: Colleague) -> None:
    reach(IIN)
    statement = reader.read(reader.post("contact", "email", address=NEW))
    assert Verification.objects.count() == 0
    assert NEW in statement.text
    assert MAIL not in statement.text
    assert "changing a contact" in statement.text


def test_the_present_address_is_not_taken_again(reader: Colleague) -> None:
    reach(IIN)
    reply = reader.post("contact", "email", address=f" {MAIL.replace('@e', '@E')} ")
    assert reply.status_code == 409
    assert "your address already" in words(reply)


def test_one_that_does_not_work_is_verified_again_without_a_signature(reader: Colleague) -> None:
    address = reach(IIN)
    Address.objects.update(failed_at=timezone.now())
    assert "Does not work any more" in words(reader.get("contacts"))
    leads_to(reader.post("contact-again", "email"), "contact-code", "email")
    leads_to(reader.post("contact-code", "email", code=last_code()), "contacts")
    address.refresh_from_db()
    assert address.failed_at is None
    Address.objects.update(failed_at=timezone.now())
    leads_to(reader.post("contact", "email", address=MAIL), "contact-code", "email")


def test_an_address_is_removed_by_a_signature(reader: Colleague) -> None:
    reach(IIN)
    page = reader.get("remove-contact", "email")
    assert "This is your last address" in words(page)
    assert values() == {"email": MAIL}
    page = sign_anew(reader, reader.post("remove-contact", "email"))
    assert "The address is removed" in words(page)
    assert values() == {}
    reach(IIN, "sms", PHONE)
    reach(IIN)
    assert "last address" not in words(reader.get("remove-contact", "email"))


def test_the_page_to_sign_asks_for_the_signing_key_of_the_reader(reader: Colleague) -> None:
    reach(IIN)
    reply = reader.post("contact", "email", address=NEW)
    page = reader.client.get(reply["Location"], secure=True)
    assert page.context["signers"] == [reader.holder.certificates[Purpose.SIGN].serial_hex]
    statement: Statement = page.context["statement"]
    refused = reader.sign(statement, Purpose.AUTH)
    assert (refused.status_code, values()) == (400, {"email": MAIL})


def test_a_statement_of_somebody_else_is_as_if_it_were_not_there(
    reader: Colleague, authority: Authority
) -> None:
    reach(IIN)
    statement = reader.read(reader.post("remove-contact", "email"))
    # A head of an organisation may sign for it, and not for others.
    head = hire(authority, OTHER, Role.HEAD).sign_in()
    assert head.get("sign", statement.pk).status_code == 404
    cms = as_base64(head.holder.sign(statement))
    assert head.ask("sign", statement.pk, statement=statement.pk, cms=cms).status_code == 404
    stolen = reader.ask("sign", statement.pk, statement=statement.pk, cms=cms)
    assert stolen.status_code == 400
    assert values() == {"email": MAIL}


def test_signing_twice_changes_nothing_more(reader: Colleague) -> None:
    reach(IIN)
    statement = reader.read(reader.post("remove-contact", "email"))
    for _time in range(2):
        assert reader.sign(statement).status_code == 200
    assert Event.objects.filter(kind="contact.changed").count() == 1
    leads_to(reader.get("sign", statement.pk), "signed", statement.pk)
    leads_to(reader.get("signed", statement.pk), "contacts")


def test_people_of_an_organisation_sign_by_any_certificate_of_theirs(
    authority: Authority,
) -> None:
    employee = hire(authority, IIN, Role.EMPLOYEE).sign_in()
    personal = enrol_holder(authority, iin=IIN)
    reach(IIN)
    statement = employee.read(employee.post("remove-contact", "email"))
    cms = as_base64(personal.sign(statement))
    reply = employee.ask("sign", statement.pk, statement=statement.pk, cms=cms)
    assert reply.status_code == 200, reply.content
    assert values() == {}
