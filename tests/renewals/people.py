"""Holders with real keys and certificates of a real authority, and what they sign and ask for."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from pki.certificate import Purpose, Role, Storage
from pki.models import Authority, Certificate
from pki.subject import build_subject
from renewals.actor import WORKER, Actor, ActorKind
from renewals.models import Renewal, Statement
from renewals.services import application, installing, opening
from renewals.services.enrolling import Enrolment, enrol

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS_LEFT = timedelta(days=12)
TERM = timedelta(days=365)
IIN, OTHER_IIN = "010203300005", "050607650004"


@dataclass
class Holder:
    """A person with certificates by purpose and the keys behind them."""

    iin: str
    certificates: dict[Purpose, Certificate]
    keys: dict[Purpose, Key]
    new_keys: dict[Purpose, Key] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Signed in by the first certificate."""
        certificate = next(iter(self.certificates.values()))
        return Actor.from_certificate(certificate.facts, ActorKind.HOLDER)

    @property
    def signing(self) -> Purpose:
        """Of a pair, the one for signing."""
        return Purpose.SIGN if Purpose.SIGN in self.certificates else Purpose.COMBINED

    def sign(self, statement: Statement, purpose: Purpose | None = None) -> bytes:
        """By a present key."""
        used = purpose or self.signing
        return sign(statement.text, self.keys[used], self.certificates[used])

    def sign_new(self, statement: Statement, renewal: Renewal) -> list[bytes]:
        """By every new key with its issued certificate."""
        return [
            sign(statement.text, self.new_keys[Purpose(row.purpose)], row.certificate)
            for row in renewal.requests.select_related("certificate")
            if row.certificate is not None
        ]

    def make_requests(self) -> dict[str, bytes]:
        """A new key and its request for every certificate."""
        self.new_keys = {purpose: ec_key() for purpose in self.certificates}
        return {purpose.value: request_for(key) for purpose, key in self.new_keys.items()}

    # --- the journey, as far as a test needs it -----------------------------------------

    def open(self, now: datetime = NOW) -> Renewal:
        """A draft."""
        certificate = self.certificates[self.signing]
        return opening.open_renewal(actor=self.actor, certificate=certificate, now=now)

    def prepare(self, renewal: Renewal, now: datetime = NOW) -> Statement:
        """Data confirmed, keys made, statement given out."""
        application.describe(
            actor=self.actor, renewal=renewal, storage="file", confirmed=True, now=now
        )
        application.add_requests(
            actor=self.actor, renewal=renewal, requests=self.make_requests(), now=now
        )
        return application.state_application(renewal=renewal, language="ru", now=now)

    def submit(self, now: datetime = NOW) -> Renewal:
        """An application that waits for the worker."""
        renewal = self.open(now)
        statement = self.prepare(renewal, now)
        application.submit(
            actor=self.actor,
            renewal=renewal,
            statement_id=statement.pk,
            cms=self.sign(statement),
            now=now,
        )
        return renewal

    def install(self, renewal: Renewal, now: datetime = NOW) -> None:
        """The new keys sign their challenge."""
        statement = installing.state_installation(renewal=renewal, language="ru", now=now)
        installing.install(
            actor=self.actor,
            renewal=renewal,
            statement_id=statement.pk,
            signatures=self.sign_new(statement, renewal),
            now=now,
        )


def ec_key() -> ec.EllipticCurvePrivateKey:
    """A new P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def request_for(key: Key) -> bytes:
    """A PKCS#10 request, DER."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "new key")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def sign(text: str, key: Key, certificate: Certificate) -> bytes:
    """A detached CMS with signed attributes, DER."""
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    loaded = x509.load_der_x509_certificate(bytes(certificate.der))
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(text.encode())
        .add_signer(loaded, key, hashes.SHA256())
        .sign(Encoding.DER, options)
    )


def enrol_holder(
    authority: Authority,
    *,
    iin: str = IIN,
    purposes: tuple[Purpose, ...] = (Purpose.COMBINED,),
    roles: tuple[Role, ...] = (Role.INDIVIDUAL,),
    days_left: timedelta = DAYS_LEFT,
    organisation: tuple[str, str] = ("", ""),
    new_key: Callable[[], Key] = ec_key,
) -> Holder:
    """Somebody whose certificates were issued by the real road, long ago."""
    subject = build_subject(
        surname="СЕЙТҚАЛИ",
        given_name="АЙГҮЛ",
        patronymic="МАРАТҚЫЗЫ",
        iin=iin,
        organisation=organisation[0],
        bin=organisation[1],
    )
    keys: dict[Purpose, Key] = {purpose: new_key() for purpose in purposes}
    certificates = {
        purpose: enrol(
            Enrolment(subject.public_bytes(), spki_of(key), purpose, roles, Storage.FILE),
            authority=authority,
            actor=WORKER,
            now=NOW - TERM + days_left,
        )
        for purpose, key in keys.items()
    }
    return Holder(iin, certificates, keys)


def spki_of(key: Key) -> bytes:
    """The public key, DER."""
    return key.public_key().public_bytes(
        Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def as_base64(data: bytes) -> str:
    """For a form."""
    return base64.b64encode(data).decode()
