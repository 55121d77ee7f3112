"""Certificates of the authority's own are revoked: what follows for services and for people."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pki.certificate import parse_certificate
from pki.chain import Usage
from pki.errors import RevokedError
from pki.models import Authority, Revocation, ServiceCertificate
from pki.profiles import ServiceKind
from renewals.models import Event
from renewals.services import issuing
from renewals.services.publishing import publish_due
from renewals.services.sealing import find_sealer
from renewals.services.verification import judge
from tests.renewals.people import NOW, Holder
from tests.renewals.revocations import only

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def revoke(serial: str, reason: str = "keyCompromise") -> str:
    out = StringIO()
    call_command("authority", "revoke", serial, f"--reason={reason}", stdout=out)
    return out.getvalue()


def test_a_service_that_is_revoked_is_replaced(authority: Authority) -> None:
    now = timezone.now()
    seal = find_sealer(authority.pk, now=now)
    assert seal is not None
    spaced = ":".join(seal.serial_hex[at : at + 2] for at in range(0, 40, 2)).upper()
    assert "revoked, keyCompromise" in revoke(spaced)
    assert find_sealer(authority.pk, now=now) is None
    event = Event.objects.filter(kind="authority.changed").latest("sequence")
    assert event.facts["serial"] == seal.serial_hex
    call_command("authority", "services", stdout=StringIO())
    new = find_sealer(authority.pk, now=timezone.now())
    assert new is not None
    assert new.key_name != seal.key_name
    assert ServiceCertificate.objects.of_kind(ServiceKind.SEAL).count() == 2
    with pytest.raises(CommandError):
        revoke(seal.serial_hex)


def test_nobody_signs_under_an_authority_that_is_revoked(
    authority: Authority, holder: Holder
) -> None:
    certificate = only(holder).facts
    renewal = holder.submit()
    judge(certificate, usage=Usage.ANY, now=NOW)
    serial = parse_certificate(bytes(authority.certificate_der)).serial_hex
    revoke(serial, "cACompromise")
    authority.refresh_from_db()
    assert not authority.may_issue(timezone.now())
    with pytest.raises(RevokedError):
        judge(certificate, usage=Usage.ANY, now=NOW)
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert renewal.state != "issued"
    publish_due(now=timezone.now())
    entry = Revocation.objects.get(authority=authority.parent, serial_hex=serial)
    assert entry.listed_number is not None


@pytest.mark.parametrize("serial", ["00", "no number", ""])
def test_what_is_not_ours_is_refused(authority: Authority, serial: str) -> None:
    with pytest.raises(CommandError):
        revoke(serial)
    assert not Revocation.objects.exists()
