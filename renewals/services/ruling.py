"""What a list decides: its applications and the reason, as terms and as lines of its text.

Pure: no database, no clock. Who may decide, and what still can be decided, is asked elsewhere.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from renewals.errors import ReasonError, StatementError
from renewals.machine import Action
from renewals.models import Statement, Verdict
from renewals.rejection import REASONS, RejectionReason
from renewals.statement import StatementPurpose, group_hex, put_on_one_line

MOST = 100
NOTE_LENGTH = 400
PURPOSES = {
    Verdict.APPROVE: StatementPurpose.APPROVAL,
    Verdict.REJECT: StatementPurpose.REJECTION,
}
ACTIONS = {Verdict.APPROVE: Action.APPROVE, Verdict.REJECT: Action.REJECT}
CLOSINGS: dict[Verdict, Promise] = {
    Verdict.APPROVE: gettext_lazy(
        "I approve each application named above. Its applicant works for the organisation, and a "
        "certificate of the organisation is to be issued to him."
    ),
    Verdict.REJECT: gettext_lazy(
        "I refuse each application named above. No certificate is to be issued for it."
    ),
}


@dataclass(frozen=True)
class Entry:
    """One application of a list, as its statement names it. `sha256` is of the signed text."""

    renewal_id: int
    number: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Ruling:
    """What a statement of this kind decides. Reason and note are '' for an approval."""

    verdict: Verdict
    reason: str
    note: str
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, statement: Statement) -> "Ruling":
        """From the terms of a statement that was drawn here. Raises `StatementError`."""
        terms = statement.terms
        try:
            verdict = Verdict(terms["verdict"])
            reason, note = read_reason(verdict, terms["reason"], terms["note"])
            return cls(verdict, reason, note, tuple(Entry(*entry) for entry in terms["entries"]))
        except (KeyError, TypeError, ValueError, ReasonError) as error:
            raise StatementError from error

    @property
    def terms(self) -> dict[str, object]:
        """For the statement's row; `of` reads them again."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason,
            "note": self.note,
            "entries": [
                [entry.renewal_id, entry.number, entry.name, entry.sha256] for entry in self.entries
            ],
        }

    def describe(self) -> list[tuple[str, str]]:
        """The lines of the text, in the language that is spoken."""
        lines = []
        if self.reason:
            words = f"{REASONS[RejectionReason(self.reason)]}. {self.note}"
            lines.append((_("Reason"), words.strip()))
        lines.append((_("Number of applications"), str(len(self.entries))))
        for at, entry in enumerate(self.entries, start=1):
            lines += [
                ("", ""),
                (_("Application %(at)d") % {"at": at}, f"№ {entry.number}, {entry.name}"),
                (_("Digest of the signed application (SHA-256)"), group_hex(entry.sha256)),
            ]
        return lines


def read_reason(verdict: Verdict, reason: str, note: str) -> tuple[str, str]:
    """Reason and note as they will stand in the text. Raises `ReasonError`."""
    if verdict is Verdict.APPROVE:
        return "", ""
    text = " ".join(put_on_one_line(note).split())
    if reason not in {known.value for known in RejectionReason} or len(text) > NOTE_LENGTH:
        raise ReasonError
    if reason == RejectionReason.OTHER.value and not text:
        raise ReasonError
    return reason, text
