"""Whether who approved an application might still do so, asked just before it is issued."""

import base64
from datetime import datetime

from pki.certificate import Role, parse_certificate
from pki.chain import Usage
from pki.errors import ExpiredError, RevokedError
from renewals.actor import Actor, ActorKind
from renewals.errors import ApprovalVoidError, NoRightError
from renewals.models import Decision, Renewal
from renewals.services.rights import entitlement_of
from renewals.services.verification import judge


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
    signer = parse_certificate(base64.b64decode(decision.signature.chain[0]))
    try:
        judge(signer, usage=Usage.SIGN, now=now)
    except ExpiredError:
        pass
    except RevokedError as error:
        raise ApprovalVoidError from error
    try:
        entitlement_of(Actor.from_certificate(signer, ActorKind.HOLDER), now=now)
    except NoRightError as error:
        raise ApprovalVoidError from error
