"""A signature in words: whose, where it is kept, what is left. Tables and dates, no queries."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pki.certificate import Purpose, Storage
from pki.models import Certificate

# Up to here people count days; then months; from two years on, years.
DAYS_UNTIL_MONTHS = 60
MONTHS_UNTIL_YEARS = 24

PERSONAL: dict[Storage, Promise] = {
    Storage.FILE: _("Individual, in a file"),
    Storage.TOKEN: _("Individual, on a token"),
    Storage.ID_CARD: _("Individual, on the identity card"),
    Storage.UNKNOWN: _("Individual"),
}
ORGANISATION: dict[Storage, Promise] = {
    Storage.FILE: _("%(organisation)s, in a file"),
    Storage.TOKEN: _("%(organisation)s, on a token"),
    Storage.ID_CARD: _("%(organisation)s, on the identity card"),
    Storage.UNKNOWN: _("%(organisation)s"),
}
FILES: dict[Purpose, Promise] = {
    Purpose.AUTH: _("Only for signing in"),
    Purpose.SIGN: _("Only for signing"),
    Purpose.OTHER: _("For another purpose, it is not renewed here"),
}


def title_of(certificate: Certificate) -> str:
    """`Individual, in a file`, or the organisation's name."""
    storage = Storage(certificate.storage)
    if certificate.bin:
        name = certificate.organisation or certificate.bin
        return str(ORGANISATION[storage]) % {"organisation": name}
    return str(PERSONAL[storage])


def files_note_of(certificate: Certificate) -> str:
    """What half of a pair is good for alone; '' for a key that serves both purposes."""
    return str(FILES.get(Purpose(certificate.purpose), ""))


def days_between(start: datetime, end: datetime) -> int:
    """Midnights in Asia/Almaty between two moments."""
    return (timezone.localdate(end) - timezone.localdate(start)).days


def time_left(now: datetime, end: datetime) -> str:
    """`Ends today`, `12 days left`, `7 months left`, `More than 2 years left`."""
    days = days_between(now, end)
    if days <= 0:
        return gettext("Ends today")
    if days <= DAYS_UNTIL_MONTHS:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    months = _months_between(now, end)
    if months < MONTHS_UNTIL_YEARS:
        words = ngettext("%(months)d month left", "%(months)d months left", months)
        return words % {"months": months}
    years = months // 12
    words = ngettext("More than %(years)d year left", "More than %(years)d years left", years)
    return words % {"years": years}


def _months_between(start: datetime, end: datetime) -> int:
    """Whole calendar months."""
    first, last = timezone.localdate(start), timezone.localdate(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)
