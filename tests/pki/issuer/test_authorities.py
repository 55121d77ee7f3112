"""A root and the authority under it."""

import subprocess
from datetime import datetime, timedelta

from cryptography import x509

from pki.issuer.lint import pkilint_findings
from tests.pki.issuer.conftest import Made


def test_both_certificates_pass_pkilint(made: Made) -> None:
    assert pkilint_findings(made.new.root_der) == []
    assert pkilint_findings(made.new.issuing_der) == []


def test_openssl_accepts_the_path_strictly(made: Made) -> None:
    for name in ("root.pem", "issuing.pem"):
        command = ["openssl", "verify", "-x509_strict", "-check_ss_sig", "-attime"]
        command += [str(int(_start(made).timestamp()) + 1), "-CAfile", "root.pem", name]
        done = subprocess.run(
            command, cwd=made.directory, capture_output=True, text=True, check=False
        )
        assert done.stdout == f"{name}: OK\n", done.stderr


def test_they_say_that_they_are_a_test(made: Made) -> None:
    for certificate_der in (made.new.root_der, made.new.issuing_der):
        name = x509.load_der_x509_certificate(certificate_der).subject.rfc4514_string()
        assert "TEST" in name
        assert "NOT FOR REAL USE" in name


def test_the_root_lasts_20_years_and_the_other_10_within_it(made: Made) -> None:
    root = x509.load_der_x509_certificate(made.new.root_der)
    issuing = x509.load_der_x509_certificate(made.new.issuing_der)
    for certificate, days in ((root, 20 * 365), (issuing, 10 * 365)):
        length = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        assert length + timedelta(seconds=1) == timedelta(days=days)


def test_only_people_stand_under_the_issuing_authority(made: Made) -> None:
    for certificate_der, path_length in ((made.new.root_der, 1), (made.new.issuing_der, 0)):
        extensions = x509.load_der_x509_certificate(certificate_der).extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints)
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        assert constraints.critical
        assert (constraints.value.ca, constraints.value.path_length) == (True, path_length)
        assert usage.critical
        assert usage.value.key_cert_sign
        assert usage.value.crl_sign
        assert not usage.value.digital_signature


def _start(made: Made) -> datetime:
    return x509.load_der_x509_certificate(made.new.root_der).not_valid_before_utc
