"""What holds for every request: private pages stay private, sessions end when they must."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cabinet.models import User
from cabinet.sign_in import CERTIFICATE_KEY, SEEN_AT_KEY, SIGNED_IN_AT_KEY, actor_of
from cabinet.uploads import discard_unread
from pki.chain import Usage
from pki.models import Certificate
from pki.records import end_of_authority, is_blocked, revocation_of
from pki.revocation import Status
from renewals.actor import Actor

Handler = Callable[[HttpRequest], HttpResponse]


class CabinetRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    actor: Actor
    certificate: Certificate


class PrivacyHeadersMiddleware:
    """Pages about people are never kept by browsers or proxies."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that Django has no setting for."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response


class UnreadBodyMiddleware:
    """Whoever sends a file and is refused at the door is answered, not cut off."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of it is looked at or kept."""
        response = self.get_response(request)
        if request.method == "POST":
            discard_unread(request)
        return response


class CertificateSessionMiddleware:
    """A session lives 15 minutes idle, 8 hours in all, and never longer than its certificate."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End what is over; otherwise put `actor` and `certificate` on the request."""
        if "\x00" in (request.session.session_key or ""):
            # A quoted cookie may carry NUL, and PostgreSQL raises when it is looked for.
            request.session = type(request.session)()
        if request.user.is_authenticated:
            now = timezone.now()
            certificate = self._certificate(request, now)
            if certificate is None:
                logout(request)
            else:
                request.certificate = certificate  # type: ignore[attr-defined]
                request.actor = actor_of(request.user, certificate.facts)  # type: ignore[attr-defined]
                # A page that only asks "anything new?" does not keep a session alive.
                if request.headers.get("X-Purpose") != "poll":
                    request.session[SEEN_AT_KEY] = now.timestamp()
        return self.get_response(request)

    def _certificate(self, request: HttpRequest, now: datetime) -> Certificate | None:
        seen_at = datetime.fromtimestamp(request.session.get(SEEN_AT_KEY, 0), UTC)
        signed_in_at = datetime.fromtimestamp(request.session.get(SIGNED_IN_AT_KEY, 0), UTC)
        if now - seen_at > settings.SESSION_IDLE or now - signed_in_at > settings.SESSION_ABSOLUTE:
            return None
        certificate = (
            Certificate.objects.select_related("authority")
            .defer("authority__crl_der")
            .filter(pk=request.session.get(CERTIFICATE_KEY, 0))
            .first()
        )
        if certificate is None or certificate.not_after < now:
            return None
        if not certificate.authority.is_accepted(Usage.SIGN_IN):
            return None
        if end_of_authority(certificate.authority, now=now) is not None:
            return None
        if not certificate.authority.is_ours and is_blocked([certificate.spki_sha256]):
            return None
        status = revocation_of(certificate.authority, certificate.serial_hex, now=now).status
        return certificate if status is Status.GOOD else None
