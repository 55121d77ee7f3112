"""Who decided about an application, and by what right; rights that were given to others."""

from datetime import date
from enum import StrEnum
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pki.models.rules import choices, one_of
from renewals.models.application import Renewal
from renewals.models.statement import Signature


class Verdict(StrEnum):
    """What was decided."""

    APPROVE = "approve"
    REJECT = "reject"


class Right(StrEnum):
    """By what right somebody decides about applications of his organisation."""

    HEAD = "head"
    HR = "hr"
    DELEGATION = "delegation"
    POWER_OF_ATTORNEY = "power_of_attorney"


class MandateKind(StrEnum):
    """How somebody came to act for the head."""

    DELEGATION = "delegation"
    POWER_OF_ATTORNEY = "power_of_attorney"


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Named filters."""

    def of_organisation(self, bin: str) -> Self:  # noqa: A002  # the identifier's own name
        """Those of one organisation; nobody without a BIN has any."""
        return self.filter(bin=bin) if bin else self.none()

    def in_force(self, today: date) -> Self:
        """Confirmed, not ended, and its days hold today; both belong to it."""
        return self.filter(
            confirmed_at__isnull=False, ended_at=None, starts_on__lte=today, ends_on__gte=today
        )

    def standing(self) -> Self:
        """Neither refused nor ended, whether or not its days have come."""
        return self.filter(refused_at=None, ended_at=None)

    def unchecked(self) -> Self:
        """An operator has to look."""
        return self.standing().filter(confirmed_at=None)


class Mandate(models.Model):
    """The right to decide in the head's place: by his signature, or by a power of attorney."""

    bin = models.CharField(_("BIN"), max_length=12)
    organisation = models.CharField(_("organisation"), max_length=500)
    kind = models.CharField(_("kind"), max_length=20, choices=choices(MandateKind))
    holder_iin = models.CharField(_("IIN"), max_length=12)
    holder_name = models.CharField(_("holder"), max_length=250)
    # Days in Asia/Almaty; both belong to it.
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    created_at = models.DateTimeField(_("given"))
    # A delegation stands only while the head who gave it is the head.
    giver_iin = models.CharField(max_length=12, blank=True)
    giver_name = models.CharField(_("given by"), max_length=250, blank=True)
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, blank=True, related_name="mandates"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("right to approve")
        verbose_name_plural = _("rights to approve")
        ordering = ["-id"]
        constraints = [
            one_of("mandate", "kind", MandateKind),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="mandate_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(kind=MandateKind.DELEGATION.value)
                | Q(signature__isnull=False, confirmed_at__isnull=False),
                name="mandate_delegation_signed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(refused_at=None), name="mandate_one_outcome"
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None) | ~Q(reason=""), name="mandate_refusal_reason"
            ),
            models.CheckConstraint(condition=~Q(bin=""), name="mandate_of_an_organisation"),
            models.CheckConstraint(
                condition=~Q(holder_iin=F("giver_iin")), name="mandate_not_to_oneself"
            ),
        ]
        indexes = [models.Index(fields=["bin", "holder_iin"], name="mandate_holder")]

    def __str__(self) -> str:
        return f"{self.kind} {self.holder_name} {self.starts_on:%Y-%m-%d}"


class Decision(models.Model):
    """One for each application: what was decided, by whom, by what right, signed."""

    renewal = models.OneToOneField(Renewal, models.PROTECT, related_name="decision")
    verdict = models.CharField(_("decision"), max_length=10, choices=choices(Verdict))
    # Stands here for the rule below; compared by person, whatever certificate was used.
    holder_iin = models.CharField(max_length=12)
    approver_iin = models.CharField(_("IIN"), max_length=12)
    approver_name = models.CharField(_("approver"), max_length=250)
    right = models.CharField(_("right"), max_length=20, choices=choices(Right))
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    # Of the list that names this application; one signature may decide about many.
    signature = models.ForeignKey(Signature, models.PROTECT, related_name="decisions")
    application_sha256 = models.CharField(max_length=64)
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        constraints = [
            one_of("decision", "verdict", Verdict),
            one_of("decision", "right", Right),
            models.CheckConstraint(
                condition=~Q(approver_iin=F("holder_iin")), name="decision_not_by_the_applicant"
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.REJECT.value) | ~Q(reason=""),
                name="decision_refusal_reason",
            ),
            models.CheckConstraint(
                condition=Q(right__in=[Right.HEAD.value, Right.HR.value], mandate__isnull=True)
                | Q(
                    right__in=[Right.DELEGATION.value, Right.POWER_OF_ATTORNEY.value],
                    mandate__isnull=False,
                ),
                name="decision_mandate_iff_needed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.renewal_id} {self.verdict}"
