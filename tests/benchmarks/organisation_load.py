"""Organisations of any size in the database, and a head who is signed in, for measuring pages.

The head has a real certificate; all others are rows with random bytes where their DER would be,
so that whoever parses one of them fails.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cabinet.models import User
from cabinet.sign_in import BACKEND, CERTIFICATE_KEY, SEEN_AT_KEY, SIGNED_IN_AT_KEY
from pki.certificate import Purpose, Role, Storage
from pki.models import Authority, Certificate, Revocation
from renewals.machine import State
from renewals.models import Renewal, Request
from tests.renewals.people import enrol_holder

YEAR = timedelta(days=365)
PAIR = (Purpose.AUTH, Purpose.SIGN)
SURNAMES = ("СЕЙТҚАЛИ", "ОСПАНОВ", "ПЕТРОВА", "ЖҮНІСОВ", "ӘБЕНОВА", "КИМ", "ӨМІРБЕК", "ИВАНОВА")
NAMES = ("АЙГҮЛ", "ДАНИЯР", "ОЛЬГА", "ТИМУР", "САУЛЕ", "ВИКТОР", "ГҮЛНҰР", "ЕРЛАН")
BATCH = 2000


class Load:
    """Organisations with people who have two years of certificates behind them."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.dice = random.Random(1)
        self.people = 0
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command(
            "authority",
            "create",
            profile="ec",
            name="bench",
            valid_from=(self.now - 3 * YEAR).isoformat(),
            verbosity=0,
            stdout=StringIO(),
        )
        self.authority = Authority.objects.get(name="bench")

    def add_organisation(self, bin: str, size: int) -> Client:  # noqa: A002  # its own name
        """`size` people: nine of ten in force, renewed a while ago; the browser of their head."""
        head = enrol_holder(
            self.authority,
            iin=self._iin(),
            roles=(Role.LEGAL_ENTITY, Role.HEAD),
            organisation=(f"ТОО {bin}", bin),
            days_left=timedelta(days=200),
        )
        for start in range(0, size, BATCH):
            self._add_people(bin, min(BATCH, size - start))
        return self.browser(next(iter(head.certificates.values())))

    def browser(self, certificate: Certificate) -> Client:
        """Signed in by this certificate."""
        user, _created = User.objects.get_or_create(
            iin=certificate.iin, defaults={"name": certificate.common_name}
        )
        client = Client(headers={"Accept-Language": "ru"})
        client.force_login(user, backend=BACKEND)
        session = client.session
        session[CERTIFICATE_KEY] = certificate.pk
        session[SIGNED_IN_AT_KEY] = session[SEEN_AT_KEY] = self.now.timestamp()
        session.save()
        return client

    def _iin(self) -> str:
        self.people += 1
        return f"{self.people:012d}"

    def _add_people(self, bin: str, count: int) -> None:  # noqa: A002
        old: list[Certificate] = []
        new: list[Certificate] = []
        revoked: list[Certificate] = []
        for _one in range(count):
            pair = list(self._certificates(bin))
            old += pair[:2]
            chance = self.dice.random()
            if chance < 0.05:  # left: the last pair was revoked
                revoked += pair[2:]
            elif chance < 0.10:  # left earlier: nothing was issued any more
                pair = pair[:2]
            new += pair[2:]
        Certificate.objects.bulk_create([*old, *new])
        Revocation.objects.bulk_create(
            Revocation(
                authority=self.authority,
                serial_hex=row.serial_hex,
                revoked_at=self.now - timedelta(days=1),
                reason="affiliationChanged",
            )
            for row in revoked
        )
        self._renew(old, new)

    def _certificates(self, bin: str) -> Iterator[Certificate]:  # noqa: A002
        """A pair that is over and the pair after it."""
        iin, days = self._iin(), self.dice.randrange(1, 365)
        name = f"{self.dice.choice(SURNAMES)} {self.dice.choice(NAMES)}"
        for ends_at in (self.now + timedelta(days=days) - YEAR, self.now + timedelta(days=days)):
            for purpose in PAIR:
                yield self._certificate(iin, bin, name, purpose, ends_at)

    def _certificate(
        self,
        iin: str,
        bin: str,  # noqa: A002
        name: str,
        purpose: Purpose,
        ends_at: datetime,
    ) -> Certificate:
        return Certificate(
            authority=self.authority,
            serial_hex=self.dice.randbytes(17).hex(),
            der=self.dice.randbytes(1300),
            fingerprint=self.dice.randbytes(32).hex(),
            spki_sha256=self.dice.randbytes(32).hex(),
            iin=iin,
            bin=bin,
            common_name=name,
            organisation=f"ТОО {bin}",
            purpose=purpose.value,
            storage=Storage.FILE.value,
            roles=[Role.LEGAL_ENTITY.value, Role.SIGNING_RIGHT.value],
            company_role=Role.SIGNING_RIGHT.value,
            key_kind="P-256",
            not_before=ends_at - YEAR,
            not_after=ends_at,
        )

    def _renew(self, old: Sequence[Certificate], new: Sequence[Certificate]) -> None:
        """The applications by which the old pairs were replaced; the new ones follow in order."""
        after = {(row.iin, row.purpose): row for row in new}
        signed = [row for row in old if row.purpose == Purpose.SIGN.value]
        renewals = Renewal.objects.bulk_create(
            self._application(row) for row in signed if (row.iin, row.purpose) in after
        )
        of_person = {row.holder_iin: row for row in renewals}
        Request.objects.bulk_create(
            Request(
                renewal=of_person[row.iin],
                purpose=row.purpose,
                old_certificate=row,
                is_open=False,
                certificate=after[row.iin, row.purpose],
                installed_at=self.now - timedelta(days=20),
            )
            for row in old
            if row.iin in of_person
        )

    def _application(self, row: Certificate) -> Renewal:
        return Renewal(
            number=f"2026-{int(row.iin):08d}",
            state=State.INSTALLED.value,
            state_since=self.now,
            holder_iin=row.iin,
            holder_name=row.common_name,
            bin=row.bin,
            organisation=row.organisation,
            certificate=row,
            opened_at=self.now,
            submitted_at=self.now,
            issued_at=self.now,
        )
