"""An authority in the database, what it issues and revokes, and the keys of the status process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pki.certificate import parse_certificate
from pki.issuer.file_keys import write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.lint import lint
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import Authority, Certificate, Revocation, ServiceCertificate
from pki.profiles import ServiceKind, service_profile
from pki.revocation import Reason
from tests.pki.issuer.conftest import Made, make_authority, spki_of, write_pem

PASSPHRASE = "a passphrase of the status process"
SPKI = spki_of(NEW_KEYS["P-256"]())
KINDS = {"ec": "P-256", "rsa": "RSA-2048"}


def now() -> datetime:
    """To the second, as answers have it."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class StatusHouse:
    """`directory` has the folders `keys` and `published`, and root.pem and issuing.pem."""

    directory: Path
    made: Made
    root: Authority
    authority: Authority
    responders: list[ServiceCertificate] = field(default_factory=list)

    @property
    def issuer(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.made.new.issuing_der)

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def published(self) -> Path:
        return self.directory / "published"

    def issue(self, valid_from: datetime | None = None) -> Certificate:
        """To a person; the record, as the services write it."""
        plan = self.made.plan(SPKI, now=valid_from or now())
        return Certificate.objects.record(
            self.authority, parse_certificate(sign(plan, self.made.keys))
        )

    def end(self, certificate: Certificate, ended_at: datetime) -> None:
        """In the records alone: nothing else is asked."""
        Certificate.objects.filter(pk=certificate.pk).update(
            not_before=ended_at - timedelta(days=365), not_after=ended_at
        )

    def revoke(self, certificate: Certificate, reason: Reason = Reason.SUPERSEDED) -> Revocation:
        """As the services do."""
        return Revocation.objects.create(
            authority=self.authority,
            serial_hex=certificate.serial_hex,
            revoked_at=now(),
            reason=reason.value,
        )

    def release(self, certificate: Certificate) -> None:
        """From a hold, as the services do."""
        Revocation.objects.filter(serial_hex=certificate.serial_hex).delete()

    def roll(self, kind: ServiceKind = ServiceKind.OCSP) -> ServiceCertificate:
        """A new certificate for a service, at work at once."""
        made = self.add_responder(kind)
        made.save(force_insert=True)
        return made

    def add_responder(self, kind: ServiceKind = ServiceKind.OCSP) -> ServiceCertificate:
        """A certificate for a service, with a key of its own; the row is not written."""
        key = NEW_KEYS[KINDS[self.made.issuer.name]]()
        number = len(self.responders) + 1
        name = f"{self.authority.name}.{kind.value}{number}"
        plan = prepare(
            issuer=self.made.issuer,
            profile=service_profile(kind, longest=timedelta(days=3000)),
            subject_der=x509.Name(
                [x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{kind.value} {number} TEST")]
            ).public_bytes(),
            spki_der=spki_of(key),
            serial=new_serial(),
            now=now(),
        )
        lint(plan)
        der = sign(plan, self.made.keys)
        compare(plan, der)
        write_key(self.keys, name, key, PASSPHRASE)
        facts = parse_certificate(der)
        made = ServiceCertificate(
            pk=7000 + number,
            authority=self.authority,
            kind=kind.value,
            serial_hex=facts.serial_hex,
            certificate_der=der,
            key_name=name,
            not_before=facts.not_before,
            # The one that ends last is the newest.
            not_after=facts.not_after + timedelta(seconds=number),
        )
        self.responders.append(made)
        return made

    def settle(self) -> None:
        """Write the rows of all that stays, under the ids that the status process knows."""
        for row in (self.root, self.authority, *self.responders):
            row.save(force_insert=True)


def build_house(directory: Path, profile: str = "ec") -> StatusHouse:
    """With one responder. No row is written."""
    made = make_authority(profile, directory, now() - timedelta(days=900))
    (directory / "status").mkdir()
    root = Authority(
        pk=7001,
        name=f"{profile}-root",
        certificate_der=made.new.root_der,
        key_name=f"{profile}.root",
    )
    authority = Authority(
        pk=7002,
        name=profile,
        certificate_der=made.new.issuing_der,
        parent=root,
        key_name=profile,
        is_issuing=True,
    )
    house = StatusHouse(directory / "status", made, root, authority)
    house.published.mkdir()
    write_pem(house.directory / "root.pem", made.new.root_der)
    write_pem(house.directory / "issuing.pem", made.new.issuing_der)
    pems = [(house.directory / f"{name}.pem").read_text() for name in ("issuing", "root")]
    (house.directory / "chain.pem").write_text("".join(pems))
    house.add_responder()
    return house


def hashes_of(house: StatusHouse, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """Of the issuer's name and key, as `cryptography` makes them."""
    leaf = x509.load_der_x509_certificate(bytes(house.responders[0].certificate_der))
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf, house.issuer, algorithm).build()
    return built.issuer_name_hash, built.issuer_key_hash


def request_for(
    house: StatusHouse,
    certificate: Certificate | int,
    *,
    nonce: bytes | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    """An OCSPRequest, DER, as `cryptography` makes it; a number asks about that serial."""
    chosen = algorithm or hashes.SHA256()
    builder = ocsp.OCSPRequestBuilder()
    if isinstance(certificate, int):
        name_hash, key_hash = hashes_of(house, chosen)
        builder = builder.add_certificate_by_hash(name_hash, key_hash, certificate, chosen)
    else:
        leaf = x509.load_der_x509_certificate(bytes(certificate.der))
        builder = builder.add_certificate(leaf, house.issuer, chosen)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)
