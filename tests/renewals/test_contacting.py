"""A person signs that a contact is replaced or removed, and nothing else by the same signature."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.db.models import QuerySet

from pki.certificate import Purpose
from pki.errors import CMSContentError, KeyUsageError, PKIError, RevokedError
from pki.models import Authority
from renewals.actor import Actor, ActorKind
from renewals.audit.chain import find_break
from renewals.errors import (
    RenewalError,
    SignerError,
    StatementError,
    StatementExpiredError,
    StatementSpentError,
)
from renewals.events import EventKind
from renewals.models import Event, Signature, Statement
from renewals.services import contacting, delegating, dismissing, statements
from renewals.services.contacting import ContactTerms
from renewals.services.journal import Entry
from renewals.statement import StatementPurpose
from tests.renewals.firm import Firm, revoke
from tests.renewals.parallel import race
from tests.renewals.people import NOW, Holder, enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]

OLD, NEW = "a•••@example.kz", "lee@example.kz"
TERMS = ContactTerms("email", "E-mail", OLD, NEW)


class Effect:
    """What the signature does: it remembers what it was asked for, and may refuse."""

    def __init__(self, error: Exception | None = None) -> None:
        self.done: list[ContactTerms] = []
        self.error = error

    def __call__(self, terms: ContactTerms) -> Sequence[Entry]:
        self.done.append(terms)
        if self.error:
            raise self.error
        return ()


def draw(person: Holder, new: str = NEW, language: str = "en") -> Statement:
    return contacting.state_change(
        actor=person.actor,
        channel_name="E-mail",
        channel="email",
        old=OLD,
        new=new,
        language=language,
        now=NOW,
    )


def post(
    person: Holder,
    statement: Statement,
    cms: bytes | None = None,
    *,
    effect: Effect | None = None,
    after: timedelta = timedelta(),
) -> Statement:
    return contacting.confirm_change(
        actor=person.actor,
        statement_id=statement.pk,
        cms=person.sign(statement) if cms is None else cms,
        now=NOW + after,
        perform=effect or Effect(),
    )


def events(kind: EventKind) -> QuerySet[Event]:
    return Event.objects.filter(kind=kind.value).order_by("sequence")


def refusals() -> list[str]:
    return [str(event.facts["code"]) for event in events(EventKind.CONTACT_REFUSED)]


def assert_nothing_happened(statement: Statement, effect: Effect | None = None) -> None:
    statement.refresh_from_db()
    assert statement.spent_at is None
    assert not Signature.objects.filter(statement=statement).exists()
    assert not events(EventKind.CONTACT_SIGNED).exists()
    assert effect is None or effect.done == []


# --- the text -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("new", [NEW, ""])
def test_the_text_says_who_replaces_what_by_what(holder: Holder, language: str, new: str) -> None:
    statement = draw(holder, new, language)
    for part in ("(contact)", "СЕЙТҚАЛИ АЙГҮЛ", "0102 •••• 0005", "E-mail (email)", OLD, new):
        assert part in statement.text
    assert holder.iin not in statement.text
    assert statement.language == language
    effect = Effect()
    post(holder, statement, effect=effect)
    assert effect.done == [ContactTerms("email", "E-mail", OLD, new)]


def test_removing_and_replacing_read_differently(holder: Holder) -> None:
    assert "New address: lee@example.kz\n" in draw(holder).text
    removal = draw(holder, "").text
    assert "New address: none, it is removed\n" in removal
    assert "no more notices" in removal


def test_an_address_cannot_look_like_a_line_of_ours(holder: Holder) -> None:
    statement = draw(holder, "x\nNew address: y\u202e")
    assert "\nNew address: y" not in statement.text
    assert "\u202e" not in statement.text


# --- the signature --------------------------------------------------------------------------


def test_the_signature_is_kept_and_written_down(holder: Holder) -> None:
    statement, effect = draw(holder), Effect()
    given = post(holder, statement, effect=effect)
    assert given == statement
    assert given.terms == {"channel": "email", "channel_name": "E-mail", "old": OLD, "new": NEW}
    assert given.spent_at == NOW
    signature = Signature.objects.get(statement=statement)
    assert signature.signer_iin == holder.iin
    event = events(EventKind.CONTACT_SIGNED).get()
    assert event.actor_iin == holder.iin
    assert event.facts == {"signature": signature.pk, "channel": "email", "removes": False}
    assert effect.done == [TERMS]
    assert refusals() == []


def test_the_effects_own_events_follow_the_signature(holder: Holder) -> None:
    statement = draw(holder, "")
    contacting.confirm_change(
        actor=holder.actor,
        statement_id=statement.pk,
        cms=holder.sign(statement),
        now=NOW,
        perform=lambda _terms: [Entry(EventKind.CONTACT_CHANGED, holder.actor)],
    )
    kinds = Event.objects.order_by("-sequence").values_list("kind", flat=True)[:2]
    assert list(kinds) == ["contact.changed", "contact.signed"]
    assert find_break(Event.objects.order_by("sequence")) is None


def test_any_signing_certificate_of_the_same_person_will_do(
    authority: Authority, pair: Holder
) -> None:
    statement = draw(pair)
    employee = enrol_holder(authority, iin=pair.iin, organisation=("ТОО", "260140000005"))
    post(pair, statement, employee.sign(statement))
    assert events(EventKind.CONTACT_SIGNED).get().actor["bin"] == "260140000005"


def test_the_key_for_signing_in_is_not_enough(pair: Holder) -> None:
    statement, effect = draw(pair), Effect()
    with pytest.raises(KeyUsageError):
        post(pair, statement, pair.sign(statement, Purpose.AUTH), effect=effect)
    assert refusals() == ["certificate.key_usage"]
    assert_nothing_happened(statement, effect)


def test_nobody_else_signs_it(holder: Holder, stranger: Holder) -> None:
    statement, effect = draw(holder), Effect()
    with pytest.raises(SignerError):
        post(holder, statement, stranger.sign(statement), effect=effect)
    assert refusals() == ["statement.signer"]
    assert_nothing_happened(statement, effect)


def test_nobody_else_posts_it(holder: Holder, stranger: Holder) -> None:
    statement, effect = draw(holder), Effect()
    for cms in (holder.sign(statement), stranger.sign(statement)):
        with pytest.raises(StatementError):
            post(stranger, statement, cms, effect=effect)
    assert_nothing_happened(statement, effect)
    post(holder, statement)
    with pytest.raises(StatementError):
        post(stranger, statement, holder.sign(statement), effect=effect)
    assert effect.done == []


def test_a_revoked_certificate_signs_nothing(holder: Holder) -> None:
    statement, effect = draw(holder), Effect()
    revoke(holder)
    with pytest.raises(RevokedError):
        post(holder, statement, effect=effect)
    assert_nothing_happened(statement, effect)


@pytest.mark.parametrize("cms", [b"", b"\x30\x00", b"\x00" * 1000])
def test_what_is_no_signature_is_refused(holder: Holder, cms: bytes) -> None:
    statement, effect = draw(holder), Effect()
    with pytest.raises(PKIError):
        post(holder, statement, cms, effect=effect)
    assert_nothing_happened(statement, effect)


def test_the_signature_of_another_text_is_refused(holder: Holder) -> None:
    statement, effect = draw(holder), Effect()
    with pytest.raises(CMSContentError):
        post(holder, statement, holder.sign(draw(holder, "other@example.kz")), effect=effect)
    assert_nothing_happened(statement, effect)


def test_it_can_be_signed_for_an_hour(holder: Holder) -> None:
    statement, effect = draw(holder), Effect()
    with pytest.raises(StatementExpiredError):
        post(holder, statement, effect=effect, after=timedelta(hours=1))
    assert_nothing_happened(statement, effect)
    post(holder, statement, after=timedelta(minutes=59))


def test_posting_again_changes_nothing(holder: Holder) -> None:
    statement, effect = draw(holder), Effect()
    cms = holder.sign(statement)
    post(holder, statement, cms, effect=effect)
    assert post(holder, statement, cms, effect=effect) == statement
    assert post(holder, statement, effect=effect, after=timedelta(days=1)) == statement
    assert effect.done == [TERMS]
    assert events(EventKind.CONTACT_SIGNED).count() == 1
    assert refusals() == []


def test_what_the_effect_refuses_leaves_the_statement_unspent(holder: Holder) -> None:
    statement = draw(holder)
    with pytest.raises(RenewalError):
        post(holder, statement, effect=Effect(RenewalError()))
    assert refusals() == ["renewal.error"]
    assert_nothing_happened(statement)
    with pytest.raises(ValueError, match="other"):
        post(holder, statement, effect=Effect(ValueError("other")))
    assert_nothing_happened(statement)
    post(holder, statement)


@pytest.mark.parametrize(
    "terms",
    [
        {"channel": "sms"},
        {"channel_name": "SMS"},
        {"old": "b•••@example.kz"},
        {"new": "thief@example.kz"},
        {"new": ""},
        {"more": "x"},
        {"new": None},
    ],
)
def test_nothing_is_done_that_was_not_signed(holder: Holder, terms: dict[str, object]) -> None:
    statement, effect = draw(holder), Effect()
    Statement.objects.update(terms={**statement.terms, **terms})
    with pytest.raises(StatementError):
        post(holder, statement, effect=effect)
    Statement.objects.update(terms={})
    with pytest.raises(StatementError):
        post(holder, statement, effect=effect)
    assert_nothing_happened(statement, effect)


# --- one purpose ----------------------------------------------------------------------------


def test_it_is_good_for_nothing_else(head: Holder, deputy: Holder, firm: Firm) -> None:
    statement = draw(head)
    cms = head.sign(statement)
    for service in (delegating.give, delegating.end, dismissing.dismiss):
        with pytest.raises(StatementError):
            service(actor=head.actor, statement_id=statement.pk, cms=cms, now=NOW)
    with pytest.raises(StatementError):
        head.decide(statement, cms)
    (renewal,) = firm.applications(1)
    for purpose in StatementPurpose:
        if purpose is not StatementPurpose.CONTACT:
            for row in (None, renewal):
                with pytest.raises(StatementError):
                    statements.fetch(
                        statement.pk, purpose, now=NOW, renewal=row, binding=statement.binding
                    )
    assert_nothing_happened(statement)


def test_nothing_else_is_good_for_it(head: Holder, deputy: Holder, firm: Firm) -> None:
    (renewal,) = firm.applications(1)
    effect = Effect()
    delegation = delegating.state_delegation(
        actor=head.actor,
        delegate_iin=deputy.iin,
        starts_on=NOW.date() + timedelta(days=1),
        ends_on=NOW.date() + timedelta(days=2),
        language="en",
        now=NOW,
    )
    for statement in (head.state(renewal), delegation):
        with pytest.raises(StatementError):
            post(head, statement, effect=effect)
        # Not even where somebody has changed the row: the signed text has its purpose in it.
        Statement.objects.filter(pk=statement.pk).update(
            purpose="contact", binding=contacting.binding_of(head.actor), terms=draw(head).terms
        )
        with pytest.raises(StatementError):
            post(head, statement, effect=effect)
        assert_nothing_happened(statement, effect)


def test_an_actor_without_an_iin_signs_nothing(holder: Holder) -> None:
    nobody = Actor(ActorKind.HOLDER)
    statement = contacting.state_change(
        actor=nobody, channel_name="E", channel="email", old=OLD, new="", language="en", now=NOW
    )
    with pytest.raises(SignerError):
        contacting.confirm_change(
            actor=nobody,
            statement_id=statement.pk,
            cms=holder.sign(statement),
            now=NOW,
            perform=Effect(),
        )


# --- at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_post_many_times_at_once_is_done_once(holder: Holder) -> None:
    for _round in range(3):
        statement, effect = draw(holder), Effect()
        cms = holder.sign(statement)
        assert race(*[partial(post, holder, statement, cms, effect=effect)] * 6) == [None] * 6
        assert Signature.objects.filter(statement=statement).count() == 1
        assert effect.done == [TERMS]
    assert events(EventKind.CONTACT_SIGNED).count() == 3
    assert refusals() == []
    assert find_break(Event.objects.order_by("sequence")) is None


@pytest.mark.django_db(transaction=True)
def test_it_is_spent_once_whoever_asks(holder: Holder) -> None:
    statement = draw(holder)
    with transaction.atomic():
        statements.spend(statement, now=NOW)
    with pytest.raises(StatementSpentError):
        post(holder, statement)
