"""A container's report as its page shows it: who, when, by what right; and what was checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cabinet.application_tags import TAGS, Tag
from cabinet.templatetags.cabinet import person_name
from pki.revocation import RevocationFacts, Status
from renewals.evidence.opened import StatusOf
from renewals.evidence.report import DecidedBy, IssuedTo, Report, SignedBy, StatusFacts
from renewals.machine import State
from renewals.models import Right
from renewals.services.drawing import RIGHTS
from renewals.statement import show_day, show_moment

# Clocks of people go wrong by minutes; only more says something.
SAME_TIME = timedelta(minutes=15)


@dataclass(frozen=True)
class SignerRow:
    """One signature. `revoked_at` is when its certificate was revoked, as known today."""

    signed: SignedBy
    revoked_at: datetime | None

    @property
    def own_clock(self) -> datetime | None:
        """What the signer's clock said, where it was another time than the portal's."""
        claimed = self.signed.claimed_at
        if claimed is None or abs(claimed - self.signed.verified_at) < SAME_TIME:
            return None
        return claimed


@dataclass(frozen=True)
class IssuedRow:
    """A new certificate, and when it was revoked, as known today."""

    issued: IssuedTo
    revoked_at: datetime | None


@dataclass(frozen=True)
class CheckRow:
    """What was checked, and whether it holds."""

    what: str
    holds: bool


@dataclass(frozen=True)
class Proof:
    """The page of a container that is whole."""

    report: Report
    tag: Tag
    applicant: SignerRow
    decider: SignerRow | None
    giver: SignerRow | None
    right: str
    issued: tuple[IssuedRow, ...]
    checks: tuple[CheckRow, ...]

    @property
    def was_valid(self) -> bool:
        """Whether every certificate was valid when it signed."""
        return all(signed.was_valid for signed in self.report.signatures)


def proof_of(report: Report, status_of: StatusOf) -> Proof:
    """With what is known today; a certificate may have been revoked since."""
    rows = [
        SignerRow(
            signed, _revoked_at(signed.status, status_of(signed.issuer_der, signed.serial_hex))
        )
        for signed in report.signatures
    ]
    return Proof(
        report=report,
        tag=TAGS[State(report.state)],
        applicant=rows[0],
        decider=rows[1] if len(rows) > 1 else None,
        giver=rows[2] if len(rows) > 2 else None,
        right=_right(report.decision) if report.decision else "",
        issued=tuple(
            IssuedRow(one, _revoked_at(one.status, status_of(one.issuer_der, one.serial_hex)))
            for one in report.issued
        ),
        checks=tuple(_checks(report)),
    )


def _revoked_at(then: StatusFacts, today: RevocationFacts) -> datetime | None:
    if then.revoked_at is not None:
        return then.revoked_at
    return today.revoked_at if today.status is Status.REVOKED else None


def _right(decision: DecidedBy) -> str:
    until = show_day(date.fromisoformat(decision.ends_on)) if decision.ends_on else ""
    return str(RIGHTS[Right(decision.right)]) % {
        "giver": person_name(decision.giver),
        "until": until,
    }


def _checks(report: Report) -> Iterator[CheckRow]:
    seal = {"name": report.seal.name}
    yield CheckRow(
        _("The archive is in order, with %(count)d files and nothing beside them")
        % {"count": len(report.files)},
        holds=True,
    )
    yield CheckRow(_("Every file has the digest that the sealed list names"), holds=True)
    yield CheckRow(
        _("The list is sealed by this portal, by a certificate in force then: %(name)s") % seal,
        holds=True,
    )
    yield _stamp(report)
    for signed in report.signatures:
        name = {"name": person_name(signed.name)}
        yield CheckRow(_("The signature of %(name)s is over just this text") % name, holds=True)
        yield CheckRow(
            _("The certificate of %(name)s was in force then and not revoked") % name,
            holds=signed.was_valid,
        )
    yield from _decision_checks(report)
    if report.issued:
        words = _("The new certificates are for the person and the keys that were asked for")
        yield CheckRow(words, holds=True)
    yield CheckRow(_("The form is that of this application"), holds=True)


def _stamp(report: Report) -> CheckRow:
    stamp = report.seal.stamp
    if stamp is None:
        words = _(
            "There is no time stamp: when it was sealed is the word of this portal. Containers "
            "made before there were time stamps have none"
        )
        return CheckRow(words, holds=True)
    words = _("The seal has a time stamp of %(moment)s by a trusted service: %(name)s")
    shown = {"moment": show_moment(stamp.stamped_at), "name": stamp.name}
    return CheckRow(words % shown, holds=True)


def _decision_checks(report: Report) -> Iterator[CheckRow]:
    if report.decision is None:
        return
    words = _("The decision names this application by its number and by the digest of its text")
    yield CheckRow(words, holds=True)
    words = _(
        "Whoever decided is another person of the same organisation, and his certificate fits "
        "his right"
    )
    yield CheckRow(words, holds=True)
