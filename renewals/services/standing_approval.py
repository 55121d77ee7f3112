"""Whether who approved an application might still do so, asked just before it is issued."""

import base64
from datetime import datetime

from pki.certificate import Role, parse_certificate
from pki.errors import RevokedError
from pki.models import Authority
from pki.records import revocation_of
from pki.revocation import Reason, require_good
from renewals.actor import Actor, ActorKind
from renewals.errors import ApprovalVoidError, NoRightError
from renewals.models import Decision, Renewal
from renewals.rights import entitlement_of


def require_approval(renewal: Renewal, *, now: datetime) -> None:
    """Raises `ApprovalVoidError` when the approver's certificate was revoked or his right is over.

    Individuals and heads have no approver. That a certificate has ended since takes no right away.
    """
    if not renewal.bin:
        return
    decision = Decision.objects.filter(renewal=renewal).select_related("signature").first()
    if decision is None:
        if renewal.certificate.company_role != Role.HEAD.value:
            raise ApprovalVoidError
        return
    signer_der, issuer_der = map(base64.b64decode, decision.signature.chain[:2])
    signer = parse_certificate(signer_der)
    try:
        # Asked by itself: of what has ended nobody would say any more that it was revoked.
        require_good(revocation_of(_authority(issuer_der), signer.serial_hex, now=now))
    except RevokedError as error:
        # Who replaces his own certificate in the meantime takes nothing back.
        if error.facts["reason"] != Reason.SUPERSEDED.value:
            raise ApprovalVoidError from error
    try:
        entitlement_of(Actor.from_certificate(signer, ActorKind.HOLDER), now=now)
    except NoRightError as error:
        raise ApprovalVoidError from error


def _authority(der: bytes) -> Authority:
    """Whose certificate this is; an approval by one that is trusted no more is void."""
    for row in Authority.objects.all():
        if bytes(row.certificate_der) == der:
            return row
    raise ApprovalVoidError
