"""Revoked by whom, over what, for which reason; what follows at once; holds and their release."""

from datetime import timedelta
from typing import Any

import pytest

from cabinet.models import User
from pki.certificate import Role
from pki.errors import CMSContentError, RevokedError
from pki.models import Authority, Revocation
from pki.revocation import Status
from renewals.audit.chain import find_break
from renewals.errors import (
    FormerHeadError,
    GroundError,
    NotHeadError,
    NotOperatorError,
    RenewalError,
    RevocationError,
    SignerError,
    StatementError,
    StatementExpiredError,
)
from renewals.grounds import GROUNDS, Door, Ground, grounds_at
from renewals.models import Event, Statement
from renewals.services import asking
from renewals.services.asking import Asking
from tests.renewals.people import (
    IIN,
    NOW,
    OTHER_ORGANISATION,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)
from tests.renewals.revocations import (
    HOUR,
    OFFICE,
    actor_of,
    ask,
    only,
    post,
    revoke,
    serve,
    status,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def operator(authority: Authority) -> Holder:
    """Somebody who serves the desk, with a certificate of his own."""
    return serve(enrol_holder(authority, iin=iin_of(90), name=("ОМАРОВ", "ДАУРЕН", "")))


def last_refusal() -> str:
    return str(Event.objects.filter(kind="revocation.refused").latest("sequence").facts["code"])


# --- every door, every ground ---------------------------------------------------------------

ASKED = [(door, ground) for door in Door for ground in grounds_at(door)]


@pytest.mark.parametrize(("door", "ground"), ASKED)
def test_each_ground_of_each_door_revokes_by_its_reason(
    door: Door, ground: Ground, head: Holder, employee: Holder, operator: Holder
) -> None:
    who = {Door.HOLDER: employee, Door.HEAD: head, Door.OPERATOR: operator}[door]
    row = only(employee)
    revoke(door, who, [row], ground)
    assert Revocation.objects.get(serial_hex=row.serial_hex).reason == GROUNDS[ground].reason.value
    assert status(row) is Status.REVOKED
    kind = "certificate.held" if GROUNDS[ground].is_hold else "certificate.revoked"
    event = Event.objects.get(kind=kind)
    assert (event.actor_iin, event.facts["ground"], event.facts["door"]) == (
        who.iin,
        ground.value,
        door.value,
    )
    assert bool(event.facts.get("note")) is (door is Door.OPERATOR)
    assert find_break(Event.objects.order_by("sequence")) is None


@pytest.mark.parametrize(
    ("door", "ground"), [(door, one) for door in Door for one in Ground if (door, one) not in ASKED]
)
def test_a_ground_of_another_door_is_refused(
    door: Door, ground: Ground, head: Holder, employee: Holder, operator: Holder
) -> None:
    who = {Door.HOLDER: employee, Door.HEAD: head, Door.OPERATOR: operator}[door]
    with pytest.raises(GroundError):
        ask(door, who, [only(employee)], ground)
    assert not Revocation.objects.exists()
    assert last_refusal() == "revocation.ground"


def test_the_signed_text_names_person_certificate_and_reason(
    holder: Holder, operator: Holder
) -> None:
    row = only(holder)
    text = ask(Door.OPERATOR, operator, [row], Ground.COURT).text
    for words in (
        " ".join(row.serial_hex[at : at + 4] for at in range(0, len(row.serial_hex), 4)),
        row.facts.subject.full_name,
        "privilegeWithdrawn",
        "удостоверение 012345678",
        "office-revocation",
    ):
        assert words in text


# --- who may --------------------------------------------------------------------------------


def test_somebody_elses_certificate_is_nothing_to_revoke(holder: Holder, stranger: Holder) -> None:
    with pytest.raises(RevocationError):
        ask(Door.HOLDER, holder, [only(stranger)], Ground.COMPROMISED)
    assert not Revocation.objects.exists()


def test_an_employee_and_hr_are_not_the_head(
    head: Holder, hr: Holder, employee: Holder, holder: Holder
) -> None:
    for who in (employee, hr, holder):
        with pytest.raises(NotHeadError):
            ask(Door.HEAD, who, [only(employee)], Ground.COMPROMISED)
    assert last_refusal()


def test_a_head_revokes_in_his_organisation_and_not_himself(
    authority: Authority, head: Holder
) -> None:
    elsewhere = enrol_employee(
        authority, Role.EMPLOYEE, iin=iin_of(7), organisation=OTHER_ORGANISATION
    )
    for row in (only(elsewhere), only(head)):
        with pytest.raises(RevocationError):
            ask(Door.HEAD, head, [row], Ground.COMPROMISED)


def test_a_head_who_was_replaced_meanwhile_is_refused(
    authority: Authority, head: Holder, employee: Holder
) -> None:
    text = ask(Door.HEAD, head, [only(employee)], Ground.LEFT)
    enrol_employee(authority, Role.HEAD, iin=iin_of(8), days_left=timedelta(days=300))
    with pytest.raises(FormerHeadError):
        post(Door.HEAD, head, text)
    assert not Revocation.objects.exists()


def test_only_an_operator_of_today_serves_the_desk(
    holder: Holder, stranger: Holder, operator: Holder
) -> None:
    with pytest.raises(NotOperatorError):
        ask(Door.OPERATOR, stranger, [only(holder)], Ground.DEATH)
    text = ask(Door.OPERATOR, operator, [only(holder)], Ground.DEATH)
    User.objects.get(iin=operator.iin).groups.clear()
    with pytest.raises(NotOperatorError):
        post(Door.OPERATOR, operator, text)
    assert not Revocation.objects.exists()


@pytest.mark.parametrize("missing", ["asked_by", "identified", "note"])
def test_at_the_desk_who_asked_and_how_he_was_known_is_needed(
    holder: Holder, operator: Holder, missing: str
) -> None:
    facts: dict[str, Any] = {**OFFICE, missing: "" if missing == "note" else None}
    wanted = Asking(Ground.DEATH, (only(holder).pk,), **facts)
    with pytest.raises(GroundError):
        asking.state_revocation(
            Door.OPERATOR,
            wanted,
            actor=actor_of(operator, Door.OPERATOR),
            language="ru",
            now=NOW,
        )


# --- the signature --------------------------------------------------------------------------


def test_another_persons_signature_is_refused(holder: Holder, stranger: Holder) -> None:
    text = ask(Door.HOLDER, holder, [only(holder)], Ground.UNNEEDED)
    with pytest.raises(SignerError):
        post(Door.HOLDER, holder, text, stranger.sign(text))
    with pytest.raises(StatementError):
        post(Door.HOLDER, stranger, text)
    other = ask(Door.HOLDER, holder, [only(holder)], Ground.COMPROMISED)
    with pytest.raises(CMSContentError):
        post(Door.HOLDER, holder, text, holder.sign(other))
    assert not Revocation.objects.exists()


def test_a_text_is_for_its_own_door(head: Holder, employee: Holder) -> None:
    text = ask(Door.HEAD, head, [only(employee)], Ground.UNNEEDED)
    for door in (Door.HOLDER, Door.OPERATOR):
        with pytest.raises((StatementError, NotOperatorError)):
            post(door, head, text)


def test_altered_terms_are_refused(holder: Holder, stranger: Holder) -> None:
    text = ask(Door.HOLDER, holder, [only(holder)], Ground.SUSPENDED)
    for change in (
        {"ground": "compromised"},
        {"certificates": [only(stranger).pk]},
        {"ground": "whim"},
    ):
        Statement.objects.filter(pk=text.pk).update(terms={**text.terms, **change})
        with pytest.raises(RenewalError):
            post(Door.HOLDER, holder, text)
    assert not Revocation.objects.exists()


def test_the_same_post_again_changes_nothing_and_an_old_text_is_refused(holder: Holder) -> None:
    text = ask(Door.HOLDER, holder, [only(holder)], Ground.SUSPENDED)
    cms = holder.sign(text)
    with pytest.raises(StatementExpiredError):
        asking.revoke_asked(
            Door.HOLDER, actor=holder.actor, statement_id=text.pk, cms=cms, now=NOW + 2 * HOUR
        )
    post(Door.HOLDER, holder, text, cms)
    post(Door.HOLDER, holder, text, cms)
    assert Event.objects.filter(kind="certificate.held").count() == 1


def test_by_a_suspended_certificate_nothing_is_signed(holder: Holder) -> None:
    revoke(Door.HOLDER, holder, [only(holder)], Ground.SUSPENDED)
    text = ask(Door.HOLDER, holder, [only(holder)], Ground.COMPROMISED)
    with pytest.raises(RevokedError):
        post(Door.HOLDER, holder, text)


def test_an_expired_certificate_is_nothing_to_revoke(authority: Authority) -> None:
    holder = enrol_holder(authority, iin=IIN, days_left=timedelta(days=-2))
    with pytest.raises(RevocationError):
        ask(Door.HOLDER, holder, [only(holder)], Ground.COMPROMISED)
