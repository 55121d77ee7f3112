"""Asking another authority about one certificate: somebody at the door leaves the question, the
worker asks, the next try finds the answer.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from pki.container_errors import OCSPCertificateError, OCSPMalformedError
from pki.errors import PKIError
from pki.models import Acceptance, Authority, StatusInquiry
from pki.outside_answers import Ages, read_outside_answer, write_question
from pki.revocation import RevocationFacts, Status
from renewals import doorbell
from renewals.errors import RenewalError
from renewals.services import troubles
from renewals.services.trust.fetching import ANSWER_BYTES, fetch
from renewals.services.trust.naming import trouble_of

QUESTION_TYPE = "application/ocsp-request"
NONCE_BYTES = 32
# After a try that failed.
PAUSE = timedelta(seconds=20)
# Who came in is asked about as long as his session may last; then the question is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)
MOST_AT_ONCE = 50
# It does not want to tell, or not of this one: no trouble with the responder as such.
ABOUT_ONE = (OCSPMalformedError, OCSPCertificateError)


def leave(authority: Authority, facts: RevocationFacts, serial_hex: str, *, now: datetime) -> None:
    """Somebody needs to know. Written at once, whatever is refused afterwards.

    Never call it inside a transaction: a refusal would take the question back.
    """
    if facts.status is not Status.UNKNOWN or not asks(authority):
        return
    StatusInquiry.objects.update_or_create(
        authority=authority, serial_hex=serial_hex, defaults={"asked_at": now}
    )
    doorbell.ring("renewals.fetch_trust")


def asks(authority: Authority) -> bool:
    """Whether it is asked about single certificates: it has no list."""
    return not authority.is_ours and bool(authority.ocsp_url) and not authority.crl_url


def ask_due(*, now: datetime) -> int:
    """Ask everything that is due; a responder that is away is left alone for a while.

    Returns how many answers came. Asks the network: for the worker alone.
    """
    answered, away = 0, set[int]()
    for inquiry in _due(now)[:MOST_AT_ONCE]:
        if inquiry.authority_id in away:
            continue
        try:
            answer = _ask(inquiry, now=now)
        except RenewalError as error:
            away.add(inquiry.authority_id)
            _fail(inquiry, error, now=now, failed_at=now)
        except PKIError as error:
            _fail(inquiry, error, now=now)
        else:
            _answer(inquiry, answer, now=now)
            answered += 1
    return answered


def forget(*, now: datetime) -> int:
    """Delete questions that nobody has any more. Returns how many."""
    return StatusInquiry.objects.filter(asked_at__lt=now - FORGOTTEN_AFTER).delete()[0]


def _due(now: datetime) -> list[StatusInquiry]:
    """Those without an answer, and those whose answer has lived half of its life."""
    wanted = Q(tried_at=None) | Q(tried_at__lte=now - PAUSE) & ~Q(failure="")
    wanted |= Q(tried_at__lte=now - settings.TRUST_ANSWER_LIFETIME / 2)
    rows = StatusInquiry.objects.filter(wanted, asked_at__gt=now - settings.SESSION_ABSOLUTE)
    rows = rows.exclude(authority__accepted_for=Acceptance.NOTHING.value)
    rows = rows.exclude(authority__fetch_failed_at__gt=now - PAUSE)
    rows = rows.select_related("authority").defer("authority__crl_der").order_by("-asked_at")
    return [row for row in rows if asks(row.authority)]


def _ask(inquiry: StatusInquiry, *, now: datetime) -> bytes:
    """The answer as it came, verified. Raises `PKIError`, `RenewalError`."""
    authority, nonce = inquiry.authority, secrets.token_bytes(NONCE_BYTES)
    issuer_der = bytes(authority.certificate_der)
    answer = fetch(
        authority.ocsp_url,
        most_bytes=ANSWER_BYTES,
        body=write_question(inquiry.serial_hex, issuer_der, nonce),
        media_type=QUESTION_TYPE,
    )
    read_outside_answer(
        answer,
        serial_hex=inquiry.serial_hex,
        issuer_der=issuer_der,
        moment=now,
        ages=Ages(unbounded=settings.TRUST_ANSWER_LIFETIME),
        nonce=nonce,
    )
    return answer


def _answer(inquiry: StatusInquiry, answer: bytes, *, now: datetime) -> None:
    with transaction.atomic():
        _write(inquiry, answer_der=answer, answered_at=now, tried_at=now, failure="")
        Authority.objects.filter(pk=inquiry.authority_id).update(
            fetched_at=now, fetch_failed_at=None, fetch_failure=""
        )
        troubles.end(trouble_of(inquiry.authority), now)


def _fail(
    inquiry: StatusInquiry,
    error: PKIError | RenewalError,
    *,
    now: datetime,
    failed_at: datetime | None = None,
) -> None:
    """With `failed_at` it is the responder that is away, not only an answer that is no good."""
    authority = inquiry.authority
    with transaction.atomic():
        _write(inquiry, tried_at=now, failure=error.code)
        if isinstance(error, ABOUT_ONE):
            return
        Authority.objects.filter(pk=authority.pk).update(
            fetch_failed_at=failed_at, fetch_failure=error.code
        )
        facts = {"authority": authority.name, "url": authority.ocsp_url, **error.facts}
        troubles.begin(trouble_of(authority), error.code, facts, now)


def _write(inquiry: StatusInquiry, **columns: object) -> None:
    """Nothing over what another worker has learned later."""
    earlier = Q(tried_at=None) | Q(tried_at__lte=columns["tried_at"])
    StatusInquiry.objects.filter(earlier, pk=inquiry.pk).update(**columns)
