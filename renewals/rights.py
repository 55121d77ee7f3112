"""Who may act. Looked up at the moment of acting, on every door."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from pki.certificate import CertificateFacts, Role
from pki.models import Certificate
from renewals.actor import Actor, ActorKind
from renewals.errors import (
    FormerHeadError,
    MandateEndedError,
    MandateTakenError,
    MandateUncheckedError,
    NoRightError,
    NotHeadError,
    NotHolderError,
    NotOperatorError,
    OtherOrganisationError,
    OwnApplicationError,
    WrongCertificateError,
)
from renewals.models import Mandate, MandateKind, Renewal, Right
from renewals.organisation import head_of, signers_of


@dataclass(frozen=True)
class Entitlement:
    """By what right somebody decides for his organisation; `mandate` where one was given."""

    right: Right
    mandate: Mandate | None = None


def require_holder(renewal: Renewal, actor: Actor) -> None:
    """Raises `NotHolderError` for everybody but the person whose application it is."""
    if not actor.iin or actor.iin != renewal.holder_iin:
        raise NotHolderError


def require_operator(actor: Actor) -> None:
    """Raises `NotOperatorError` for everybody but operators."""
    if actor.kind is not ActorKind.OPERATOR:
        raise NotOperatorError


def require_signer(signer: CertificateFacts, expected: Iterable[Certificate]) -> None:
    """Raises `WrongCertificateError` when none of the expected certificates signed.

    Compared by the whole certificate: another certificate of the same person will not do.
    """
    certificates = list(expected)
    if signer.fingerprint not in {row.fingerprint for row in certificates}:
        wanted = certificates[0]
        raise WrongCertificateError(purpose=wanted.purpose, serial=wanted.serial_hex)


def require_head(actor: Actor) -> None:
    """Raises `FormerHeadError`, `NotHeadError` for everybody but the first head."""
    if not actor.bin or Role.HEAD.value not in actor.roles:
        raise NotHeadError
    _require_present_head(actor)


def require_other(renewal: Renewal, actor: Actor) -> None:
    """Nobody decides about himself, nor about another organisation.

    Raises `OtherOrganisationError`, `OwnApplicationError`. People are compared by IIN, whatever
    certificate they use.
    """
    if not actor.bin or actor.bin != renewal.bin:
        raise OtherOrganisationError
    if not actor.iin or actor.iin == renewal.holder_iin:
        raise OwnApplicationError


def entitlement_of(actor: Actor, *, now: datetime) -> Entitlement:
    """By what right this certificate's holder decides for its organisation at this moment.

    Raises `NoRightError` or the kind of it that says most: a former head, a mandate that is
    over, taken back or not checked.
    """
    if not actor.bin or not actor.iin:
        raise NoRightError
    refusal = NoRightError()
    if Role.HEAD.value in actor.roles:
        try:
            _require_present_head(actor)
        except FormerHeadError as error:
            refusal = error
        else:
            return Entitlement(Right.HEAD)
    if Role.HR.value in actor.roles:
        return Entitlement(Right.HR)
    for mandate in Mandate.objects.of_organisation(actor.bin).filter(holder_iin=actor.iin):
        try:
            return _by_mandate(mandate, actor, now=now)
        except NoRightError as error:
            # The newest mandate says why, not the oldest.
            refusal = error if type(refusal) is NoRightError else refusal
    raise refusal


def may_read(renewal: Renewal, actor: Actor, *, now: datetime) -> bool:
    """Whether somebody may see what belongs to an application: its holder, operators, and, once
    it is submitted, who decides for its organisation.
    """
    if not actor.iin:
        return False
    if actor.iin == renewal.holder_iin or actor.kind is ActorKind.OPERATOR:
        return True
    if renewal.submitted_at is None or not actor.bin or actor.bin != renewal.bin:
        return False
    try:
        entitlement_of(actor, now=now)
    except NoRightError:
        return False
    return True


def approvers_of(
    bin: str,  # noqa: A002  # the identifier's own name
    *,
    without_iin: str,
    now: datetime,
) -> Iterator[tuple[Certificate, Entitlement]]:
    """By which certificates others than the applicant could decide at this moment, newest first."""
    mandates = Mandate.objects.of_organisation(bin).in_force(timezone.localdate(now))
    # Nobody else can have a right: few of a large organisation are looked at one by one.
    able = Q(company_role__in=[Role.HEAD.value, Role.HR.value])
    able |= Q(iin__in=mandates.values("holder_iin"))
    rows = signers_of(bin, now).exclude(iin__in=["", without_iin]).filter(able)
    for row in rows.order_by("-not_before", "-id"):
        try:
            found = entitlement_of(Actor.from_certificate(row.facts, ActorKind.HOLDER), now=now)
        except NoRightError:
            continue
        yield row, found


def has_approver(bin: str, *, without_iin: str, now: datetime) -> bool:  # noqa: A002
    """Whether there is anybody, by the rule that decides."""
    return any(True for _found in approvers_of(bin, without_iin=without_iin, now=now))


def _require_present_head(actor: Actor) -> None:
    head = head_of(actor.bin)
    if head is None or head.iin != actor.iin:
        raise FormerHeadError(name=head.common_name if head else "")


def _by_mandate(mandate: Mandate, actor: Actor, *, now: datetime) -> Entitlement:
    if mandate.ended_at is not None or mandate.refused_at is not None:
        raise MandateTakenError
    if mandate.confirmed_at is None:
        raise MandateUncheckedError
    if not mandate.starts_on <= timezone.localdate(now) <= mandate.ends_on:
        raise MandateEndedError(
            starts_on=mandate.starts_on.isoformat(), ends_on=mandate.ends_on.isoformat()
        )
    if mandate.kind == MandateKind.POWER_OF_ATTORNEY.value:
        return Entitlement(Right.POWER_OF_ATTORNEY, mandate)
    # A delegation needs the signing right, and the head who gave it.
    if Role.SIGNING_RIGHT.value not in actor.roles:
        raise NoRightError
    head = head_of(actor.bin)
    if head is None or head.iin != mandate.giver_iin:
        raise MandateTakenError
    return Entitlement(Right.DELEGATION, mandate)
