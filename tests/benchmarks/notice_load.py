"""A million certificates in PostgreSQL, as rows alone, and people who are to be told."""

from datetime import datetime, timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from notifications.models import Address, Countdown
from pki.models import Authority
from renewals.actor import Actor, ActorKind
from renewals.events import EventKind
from renewals.services import journal

CERTIFICATES, DUE = 1_000_000, 10_000
# One of these at random where a certificate's DER would be: nobody reads it here.
FILL = """
INSERT INTO pki_certificate (
    authority_id, serial_hex, der, fingerprint, spki_sha256, iin, bin, common_name, organisation,
    purpose, storage, roles, company_role, key_kind, not_before, not_after, created_at
)
SELECT
    %(authority)s, md5(n::text), decode(repeat(md5(n::text), 20), 'hex'),
    md5(n::text) || md5((n + 1)::text), md5((n + 2)::text) || md5((n + 3)::text),
    lpad(n::text, 12, '0'), '', 'СЕЙТҚАЛИ АЙГҮЛ', '', 'COMBINED', 'file', '["individual"]', '',
    'P-256', %(now)s + n * %(step)s::interval - interval '365 days',
    %(now)s + n * %(step)s::interval, %(now)s
FROM generate_series(1, %(count)s) AS n
"""


class Load:
    """Ends spread evenly over a year; of those that are near, `DUE` were not told yet."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def fill(self, count: int = CERTIFICATES, due: int = DUE) -> None:
        """The certificates; the countdowns of those that were told, and of half of the others."""
        self._prepare()
        step = timedelta(days=365) / count
        values: dict[str, str | int | datetime] = {
            "authority": self.authority.pk,
            "now": self.now,
            "step": f"{step.total_seconds()} seconds",
            "count": count,
        }
        with connection.cursor() as cursor:
            cursor.execute(FILL, values)
            # The ids run with the ends.
            cursor.execute("SELECT min(id) FROM pki_certificate WHERE der IS NOT NULL")
            first = cursor.fetchone()[0]
        near = int(timedelta(days=30) / step)
        told = range(first, first + near - due // 2)
        Countdown.objects.bulk_create(
            (
                Countdown(
                    certificate_id=number,
                    told_days=30,
                    next_at=self.now - timedelta(hours=1)
                    if at < due - due // 2
                    else self.now + timedelta(days=1),
                )
                for at, number in enumerate(told)
            ),
            batch_size=5000,
        )
        self.analyse()

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0)
        call_command(
            "authority",
            "create",
            profile="ec",
            name="bench",
            valid_from=(self.now - timedelta(days=900)).isoformat(),
            verbosity=0,
            stdout=StringIO(),
        )
        self.authority = Authority.objects.get(name="bench")

    def analyse(self) -> None:
        """As the server does by itself after so many rows."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def reach_everybody(self, first: int, count: int) -> None:
        """An e-mail address for each of so many people."""
        Address.objects.bulk_create(
            (
                Address(
                    iin=f"{number:012d}",
                    channel="email",
                    value=f"p{number}@mail.example",
                    verified_at=self.now,
                )
                for number in range(first, first + count)
            ),
            batch_size=5000,
        )

    def happen(self, count: int, *, first: int = 1, at: datetime | None = None) -> None:
        """So many sign-ins from new devices, each of another person."""
        for start in range(first, first + count, 500):
            journal.append(
                [
                    journal.Entry(
                        EventKind.SIGN_IN_SUCCEEDED,
                        Actor(kind=ActorKind.HOLDER, iin=f"{number:012d}"),
                        facts={
                            "is_new_device": True,
                            "device": "Chrome, Windows",
                            "address": "192.0.2.7",
                        },
                    )
                    for number in range(start, min(start + 500, first + count))
                ],
                now=at or self.now,
            )
