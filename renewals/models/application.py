"""Applications and the certificates that they are for."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.certificate import Purpose, Storage
from pki.models.rules import choices
from renewals.machine import NEXT_PARTY, OPEN, Party, State, allowed_actions

# An application may be given up after its certificate was issued, by its holder or by a dismissal.
MUST_HOLD = (State.ISSUED.value, State.INSTALLED.value)
MAY_HOLD = (State.WITHDRAWN.value, State.LAPSED.value)
NEEDS_REASON = (State.FAILED.value, State.REJECTED.value)


class RenewalQuerySet(models.QuerySet["Renewal"]):
    """Named filters."""

    def for_holder(self, iin: str) -> Self:
        """What this person may see; nobody without an IIN sees anything."""
        return self.filter(holder_iin=iin) if iin else self.none()

    def of_organisation(self, bin: str) -> Self:  # noqa: A002  # the identifier's own name
        """Those of one organisation; nobody without a BIN has any."""
        return self.filter(bin=bin) if bin else self.none()

    def awaiting(self) -> Self:
        """An approver has the next step; what was submitted first stands first."""
        return self.filter(state=State.AWAITING_APPROVAL.value).order_by("submitted_at", "id")

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
        _("state"), max_length=20, choices=choices(State), default=State.DRAFT.value
    )
    state_since = models.DateTimeField(_("in this state since"))
    holder_iin = models.CharField(_("IIN"), max_length=12, db_index=True)
    holder_name = models.CharField(_("holder"), max_length=250, db_index=True)
    # Of the organisation whose certificate it is; '' for an individual's.
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    organisation = models.CharField(_("organisation"), max_length=500, blank=True)
    # The certificate by which the application is signed: of a pair, the one for signing.
    certificate = models.ForeignKey(
        "pki.Certificate", models.PROTECT, related_name="+", verbose_name=_("certificate")
    )
    storage = models.CharField(_("storage"), max_length=10, choices=choices(Storage), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # The last threshold of waiting for an approver that was told, in days.
    told_days = models.PositiveSmallIntegerField(default=0)
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
            models.CheckConstraint(
                condition=Q(state__in=MUST_HOLD, issued_at__isnull=False)
                | Q(state__in=MAY_HOLD)
                | (~Q(state__in=[*MUST_HOLD, *MAY_HOLD]) & Q(issued_at=None)),
                name="renewal_issued_iff_certificate",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.AWAITING_APPROVAL.value) | ~Q(bin=""),
                name="renewal_approval_needs_organisation",
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
            # An approver's question on every page: what waits for me?
            models.Index(fields=["bin", "state"], name="renewal_organisation"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def next_party(self) -> Party:
        """Who acts next."""
        return NEXT_PARTY[State(self.state)]

    @property
    def waits_for_holder(self) -> bool:
        """Whether its holder has the next step."""
        return self.next_party is Party.HOLDER

    @property
    def waits_for_approver(self) -> bool:
        """Whether somebody of the organisation has to decide."""
        return self.next_party is Party.APPROVER

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
    purpose = models.CharField(_("purpose"), max_length=10, choices=choices(Purpose))
    old_certificate = models.ForeignKey(
        "pki.Certificate", models.PROTECT, related_name="+", verbose_name=_("old certificate")
    )
    # Follows the application's state in the same transaction, for the two rules below.
    is_open = models.BooleanField(default=True)
    csr_der = models.BinaryField(blank=True)
    spki_der = models.BinaryField(blank=True)
    spki_sha256 = models.CharField(max_length=64, blank=True)
    key_kind = models.CharField(_("kind of key"), max_length=20, blank=True)
    plan = models.ForeignKey(
        "pki.PlannedCertificate", models.PROTECT, null=True, blank=True, related_name="+"
    )
    certificate = models.OneToOneField(
        "pki.Certificate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewal_request",
        verbose_name=_("new certificate"),
    )
    installed_at = models.DateTimeField(_("installed"), null=True, blank=True)

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
