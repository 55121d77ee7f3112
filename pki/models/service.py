"""Certificates of the authority's own services."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.authority import IssuerFacts
from pki.models.authority import Authority
from pki.models.revocation import is_revoked
from pki.models.rules import SERIAL_HEX_LENGTH, choices, one_of, serial_rule
from pki.profiles import ServiceKind


class ServiceCertificateQuerySet(models.QuerySet["ServiceCertificate"]):
    """Named filters."""

    def of_kind(self, kind: ServiceKind) -> Self:
        """Those for one service, whichever ends last first."""
        return self.filter(kind=kind.value).order_by("-not_after", "-id")

    def current(self, now: datetime) -> Self:
        """Those whose term holds `now`; both ends belong to it."""
        return self.filter(not_before__lte=now, not_after__gte=now)

    def unrevoked(self) -> Self:
        """Those nobody has revoked."""
        return self.exclude(is_revoked())


class ServiceCertificate(models.Model):
    """A certificate of the authority's own, by which it seals or answers; with its key's name."""

    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        related_name="service_certificates",
        verbose_name=_("authority"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=choices(ServiceKind))
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    certificate_der = models.BinaryField()
    key_name = models.CharField(_("name of the key"), max_length=60, unique=True)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))

    objects = ServiceCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("service certificate")
        verbose_name_plural = _("service certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial_hex"], name="service_serial_once"),
            serial_rule("service"),
            one_of("service", "kind", ServiceKind),
            models.CheckConstraint(condition=~Q(key_name=""), name="service_has_key"),
            models.CheckConstraint(
                condition=Q(not_before__lt=models.F("not_after")), name="service_term"
            ),
        ]

    def __str__(self) -> str:
        return self.key_name

    @property
    def signer_facts(self) -> IssuerFacts:
        """As whoever holds the keys wants it: this certificate, this key."""
        return IssuerFacts(
            name=self.key_name,
            certificate_der=bytes(self.certificate_der),
            key_name=self.key_name,
            base_url=settings.PKI_BASE_URL.rstrip("/"),
        )
