"""Serial numbers that were planned: written down before any signature."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.models.authority import Authority
from pki.models.rules import SERIAL_HEX_LENGTH, choices, one_of, serial_rule


class PlanState(StrEnum):
    """What became of a serial number: `VOID` may have been signed and is never used again."""

    PLANNED = "planned"
    SIGNED = "signed"
    VOID = "void"


class PlannedCertificate(models.Model):
    """A serial number and what was to be signed under it: written down before any signature."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    tbs_der = models.BinaryField(null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(PlanState),
        default=PlanState.PLANNED.value,
    )
    created_at = models.DateTimeField(_("planned"))

    class Meta:
        verbose_name = _("planned certificate")
        verbose_name_plural = _("planned certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial_hex"], name="plan_serial_once"),
            serial_rule("plan"),
            one_of("plan", "state", PlanState),
            models.CheckConstraint(
                condition=~Q(state=PlanState.SIGNED.value) | Q(tbs_der__isnull=False),
                name="plan_signed_has_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial_hex} {self.state}"
