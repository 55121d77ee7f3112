"""People of an organisation as rows alone: many of them, fast, with no certificate behind.

Whoever parses one of these certificates fails.
"""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pki.certificate import Purpose, Role, Storage
from pki.models import Authority, Certificate, Revocation
from renewals.machine import State
from renewals.models import Renewal, Request

# A morning in Almaty, in the middle of a month.
NOW = datetime(2026, 11, 16, 5, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
BIN, OTHER_BIN = "260140000005", "260240000008"
PAIR = (Purpose.AUTH, Purpose.SIGN)


@dataclass
class Payroll:
    """One organisation."""

    authority: Authority
    bin: str = BIN
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def iin(self, number: int) -> str:
        """Twelve digits, in the order of the numbers."""
        return f"{number:012d}"

    def add(
        self,
        number: int,
        ends_in: timedelta,
        *purposes: Purpose,
        name: str = "СЕЙТҚАЛИ АЙГҮЛ",
        role: Role = Role.EMPLOYEE,
        now: datetime = NOW,
        revoked: timedelta | None = None,
    ) -> list[Certificate]:
        """One certificate for each purpose, one for both without any; `revoked` so long ago."""
        rows = [
            Certificate.objects.create(
                authority=self.authority,
                serial_hex=secrets.token_hex(16),
                der=b"no certificate",
                fingerprint=secrets.token_hex(32),
                spki_sha256=secrets.token_hex(32),
                iin=self.iin(number),
                bin=self.bin,
                common_name=name,
                organisation="ТОО",
                purpose=purpose.value,
                storage=Storage.FILE.value,
                roles=[Role.LEGAL_ENTITY.value, role.value],
                company_role=role.value,
                key_kind="P-256",
                not_before=now + ends_in - YEAR,
                not_after=now + ends_in,
            )
            for purpose in purposes or (Purpose.COMBINED,)
        ]
        if revoked is not None:
            self.revoke(*rows, at=now - revoked)
        return rows

    def revoke(self, *rows: Certificate, at: datetime = NOW) -> None:
        """By our own records."""
        for row in rows:
            Revocation.objects.create(
                authority=row.authority,
                serial_hex=row.serial_hex,
                revoked_at=at,
                reason="affiliationChanged",
            )

    def apply(
        self,
        old: Certificate,
        state: State = State.AWAITING_APPROVAL,
        *,
        new: Certificate | None = None,
        now: datetime = NOW,
    ) -> Renewal:
        """An application for it in this state; `new` is what was issued."""
        issued = state in {State.ISSUED, State.INSTALLED} or new is not None
        renewal = Renewal.objects.create(
            number=f"2026-{next(self.numbers):08d}",
            state=state.value,
            state_since=now,
            holder_iin=old.iin,
            holder_name=old.common_name,
            bin=old.bin,
            organisation=old.organisation,
            certificate=old,
            opened_at=now,
            submitted_at=None if state is State.DRAFT else now,
            issued_at=now if issued else None,
        )
        Request.objects.create(
            renewal=renewal,
            purpose=old.purpose,
            old_certificate=old,
            certificate=new,
            is_open=renewal.is_open,
            installed_at=now if state is State.INSTALLED else None,
        )
        return renewal
