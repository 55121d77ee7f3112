"""Who is who in an organisation, read from its people's certificates. Reads, never writes."""

from datetime import datetime

from pki.certificate import Purpose, Role
from pki.models import Certificate, CertificateQuerySet

SIGNING = (Purpose.SIGN.value, Purpose.COMBINED.value)


def head_of(bin: str) -> Certificate | None:  # noqa: A002  # the identifier's own name
    """The newest certificate that says head; whoever has it is the head, all others were.

    Revoked or expired, it still names him: an older head does not come back by itself.
    """
    heads = Certificate.objects.of_organisation(bin).filter(company_role=Role.HEAD.value)
    return heads.order_by("-not_before", "-id").defer("der").first()


def signers_of(bin: str, now: datetime) -> CertificateQuerySet:  # noqa: A002
    """Certificates in force by which people of the organisation can sign."""
    people = Certificate.objects.of_organisation(bin).current(now).unrevoked()
    return people.filter(purpose__in=SIGNING)
