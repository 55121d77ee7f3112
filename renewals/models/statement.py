"""Statements that people are asked to sign, and the signatures over them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renewals.models.application import Renewal


class Statement(models.Model):
    """The exact text that a person is asked to sign, made and kept by the server."""

    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, related_name="statements"
    )
    purpose = models.CharField(max_length=20)
    text = models.TextField()
    # What the text says, as data: who signs it does this, whatever is posted with the signature.
    terms = models.JSONField(default=dict, blank=True)
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

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="signatures", verbose_name=_("statement")
    )
    cms_der = models.BinaryField()
    content_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    signer_iin = models.CharField(_("IIN"), max_length=12, db_index=True)
    signer_name = models.CharField(_("signer"), max_length=250)
    signer_fingerprint = models.CharField(
        _("fingerprint of the certificate, SHA-256"), max_length=64, db_index=True
    )
    # Base64 DER, signer first, trust anchor last.
    chain = models.JSONField()
    revocation = models.JSONField()
    signed_at = models.DateTimeField(_("signed"), null=True)
    verified_at = models.DateTimeField(_("verified"))

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
