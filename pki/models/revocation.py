"""Serial numbers that must not be trusted, keys that must not be certified."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pki.models.authority import Authority
from pki.models.rules import SERIAL_HEX_LENGTH, SHA256_HEX, choices, one_of, serial_rule
from pki.revocation import Reason


def is_revoked(revocations: "models.QuerySet[Revocation] | None" = None) -> Exists:
    """Whether a row with `authority` and `serial_hex` was revoked, for a filter.

    By any revocation, or by one of `revocations`.
    """
    rows = Revocation.objects.all() if revocations is None else revocations
    return Exists(rows.filter(authority=OuterRef("authority"), serial_hex=OuterRef("serial_hex")))


class Revocation(models.Model):
    """A serial number that must not be trusted any more, with or without a certificate."""

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="revocations", verbose_name=_("authority")
    )
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH, db_index=True)
    revoked_at = models.DateTimeField(_("revoked"))
    reason = models.CharField(_("reason"), max_length=30, choices=choices(Reason))
    # Written by whoever makes the lists: the first one that says just this, the entry in it,
    # the part in which it stands, and the end of the certificate, after which it may go.
    listed_number = models.PositiveBigIntegerField(_("number of the list"), null=True, blank=True)
    entry_der = models.BinaryField(null=True, blank=True)
    partition = models.PositiveSmallIntegerField(_("part"), null=True, blank=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "serial_hex"], name="revocation_serial_once"
            ),
            serial_rule("revocation"),
            one_of("revocation", "reason", Reason),
        ]
        indexes = [
            models.Index(
                fields=["authority"], condition=Q(listed_number=None), name="revocation_unlisted"
            ),
            models.Index(fields=["authority", "partition"], name="revocation_part"),
            models.Index(fields=["authority", "listed_number"], name="revocation_since"),
        ]

    def __str__(self) -> str:
        return f"{self.serial_hex} {self.reason}"


class HoldRelease(models.Model):
    """A certificate that was on hold and is good again: lists of changes have to say so."""

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="+", verbose_name=_("authority")
    )
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    held_at = models.DateTimeField(_("put on hold"))
    released_at = models.DateTimeField(_("released"))
    # The first list without it; empty until that is made.
    listed_number = models.PositiveBigIntegerField(_("number of the list"), null=True, blank=True)

    class Meta:
        verbose_name = _("release of a hold")
        verbose_name_plural = _("releases of holds")
        ordering = ["-id"]
        constraints = [serial_rule("release")]
        indexes = [
            models.Index(fields=["authority", "listed_number"], name="release_since"),
            models.Index(fields=["authority", "serial_hex"], name="release_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.serial_hex} {self.released_at:%Y-%m-%d %H:%M}"


class BlockedKey(models.Model):
    """A key that somebody else may have: never certified again, by whomever it is brought."""

    spki_sha256 = models.CharField(_("key, SHA-256"), max_length=64, primary_key=True)
    blocked_at = models.DateTimeField(_("blocked"))

    class Meta:
        verbose_name = _("blocked key")
        verbose_name_plural = _("blocked keys")
        ordering = ["-blocked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(spki_sha256__regex=SHA256_HEX), name="blocked_key_hex"
            )
        ]

    def __str__(self) -> str:
        return self.spki_sha256
