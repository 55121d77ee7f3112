"""Decides what is said about certificates, many questions at a time, by the records of now.

Everything here belongs to the one thread that asks the records and signs.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from pki.errors import PKIError
from pki.issuer.ocsp_writer import OCSPWriter, Refusal, SingleAnswer, refuse
from pki.ocsp_request import CertificateId, StatusRequest
from pki.revocation import RevocationFacts, Status
from pki.status.directory import Directory, ServedAuthority, read_directory
from pki.status.kept import Answer, KeptAnswers, claim_of
from pki.status.signers import Signers
from pki.status.standings import Pair, Standing, Standings

logger = logging.getLogger(__name__)

# Authorities and signers are looked for so often; sooner when somebody asks for one we lack.
RENEW_SECONDS = 3.0
RENEW_LACKING_SECONDS = 0.5
REFUSALS = {refusal: Answer(refuse(refusal)) for refusal in Refusal}
AWAY = (DatabaseError, InterfaceError)


class Desk:
    """Every answer rests on records that were read after its question had come.

    Nobody is told "good" from memory: a kept answer is said again only if the records of this
    moment say the same.
    """

    def __init__(self) -> None:
        self.signers = Signers()
        self.directory = Directory({}, {})
        self._renewed_at = float("-inf")
        self._standings = Standings()
        self._kept = KeptAnswers(settings.OCSP_KEPT_ANSWERS)

    def answer(self, requests: Sequence[StatusRequest], *, now: datetime) -> list[Answer]:
        """One for each question, in order; `tryLater` for all while the database is away.

        `now` is aware, UTC, and no earlier than any of the questions.
        """
        was_connected = connection.connection is not None
        try:
            return self._answer(requests, now=now)
        except AWAY as error:
            connection.close()
            if not was_connected:
                return self._away(requests, error)
        # The connection may have died long ago, while nobody asked.
        try:
            return self._answer(requests, now=now)
        except AWAY as error:
            connection.close()
            return self._away(requests, error)

    def look(self, *, now: datetime) -> Directory:
        """The authorities of now; of before, while the database is away."""
        try:
            self._renew(now, RENEW_SECONDS)
        except AWAY as error:
            connection.close()
            logger.warning("the database is away: %s", error)
        return self.directory

    def _away(self, requests: Sequence[StatusRequest], error: Exception) -> list[Answer]:
        logger.warning("the database is away: %s", error)
        return [REFUSALS[Refusal.TRY_LATER]] * len(requests)

    def _renew(self, now: datetime, seconds: float) -> None:
        """By a clock that nobody sets."""
        if time.monotonic() - self._renewed_at < seconds:
            return
        directory = read_directory()
        self.signers.renew(directory.by_name.values(), now=now)
        self.directory = directory
        self._renewed_at = time.monotonic()

    def _answer(self, requests: Sequence[StatusRequest], *, now: datetime) -> list[Answer]:
        now = now.replace(microsecond=0)
        self._renew(now, RENEW_SECONDS)
        served = [self._authority_of(request) for request in requests]
        if any(one is None or not self.signers.writer(one.id) for one in served):
            self._renew(now, RENEW_LACKING_SECONDS)
            served = [self._authority_of(request) for request in requests]
        pairs = {
            (authority.id, one.serial_hex)
            for authority, request in zip(served, requests, strict=True)
            if authority is not None
            for one in request.certificates
            if one.serial_hex
        }
        standings = self._standings.ask(pairs, now=now)
        return [
            self._one(request, authority, standings, now)
            for request, authority in zip(requests, served, strict=True)
        ]

    def _authority_of(self, request: StatusRequest) -> ServedAuthority | None:
        """Of all that are asked about: one answer has one signer (RFC 6960, 4.2.2.2)."""
        found = {self.directory.issuer_of(one) for one in request.certificates}
        return found.pop() if len(found) == 1 else None

    def _one(
        self,
        request: StatusRequest,
        authority: ServedAuthority | None,
        standings: dict[Pair, Standing],
        now: datetime,
    ) -> Answer:
        if authority is None:
            return REFUSALS[Refusal.UNAUTHORIZED]
        writer = self.signers.writer(authority.id)
        if writer is None:
            return REFUSALS[Refusal.TRY_LATER]
        singles = [
            _single(one, standings.get((authority.id, one.serial_hex)), now)
            for one in request.certificates
        ]
        try:
            return self._say(singles, request.nonce, writer, now)
        except PKIError as error:
            logger.critical("%s: no signature: %s %s", authority.name, error.code, error.facts)
            return REFUSALS[Refusal.TRY_LATER]

    def _say(
        self, singles: list[SingleAnswer], nonce: bytes | None, writer: OCSPWriter, now: datetime
    ) -> Answer:
        """By a new signature, or as it was said before.

        Kept are answers about one certificate that we have issued: what does not exist may exist
        a moment later, and whoever invents numbers must not push out the others.
        """
        until = min(now + settings.OCSP_TERM, writer.not_after)
        first = singles[0]
        if nonce is not None or len(singles) > 1 or first.facts.status is Status.UNKNOWN:
            return Answer(writer.write(singles, now=now, next_update=until, nonce=nonce))
        claim = claim_of(first.facts, is_archived=first.archive_cutoff is not None)
        key = first.certificate_id
        found = self._kept.find(key, writer=writer, claim=claim, now=now)
        if found is not None:
            return found
        body = writer.write(singles, now=now, next_update=until)
        return self._kept.keep(key, body, writer=writer, claim=claim, made_at=now, until=until)


def _single(certificate: CertificateId, standing: Standing | None, now: datetime) -> SingleAnswer:
    """What is said of one. Past the archive cut-off (RFC 6960, 4.4.4) nothing is known of it."""
    unknown = RevocationFacts(Status.UNKNOWN, "records", now)
    if standing is None:
        return SingleAnswer(certificate.encoded, unknown)
    cutoff = now - settings.OCSP_ARCHIVE
    ended_at = standing.not_after
    if ended_at is None or ended_at >= now:
        return SingleAnswer(certificate.encoded, standing.facts)
    if ended_at < cutoff:
        return SingleAnswer(certificate.encoded, unknown)
    return SingleAnswer(certificate.encoded, standing.facts, cutoff)
