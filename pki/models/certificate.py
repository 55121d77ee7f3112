"""Certificates of people, with what they say about themselves for searching."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pki.certificate import CertificateFacts, Purpose, Role, Storage, parse_certificate
from pki.errors import NotPlannedError
from pki.models.authority import Authority
from pki.models.revocation import Revocation, is_revoked
from pki.models.rules import SERIAL_HEX_LENGTH, SHA256_HEX, choices, one_of, serial_rule
from pki.revocation import Reason


def _columns(facts: CertificateFacts) -> dict[str, Any]:
    """What a certificate says about itself, by column."""
    return {
        "der": facts.der,
        "fingerprint": facts.fingerprint,
        "spki_sha256": facts.spki_sha256,
        "iin": facts.subject.iin,
        "bin": facts.subject.bin,
        "common_name": facts.subject.common_name,
        "organisation": facts.subject.organisation,
        "purpose": facts.purpose.value,
        "storage": facts.storage.value,
        "roles": [role.value for role in facts.roles],
        "company_role": facts.company_role.value if facts.company_role else "",
        "key_kind": facts.key_kind,
        "not_before": facts.not_before,
        "not_after": facts.not_after,
    }


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Named filters, and the one way to write a certificate down."""

    def for_iin(self, iin: str) -> Self:
        """Those of one person; nobody without an IIN has any."""
        return self.filter(iin=iin) if iin else self.none()

    def of_organisation(self, bin: str) -> Self:  # noqa: A002  # the identifier's own name
        """Those of one organisation's people; nobody without a BIN has any."""
        return self.filter(bin=bin) if bin else self.none()

    def current(self, now: datetime) -> Self:
        """Those whose term holds `now`, revoked or not; both ends belong to it."""
        return self.filter(not_before__lte=now, not_after__gte=now)

    def unrevoked(self) -> Self:
        """Those nobody has revoked."""
        return self.exclude(is_revoked())

    def revocable(self) -> Self:
        """Those that we can still revoke: of our own authorities; a hold is not for good.

        What others have issued, they revoke: nobody would hear of it from us.
        """
        for_good = Revocation.objects.exclude(reason=Reason.CERTIFICATE_HOLD.value)
        return self.exclude(authority__key_name="").exclude(is_revoked(for_good))

    def record(self, authority: Authority, facts: CertificateFacts) -> "Certificate":
        """Write a certificate down; the same one again changes nothing.

        Raises `NotPlannedError` for another certificate under a serial that is taken.
        """
        row, _created = self.get_or_create(
            authority=authority, serial_hex=facts.serial_hex, defaults=_columns(facts)
        )
        if bytes(row.der) != facts.der:
            raise NotPlannedError(serial=facts.serial_hex)
        return row


class Certificate(models.Model):
    """A certificate of a person, with what it says about itself for searching."""

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="certificates", verbose_name=_("authority")
    )
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH, db_index=True)
    der = models.BinaryField()
    fingerprint = models.CharField(_("fingerprint, SHA-256"), max_length=64, unique=True)
    spki_sha256 = models.CharField(_("key, SHA-256"), max_length=64, db_index=True)
    iin = models.CharField(_("IIN"), max_length=12, blank=True)
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    common_name = models.CharField(_("name"), max_length=250, db_index=True)
    organisation = models.CharField(_("organisation"), max_length=500, blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=choices(Purpose))
    storage = models.CharField(_("storage"), max_length=10, choices=choices(Storage))
    roles = models.JSONField(_("roles"), default=list, blank=True)
    # The weightiest of them within the organisation, for searching.
    company_role = models.CharField(
        _("role in the organisation"), max_length=20, choices=choices(Role), blank=True
    )
    key_kind = models.CharField(_("kind of key"), max_length=20)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "serial_hex"], name="certificate_serial_once"
            ),
            serial_rule("certificate"),
            one_of("certificate", "purpose", Purpose),
            one_of("certificate", "storage", Storage),
            models.CheckConstraint(
                condition=Q(fingerprint__regex=SHA256_HEX) & Q(spki_sha256__regex=SHA256_HEX),
                name="certificate_digests_hex",
            ),
            models.CheckConstraint(
                condition=Q(not_before__lt=models.F("not_after")), name="certificate_term"
            ),
        ]
        indexes = [
            # "What do I have, and till when": a person's page and the search by IIN.
            models.Index(fields=["iin", "not_after"], name="certificate_holder"),
            models.Index(fields=["not_after"], name="certificate_end"),
            # "Who is the head": the newest of that role. "Who are my people": all of a BIN.
            models.Index(fields=["bin", "company_role", "not_before"], name="certificate_company"),
            # The pages of an organisation: everything that they ask of thousands of people, so
            # that no row with its DER is read for a list.
            models.Index(
                fields=[
                    *("bin", "iin", "not_after", "purpose", "common_name"),
                    *("authority", "serial_hex", "id"),
                ],
                condition=~Q(bin=""),
                name="certificate_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.common_name} {self.serial_hex}"

    @classmethod
    def from_facts(cls, authority: Authority, facts: CertificateFacts) -> Self:
        """The row of a certificate, not yet saved."""
        return cls(authority=authority, serial_hex=facts.serial_hex, **_columns(facts))

    @cached_property
    def facts(self) -> CertificateFacts:
        """What the certificate itself says, parsed from its DER."""
        return parse_certificate(bytes(self.der))
