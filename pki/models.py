"""What is known of authorities and certificates: only what a certificate says about itself.

No user stands here; a certificate is matched to a person by the IIN in its subject.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pki.authority import IssuerFacts
from pki.certificate import (
    CertificateFacts,
    Purpose,
    Role,
    Storage,
    parse_certificate,
)
from pki.errors import NotPlannedError
from pki.profiles import ServiceKind
from pki.revocation import Reason

# RFC 5280, 4.1.2.2: at most 20 octets. Text, because databases have no integer of 160 bits.
SERIAL_HEX_LENGTH = 40
SERIAL_HEX = r"^([0-9a-f]{2}){1,20}$"
SHA256_HEX = r"^[0-9a-f]{64}$"


class PlanState(StrEnum):
    """What became of a serial number: `VOID` may have been signed and is never used again."""

    PLANNED = "planned"
    SIGNED = "signed"
    VOID = "void"


def _choices(names: type[StrEnum]) -> list[tuple[str, str]]:
    return [(name.value, name.value) for name in names]


def _serial_rule(prefix: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(serial_hex__regex=SERIAL_HEX), name=f"{prefix}_serial_hex"
    )


def _one_of(prefix: str, field: str, names: type[StrEnum]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [name.value for name in names]}),
        name=f"{prefix}_{field}_known",
    )


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


def is_revoked() -> Exists:
    """Whether a row with `authority` and `serial_hex` was revoked, for a filter."""
    return Exists(
        Revocation.objects.filter(
            authority=OuterRef("authority"), serial_hex=OuterRef("serial_hex")
        )
    )


class AuthorityQuerySet(models.QuerySet["Authority"]):
    """Named filters."""

    def issuing(self) -> Self:
        """Those who issue certificates to people, with a key that we hold."""
        return self.filter(is_issuing=True)

    def anchors(self) -> Self:
        """Those who are trusted by themselves."""
        return self.filter(parent=None)


class Authority(models.Model):
    """A pinned authority: ours, with the name of its key, or somebody else's, without."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    certificate_der = models.BinaryField()
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    key_name = models.CharField(max_length=60, blank=True)
    is_issuing = models.BooleanField(_("issues certificates"), default=False)
    # The newest list of revoked certificates of an authority that is not ours.
    crl_der = models.BinaryField(null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_issuing=False) | ~Q(key_name=""), name="authority_issuing_has_key"
            ),
            models.UniqueConstraint(
                fields=["key_name"], condition=~Q(key_name=""), name="authority_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ours(self) -> bool:
        """Whether our own records say what became of its certificates."""
        return bool(self.key_name)

    @cached_property
    def issuer_facts(self) -> IssuerFacts:
        """What goes into the certificates that it issues."""
        return IssuerFacts(
            name=self.name,
            certificate_der=bytes(self.certificate_der),
            key_name=self.key_name,
            base_url=settings.PKI_BASE_URL.rstrip("/"),
        )


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

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="service_certificates")
    kind = models.CharField(_("kind"), max_length=20, choices=_choices(ServiceKind))
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    certificate_der = models.BinaryField()
    key_name = models.CharField(max_length=60, unique=True)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))

    objects = ServiceCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("service certificate")
        verbose_name_plural = _("service certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial_hex"], name="service_serial_once"),
            _serial_rule("service"),
            _one_of("service", "kind", ServiceKind),
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


class PlannedCertificate(models.Model):
    """A serial number and what was to be signed under it: written down before any signature."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH)
    tbs_der = models.BinaryField(null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=_choices(PlanState),
        default=PlanState.PLANNED.value,
    )
    created_at = models.DateTimeField(_("planned"))

    class Meta:
        verbose_name = _("planned certificate")
        verbose_name_plural = _("planned certificates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "serial_hex"], name="plan_serial_once"),
            _serial_rule("plan"),
            _one_of("plan", "state", PlanState),
            models.CheckConstraint(
                condition=~Q(state=PlanState.SIGNED.value) | Q(tbs_der__isnull=False),
                name="plan_signed_has_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial_hex} {self.state}"


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

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="certificates")
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH, db_index=True)
    der = models.BinaryField()
    fingerprint = models.CharField(_("fingerprint, SHA-256"), max_length=64, unique=True)
    spki_sha256 = models.CharField(_("key, SHA-256"), max_length=64, db_index=True)
    iin = models.CharField(_("IIN"), max_length=12, blank=True)
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    common_name = models.CharField(_("name"), max_length=250, db_index=True)
    organisation = models.CharField(_("organisation"), max_length=500, blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=_choices(Purpose))
    storage = models.CharField(_("storage"), max_length=10, choices=_choices(Storage))
    roles = models.JSONField(_("roles"), default=list, blank=True)
    # The weightiest of them within the organisation, for searching.
    company_role = models.CharField(
        _("role in the organisation"), max_length=20, choices=_choices(Role), blank=True
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
            _serial_rule("certificate"),
            _one_of("certificate", "purpose", Purpose),
            _one_of("certificate", "storage", Storage),
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


class Revocation(models.Model):
    """A serial number that must not be trusted any more, with or without a certificate."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="revocations")
    serial_hex = models.CharField(_("serial number"), max_length=SERIAL_HEX_LENGTH, db_index=True)
    revoked_at = models.DateTimeField(_("revoked"))
    reason = models.CharField(_("reason"), max_length=30, choices=_choices(Reason))

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "serial_hex"], name="revocation_serial_once"
            ),
            _serial_rule("revocation"),
            _one_of("revocation", "reason", Reason),
        ]

    def __str__(self) -> str:
        return f"{self.serial_hex} {self.reason}"
