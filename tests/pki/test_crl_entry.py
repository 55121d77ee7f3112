"""Entries of lists: as the library that reads them understands them."""

import secrets
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pki import der
from pki.crl_entry import encode_entry
from pki.revocation import Reason
from tests.pki.factories import NOW, issuing


def read(*entries: bytes) -> list[x509.RevokedCertificate]:
    """Put into a list in place of its one entry; nobody asks for its signature."""
    blank = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuing().certificate.subject)
        .last_update(NOW)
        .next_update(NOW)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(issuing().key, hashes.SHA256())
    )
    fields = der.children(blank.tbs_certlist_bytes)
    content = b"".join((*fields[:5], der.tlv(der.SEQUENCE, b"".join(entries)), *fields[5:]))
    rest = fields[1] + der.tlv(der.BIT_STRING, b"\0" + blank.signature)
    made = der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, content) + rest)
    return list(x509.load_der_x509_crl(made))


@pytest.mark.parametrize("serial", ["01", "7f", "80", "00ff", "0abc", "ff" * 20, "40" * 20])
def test_every_serial_number_is_read_as_it_was(serial: str) -> None:
    (entry,) = read(encode_entry(serial, NOW, Reason.SUPERSEDED))
    assert entry.serial_number == int(serial, 16)
    assert entry.revocation_date_utc == NOW


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_read_as_it_was(reason: Reason) -> None:
    (entry,) = read(encode_entry("40", NOW, reason))
    found = [extension.value for extension in entry.extensions]
    if reason is Reason.UNSPECIFIED:
        assert found == []
    else:
        assert found == [x509.CRLReason(x509.ReasonFlags(reason.value))]
        assert not entry.extensions[0].critical


def test_entries_are_those_of_the_library() -> None:
    for reason in (Reason.KEY_COMPROMISE, Reason.CERTIFICATE_HOLD, Reason.UNSPECIFIED):
        serial = secrets.token_hex(20)
        builder = (
            x509.RevokedCertificateBuilder()
            .serial_number(int(serial, 16) >> 1 or 1)
            .revocation_date(NOW)
        )
        if reason is not Reason.UNSPECIFIED:
            flag = x509.CRLReason(x509.ReasonFlags(reason.value))
            builder = builder.add_extension(flag, critical=False)
        number = f"{int(serial, 16) >> 1 or 1:040x}"
        assert encode_entry(number, NOW, reason) == _encoded(builder.build())


def _encoded(entry: x509.RevokedCertificate) -> bytes:
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuing().certificate.subject)
        .last_update(NOW)
        .next_update(NOW)
        .add_revoked_certificate(entry)
        .sign(issuing().key, hashes.SHA256())
    )
    return der.content(der.children(made.tbs_certlist_bytes)[5])


@pytest.mark.parametrize(("year", "tag"), [(2049, der.UTC_TIME), (2050, der.GENERALIZED_TIME)])
def test_the_form_of_the_time_follows_the_year(year: int, tag: int) -> None:
    moment = datetime(year, 6, 1, 12, 30, 15, 999, tzinfo=UTC)
    made = encode_entry("40", moment, Reason.SUPERSEDED)
    assert der.children(made)[1][0] == tag
    assert read(made)[0].revocation_date_utc == moment.replace(microsecond=0)
