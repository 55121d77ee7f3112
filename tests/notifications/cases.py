"""A notice of every message with what may be true of it, without a database; longest values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from notifications.kinds import MessageKind
from notifications.models import Address, Notice
from notifications.telling.messages import MESSAGES
from notifications.words.lookup import Told
from notifications.words.oversight import TROUBLES
from notifications.words.situation import Situation
from notifications.words.standings import Need
from pki.certificate import Purpose, Role, Storage
from pki.models import Certificate, Revocation
from renewals.grounds import GROUNDS
from renewals.models import (
    Decision,
    Mandate,
    Proposal,
    ProposalKind,
    ProposalState,
    Renewal,
    Signature,
    Trouble,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IIN, OTHER_IIN, BIN = "010203300005", "050607650004", "260140000005"
NUMBER = "8K3F22QM7TX4"
NAME = "ЕСЕНҒАЛИЕВА-ҚОЖАХМЕТОВА АЙГҮЛ"
ORGANISATION = 'ТОО "Сарыарқа Логистик"'


@dataclass(frozen=True)
class Case:
    """A notice and what is true of it; `name` says which."""

    name: str
    notice: Notice
    situation: Situation


def notice_of(kind: MessageKind, **facts: object) -> Notice:
    """Told today."""
    return Notice(
        pk=1,
        key=f"{kind.value}:1",
        number=NUMBER,
        iin=IIN,
        kind=kind.value,
        topic=MESSAGES[kind].topic.value,
        facts=facts,
        created_at=NOW,
    )


def certificate_of(
    pk: int = 1,
    *,
    ends_in: timedelta = 12 * DAY,
    organisation: str = ORGANISATION,
    storage: Storage = Storage.FILE,
    name: str = NAME,
    iin: str = IIN,
    role: str = Role.EMPLOYEE.value,
) -> Certificate:
    """A row that was never saved."""
    return Certificate(
        pk=pk,
        authority_id=1,
        serial_hex=f"{pk:040x}",
        iin=iin,
        bin=BIN if organisation else "",
        common_name=name,
        organisation=organisation,
        purpose=Purpose.COMBINED.value,
        storage=storage.value,
        company_role=role if organisation else "",
        not_before=NOW + ends_in - 365 * DAY,
        not_after=NOW + ends_in,
    )


def renewal_of(state: str, *, decision: Decision | None = None, reason: str = "") -> Renewal:
    """One that was submitted three days ago."""
    renewal = Renewal(
        pk=1,
        number="2026-4GH5K7QW",
        state=state,
        holder_iin=IIN,
        holder_name=NAME,
        bin=BIN,
        organisation=ORGANISATION,
        submitted_at=NOW - 3 * DAY,
        reason=reason,
    )
    Renewal.decision.related.set_cached_value(renewal, decision)
    return renewal


def decision_of(verdict: str, reason: str = "", note: str = "") -> Decision:
    """By somebody else."""
    return Decision(
        verdict=verdict, reason=reason, note=note, approver_name="ӘБЕНОВ НҰРЛАН", decided_at=NOW
    )


def mandate_of(kind: str = "delegation") -> Mandate:
    """For a month."""
    return Mandate(
        pk=1,
        bin=BIN,
        organisation=ORGANISATION,
        kind=kind,
        holder_iin=OTHER_IIN,
        holder_name="ИБРАЕВ АЛМАС",
        giver_name="" if kind == "power_of_attorney" else NAME,
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 12, 31),
    )


def revoked(certificate: Certificate, reason: str) -> Told:
    """Yesterday."""
    row = Revocation(
        authority_id=1,
        serial_hex=certificate.serial_hex,
        revoked_at=NOW - DAY,
        reason=reason,
    )
    return Told(certificate, Need.REVOKED, revocation=row)


def cases() -> Iterator[Case]:
    """Every message at least once; every branch of its words."""
    yield from _expiry()
    yield from _people()
    yield from _applications()
    yield from _security()
    yield from _holds()
    yield from _operators()
    yield from _oversight()


def _case(name: str, kind: MessageKind, situation: Situation, **facts: object) -> Case:
    told = replace(situation, reader=situation.reader or NAME)
    return Case(f"{kind.value} {name}".strip(), notice_of(kind, **facts), told)


def _expiry() -> Iterator[Case]:
    soon, ended = MessageKind.EXPIRY_SOON, MessageKind.EXPIRY_ENDED
    for days in (30, 12, 2, 1, 0):
        told = Told(certificate_of(ends_in=days * DAY + timedelta(hours=1)))
        yield _case(f"{days}", soon, Situation(True, told=(told,)), days=days)
    own = Told(certificate_of(organisation=""))
    token = Told(certificate_of(2, organisation="", storage=Storage.TOKEN, ends_in=3 * DAY))
    over = Told(certificate_of(ends_in=-DAY))
    draft = replace(own, need=Need.BEGUN, application=renewal_of("draft"))
    issued = replace(own, need=Need.BEGUN, application=renewal_of("issued"))
    yield _case("own", soon, Situation(True, told=(own,)), days=14)
    yield _case("token", soon, Situation(True, told=(token,)), days=3)
    yield _case("several", soon, Situation(True, told=(own, token, over)), days=3)
    yield _case("begun", soon, Situation(True, told=(draft,)), days=3)
    yield _case("issued", soon, Situation(True, told=(issued,)), days=3)
    yield _case("late", soon, Situation(True, told=(over,)), days=1)
    yield _case("settled", soon, Situation(False, told=(replace(own, need=Need.REPLACED),)))
    yield _case("", ended, Situation(True, told=(over,)), days=0)
    yield _case(
        "several",
        ended,
        Situation(
            True,
            told=(
                over,
                replace(over, certificate=(certificate_of(3, organisation="", ends_in=-2 * DAY))),
            ),
        ),
        days=0,
    )
    waits = replace(over, need=Need.BEGUN, application=renewal_of("issued"))
    yield _case("issued", ended, Situation(True, told=(waits,)), days=0)
    yield _case("settled", ended, Situation(False, told=(revoked(over.certificate, "superseded"),)))


def _people() -> Iterator[Case]:
    soon, digest = MessageKind.EXPIRY_PEOPLE, MessageKind.EXPIRY_DIGEST
    one = Told(certificate_of(ends_in=2 * DAY, iin=OTHER_IIN))
    others = tuple(
        Told(certificate_of(number, iin=f"{number:012d}", name=f"ОСПАНОВ{number} ДАНИЯР"))
        for number in range(2, 22)
    )
    yield _case("one", soon, Situation(True, told=(one,)), days=3)
    yield _case("several", soon, Situation(True, told=(one, *others)), days=3)
    yield _case("settled", soon, Situation(False, told=(replace(one, need=Need.UNDER_WAY),)))
    yield _case("one", digest, Situation(True, told=(one,)))
    yield _case("many", digest, Situation(True, told=others, more=480))
    yield _case("settled", digest, Situation(False))


def _applications() -> Iterator[Case]:
    told = (Told(certificate_of()),)
    over = (Told(certificate_of(ends_in=-DAY)),)
    for kind, state in (
        (MessageKind.APPLICATION_SUBMITTED, "awaiting_approval"),
        (MessageKind.APPLICATION_SUBMITTED, "approved"),
        (MessageKind.APPLICATION_APPROVED, "approved"),
        (MessageKind.APPLICATION_ISSUED, "issued"),
        (MessageKind.APPLICATION_ISSUED, "withdrawn"),
        (MessageKind.APPLICATION_INSTALLED, "installed"),
        (MessageKind.APPLICATION_LAPSED, "lapsed"),
        (MessageKind.APPLICATION_FAILED, "failed"),
        (MessageKind.APPROVAL_WAITING, "awaiting_approval"),
    ):
        yield _case(state, kind, Situation(True, told=told, renewal=renewal_of(state)))
    approved = renewal_of("approved", decision=decision_of("approve"))
    yield _case(
        "by name", MessageKind.APPLICATION_APPROVED, Situation(True, told=told, renewal=approved)
    )
    refusals = {
        "note": renewal_of("rejected", decision=decision_of("reject", "documents", "Где скан?")),
        "data": renewal_of("rejected", decision=decision_of("reject", "wrong_data")),
        "operator": renewal_of("rejected", reason="Обратитесь в ЦОН"),
    }
    for name, renewal in refusals.items():
        yield _case(
            name, MessageKind.APPLICATION_REJECTED, Situation(True, told=told, renewal=renewal)
        )
    lapsed = renewal_of("lapsed")
    gone = (revoked(certificate_of(), "affiliationChanged"),)
    for name, found in (("over", over), ("revoked", gone)):
        yield _case(
            name, MessageKind.APPLICATION_LAPSED, Situation(True, told=found, renewal=lapsed)
        )
    late = renewal_of("awaiting_approval")
    late.submitted_at = NOW
    for name, true in (("today", True), ("settled", False)):
        yield _case(
            name, MessageKind.APPROVAL_WAITING, Situation(true, told=told, renewal=late), days=0
        )


def _security() -> Iterator[Case]:
    right, given = MessageKind.APPROVAL_RIGHT, MessageKind.DELEGATION_GIVEN
    yield _case("delegation", right, Situation(True, mandate=mandate_of()))
    yield _case("power", right, Situation(True, mandate=mandate_of("power_of_attorney")))
    ended = mandate_of()
    ended.ended_at = NOW
    for kind in (right, given):
        yield _case("ended", kind, Situation(True, mandate=ended))
    yield _case("", given, Situation(True, mandate=mandate_of()))
    yield _case(
        "",
        MessageKind.SIGN_IN_NEW_DEVICE,
        Situation(True),
        at=NOW.isoformat(),
        device="Chrome, Windows",
        address="203.0.113.7",
    )
    yield _case("bare", MessageKind.SIGN_IN_NEW_DEVICE, Situation(True, reader=" "))
    yield _case("", MessageKind.CERTIFICATE_ISSUED, Situation(True, told=(Told(certificate_of()),)))
    for reason in ("superseded", "affiliationChanged", "unspecified"):
        gone = (revoked(certificate_of(), reason),)
        yield _case(reason, MessageKind.CERTIFICATE_REVOKED, Situation(True, told=gone))
    for ground in GROUNDS:
        yield _case(
            ground.value,
            MessageKind.CERTIFICATE_REVOKED,
            Situation(True, told=gone),
            ground=ground.value,
        )
    yield _case("", MessageKind.EMPLOYEE_REVOKED, Situation(True, told=gone), bin=BIN)
    yield _case("bare", MessageKind.EMPLOYEE_REVOKED, Situation(True), bin=BIN)
    old, new = "a•••@example.kz", "b•••@example.kz"
    for name, facts in {
        "added": ("", new),
        "changed": (old, new),
        "removed": (old, ""),
        "again": (old, old),
    }.items():
        yield _case(
            name,
            MessageKind.CONTACT_CHANGED,
            Situation(True),
            change=name,
            channel="email",
            old=facts[0],
            new=facts[1],
        )
    failed = Address(pk=5, iin=IIN, channel="email", value="aigul@example.kz")
    yield _case(
        "", MessageKind.ADDRESS_FAILED, Situation(True, address=failed), channel="email", address=5
    )


def _holds() -> Iterator[Case]:
    good, over = Told(certificate_of()), Told(certificate_of(ends_in=-DAY))
    became = {
        "held": (revoked(good.certificate, "certificateHold"),),
        "good": (good,),
        "revoked": (revoked(good.certificate, "keyCompromise"),),
        "over": (revoked(over.certificate, "certificateHold"),),
        "released and over": (over,),
        "bare": (),
    }
    for kind in (
        MessageKind.CERTIFICATE_HELD,
        MessageKind.CERTIFICATE_RELEASED,
        MessageKind.EMPLOYEE_HELD,
    ):
        for name, told in became.items():
            yield _case(name, kind, Situation(True, told=told), bin=BIN, at=NOW.isoformat())


def _operators() -> Iterator[Case]:
    failed = renewal_of("failed", reason="issuer.lint")
    moved = renewal_of("approved")
    for name, renewal in (("", failed), ("moved on", moved)):
        yield _case(name, MessageKind.OPERATORS_FAILED, Situation(True, renewal=renewal))
    for count in (1, 5):
        yield _case(
            f"{count}",
            MessageKind.OPERATORS_UNDELIVERED,
            Situation(True),
            count=count,
            date="2026-11-23",
        )


def _oversight() -> Iterator[Case]:
    kind, facts = MessageKind.OPERATORS_TROUBLE, {"code": "keys.pin", "at": NOW.isoformat()}
    for subject in (*TROUBLES, "list:ec:part-12:delta", "something-else"):
        yield _case(subject, kind, Situation(True), subject=subject, **facts)
    ended = Trouble(subject="keys", code="keys.pin", began_at=NOW, ended_at=NOW + DAY)
    for name, row in (("over", ended), ("gone", None)):
        yield _case(name, kind, Situation(False, trouble=row), subject="keys", **facts)
    for proposed in ProposalKind:
        for name, true in (("waits", True), ("settled", False)):
            yield _case(
                f"{proposed.value} {name}",
                MessageKind.OPERATORS_PROPOSAL,
                Situation(true, proposal=proposal_of(proposed)),
                proposal=7,
            )
    yield _case("gone", MessageKind.OPERATORS_PROPOSAL, Situation(False), proposal=7)


def proposal_of(kind: ProposalKind) -> Proposal:
    """One that waits."""
    first = Signature(signer_iin=OTHER_IIN, signer_name="ИБРАЕВ АЛМАС")
    return Proposal(
        pk=7,
        kind=kind.value,
        subject=f"{kind.value}:1",
        state=ProposalState.WAITING.value,
        first=first,
        created_at=NOW,
        expires_at=NOW + 7 * DAY,
    )
