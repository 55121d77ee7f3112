"""`python -m tests.e2e.containers FOLDER IIN PASSWORD`: containers to check, in files.

Of IIN, who gets a key file as well; of an organisation, approved by whom the head trusts, and
refused; an altered one, and one with the form of another application. Prints IIN's number.
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
from renewals.models import Verdict  # noqa: E402
from tests.renewals.evidence.containers import keep, lie  # noqa: E402
from tests.renewals.people import (  # noqa: E402
    DAYS_LEFT,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

ORGANISATION = ("ТОО «Ұзақ атауы бар серіктестік және бірлесіп жұмыс істейтіндер»", "260140000415")


def main(folder: Path, iin: str, password: str) -> None:
    """One of each kind."""
    authority = Authority.objects.get(name="ec")
    holder = enrol_holder(authority, iin=iin)
    own = keep(holder.submit())
    _write_key(folder / f"{iin}.p12", holder, password)
    (folder / "own.asice").write_bytes(own.data)
    head = enrol_employee(authority, Role.HEAD, iin=iin_of(401), organisation=ORGANISATION)
    deputy = enrol_employee(
        authority, Role.SIGNING_RIGHT, iin=iin_of(402), organisation=ORGANISATION
    )
    applications = [
        enrol_employee(
            authority,
            Role.EMPLOYEE,
            iin=iin_of(410 + number),
            days_left=DAYS_LEFT,
            organisation=ORGANISATION,
        ).submit()
        for number in range(2)
    ]
    head.delegate(deputy)
    deputy.approve(applications[0])
    refusal = head.state(
        applications[1], verdict=Verdict.REJECT, reason="other", note="Больше не работает у нас"
    )
    head.decide(refusal, verdict=Verdict.REJECT)
    approved, refused = (keep(renewal) for renewal in applications)
    altered = bytearray(own.data)
    altered[len(altered) // 2] ^= 1
    for name, data in (
        ("approved", approved.data),
        ("refused", refused.data),
        ("altered", bytes(altered)),
        ("torn", lie(own, {"form.pdf": refused.files["form.pdf"]})),
    ):
        (folder / f"{name}.asice").write_bytes(data)
    print(own.renewal.number)  # this is what it is called for


def _write_key(path: Path, holder: Holder, password: str) -> None:
    certificate = x509.load_der_x509_certificate(bytes(holder.certificates[Purpose.COMBINED].der))
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"person",
            holder.keys[Purpose.COMBINED],
            certificate,
            None,
            serialization.BestAvailableEncryption(password.encode()),
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
