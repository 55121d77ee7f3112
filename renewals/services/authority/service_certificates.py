"""Certificates of the authority's own services: made by the road of all certificates.

The serial is written down first, the content linted, signed once and compared.
"""

from datetime import datetime
from email.utils import parseaddr

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError, transaction

from pki.certificate import CertificateFacts, parse_certificate
from pki.errors import NotPlannedError
from pki.issuer.cms_writer import letter_address
from pki.issuer.keys import KeyBackend
from pki.issuer.lint import lint
from pki.issuer.pattern import IssuerMaterial, material_of
from pki.issuer.prepare import BACKDATING, SECOND, new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import (
    Authority,
    PlannedCertificate,
    PlanState,
    Revocation,
    ServiceCertificate,
)
from pki.profiles import (
    SERVICE_AHEAD,
    SERVICE_NAMES,
    ServiceKind,
    service_profile,
)
from pki.revocation import Reason
from renewals.actor import Actor
from renewals.events import EventKind
from renewals.services import journal
from renewals.services.authority.key_places import find_key, place_of
from renewals.services.plans import void_plans

KEY_KINDS = {"RSA": "RSA-2048", "P": "P-256"}


def lacks_service(authority: Authority, kind: ServiceKind, *, now: datetime) -> bool:
    """Whether there is none that fits, or it ends soon and one that lasts longer can be made."""
    material = material_of(authority.issuer_facts)
    if not material.not_before <= now <= material.not_after:
        return False
    present = authority.service_certificates.of_kind(kind).unrevoked().first()
    if present is None or not _fits(present, kind):
        return True
    # One that ends with its authority is the last.
    ahead = SERVICE_AHEAD[kind]
    return present.not_after < min(now + ahead, material.not_after - ahead)


def make_service(
    authority: Authority, kind: ServiceKind, *, keys: KeyBackend, actor: Actor, now: datetime
) -> ServiceCertificate:
    """Issue one with a key of its own, as long as the authority lets it. Raises `PKIError`.

    `keys` hold the authority's; the service's own is made where `place_of` says.
    """
    now = now.replace(microsecond=0)
    material = material_of(authority.issuer_facts)
    number = authority.service_certificates.of_kind(kind).count() + 1
    key_name = f"{authority.name}.{kind.value}{number if number > 1 else ''}"
    key = find_key(key_name, _key_kind(authority), place_of(kind))
    spki_der = key.public_bytes(
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
    der = sign(plan, keys)
    compare(plan, der)
    try:
        return _store(planned, parse_certificate(der), kind, key_name, actor=actor, now=now)
    except IntegrityError as error:
        # Another worker has made one with the same key meanwhile: this one is never used.
        void_plans([planned], now=now)
        raise NotPlannedError(serial=planned.serial_hex) from error


def _store(
    planned: PlannedCertificate,
    facts: CertificateFacts,
    kind: ServiceKind,
    key_name: str,
    *,
    actor: Actor,
    now: datetime,
) -> ServiceCertificate:
    """Raises `NotPlannedError` when another worker has voided the plan, `IntegrityError`."""
    authority = planned.authority
    waiting = PlannedCertificate.objects.filter(pk=planned.pk, state=PlanState.PLANNED.value)
    with transaction.atomic():
        if not waiting.update(state=PlanState.SIGNED.value):
            raise NotPlannedError(serial=planned.serial_hex)
        made = ServiceCertificate.objects.create(
            authority=authority,
            kind=kind.value,
            serial_hex=facts.serial_hex,
            certificate_der=facts.der,
            key_name=key_name,
            not_before=facts.not_before,
            not_after=facts.not_after,
        )
        journal.record(
            EventKind.SERVICE_CERTIFIED,
            actor=actor,
            now=now,
            facts={
                "authority": authority.name,
                "service": kind.value,
                "serial": made.serial_hex,
                "not_after": made.not_after.isoformat(),
            },
        )
    return made


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
