"""Signing in with a certificate: challenge, verification, session. No other way in exists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest

from cabinet.devices import Device, remember
from cabinet.models import User
from pki.certificate import CertificateFacts
from pki.chain import Usage
from pki.errors import (
    ExpiredError,
    KeyBlockedError,
    KeyUsageError,
    NotYetValidError,
    PKIError,
    RevokedError,
    StatusUnknownError,
)
from pki.models import Authority, Certificate
from renewals.actor import NOBODY, Actor, ActorKind
from renewals.errors import RenewalError, SubjectError
from renewals.events import EventKind
from renewals.models import Event, Statement
from renewals.services import journal, statements
from renewals.services.verification import Proof, judge, keep, read_signature
from renewals.statement import StatementPurpose

BACKEND = "cabinet.sign_in.CertificateBackend"
CERTIFICATE_KEY = "certificate"
SIGNED_IN_AT_KEY = "signed_in_at"
SEEN_AT_KEY = "seen_at"
# These come after the path of the certificate was proved: the name in it is the holder's.
TRUSTED_PATH = (
    ExpiredError,
    NotYetValidError,
    KeyUsageError,
    KeyBlockedError,
    RevokedError,
    StatusUnknownError,
    RenewalError,
)
REFUSALS: dict[str, Callable[[], int]] = {
    "address": lambda: settings.SIGN_IN_REFUSALS_PER_ADDRESS,
    "certificate": lambda: settings.SIGN_IN_REFUSALS_PER_CERTIFICATE,
}


class TooManyRefusalsError(RenewalError):
    """Too many refused sign-ins from this address or by this certificate."""

    code = "sign_in.too_many"


class InactiveError(RenewalError):
    """The person was shut out by an operator."""

    code = "sign_in.inactive"


class CertificateBackend(ModelBackend):
    """Django's permissions by group; nothing can be authenticated but by `enter`."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:  # type: ignore[override]
        """There are no credentials to check."""
        return


@dataclass(frozen=True)
class Entry:
    """Who came in."""

    user: User
    certificate: Certificate


def give_challenge(request: HttpRequest, *, language: str, now: datetime) -> Statement:
    """A statement that only this session can use, for five minutes."""
    if not request.session.session_key:
        request.session.create()
    return statements.create(
        StatementPurpose.SIGN_IN,
        lines=[],
        language=language,
        now=now,
        lifetime=settings.SIGN_IN_CHALLENGE_LIFETIME,
        binding=_binding(request),
    )


def enter(
    request: HttpRequest,
    *,
    statement_id: int,
    cms: bytes,
    address: str,
    device: Device,
    now: datetime,
) -> Entry:
    """Verify the answer to a challenge and start a session.

    Raises `PKIError`, `StatementError`, `SubjectError`, `TooManyRefusalsError`. Every
    refusal is recorded with the address and, once it is known, the certificate.
    """
    actor, fingerprint = NOBODY, ""
    try:
        _require_patience(now=now, address=address)
        statement = statements.fetch(
            statement_id, StatementPurpose.SIGN_IN, now=now, binding=_binding(request)
        )
        signature = read_signature(statement, cms)
        fingerprint = signature.signer.fingerprint
        _require_patience(now=now, certificate=fingerprint)
        actor = Actor.from_certificate(signature.signer, ActorKind.HOLDER)
        proof = Proof(signature, *judge(signature.signer, usage=Usage.SIGN_IN, now=now))
        place = {"address": address, "device": device.words}
        return _start(request, statement, proof, device, actor=actor, facts=place, now=now)
    except (PKIError, RenewalError) as error:
        # Before the path is proved the name in a certificate is only a claim.
        who = actor if isinstance(error, TRUSTED_PATH) else NOBODY
        facts = {"code": error.code, "address": address, "certificate": fingerprint}
        journal.record(
            EventKind.SIGN_IN_REFUSED, actor=who, now=now, facts={**error.facts, **facts}
        )
        raise


def _start(
    request: HttpRequest,
    statement: Statement,
    proof: Proof,
    device: Device,
    *,
    actor: Actor,
    facts: Mapping[str, object],
    now: datetime,
) -> Entry:
    if not actor.iin:
        raise SubjectError
    with transaction.atomic():
        # One that another authority issued is met here for the first time.
        authority = Authority.objects.get(certificate_der=proof.path.chain[1])
        certificate = Certificate.objects.record(authority, proof.signer)
        statements.spend(statement, now=now)
        keep(statement, proof, now=now)
        user, is_first = User.objects.update_or_create(iin=actor.iin, defaults={"name": actor.name})
        if not user.is_active:
            raise InactiveError
        is_new = remember(user, device, is_first=is_first, now=now)
        journal.record(
            EventKind.SIGN_IN_SUCCEEDED,
            actor=actor,
            now=now,
            facts={**facts, "is_new_device": is_new},
        )
        login(request, user, backend=BACKEND)
        request.session[CERTIFICATE_KEY] = certificate.pk
        request.session[SIGNED_IN_AT_KEY] = request.session[SEEN_AT_KEY] = now.timestamp()
    return Entry(user, certificate)


def leave(request: HttpRequest, *, now: datetime) -> None:
    """End the session and record it. Who is not signed in has nothing to leave."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        journal.record(EventKind.SIGN_OUT, actor=actor, now=now)
    logout(request)


def actor_of(user: User, facts: CertificateFacts) -> Actor:
    """The signed-in person as the services know him."""
    kind = ActorKind.OPERATOR if user.is_staff else ActorKind.HOLDER
    return Actor.from_certificate(facts, kind)


def _binding(request: HttpRequest) -> str:
    return statements.binding_of(request.session.session_key or "")


def _require_patience(*, now: datetime, **key: str) -> None:
    """Refuse after too many refusals of one address or certificate, counted in the events."""
    ((name, value),) = key.items()
    limit = REFUSALS[name]()
    refused = Event.objects.filter(
        kind=EventKind.SIGN_IN_REFUSED.value,
        at__gt=now - settings.SIGN_IN_REFUSALS_WINDOW,
        **{f"facts__{name}": value},
    )
    if refused[:limit].count() >= limit:
        raise TooManyRefusalsError
