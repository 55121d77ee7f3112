"""What the authority has published, and what others were asked about theirs."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.models.authority import Authority
from pki.models.rules import SERIAL_HEX_LENGTH, SHA256_HEX, choices, one_of, serial_rule


class ListScope(StrEnum):
    """Which revocations a list holds (RFC 5280, 5): all, what has changed, or one part."""

    FULL = "full"
    DELTA = "delta"
    PART = "part"


class RevocationList(models.Model):
    """The newest list of its scope that was made and published as a file."""

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="lists", verbose_name=_("authority")
    )
    scope = models.CharField(_("scope"), max_length=10, choices=choices(ListScope))
    # Which part; 0 for the other scopes.
    partition = models.PositiveSmallIntegerField(_("part"), default=0)
    number = models.PositiveBigIntegerField(_("number"))
    base_number = models.PositiveBigIntegerField(_("number of the whole list"), null=True)
    this_update = models.DateTimeField(_("made"))
    next_update = models.DateTimeField(_("next one until"))
    entries = models.PositiveBigIntegerField(_("entries"))
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("list of revoked certificates")
        verbose_name_plural = _("lists of revoked certificates")
        ordering = ["authority", "scope", "partition"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "scope", "partition"], name="list_once_per_scope"
            ),
            one_of("list", "scope", ListScope),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256_HEX), name="list_digest_hex"),
            models.CheckConstraint(
                condition=Q(this_update__lt=models.F("next_update")), name="list_term"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.scope} {self.partition} № {self.number}"


class StatusInquiry(models.Model):
    """A question to somebody else's authority about one certificate; the worker asks it."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="+")
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    asked_at = models.DateTimeField(_("asked"))
    answer_der = models.BinaryField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # The last try, and why it gave no answer; empty where it did.
    tried_at = models.DateTimeField(_("tried"), null=True, blank=True)
    failure = models.CharField(_("why it failed"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("inquiry about a certificate")
        verbose_name_plural = _("inquiries about certificates")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial_hex"], name="inquiry_once"),
            serial_rule("inquiry"),
        ]

    def __str__(self) -> str:
        return self.serial_hex
