"""Whether somebody still has to do something about a certificate that ends. Reads, never writes.

Five questions at most to the database, however many certificates; no certificate is parsed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q

from pki.models import Certificate, Revocation
from renewals.models import Renewal, Request

# What is asked of a certificate; callers that fetch rows themselves need no more.
COLUMNS = ("authority_id", "serial_hex", "iin", "bin", "purpose", "not_after")


class Need(StrEnum):
    """What a certificate's holder has to do about its end."""

    # Nothing has been done yet.
    NEEDED = "needed"
    # There is an application, and its next step is the holder's.
    BEGUN = "begun"
    # There is an application, and somebody else has the next step.
    UNDER_WAY = "under_way"
    REPLACED = "replaced"
    REVOKED = "revoked"


def standings(certificates: Iterable[Certificate | int], *, now: datetime) -> dict[int, Need]:
    """The need of each certificate, by its id; rows or ids, ids of none are left out."""
    given = list(certificates)
    rows = [one for one in given if isinstance(one, Certificate)]
    ids = [one for one in given if isinstance(one, int)]
    if ids:
        rows += Certificate.objects.filter(pk__in=ids).only(*COLUMNS)
    if not rows:
        return {}
    revoked = _revoked(rows)
    replaced = _renewed(rows) | _followed(rows)
    open_ones = applications_of(rows, now=now)
    return {row.pk: _need(row.pk, revoked, replaced, open_ones) for row in rows}


def applications_of(rows: Sequence[Certificate], *, now: datetime) -> dict[int, Renewal]:
    """The open application for each certificate, by the certificate's id; one question.

    What would lapse because its certificate has ended is none any more, swept or not.
    """
    requests = (
        Request.objects.filter(is_open=True, old_certificate__in=[row.pk for row in rows])
        .select_related("renewal")
        .only("old_certificate_id", "renewal__state", "renewal__number")
    )
    ended = {row.pk for row in rows if row.not_after < now}
    return {
        request.old_certificate_id: request.renewal
        for request in requests
        if not (request.old_certificate_id in ended and request.renewal.can("lapse"))
    }


def _need(pk: int, revoked: set[int], replaced: set[int], open_ones: dict[int, Renewal]) -> Need:
    if pk in revoked:
        return Need.REVOKED
    if pk in replaced:
        return Need.REPLACED
    if pk in open_ones:
        return Need.BEGUN if open_ones[pk].waits_for_holder else Need.UNDER_WAY
    return Need.NEEDED


def _revoked(rows: Sequence[Certificate]) -> set[int]:
    """A serial is an authority's own: that of another is somebody else's."""
    serials = [row.serial_hex for row in rows]
    found = set(
        Revocation.objects.filter(serial_hex__in=serials).values_list("authority_id", "serial_hex")
    )
    return {row.pk for row in rows if (row.authority_id, row.serial_hex) in found}


def _renewed(rows: Sequence[Certificate]) -> set[int]:
    """Whose application brought a certificate that was shown to work and still may."""
    # Not as a set of certificates: a planner might read all of them.
    given_up = Revocation.objects.filter(
        authority=OuterRef("certificate__authority"), serial_hex=OuterRef("certificate__serial_hex")
    )
    requests = Request.objects.filter(
        ~Exists(given_up),
        old_certificate__in=[row.pk for row in rows],
        installed_at__isnull=False,
        certificate__isnull=False,
    )
    return set(requests.values_list("old_certificate_id", flat=True))


def _followed(rows: Sequence[Certificate]) -> set[int]:
    """Who holds a later one for the same, whoever issued it and wherever it was asked for.

    One that was issued here and is not installed is part of its application, not yet a signature.
    """
    iins = {row.iin for row in rows if row.iin}
    usable = Q(renewal_request=None) | Q(renewal_request__installed_at__isnull=False)
    first = min(row.not_after for row in rows)
    found = Certificate.objects.filter(usable, iin__in=iins, not_after__gt=first).unrevoked()
    ends: dict[tuple[str, str, str], datetime] = {}
    for iin, bin_, purpose, not_after in found.values_list("iin", "bin", "purpose", "not_after"):
        key = (iin, bin_, purpose)
        ends[key] = max(ends.get(key, not_after), not_after)
    return {
        row.pk for row in rows if row.not_after < ends.get((row.iin, row.bin, row.purpose), first)
    }
