"""Answers that were made once and are said again while they are true and young: in memory."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pki.issuer.ocsp_writer import OCSPWriter
from pki.revocation import RevocationFacts

# What an answer says, without the moment at which it was found out.
Claim = tuple[object, ...]


@dataclass(frozen=True)
class Answer:
    """An OCSPResponse, DER. Without `until` it is for whoever asked, and for nobody else.

    `made_at` is its thisUpdate, `until` its nextUpdate; both aware, UTC.
    """

    body: bytes
    made_at: datetime | None = None
    until: datetime | None = None
    etag: str = ""


@dataclass(frozen=True)
class _Kept:
    writer: OCSPWriter
    claim: Claim
    answer: Answer
    made_at: datetime
    half_life: datetime


class KeptAnswers:
    """By CertID; those that nobody asked for lately go first. For one thread.

    Each is given out only for the claim that the records make now, so that it outlives neither a
    revocation nor the release of a hold; and until half of its life (RFC 5019, 6.2, would allow
    all of it), so that whoever gets it can use it for a while.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[bytes, _Kept] = {}

    def find(
        self, certificate_id: bytes, *, writer: OCSPWriter, claim: Claim, now: datetime
    ) -> Answer | None:
        """One by the present signer that says just this."""
        kept = self._kept.pop(certificate_id, None)
        if kept is None or kept.writer is not writer or kept.claim != claim:
            return None
        # A clock that was set back makes it no older.
        if not kept.made_at <= now < kept.half_life:
            return None
        self._kept[certificate_id] = kept
        return kept.answer

    def keep(
        self,
        certificate_id: bytes,
        body: bytes,
        *,
        writer: OCSPWriter,
        claim: Claim,
        made_at: datetime,
        until: datetime,
    ) -> Answer:
        """Remember it, in place of an older one."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        answer = Answer(body, made_at, until, etag)
        half_life = made_at + (until - made_at) / 2
        self._kept[certificate_id] = _Kept(writer, claim, answer, made_at, half_life)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return answer


def claim_of(facts: RevocationFacts, *, is_archived: bool) -> Claim:
    """What an answer with these facts says; `is_archived`: about a certificate that has ended."""
    return (facts.status, facts.revoked_at, facts.reason, is_archived)
