"""Holders with real keys and certificates of a real authority, and what they sign and ask for."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from pki.certificate import Purpose, Role, Storage
from pki.identifiers import check_digit
from pki.models import Authority, Certificate
from pki.subject import build_subject
from renewals.actor import WORKER, Actor, ActorKind
from renewals.models import Mandate, Renewal, Statement, Verdict
from renewals.services import (
    application,
    deciding,
    delegating,
    dismissing,
    installing,
    opening,
)
from renewals.services.enrolling import Enrolment, enrol

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS_LEFT = timedelta(days=12)
TERM = timedelta(days=365)
IIN, OTHER_IIN = "010203300005", "050607650004"
NAME = ("СЕЙТҚАЛИ", "АЙГҮЛ", "МАРАТҚЫЗЫ")
ALMATY = ZoneInfo("Asia/Almaty")
TODAY = NOW.astimezone(ALMATY).date()
# Organisations that do not exist, name and BIN.
ORGANISATION = ('ТОО "Сарыарқа"', "260140000005")
OTHER_ORGANISATION = ('АО "Алатау"', "260240000009")


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

    # --- for the organisation -----------------------------------------------------------

    def state(
        self,
        *renewals: Renewal,
        verdict: Verdict = Verdict.APPROVE,
        reason: str = "",
        note: str = "",
        now: datetime = NOW,
    ) -> Statement:
        """A list to sign."""
        return deciding.state_decision(
            actor=self.actor,
            renewals=renewals,
            verdict=verdict,
            reason=reason,
            note=note,
            language="ru",
            now=now,
        )

    def decide(
        self,
        statement: Statement,
        cms: bytes | None = None,
        *,
        verdict: Verdict = Verdict.APPROVE,
        now: datetime = NOW,
    ) -> None:
        """Post the list, signed by a present key unless something else is given."""
        deciding.decide(
            actor=self.actor,
            verdict=verdict,
            statement_id=statement.pk,
            cms=self.sign(statement) if cms is None else cms,
            now=now,
        )

    def approve(self, *renewals: Renewal, now: datetime = NOW) -> None:
        """From the list to the decision."""
        self.decide(self.state(*renewals, now=now), now=now)

    def delegate(
        self,
        other: "Holder",
        *,
        starts_on: date = TODAY,
        ends_on: date = TODAY + timedelta(days=30),
        now: datetime = NOW,
    ) -> Mandate:
        """Give the right to approve."""
        statement = delegating.state_delegation(
            actor=self.actor,
            delegate_iin=other.iin,
            starts_on=starts_on,
            ends_on=ends_on,
            language="ru",
            now=now,
        )
        delegating.give(
            actor=self.actor, statement_id=statement.pk, cms=self.sign(statement), now=now
        )
        return Mandate.objects.get(signature__statement=statement)

    def end(self, mandate: Mandate, now: datetime = NOW) -> None:
        """Take the right to approve back."""
        statement = delegating.state_end(actor=self.actor, mandate=mandate, language="ru", now=now)
        delegating.end(
            actor=self.actor, statement_id=statement.pk, cms=self.sign(statement), now=now
        )

    def dismiss(self, other: "Holder", now: datetime = NOW) -> None:
        """Everything of the organisation that names the other is revoked."""
        statement = dismissing.state_dismissal(
            actor=self.actor, iin=other.iin, language="ru", now=now
        )
        dismissing.dismiss(
            actor=self.actor, statement_id=statement.pk, cms=self.sign(statement), now=now
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
    name: tuple[str, str, str] = NAME,
    new_key: Callable[[], Key] = ec_key,
) -> Holder:
    """Somebody whose certificates were issued by the real road, long ago."""
    subject = build_subject(
        surname=name[0],
        given_name=name[1],
        patronymic=name[2],
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


def enrol_employee(
    authority: Authority,
    *roles: Role,
    iin: str,
    days_left: timedelta = timedelta(days=200),
    organisation: tuple[str, str] = ORGANISATION,
    purposes: tuple[Purpose, ...] = (Purpose.COMBINED,),
    name: tuple[str, str, str] = NAME,
) -> Holder:
    """Somebody of an organisation; the more days are left, the newer is the certificate."""
    return enrol_holder(
        authority,
        iin=iin,
        purposes=purposes,
        roles=(Role.LEGAL_ENTITY, *roles),
        days_left=days_left,
        organisation=organisation,
        name=name,
    )


def iin_of(number: int) -> str:
    """A well-formed IIN, another one for every number below 1000."""
    first = f"9001013{number:03d}"
    return next(
        f"{first}{digit}{last}"
        for digit in range(10)
        if (last := check_digit(f"{first}{digit}")) is not None
    )


def spki_of(key: Key) -> bytes:
    """The public key, DER."""
    return key.public_key().public_bytes(
        Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def as_base64(data: bytes) -> str:
    """For a form."""
    return base64.b64encode(data).decode()
