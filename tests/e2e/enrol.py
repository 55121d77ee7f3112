"""`python -m tests.e2e.enrol FOLDER IIN PASSWORD ec|rsa`: one more person for a running site.

`ec` is a single P-256 key, `rsa` an AUTH + SIGN pair.
"""

import sys
from pathlib import Path

import django

django.setup()

from cryptography import x509  # noqa: E402  # models need Django to be set up
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: E402

from cabinet.demo.key_files import PREFIX  # noqa: E402
from pki.certificate import Purpose  # noqa: E402
from pki.models import Authority  # noqa: E402
from tests.renewals.people import Key, ec_key, enrol_holder  # noqa: E402


def rsa_key() -> Key:
    """A new RSA-2048 key."""
    return rsa.generate_private_key(65537, 2048)


KINDS = {
    "ec": ((Purpose.COMBINED,), ec_key),
    "rsa": ((Purpose.AUTH, Purpose.SIGN), rsa_key),
}

if __name__ == "__main__":
    folder, iin, password, kind = sys.argv[1:]
    purposes, new_key = KINDS[kind]
    authority = Authority.objects.get(name=kind)
    holder = enrol_holder(authority, iin=iin, purposes=purposes, new_key=new_key)
    for purpose, certificate in holder.certificates.items():
        path = Path(folder) / f"{PREFIX[purpose]}_{certificate.spki_sha256[:8]}.p12"
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"person",
                holder.keys[purpose],
                x509.load_der_x509_certificate(bytes(certificate.der)),
                None,
                serialization.BestAvailableEncryption(password.encode()),
            )
        )
