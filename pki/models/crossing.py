"""Roots about each other: who trusts one of them finds the way to the other."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pki.models.authority import Authority


class CrossCertificate(models.Model):
    """One root certified by another of the same name (RFC 9810, 4.4).

    New with old: whoever knows the old root alone accepts what is under the new one. Old with
    new: the other way round.
    """

    subject = models.ForeignKey(Authority, models.PROTECT, related_name="cross_certificates")
    issuer = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    certificate_der = models.BinaryField()
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("cross certificate")
        verbose_name_plural = _("cross certificates")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "issuer"], name="cross_once"),
            models.CheckConstraint(
                condition=~models.Q(subject=models.F("issuer")), name="cross_of_two"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """Under which it is published, without an ending: `ec2-root-by-ec-root`."""
        return f"{self.subject.name}-by-{self.issuer.name}"
