"""Certificates of the authority's own services: made by the road of all certificates.

The serial is written down first, the content linted, signed once and compared.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction

from pki.certificate import parse_certificate
from pki.issuer.cms_writer import letter_address
from pki.issuer.keys import FileKeys
from pki.issuer.lint import lint
from pki.issuer.pattern import IssuerMaterial, material_of
from pki.issuer.prepare import BACKDATING, SECOND, new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.management.key_files import find_key
from pki.models import (
    Authority,
    PlannedCertificate,
    PlanState,
    Revocation,
    ServiceCertificate,
)
from pki.profiles import SERVICE_NAMES, ServiceKind, service_profile
from pki.revocation import Reason

# A new one is made so long before the present one ends.
AHEAD = timedelta(days=90)
KEY_KINDS = {"RSA": "RSA-2048", "P": "P-256"}


def lacks_service(authority: Authority, kind: ServiceKind, *, now: datetime) -> bool:
    """Whether there is none that fits, or it ends soon and one that lasts longer can be made."""
    material = material_of(authority.issuer_facts)
    if not material.not_before <= now <= material.not_after:
        return False
    present = authority.service_certificates.of_kind(kind).first()
    if present is None or not _fits(present, kind):
        return True
    # One that ends with its authority is the last.
    return present.not_after < min(now + AHEAD, material.not_after - AHEAD)


def make_service(authority: Authority, kind: ServiceKind, *, now: datetime) -> ServiceCertificate:
    """Issue one with a key of its own, as long as the authority lets it. Raises `PKIError`."""
    now = now.replace(microsecond=0)
    material = material_of(authority.issuer_facts)
    number = authority.service_certificates.of_kind(kind).count() + 1
    key_name = f"{authority.name}.{kind.value}{number if number > 1 else ''}"
    key = find_key(key_name, _key_kind(authority))
    spki_der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _void_left(authority, spki_der, now=now)
    longest = material.not_after - max(now - BACKDATING, material.not_before) + SECOND
    serial = new_serial()
    planned = PlannedCertificate.objects.create(
        authority=authority, serial_hex=serial.hex(), created_at=now
    )
    plan = prepare(
        issuer=authority.issuer_facts,
        profile=service_profile(kind, longest=longest),
        subject_der=_subject(authority, kind, material).public_bytes(),
        spki_der=spki_der,
        serial=serial,
        now=now,
        email=_sender() if kind is ServiceKind.MAIL else "",
    )
    lint(plan)
    PlannedCertificate.objects.filter(pk=planned.pk).update(tbs_der=plan.tbs_der)
    der = sign(plan, FileKeys(settings.CA_KEY_DIRECTORY, settings.CA_PASSPHRASE))
    compare(plan, der)
    facts = parse_certificate(der)
    with transaction.atomic():
        PlannedCertificate.objects.filter(pk=planned.pk).update(state=PlanState.SIGNED.value)
        return ServiceCertificate.objects.create(
            authority=authority,
            kind=kind.value,
            serial_hex=facts.serial_hex,
            certificate_der=der,
            key_name=key_name,
            not_before=facts.not_before,
            not_after=facts.not_after,
        )


def _sender() -> str:
    """Who writes the portal's letters: readers compare it with the certificate (RFC 8550, 3)."""
    return parseaddr(settings.MAIL_FROM)[1]


def _fits(present: ServiceCertificate, kind: ServiceKind) -> bool:
    """Letters are signed under the name of their sender, which may have changed."""
    if kind is not ServiceKind.MAIL:
        return True
    return letter_address(bytes(present.certificate_der)) == _sender()


def _key_kind(authority: Authority) -> str:
    """As the authority's own, no stronger than what people have."""
    certificate = parse_certificate(bytes(authority.certificate_der))
    return KEY_KINDS[certificate.key_kind.partition("-")[0]]


def _subject(authority: Authority, kind: ServiceKind, material: IssuerMaterial) -> x509.Name:
    """The authority's own name with another common name."""
    name = SERVICE_NAMES[kind].format(name=authority.name.upper())
    own = [part for part in material.certificate.subject if part.oid != NameOID.COMMON_NAME]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *own])


def _void_left(authority: Authority, spki_der: bytes, *, now: datetime) -> None:
    """An interrupted run may have signed for this key: such a serial is never trusted."""
    waiting = PlannedCertificate.objects.filter(
        authority=authority, state=PlanState.PLANNED.value, tbs_der__isnull=False
    )
    for plan in waiting:
        if spki_der in bytes(plan.tbs_der or b""):
            with transaction.atomic():
                PlannedCertificate.objects.filter(pk=plan.pk).update(state=PlanState.VOID.value)
                Revocation.objects.get_or_create(
                    authority=authority,
                    serial_hex=plan.serial_hex,
                    defaults={
                        "revoked_at": now,
                        "reason": Reason.CESSATION_OF_OPERATION.value,
                    },
                )
