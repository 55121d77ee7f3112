"""A first certificate, for somebody whose identity was proved elsewhere."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from pki.certificate import Purpose, Role, Storage, parse_certificate
from pki.errors import KeyMissingError
from pki.issuer.lint import lint
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import Authority, Certificate, PlannedCertificate, PlanState
from pki.profiles import leaf_profile
from pki.records import require_unblocked
from renewals.actor import Actor
from renewals.events import EventKind
from renewals.services import journal, keyring
from renewals.services.authority.choosing import issuing_authority


@dataclass(frozen=True)
class Enrolment:
    """Who gets which certificate. `subject_der` is a DER Name, `spki_der` a DER public key."""

    subject_der: bytes
    spki_der: bytes
    purpose: Purpose
    roles: tuple[Role, ...]
    storage: Storage


def enrol(
    enrolment: Enrolment, *, authority: Authority, actor: Actor, now: datetime
) -> Certificate:
    """Issue by the same road as a renewal: serial stored, prepared, linted, signed once.

    Where `authority` issues no more, the one that has taken over does.
    Raises `PKIError`; `KeyMissingError` in a process that must not sign.
    """
    keys = keyring.held()
    if keys is None:
        raise KeyMissingError(path="")
    require_unblocked([hashlib.sha256(enrolment.spki_der).hexdigest()])
    authority = issuing_authority(authority, Authority.objects.all(), now=now)
    serial = new_serial()
    planned = PlannedCertificate.objects.create(
        authority=authority, serial_hex=serial.hex(), created_at=now
    )
    plan = prepare(
        issuer=authority.issuer_facts,
        profile=leaf_profile(enrolment.purpose, enrolment.storage, enrolment.roles),
        subject_der=enrolment.subject_der,
        spki_der=enrolment.spki_der,
        serial=serial,
        now=now,
    )
    lint(plan)
    PlannedCertificate.objects.filter(pk=planned.pk).update(tbs_der=plan.tbs_der)
    der = sign(plan, keys)
    compare(plan, der)
    with transaction.atomic():
        PlannedCertificate.objects.filter(pk=planned.pk).update(state=PlanState.SIGNED.value)
        certificate = Certificate.objects.record(authority, parse_certificate(der))
        journal.record(
            EventKind.CERTIFICATE_ENROLLED,
            actor=actor,
            now=now,
            facts={
                "certificate": certificate.pk,
                "serial": certificate.serial_hex,
                "iin": certificate.iin,
            },
        )
    return certificate
