"""The one door to contacts and choices: done and written down in one go, each to his own."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from cabinet import contact_book
from cabinet.views.answers import answers_script
from notifications.contacts import codes, preferences
from notifications.contacts.book import ChangeKind
from notifications.contacts.links import unsubscribe_url
from notifications.errors import (
    CodeError,
    CodeOverError,
    EmailError,
    HomoglyphError,
    LastSecurityError,
    LinkError,
    NoAddressError,
    NoticeError,
    PhoneRegionError,
    SameAddressError,
    TooManyCodesError,
    UnsignedChangeError,
)
from notifications.kinds import Topic
from notifications.models import Address, Delivery, Mute, Verification
from pki.models import Authority
from renewals.audit.chain import find_break
from renewals.errors import SignerError, StatementError
from renewals.models import Event, Signature
from renewals.services import journal
from tests.cabinet.contact_steps import (
    HOUR,
    MAIL,
    MINUTE,
    NEW,
    PHONE,
    add,
    ask,
    draw,
    draw_removal,
    kinds,
    sign,
    switch,
    told,
    values,
    verify,
    wrong,
)
from tests.renewals.conftest import holder, stranger
from tests.renewals.people import NOW, Holder, enrol_holder

__all__ = ["holder", "stranger"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]

# --- adding ---------------------------------------------------------------------------------


def test_an_address_is_added_and_its_event_names_no_address(holder: Holder) -> None:
    verification = ask(holder)
    assert told() == []
    assert contact_book.pending(actor=holder.actor, channel="email", now=NOW) == verification
    change = verify(holder, codes.code_of(verification))
    assert change.kind is ChangeKind.ADDED
    assert told() == [("contact.changed", change.facts())]
    event = Event.objects.get(kind="contact.changed")
    assert event.actor_iin == holder.iin
    assert MAIL not in str(event.facts)
    assert values(holder) == {"email": MAIL}


def test_a_wrong_code_counts_and_is_written_down(holder: Holder) -> None:
    verification = ask(holder)
    for left in "4321":
        with pytest.raises(CodeError):
            verify(holder, wrong(verification))
        assert told()[-1] == (
            "contact.refused",
            {"code": "contact.code", "channel": "email", "left": left},
        )
    for _time in range(2):
        with pytest.raises(CodeOverError):
            verify(holder, codes.code_of(verification) if _time else wrong(verification))
    assert kinds() == ["contact.refused"] * 6
    assert values(holder) == {}


def test_a_slip_of_the_keyboard_is_no_event(holder: Holder) -> None:
    with pytest.raises(EmailError):
        ask(holder, "ann")
    add(holder)
    for text in (" ", "\n", "ann"):
        with pytest.raises(EmailError):
            draw(holder, text)
    assert kinds() == ["contact.changed"]


def test_too_many_codes_are_written_down(holder: Holder) -> None:
    for _time in range(3):
        ask(holder)
    with pytest.raises(TooManyCodesError):
        ask(holder)
    assert told() == [("contact.refused", {"code": "contact.too_many_codes", "channel": "email"})]


def test_without_an_event_there_is_no_address(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the chain is broken")

    verification = ask(holder)
    monkeypatch.setattr(journal, "append", fail)
    with pytest.raises(RuntimeError):
        verify(holder, codes.code_of(verification))
    assert values(holder) == {}
    assert contact_book.pending(actor=holder.actor, channel="email", now=NOW) == verification


# --- replacing and removing -----------------------------------------------------------------


def test_an_address_is_replaced_by_a_signature_and_a_code(holder: Holder) -> None:
    old = add(holder)
    with pytest.raises(UnsignedChangeError):
        ask(holder, NEW)
    statement = draw(holder)
    for part in ("E-mail (email)", "a•••@example.kz", NEW, "(contact)"):
        assert part in statement.text
    assert MAIL not in statement.text
    signed = sign(holder, statement)
    assert (signed.terms["channel"], signed.terms["new"]) == ("email", NEW)
    assert values(holder) == {"email": MAIL}
    verification = contact_book.pending(actor=holder.actor, channel="email", now=NOW)
    assert verification is not None
    assert (verification.value, verification.replaces) == (NEW, True)
    change = verify(holder, codes.code_of(verification))
    assert (change.kind, change.old) == (ChangeKind.CHANGED, old)
    assert values(holder) == {"email": NEW}
    assert kinds() == ["contact.changed", "contact.refused", "contact.signed", "contact.changed"]
    assert told()[-1][1]["old_address"] == old.pk


def test_a_typed_address_is_signed_as_it_is_kept(holder: Holder) -> None:
    add(holder, PHONE, channel="sms")
    statement = draw(holder, "8 (705) 765-43-21", channel="sms")
    assert "+77057654321" in statement.text
    assert "+7701 ••• 4567" in statement.text
    sign(holder, statement)
    assert Delivery.objects.filter(to="+77057654321", state="waiting").exists()


def test_the_code_speaks_the_language_of_the_person(holder: Holder) -> None:
    add(holder)
    preferences.choose_language(iin=holder.iin, language="kk")
    sign(holder, draw(holder))
    assert Delivery.objects.get(to=NEW).language == "kk"


def test_an_address_is_removed_by_a_signature(holder: Holder) -> None:
    old = add(holder)
    statement = draw_removal(holder)
    signed = sign(holder, statement)
    assert signed.terms["new"] == ""
    assert values(holder) == {}
    assert kinds() == ["contact.changed", "contact.signed", "contact.changed"]
    facts = told()[-1][1]
    assert (facts["change"], facts["old_address"], facts["new"]) == ("removed", old.pk, "")
    assert find_break(Event.objects.order_by("sequence")) is None


@pytest.mark.parametrize("is_removal", [True, False])
def test_posting_again_changes_nothing(holder: Holder, is_removal: bool) -> None:
    add(holder)
    statement = draw_removal(holder) if is_removal else draw(holder)
    cms = holder.sign(statement)
    before = sign(holder, statement, cms)
    events, sent = kinds(), Delivery.objects.count()
    assert sign(holder, statement, cms) == before
    assert (kinds(), Delivery.objects.count()) == (events, sent)


def test_what_is_refused_after_the_signature_leaves_the_statement_unspent(holder: Holder) -> None:
    add(holder)
    statement = draw(holder)
    ask_twice = [draw(holder, f"a{number}@example.kz") for number in range(2)]
    for one in ask_twice:
        sign(holder, one)
    with pytest.raises(TooManyCodesError):
        sign(holder, statement, at=MINUTE)
    statement.refresh_from_db()
    assert statement.spent_at is None
    assert not Signature.objects.filter(statement=statement).exists()
    assert told()[-1][1]["code"] == "contact.too_many_codes"
    # The text is good for an hour, and so long is the wait: another is drawn.
    later = draw(holder, at=HOUR)
    sign(holder, later, at=HOUR)
    assert Verification.objects.filter(value=NEW, spent_at=None).exists()


def test_what_the_signature_could_not_bring_about_is_not_drawn(holder: Holder) -> None:
    with pytest.raises(NoAddressError):
        draw(holder)
    with pytest.raises(NoAddressError):
        draw_removal(holder)
    add(holder)
    with pytest.raises(SameAddressError):
        draw(holder, MAIL)
    with pytest.raises(NoAddressError):
        draw(holder, PHONE, channel="sms")
    with pytest.raises(NoAddressError):
        draw_removal(holder, "pigeon")
    for _time in range(2):
        sign(holder, draw(holder))
    with pytest.raises(TooManyCodesError):
        draw(holder)


def test_a_signature_replaces_only_the_address_that_it_names(holder: Holder) -> None:
    add(holder)
    early, removal = draw(holder, "other@example.kz"), draw_removal(holder)
    sign(holder, draw(holder))
    verify(holder, codes.code_of(Verification.objects.get(value=NEW)))
    for statement in (early, removal):
        with pytest.raises(StatementError):
            sign(holder, statement)
    assert values(holder) == {"email": NEW}
    sign(holder, draw_removal(holder))
    with pytest.raises(NoAddressError):
        sign(holder, early)


def test_a_failed_address_may_be_replaced_or_verified_again(holder: Holder) -> None:
    add(holder)
    Address.objects.update(failed_at=NOW, failure="550")
    change = verify(holder, codes.code_of(ask(holder)))
    assert change.kind is ChangeKind.VERIFIED_AGAIN
    assert kinds() == ["contact.changed", "contact.changed"]


# --- others ---------------------------------------------------------------------------------


def test_nobody_touches_the_contacts_of_another(holder: Holder, stranger: Holder) -> None:
    address = add(holder)
    add(holder, PHONE, channel="sms")
    statement, removal = draw(holder), draw_removal(holder)
    with pytest.raises(NoAddressError):
        draw(stranger)
    with pytest.raises(NoAddressError):
        draw_removal(stranger)
    for text in (statement, removal):
        for cms in (stranger.sign(text), holder.sign(text)):
            with pytest.raises(StatementError):
                sign(stranger, text, cms)
        with pytest.raises(SignerError):
            sign(holder, text, stranger.sign(text))
    with pytest.raises(NoAddressError):
        switch(stranger, Topic.EXPIRY, is_on=False)
    code = codes.code_of(ask(stranger))
    with pytest.raises(CodeOverError):
        verify(holder, code)
    assert contact_book.pending(actor=holder.actor, channel="email", now=NOW) is None
    address.refresh_from_db()
    assert address.works
    assert values(holder) == {"email": MAIL, "sms": PHONE}
    assert not Mute.objects.exists()


def test_the_answer_is_the_same_whether_or_not_an_address_is_used(
    holder: Holder, stranger: Holder
) -> None:
    add(holder)
    verification = ask(stranger)
    assert verification.delivery.state == "waiting"
    assert verify(stranger, codes.code_of(verification)).kind is ChangeKind.ADDED
    assert values(holder) == values(stranger)


def test_it_does_not_matter_by_which_certificate_somebody_is_signed_in(
    authority: Authority, holder: Holder
) -> None:
    add(holder)
    employee = enrol_holder(authority, iin=holder.iin, organisation=("ТОО", "260140000005"))
    statement = draw(employee)
    sign(holder, statement, employee.sign(statement))
    assert kinds()[-1] == "contact.signed"


# --- choices --------------------------------------------------------------------------------


def test_a_choice_is_written_down_where_it_changes_something(holder: Holder) -> None:
    add(holder)
    before = kinds()
    assert switch(holder, Topic.EXPIRY, is_on=False)
    assert not switch(holder, Topic.EXPIRY, is_on=False)
    assert switch(holder, Topic.EXPIRY, is_on=True)
    facts = {"iin": holder.iin, "channel": "email", "topic": "expiry"}
    assert told()[len(before) :] == [
        ("choice.changed", {**facts, "is_on": False}),
        ("choice.changed", {**facts, "is_on": True}),
    ]


def test_security_is_not_switched_off_everywhere(holder: Holder) -> None:
    add(holder)
    with pytest.raises(LastSecurityError):
        switch(holder, Topic.SECURITY, is_on=False)
    assert told()[-1][1]["code"] == "contact.last_security"


def test_a_link_switches_off_what_it_names_and_back(holder: Holder) -> None:
    address = add(holder)
    token = unsubscribe_url(address, Topic.EXPIRY).split("/")[-2]
    for is_on in (False, False, True):
        link = contact_book.switch_by_link(token=token, is_on=is_on, now=NOW)
        assert (link.iin, link.topic) == (holder.iin, Topic.EXPIRY)
        choices = preferences.choices_of(holder.iin)["email"]
        assert choices == {topic: topic is not Topic.EXPIRY or is_on for topic in Topic}
    event = Event.objects.filter(kind="choice.changed").order_by("sequence")
    assert [(row.actor_iin, row.facts["iin"], row.facts["is_on"]) for row in event] == [
        ("", holder.iin, False),
        ("", holder.iin, True),
    ]
    with pytest.raises(LinkError):
        contact_book.switch_by_link(token=token[:-1], is_on=False, now=NOW)


# --- what pages answer ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "field", "words"),
    [
        (CodeError(left="3"), 400, "code", "Tries left: 3."),
        (CodeOverError(), 409, "code", "Ask for a new one."),
        (EmailError(), 400, "address", "name@example.kz"),
        (HomoglyphError(letters="о, а"), 400, "address", "look like others: о, а."),
        (PhoneRegionError(), 400, "address", "Kazakhstan"),
        (SameAddressError(), 409, "address", "already"),
        (TooManyCodesError(), 429, "", "Wait an hour"),
        (UnsignedChangeError(), 403, "", "key file"),
        (LastSecurityError(), 409, "", "Security"),
        (LinkError(), 404, "", "link"),
    ],
)
def test_a_script_is_told_what_is_wrong_and_where(
    error: NoticeError, status: int, field: str, words: str
) -> None:
    def refuse(_request: HttpRequest) -> HttpResponse:
        raise error

    with translation.override("en"):
        answer = answers_script(refuse)(RequestFactory().post("/"))
    told = json.loads(answer.content)
    assert (answer.status_code, told["code"], told["field"]) == (status, error.code, field)
    assert words in told["message"]
