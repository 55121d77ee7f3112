"""What a renewal changes and what it leaves as it was: words for whoever has to agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cabinet.role_words import role_words
from pki.certificate import Purpose, Storage
from pki.profiles import LEAF_PROFILES
from renewals.models import Renewal, Request
from renewals.statement import group_hex, show_moment, show_storage


@dataclass(frozen=True)
class Change:
    """One property; `after` is '' where it stays as it was."""

    what: str
    before: str
    after: str = ""


def changes_of(renewal: Renewal) -> list[Change]:
    """Old certificate against new one, the properties that an approver answers for first."""
    rows = list(renewal.requests.select_related("old_certificate", "certificate"))
    subject = renewal.certificate.facts.subject
    found = [
        Change(_("Name"), subject.full_name),
        Change(_("Organisation"), subject.organisation),
        Change(_("Role"), role_words(renewal.certificate.roles)),
    ]
    for row in rows:
        found += _changes_of_request(row, renewal, rows)
    return found


def _changes_of_request(row: Request, renewal: Renewal, rows: Sequence[Request]) -> list[Change]:
    old, new = row.old_certificate, row.certificate
    suffix = f" ({row.purpose})" if len(rows) > 1 else ""
    term = LEAF_PROFILES[Purpose(row.purpose), Storage(renewal.storage)].term
    until = (
        show_moment(new.not_after)
        if new
        else _("%(days)d days from its issue") % {"days": term.days}
    )
    return [
        Change(
            _("Term") + suffix,
            _("until %(moment)s") % {"moment": show_moment(old.not_after)},
            until,
        ),
        Change(
            _("Key") + suffix,
            f"{old.key_kind}, SHA-256 {group_hex(old.spki_sha256[:16])}…",
            f"{row.key_kind}, SHA-256 {group_hex(row.spki_sha256[:16])}…",
        ),
        Change(
            _("Storage of the key") + suffix,
            show_storage(old.storage),
            show_storage(renewal.storage) if old.storage != renewal.storage else "",
        ),
    ]
