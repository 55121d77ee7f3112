"""Fetching lists of other authorities: verified before they take the place of older ones."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from pki.crl import Crl, read_any_crl, read_crl
from pki.errors import PKIError
from pki.models import Acceptance, Authority
from renewals.errors import RenewalError
from renewals.oversight_errors import ListOlderError
from renewals.services import troubles
from renewals.services.trust.fetching import LIST_BYTES, fetch
from renewals.services.trust.naming import trouble_of

OFTEN_ENOUGH = timedelta(hours=1)
# Not sooner again, whether it went well or not.
PAUSE = timedelta(minutes=1)


def fetch_due(*, now: datetime) -> int:
    """Fetch every list that is due. Returns how many came. For the worker alone.

    What goes wrong is written beside the authority and begins a trouble; the list that is here
    stays until its end, and after it nobody's status is known.
    """
    fetched = 0
    for authority in _due(now):
        try:
            _fetch(authority, now=now)
        except (PKIError, RenewalError) as error:
            _fail(authority, error, now=now)
        else:
            fetched += 1
    return fetched


def _due(now: datetime) -> list[Authority]:
    rows = Authority.objects.filter(Q(fetch_due_at=None) | Q(fetch_due_at__lte=now), key_name="")
    rows = rows.exclude(accepted_for=Acceptance.NOTHING.value).exclude(crl_url="")
    return list(rows.defer("crl_der"))


def _fetch(authority: Authority, *, now: datetime) -> None:
    data = fetch(authority.crl_url, most_bytes=LIST_BYTES)
    listed = read_crl(data, issuer_der=bytes(authority.certificate_der), moment=now)
    with transaction.atomic():
        held = Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
        if held.crl_url != authority.crl_url:
            return  # changed in the meantime; it is due again
        _require_newer(held, listed)
        held.crl_der, held.fetched_at, held.fetch_due_at = data, now, _next_time(listed, now)
        held.fetch_failed_at, held.fetch_failure = None, ""
        held.save(
            update_fields=[
                *("crl_der", "fetched_at", "fetch_due_at", "fetch_failed_at", "fetch_failure")
            ]
        )
        troubles.end(trouble_of(authority), now)


def _fail(authority: Authority, error: PKIError | RenewalError, *, now: datetime) -> None:
    with transaction.atomic():
        Authority.objects.filter(pk=authority.pk).update(
            fetch_failed_at=now, fetch_failure=error.code, fetch_due_at=now + PAUSE
        )
        facts = {"authority": authority.name, "url": authority.crl_url, **error.facts}
        troubles.begin(trouble_of(authority), error.code, facts, now)


def _require_newer(held: Authority, listed: Crl) -> None:
    """Neither an older moment nor a smaller number (RFC 5280, 5.2.3). Raises `ListOlderError`."""
    known = _known(held)
    if known is None:
        return
    if listed.this_update < known.this_update:
        raise ListOlderError
    if known.number is not None and (listed.number is None or listed.number < known.number):
        raise ListOlderError


def _known(held: Authority) -> Crl | None:
    """The list that is here, even when it is over; None where there is none of this authority."""
    try:
        return read_any_crl(bytes(held.crl_der or b""), issuer_der=bytes(held.certificate_der))
    except PKIError:
        return None


def _next_time(listed: Crl, now: datetime) -> datetime:
    """Before its end, at least every hour."""
    margin = (listed.next_update - listed.this_update) / 4
    return max(now + PAUSE, min(now + OFTEN_ENOUGH, listed.next_update - margin))
