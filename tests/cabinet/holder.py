"""A holder's browser in the tests: signs in, walks the journey with real keys and signatures."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pki.certificate import parse_certificate
from pki.models import Certificate
from renewals.actor import WORKER
from renewals.machine import Action
from renewals.models import Renewal, Statement
from renewals.services.moves import move_all
from tests.cabinet.people import AUTH, IIN, SIGN, YEAR, Issuer, Person

COMBINED = (AUTH[0], *SIGN)
JSON = {"Accept": "application/json"}
CONFIRMED = {"storage": "file", "data_right": "on", "key_held": "on"}


def row_of(person: Person) -> Certificate:
    """What the portal has written down of a certificate."""
    return Certificate.objects.get(fingerprint=parse_certificate(person.der).fingerprint)


@dataclass
class Holder:
    """Somebody who is signed in with `person`, and signs with `signer`."""

    issuer: Issuer
    person: Person
    signer: Person
    client: Client = field(default_factory=lambda: Client(headers={"Accept-Language": "en"}))
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)

    def sign_in(self, person: Person | None = None) -> None:
        """The two posts of the sign-in page."""
        challenge = self.client.post(reverse("challenge"), headers=JSON, secure=True).json()
        fields = {
            "statement": challenge["statement"],
            "cms": (person or self.person).sign(challenge["text"]),
        }
        reply = self.client.post(reverse("enter"), fields, headers=JSON, secure=True)
        assert reply.status_code == 200, reply.content

    def get(self, name: str, *args: object, **headers: str) -> HttpResponse:
        """Open a page."""
        return self.client.get(reverse(name, args=args), headers=headers or None, secure=True)  # type: ignore[return-value]

    def post(self, name: str, *args: object, **fields: object) -> HttpResponse:
        """What a form of the page sends."""
        return self.client.post(reverse(name, args=args), fields, secure=True)  # type: ignore[return-value]

    def ask(self, name: str, *args: object, **fields: object) -> HttpResponse:
        """What a script of the page sends."""
        return self.client.post(reverse(name, args=args), fields, headers=JSON, secure=True)  # type: ignore[return-value]

    def open(self, person: Person | None = None) -> Renewal:
        """Press «Renew»."""
        reply = self.post("open", certificate=row_of(person or self.signer).pk)
        assert reply.status_code == 302, reply.content
        return Renewal.objects.latest("id")

    def confirm(self, renewal: Renewal) -> HttpResponse:
        """Step 2."""
        return self.post("apply", renewal.number, **CONFIRMED)

    def requests(self, renewal: Renewal) -> dict[str, str]:
        """A new key and its request for every purpose."""
        found = {}
        for row in renewal.requests.all():
            key = self.keys[row.purpose] = ec.generate_private_key(ec.SECP256R1())
            request = (
                x509.CertificateSigningRequestBuilder()
                .subject_name(x509.Name([]))
                .sign(key, hashes.SHA256())
            )
            der = request.public_bytes(Encoding.DER)
            found[f"request_{row.purpose}"] = base64.b64encode(der).decode()
        return found

    def make_keys(self, renewal: Renewal) -> HttpResponse:
        """Step 3."""
        return self.ask("key", renewal.number, **self.requests(renewal))

    def read_statement(self, renewal: Renewal) -> Statement:
        """Open step 4 and see the text."""
        page = self.get("statement", renewal.number)
        assert page.status_code == 200, page
        return renewal.statements.get(pk=page.context["statement"].pk)  # type: ignore[attr-defined]

    def submit(self, renewal: Renewal, signer: Person | None = None) -> HttpResponse:
        """Step 4."""
        text = self.read_statement(renewal)
        cms = (signer or self.signer).sign(text.text)
        return self.ask("statement", renewal.number, statement=text.pk, cms=cms)

    def apply(self) -> Renewal:
        """Steps 1 to 4."""
        renewal = self.open()
        self.confirm(renewal)
        self.make_keys(renewal)
        reply = self.submit(renewal)
        assert reply.status_code == 200, reply.content
        renewal.refresh_from_db()
        return renewal

    def issue(self, renewal: Renewal) -> dict[str, Person]:
        """What the worker does, by the test's own authority. Returns the new keys."""
        issued = {}
        for row in renewal.requests.select_related("old_certificate"):
            usages = {"AUTH": AUTH, "SIGN": SIGN, "COMBINED": COMBINED}[row.purpose]
            person = self.issuer.issue(
                iin=renewal.holder_iin, usages=usages, key=self.keys[row.purpose]
            )
            row.certificate = row_of(person)
            row.save()
            issued[row.purpose] = person
        now = timezone.now()
        move_all(
            [renewal],
            Action.CLAIM,
            actor=WORKER,
            now=now,
            lease_token="t",  # names a lease, opens nothing
            lease_until=now + timedelta(minutes=1),
        )
        move_all([renewal], Action.ISSUE, actor=WORKER, now=now, issued_at=now)
        return issued

    def prove(self, renewal: Renewal, *people: Person) -> HttpResponse:
        """Step 5: the new keys sign the challenge."""
        challenge = self.ask("install-challenge", renewal.number).json()  # type: ignore[attr-defined]
        signatures = [person.sign(challenge["text"]) for person in people]
        return self.ask(
            "install", renewal.number, statement=challenge["statement"], signatures=signatures
        )

    def renew(self) -> tuple[Renewal, dict[str, Person]]:
        """The whole journey."""
        renewal = self.apply()
        issued = self.issue(renewal)
        reply = self.prove(renewal, *issued.values())
        assert reply.status_code == 200, reply.content
        renewal.refresh_from_db()
        return renewal, issued


def single(issuer: Issuer, iin: str = IIN, ends_in: timedelta = YEAR) -> Holder:
    """Signed in; one key for signing in and signing."""
    person = issuer.issue(iin=iin, usages=COMBINED, ends_in=ends_in)
    holder = Holder(issuer, person, person)
    holder.sign_in()
    return holder


def pair(issuer: Issuer, iin: str = IIN, ends_in: timedelta = YEAR) -> Holder:
    """Signed in; one key for signing in, another for signing."""
    holder = Holder(
        issuer,
        issuer.issue(iin=iin, usages=AUTH, ends_in=ends_in),
        issuer.issue(iin=iin, usages=SIGN, ends_in=ends_in),
    )
    holder.sign_in()
    return holder
