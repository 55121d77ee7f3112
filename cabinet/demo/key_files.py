"""Key files of the cast: certificates issued by the real road, files as authorities write them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from cabinet.demo.cast import CAST, TERM, Person
from pki.certificate import Purpose, Storage
from pki.models import Authority, Certificate
from pki.revocation import Reason
from pki.subject import build_subject
from renewals.actor import WORKER
from renewals.services.enrolling import Enrolment, enrol
from renewals.services.revoking import revoke

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PREFIX = {Purpose.AUTH: "AUTH_RSA256", Purpose.SIGN: "RSA256", Purpose.COMBINED: "EC256"}


@dataclass(frozen=True)
class KeyFile:
    """What one of the cast signs in with."""

    person: Person
    path: Path


def make_cast(
    *, directory: Path, authorities: dict[str, Authority], now: datetime
) -> list[KeyFile]:
    """Issue every missing certificate and write its key file. What is there stays."""
    directory.mkdir(parents=True, exist_ok=True)
    files: list[KeyFile] = []
    for person in CAST:
        known = sorted(directory.glob(f"{person.slug}/*.p12"))
        if not known or not Certificate.objects.filter(iin=person.iin).exists():
            for path in known:  # of a database that is gone
                path.unlink()
            known = list(_issue(person, directory, authorities[person.authority], now))
        files += [KeyFile(person, path) for path in known]
    return files


def _issue(person: Person, directory: Path, authority: Authority, now: datetime) -> Iterator[Path]:
    issued_at = now - TERM + timedelta(days=person.days_left)
    subject = build_subject(
        surname=person.surname,
        given_name=person.given_name,
        patronymic=person.patronymic,
        iin=person.iin,
        organisation=person.organisation[0],
        bin=person.organisation[1],
    )
    for purpose in person.purposes:
        key = _new_key(authority)
        enrolment = Enrolment(
            subject_der=subject.public_bytes(),
            spki_der=key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
            purpose=purpose,
            roles=person.roles,
            storage=Storage.FILE,
        )
        certificate = enrol(enrolment, authority=authority, actor=WORKER, now=issued_at)
        if person.is_revoked:
            revoke(
                [certificate],
                reason=Reason.KEY_COMPROMISE,
                actor=WORKER,
                now=now - timedelta(days=3),
            )
        yield _write(person, directory, key, certificate)


def _new_key(authority: Authority) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if authority.name == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def _write(
    person: Person,
    directory: Path,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    certificate: Certificate,
) -> Path:
    """RSA as the national authority writes it (SHA-1, 3DES), P-256 as OpenSSL 3 does."""
    folder = directory / person.slug
    folder.mkdir(exist_ok=True)
    purpose = Purpose(certificate.purpose)
    path = folder / f"{PREFIX[purpose]}_{certificate.spki_sha256[:8]}.p12"
    style = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(50_000)
    if isinstance(key, rsa.RSAPrivateKey):
        style = style.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(
            hashes.SHA1()  # noqa: S303  # what the files out there really carry
        )
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            certificate.common_name.encode(),
            key,
            x509.load_der_x509_certificate(bytes(certificate.der)),
            None,
            style.build(person.password.encode()),
        )
    )
    path.chmod(0o600)
    return path
