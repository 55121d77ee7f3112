"""`python -m tests.e2e.enrol FILE IIN PASSWORD`: one more person for a running site."""

import sys
from pathlib import Path

import django

django.setup()

from cryptography import x509  # noqa: E402  # models need Django to be set up
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: E402

from pki.certificate import Purpose  # noqa: E402
from pki.models import Authority  # noqa: E402
from tests.renewals.people import enrol_holder  # noqa: E402

if __name__ == "__main__":
    path, iin, password = sys.argv[1:]
    holder = enrol_holder(Authority.objects.get(name="ec"), iin=iin)
    certificate = holder.certificates[Purpose.COMBINED]
    Path(path).write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"person",
            holder.keys[Purpose.COMBINED],
            x509.load_der_x509_certificate(bytes(certificate.der)),
            None,
            serialization.BestAvailableEncryption(password.encode()),
        )
    )
