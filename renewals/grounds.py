"""Why a certificate is revoked, in words that people choose from, and what RFC 5280 calls it.

Pure: a table. Who may revoke what is asked in the services.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pki.revocation import Reason


class Ground(StrEnum):
    """What happened. Its value stands in the signed text and in the record."""

    COMPROMISED = "compromised"
    SUSPENDED = "suspended"
    UNUSABLE = "unusable"
    REPLACED = "replaced"
    UNNEEDED = "unneeded"
    LEFT = "left"
    CHANGED = "changed"
    FALSE_DATA = "false-data"
    DEATH = "death"
    COURT = "court"


class Door(StrEnum):
    """By whom it is asked for."""

    HOLDER = "holder"
    HEAD = "head"
    OPERATOR = "operator"


@dataclass(frozen=True)
class GroundWords:
    """A ground: the reason in lists and answers (RFC 5280, 5.3.1), its words, what follows."""

    reason: Reason
    doors: frozenset[Door]
    words: Promise
    follows: Promise

    @property
    def is_hold(self) -> bool:
        """Whether it can be taken back."""
        return self.reason is Reason.CERTIFICATE_HOLD


_ALL = frozenset(Door)
_OFFICE = frozenset({Door.OPERATOR})
_FOR_GOOD = _("It ends at once and for good. What was signed before stays valid.")

GROUNDS: dict[Ground, GroundWords] = {
    Ground.COMPROMISED: GroundWords(
        Reason.KEY_COMPROMISE,
        _ALL,
        _("Somebody else has the key, or may have it: stolen, lost with its password, copied"),
        _(
            "It ends at once and for good. The key is blocked: every other certificate of this key "
            "ends, too, and nobody gets a new one for it."
        ),
    ),
    Ground.SUSPENDED: GroundWords(
        Reason.CERTIFICATE_HOLD,
        _ALL,
        _("It cannot be found right now: suspend it until that is clear"),
        _(
            "From now on nothing can be signed with it. If it is found, the authority releases it: "
            "two operators have to sign for that. Meanwhile it cannot be renewed."
        ),
    ),
    Ground.UNUSABLE: GroundWords(
        Reason.CESSATION_OF_OPERATION,
        frozenset({Door.HOLDER, Door.OPERATOR}),
        _("It cannot be used any more: the password is forgotten, the file deleted or damaged"),
        _FOR_GOOD,
    ),
    Ground.REPLACED: GroundWords(
        Reason.SUPERSEDED,
        frozenset({Door.HOLDER, Door.OPERATOR}),
        _("There is a new one, this one is not needed"),
        _FOR_GOOD,
    ),
    Ground.UNNEEDED: GroundWords(
        Reason.CESSATION_OF_OPERATION,
        _ALL,
        _("It is not needed any more"),
        _FOR_GOOD,
    ),
    Ground.LEFT: GroundWords(
        Reason.AFFILIATION_CHANGED,
        frozenset({Door.HEAD, Door.OPERATOR}),
        _("The person does not work for the organisation any more, or has other duties"),
        _FOR_GOOD,
    ),
    Ground.CHANGED: GroundWords(
        Reason.AFFILIATION_CHANGED,
        frozenset({Door.HOLDER, Door.OPERATOR}),
        _("The name or the organisation in it has changed"),
        _("It ends at once and for good. A new one with the new data is issued in person."),
    ),
    Ground.FALSE_DATA: GroundWords(
        Reason.PRIVILEGE_WITHDRAWN,
        _OFFICE,
        _("It was issued on false or incomplete data"),
        _FOR_GOOD,
    ),
    Ground.DEATH: GroundWords(
        Reason.CESSATION_OF_OPERATION, _OFFICE, _("Its holder has died"), _FOR_GOOD
    ),
    Ground.COURT: GroundWords(
        Reason.PRIVILEGE_WITHDRAWN, _OFFICE, _("A court has decided so"), _FOR_GOOD
    ),
}


def grounds_at(door: Door) -> list[Ground]:
    """What may be chosen there, in the table's order."""
    return [ground for ground, words in GROUNDS.items() if door in words.doors]


class AskedBy(StrEnum):
    """Who came to the operator."""

    HOLDER = "holder"
    HEAD = "head"
    PROXY = "proxy"
    HEIR = "heir"
    COURT = "court"
    AUTHORITY = "authority"


class Identified(StrEnum):
    """How the operator knew him."""

    IDENTITY_CARD = "identity-card"
    SIGNED_LETTER = "signed-letter"
    POWER_OF_ATTORNEY = "power-of-attorney"
    COURT_DECISION = "court-decision"
    OWN_CHECK = "own-check"


ASKED_BY: dict[AskedBy, Promise] = {
    AskedBy.HOLDER: _("the holder"),
    AskedBy.HEAD: _("the first head of the organisation"),
    AskedBy.PROXY: _("somebody with a power of attorney"),
    AskedBy.HEIR: _("an heir or a relative"),
    AskedBy.COURT: _("a court or a state body"),
    AskedBy.AUTHORITY: _("the authority itself"),
}
IDENTIFIED: dict[Identified, Promise] = {
    Identified.IDENTITY_CARD: _("in person, by identity card or passport"),
    Identified.SIGNED_LETTER: _("by a letter signed electronically"),
    Identified.POWER_OF_ATTORNEY: _("in person, by identity card and power of attorney"),
    Identified.COURT_DECISION: _("by the paper of the court or state body"),
    Identified.OWN_CHECK: _("by the authority's own records"),
}
