"""Was this application decided about, by whom, and had he the right by his certificate?"""

from collections.abc import Sequence
from itertools import pairwise

from pki.certificate import Role, parse_certificate
from renewals.evidence.errors import (
    EvidenceApprovalError,
    EvidenceApproverError,
    EvidenceRecordError,
)
from renewals.evidence.opened import Opened
from renewals.evidence.record import RecordedDecision, read_moment
from renewals.evidence.report import DecidedBy, SignedBy
from renewals.evidence.signatures import read_lines
from renewals.models.decision import Right, Verdict
from renewals.statement import StatementPurpose, group_hex, mask_identifier, put_on_one_line

PURPOSES = {
    Verdict.APPROVE.value: StatementPurpose.APPROVAL,
    Verdict.REJECT.value: StatementPurpose.REJECTION,
}
# What of a right can be read from the certificate of whoever has it.
ROLES = {
    Right.HEAD.value: Role.HEAD,
    Right.HR.value: Role.HR,
    Right.DELEGATION.value: Role.SIGNING_RIGHT,
}
GIVEN = frozenset({Right.DELEGATION.value, Right.POWER_OF_ATTORNEY.value})
Judged = tuple[SignedBy, bytes]


def judge_decision(opened: Opened, judged: Sequence[Judged]) -> DecidedBy | None:
    """The decision about this application; None where nobody had to decide.

    Raises `EvidenceApprovalError`, `EvidenceApproverError`, `EvidenceRecordError`.
    """
    recorded = opened.record.decision
    if recorded is None:
        if len(judged) != 1:
            raise EvidenceRecordError(field="decision")
        _require_nobody(opened, judged[0])
        return None
    _require_purposes(recorded, judged)
    _require_named(opened, opened.record.signatures[1].text)
    _require_approver(recorded, judged[0], judged[1])
    if recorded.right == Right.DELEGATION.value:
        _require_delegation(opened, judged[1], judged[2])
    decided_at = read_moment(recorded.decided_at)
    opened.require_past(decided_at)
    if not judged[0][0].verified_at <= decided_at:
        raise EvidenceRecordError(field="decided_at")
    return DecidedBy(
        is_approval=recorded.verdict == Verdict.APPROVE.value,
        right=recorded.right,
        reason=recorded.reason,
        note=recorded.note,
        decided_at=decided_at,
        giver=recorded.giver,
        ends_on=recorded.ends_on,
    )


def _require_nobody(opened: Opened, holder: Judged) -> None:
    """Nobody decides about individuals and heads; nothing was issued to others without one."""
    is_free = not holder[0].bin or Role.HEAD.value in holder[0].roles
    if not is_free and any(row.certificate for row in opened.record.certificates):
        raise EvidenceApproverError(name=holder[0].name)


def _require_purposes(recorded: RecordedDecision, judged: Sequence[Judged]) -> None:
    wanted = [StatementPurpose.APPLICATION, PURPOSES.get(recorded.verdict)]
    if recorded.right == Right.DELEGATION.value:
        wanted.append(StatementPurpose.DELEGATION)
    if [signed.purpose for signed, _der in judged] != wanted:
        raise EvidenceRecordError(field="signatures")


def _require_named(opened: Opened, text: str) -> None:
    """The list names the application by its number and, in the next line, by its digest."""
    number, digest = f"№ {opened.record.number}, ", group_hex(opened.record.application_sha256)
    for line, following in pairwise(read_lines(opened, text)):
        is_named = line.partition(": ")[2].startswith(number)
        if is_named and following.endswith(f": {digest}"):
            return
    raise EvidenceApprovalError(number=opened.record.number)


def _require_approver(recorded: RecordedDecision, holder: Judged, approver: Judged) -> None:
    """Somebody else of the same organisation, with a certificate that fits his right."""
    own, other = (parse_certificate(der).subject for _signed, der in (holder, approver))
    role = ROLES.get(recorded.right)
    is_other = bool(other.iin) and other.iin != own.iin
    is_fit = recorded.right in GIVEN if role is None else role.value in approver[0].roles
    if not own.bin or own.bin != other.bin or not is_other or not is_fit:
        raise EvidenceApproverError(name=other.full_name)


def _require_delegation(opened: Opened, approver: Judged, head: Judged) -> None:
    """The head of the same organisation gave the right to just this person, before."""
    lines = read_lines(opened, "delegation.txt")
    own = parse_certificate(approver[1]).subject
    names = {line.partition(": ")[2] for line in lines}
    is_head = Role.HEAD.value in head[0].roles and head[0].bin == approver[0].bin
    is_named = put_on_one_line(own.full_name) in names and mask_identifier(own.iin) in names
    if not is_head or not is_named or head[0].verified_at > approver[0].verified_at:
        raise EvidenceApproverError(name=approver[0].name)
