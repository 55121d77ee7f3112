"""Revoked at T: the next answer says so, the list within a minute, and both agree. All real."""

import time
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.conf import settings
from django.utils import timezone

from pki.models import Authority, Certificate
from renewals.actor import WORKER
from renewals.grounds import Door, Ground
from renewals.services import holding
from tests.processes import running
from tests.renewals.people import Holder
from tests.renewals.revocations import only, revoke
from tests.renewals.workers import database_url, wait_until, workers
from tests.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


class Relying:
    """Somebody who relies on certificates and knows nothing but what stands in them."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, url: str, body: bytes | None = None) -> bytes:
        """The path of an address in a certificate; the host is this computer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            kind = {"Content-Type": "application/ocsp-request"} if body else {}
            connection.request("POST" if body else "GET", urlsplit(url).path, body, kind)
            reply = connection.getresponse()
            assert reply.status == 200, reply.read()
            return reply.read()
        finally:
            connection.close()

    def status(self, row: Certificate) -> ocsp.OCSPResponse:
        """By the address in the certificate."""
        certificate, issuer = (
            x509.load_der_x509_certificate(bytes(der))
            for der in (row.der, row.authority.certificate_der)
        )
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
        url = next(
            one.access_location.value
            for one in access.value
            if one.access_method == x509.oid.AuthorityInformationAccessOID.OCSP
        )
        encoded = request.build().public_bytes(Encoding.DER)
        return ocsp.load_der_ocsp_response(self.ask(url, encoded))

    def listed(self, row: Certificate) -> x509.RevokedCertificate | None:
        """In the list that the certificate names."""
        certificate = x509.load_der_x509_certificate(bytes(row.der))
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
        names = points.value[0].full_name
        assert names is not None
        loaded = x509.load_der_x509_crl(self.ask(names[0].value))
        issuer = x509.load_der_x509_certificate(bytes(row.authority.certificate_der))
        assert loaded.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        return loaded.get_revoked_certificate_by_serial_number(certificate.serial_number)

    def has_list(self, authority: Authority) -> bool:
        """Whether the first one is there."""
        try:
            return bool(self.ask(authority.issuer_facts.crl_url))
        except (AssertionError, OSError):
            return False


@pytest.fixture
def relying(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Relying]:
    """The workers, and the status process beside them."""
    # The sweep alone takes so long where no bell is rung; by the settings ten seconds.
    monkeypatch.setenv("PUBLISH_SECONDS", "2")
    port = free_port()
    command = ["python", "manage.py", "status", "--port", str(port)]
    environment = {"DATABASE_URL": database_url(), "CA_PASSPHRASE": ""}
    with workers(tmp_path / "log"), running(command, environment, tmp_path / "status"):
        client = Relying(port)
        assert wait_until(lambda: client.has_list(authority)), (tmp_path / "log").read_text() + (
            tmp_path / "status"
        ).read_text()
        yield client


def test_the_next_answer_and_the_next_list_say_that_it_is_revoked(
    holder: Holder, relying: Relying
) -> None:
    assert settings.PUBLISH_SECONDS <= 30
    row = only(holder)
    # Twice: the second answer was made before.
    for _time in range(2):
        assert relying.status(row).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert relying.listed(row) is None
    revoke(Door.HOLDER, holder, [row], Ground.COMPROMISED)
    at = time.monotonic()
    answer = relying.status(row)
    answered = time.monotonic() - at
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert wait_until(lambda: relying.listed(row) is not None)
    listed = time.monotonic() - at
    entry = relying.listed(row)
    assert entry is not None
    assert entry.revocation_date_utc == answer.revocation_time_utc
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason == answer.revocation_reason == x509.ReasonFlags.key_compromise
    assert listed < 60
    print(f"answer after {answered:.3f} s, list after {listed:.1f} s")
    assert timezone.now() - entry.revocation_date_utc < timedelta(days=1)


def test_a_hold_and_its_end_are_told_as_fast(holder: Holder, relying: Relying) -> None:
    row = only(holder)
    revoke(Door.HOLDER, holder, [row], Ground.SUSPENDED)
    assert relying.status(row).revocation_reason is x509.ReasonFlags.certificate_hold
    assert wait_until(lambda: relying.listed(row) is not None)
    holding.release(row, actor=WORKER, now=timezone.now(), facts={})
    assert relying.status(row).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert wait_until(lambda: relying.listed(row) is None)
