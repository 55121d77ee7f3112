"""Who is who in an organisation, read from its people's certificates. Reads, never writes."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from pki.certificate import Purpose, Role
from pki.models import Certificate, CertificateQuerySet
from renewals.models import Mandate

SIGNING = (Purpose.SIGN.value, Purpose.COMBINED.value)


def head_of(bin: str) -> Certificate | None:  # noqa: A002  # the identifier's own name
    """The newest certificate that says head; whoever has it is the head, all others were.

    Revoked or expired, it still names him: an older head does not come back by itself.
    """
    heads = Certificate.objects.of_organisation(bin).filter(company_role=Role.HEAD.value)
    return heads.order_by("-not_before", "-id").defer("der").first()


def is_head(iin: str, bin: str) -> bool:  # noqa: A002
    """Whether this person is the head now."""
    head = head_of(bin)
    return bool(iin) and head is not None and head.iin == iin


def signers_of(bin: str, now: datetime) -> CertificateQuerySet:  # noqa: A002
    """Certificates in force by which people of the organisation can sign."""
    people = Certificate.objects.of_organisation(bin).current(now).unrevoked()
    return people.filter(purpose__in=SIGNING)


def has_approver(bin: str, *, without_iin: str, now: datetime) -> bool:  # noqa: A002
    """Whether somebody other than the applicant could decide today."""
    signers = signers_of(bin, now).exclude(iin=without_iin)
    head = head_of(bin)
    today = timezone.localdate(now)
    holders = Mandate.objects.of_organisation(bin).in_force(today).values("holder_iin")
    able = Q(company_role=Role.HR.value) | Q(iin__in=holders)
    if head is not None:
        able |= Q(company_role=Role.HEAD.value, iin=head.iin)
    return signers.filter(able).exists()
