"""Statements: made by the server, given out once, spent in the transaction they allow."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings

from pki.certificate import CertificateFacts, Purpose
from renewals.errors import StatementError, StatementExpiredError, StatementSpentError
from renewals.models import Renewal, Statement
from renewals.statement import CertificateLine, Frame, StatementPurpose, speak, write_statement

NONCE_BYTES = 32
FORGOTTEN_AFTER = timedelta(days=1)


def binding_of(secret: str) -> str:
    """What a statement keeps of the session it was given to."""
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""


def line_of(
    facts: CertificateFacts, *, new_key: str = "", request_sha256: str = ""
) -> CertificateLine:
    """The part of a certificate that a statement names."""
    return CertificateLine(
        purpose=PURPOSE_NAMES[facts.purpose],
        issuer=facts.issuer_common_name,
        serial_hex=facts.serial_hex,
        not_before=facts.not_before,
        not_after=facts.not_after,
        new_key=new_key,
        request_sha256=request_sha256,
    )


PURPOSE_NAMES = {
    Purpose.AUTH: "AUTH",
    Purpose.SIGN: "SIGN",
    Purpose.COMBINED: "AUTH + SIGN",
    Purpose.OTHER: "?",
}


def create(
    purpose: StatementPurpose,
    *,
    lines: Sequence[tuple[str, str]],
    language: str,
    now: datetime,
    lifetime: timedelta,
    renewal: Renewal | None = None,
    binding: str = "",
    closing: str = "",
    terms: Mapping[str, object] | None = None,
) -> Statement:
    """Write the text in `language` and keep it until it is signed or `lifetime` is over."""
    nonce = secrets.token_hex(NONCE_BYTES)
    frame = Frame(purpose, settings.PORTAL_NAME, language, nonce, now)
    with speak(language):
        text = write_statement(frame, lines, closing)
    return Statement.objects.create(
        renewal=renewal,
        purpose=purpose.value,
        text=text,
        nonce=nonce,
        language=language,
        terms=dict(terms or {}),
        binding=binding,
        created_at=now,
        expires_at=now + lifetime,
    )


def find_standing(
    purpose: StatementPurpose,
    *,
    renewal: Renewal,
    language: str,
    now: datetime,
    lifetime: timedelta,
    binding: str = "",
) -> Statement | None:
    """One given out before that serves as well: reading a page again must not make another.

    At least half of its life is left, so that it does not end while it is being read.
    """
    return Statement.objects.filter(
        renewal=renewal,
        purpose=purpose.value,
        language=language,
        binding=binding,
        spent_at=None,
        expires_at__gt=now + lifetime / 2,
    ).first()


def fetch(
    statement_id: int,
    purpose: StatementPurpose,
    *,
    now: datetime,
    renewal: Renewal | None = None,
    binding: str = "",
) -> Statement:
    """The statement given out for just this, if it can still be used.

    Raises `StatementError` for any other statement, `StatementExpiredError`,
    `StatementSpentError`.
    """
    statement = Statement.objects.filter(
        pk=statement_id, purpose=purpose.value, renewal=renewal, binding=binding
    ).first()
    if statement is None:
        raise StatementError
    if statement.spent_at is not None:
        raise StatementSpentError
    if statement.expires_at <= now:
        raise StatementExpiredError
    return statement


@contextmanager
def repetition(renewal: Renewal | None, statement_id: int) -> Iterator[None]:
    """The same post again, after it was accepted, changes nothing and is no refusal."""
    try:
        yield
    except StatementSpentError:
        accepted = Statement.objects.filter(
            pk=statement_id, renewal=renewal, signatures__isnull=False
        )
        if not accepted.exists():
            raise
        if renewal is not None:
            renewal.refresh_from_db()


def spend(statement: Statement, *, now: datetime) -> None:
    """Use the statement up, inside the caller's transaction. The second caller is refused."""
    spent = Statement.objects.filter(pk=statement.pk, spent_at=None, expires_at__gt=now)
    if spent.update(spent_at=now) != 1:
        raise StatementSpentError
    statement.spent_at = now


def forget_unsigned(*, now: datetime) -> int:
    """Delete what nobody signed, a day after it could be used last. Returns how many."""
    unsigned = Statement.objects.filter(
        spent_at=None, signatures=None, expires_at__lt=now - FORGOTTEN_AFTER
    )
    return unsigned.delete()[0]
