"""What is kept of an application: its certificates, statements, signatures and events."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.certificate import Purpose, Storage
from renewals.events import EventKind
from renewals.machine import NEXT_PARTY, OPEN, Party, State, allowed_actions

HOLDS_CERTIFICATE = (State.ISSUED.value, State.INSTALLED.value)
NEEDS_REASON = (State.FAILED.value, State.REJECTED.value)


def _choices(names: type[State] | type[Purpose] | type[Storage]) -> list[tuple[str, str]]:
    return [(name.value, name.value) for name in names]


class RenewalQuerySet(models.QuerySet["Renewal"]):
    """Named filters."""

    def for_holder(self, iin: str) -> Self:
        """What this person may see; nobody without an IIN sees anything."""
        return self.filter(holder_iin=iin) if iin else self.none()

    def open(self) -> Self:
        """Somebody still has to act."""
        return self.filter(state__in=[state.value for state in OPEN])

    def due(self, now: datetime) -> Self:
        """Waiting for a worker, or left by one whose lease is over."""
        return self.filter(
            Q(state=State.APPROVED.value) & (Q(due_at=None) | Q(due_at__lte=now))
            | Q(state=State.ISSUING.value, lease_until__lt=now)
        ).order_by("id")


class Renewal(models.Model):
    """One application: for one certificate, or for an AUTH + SIGN pair."""

    number = models.CharField(_("number"), max_length=16, unique=True)
    state = models.CharField(
        _("state"), max_length=20, choices=_choices(State), default=State.DRAFT.value
    )
    state_since = models.DateTimeField(_("in this state since"))
    holder_iin = models.CharField(_("IIN"), max_length=12, db_index=True)
    holder_name = models.CharField(_("holder"), max_length=250, db_index=True)
    # The certificate by which the application is signed: of a pair, the one for signing.
    certificate = models.ForeignKey(
        "pki.Certificate", models.PROTECT, related_name="+", verbose_name=_("certificate")
    )
    storage = models.CharField(_("storage"), max_length=10, choices=_choices(Storage), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="renewal_state_known"
            ),
            # A withdrawn application may have been issued before; every other state says.
            models.CheckConstraint(
                condition=Q(state__in=HOLDS_CERTIFICATE, issued_at__isnull=False)
                | Q(state=State.WITHDRAWN.value)
                | (~Q(state__in=[*HOLDS_CERTIFICATE, State.WITHDRAWN.value]) & Q(issued_at=None)),
                name="renewal_issued_iff_certificate",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NEEDS_REASON) | ~Q(reason=""), name="renewal_refusal_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ISSUING.value)
                | (Q(lease_until__isnull=False) & ~Q(lease_token="")),
                name="renewal_issuing_has_lease",
            ),
        ]
        indexes = [
            # The worker's question, many times a minute: what is there to do?
            models.Index(fields=["state", "due_at", "lease_until"], name="renewal_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def next_party(self) -> Party:
        """Who acts next."""
        return NEXT_PARTY[State(self.state)]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return State(self.state) in OPEN

    def can(self, action: str) -> bool:
        """Whether the table allows `action` now."""
        return action in allowed_actions(State(self.state))


class Request(models.Model):
    """One certificate that is renewed within an application, and the key for the new one."""

    renewal = models.ForeignKey(Renewal, models.PROTECT, related_name="requests")
    purpose = models.CharField(max_length=10, choices=_choices(Purpose))
    old_certificate = models.ForeignKey("pki.Certificate", models.PROTECT, related_name="+")
    # Follows the application's state in the same transaction, for the two rules below.
    is_open = models.BooleanField(default=True)
    csr_der = models.BinaryField(blank=True)
    spki_der = models.BinaryField(blank=True)
    spki_sha256 = models.CharField(max_length=64, blank=True)
    key_kind = models.CharField(max_length=20, blank=True)
    plan = models.ForeignKey(
        "pki.PlannedCertificate", models.PROTECT, null=True, blank=True, related_name="+"
    )
    certificate = models.OneToOneField(
        "pki.Certificate", models.PROTECT, null=True, blank=True, related_name="renewal_request"
    )
    installed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["purpose"]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "purpose"], name="request_once_per_purpose"),
            models.UniqueConstraint(
                fields=["old_certificate"], condition=Q(is_open=True), name="request_one_open"
            ),
            models.UniqueConstraint(
                fields=["spki_sha256"],
                condition=Q(is_open=True) & ~Q(spki_sha256=""),
                name="request_key_used_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.renewal_id} {self.purpose}"


class Statement(models.Model):
    """The exact text that a person is asked to sign, made and kept by the server."""

    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, related_name="statements"
    )
    purpose = models.CharField(max_length=20)
    text = models.TextField()
    nonce = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=5)
    # Digest of what the statement is bound to besides the application, e.g. the session.
    binding = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.nonce[:8]}"


class Signature(models.Model):
    """A signature over a statement, as received, with what proved it at that moment."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="signatures")
    cms_der = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    signer_iin = models.CharField(max_length=12, db_index=True)
    signer_name = models.CharField(max_length=250)
    signer_fingerprint = models.CharField(max_length=64, db_index=True)
    # Base64 DER, signer first, trust anchor last.
    chain = models.JSONField()
    revocation = models.JSONField()
    signed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "signer_fingerprint"], name="signature_once_per_signer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.signer_name} {self.verified_at:%Y-%m-%d %H:%M}"


class Event(models.Model):
    """What happened. Only ever added; each row carries the digest of the one before it."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(_("time"))
    kind = models.CharField(
        _("event"), max_length=40, choices=[(kind.value, kind.value) for kind in EventKind]
    )
    actor = models.JSONField(_("actor"))
    actor_iin = models.CharField(_("IIN"), max_length=12, blank=True, db_index=True)
    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, related_name="events"
    )
    facts = models.JSONField(_("facts"))
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["sequence"]
        indexes = [models.Index(fields=["kind", "at"], name="event_kind_at")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class EventHead(models.Model):
    """The newest link of the chain: the one row that writers wait for."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="event_head_single")]

    def __str__(self) -> str:
        return str(self.sequence)
