"""`python -m tests.e2e.staff FOLDER BIN PASSWORD [IIN:ROLE[:applied]] …`: an organisation's people.

Each gets a key file `IIN.p12`; with `:applied` his application waits for an approver already.
Prints IIN and number of every application by lines.
"""

import sys
from pathlib import Path

import django

django.setup()

from cryptography import x509  # noqa: E402  # models need Django to be set up
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: E402

from pki.certificate import Purpose, Role  # noqa: E402
from pki.models import Authority  # noqa: E402
from tests.renewals.people import enrol_holder  # noqa: E402


def main(folder: Path, bin_: str, password: str, people: list[str]) -> None:
    """One after the other."""
    authority = Authority.objects.get(name="ec")
    for one in people:
        iin, role, *applied = one.split(":")
        holder = enrol_holder(
            authority,
            iin=iin,
            roles=(Role.LEGAL_ENTITY, Role(role)),
            organisation=(f"ТОО «Ұйым {bin_[-4:]}»", bin_),
        )
        (folder / f"{iin}.p12").write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"person",
                holder.keys[Purpose.COMBINED],
                x509.load_der_x509_certificate(bytes(holder.certificates[Purpose.COMBINED].der)),
                None,
                serialization.BestAvailableEncryption(password.encode()),
            )
        )
        if applied:
            print(iin, holder.submit().number)  # this is what it is called for


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
