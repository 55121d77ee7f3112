"""Ends of certificates are told: every threshold that has passed and was not told, the nearest
alone after a gap, one message a day to a person. Decides from what is true at this moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.channels.registry import CHANNELS
from notifications.delivering.quiet_hours import next_midnight
from notifications.kinds import Form, MessageKind
from notifications.models import Address, Countdown, Notice
from notifications.telling.countdowns import BATCH, begin_near, take_due
from notifications.telling.fanout import NewNotice, tell
from notifications.telling.schedule import ENDED, nearest_passed, next_moment
from notifications.telling.turns import Budget, take_turn
from notifications.words.standings import Need, standings
from renewals.organisation import head_of

SOURCE = "expiry"
# How soon to look again at one with an application under way.
LOOK_AGAIN = timedelta(hours=1)


def remind(*, now: datetime, budget: Budget) -> int:
    """Tell what is due, as far as the time goes. Returns how many notices were written."""
    begin_near(now=now, budget=budget)
    told = 0
    while budget.is_left:
        with transaction.atomic():
            rows = take_due(now=now) if take_turn(SOURCE) else []
            told += tell(list(_notices(rows, now=now)), now=now)
            _save(rows)
        if not rows:
            break
    return told


def _notices(rows: Sequence[Countdown], *, now: datetime) -> Iterator[NewNotice]:
    round_ = Round.of(rows, now=now)
    for group in _people(rows):
        yield from round_.person(group)
    yield from round_.heads(rows)


def _people(rows: Iterable[Countdown]) -> Iterator[list[Countdown]]:
    for _iin, group in groupby(rows, key=lambda row: row.certificate.iin):
        yield list(group)


def _save(rows: Sequence[Countdown]) -> None:
    # They are there: as an insert that becomes an update it takes a tenth of `bulk_update`.
    Countdown.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["told_days", "is_head_told", "next_at"],
        batch_size=BATCH,
    )


@dataclass(frozen=True)
class Round:
    """What a batch of countdowns has to know: the need of each, who was told today already."""

    now: datetime
    day: str
    needs: dict[int, Need]
    told_today: frozenset[str]
    has_short: frozenset[str]

    @classmethod
    def of(cls, rows: Sequence[Countdown], *, now: datetime) -> "Round":
        """Asked once for the whole batch."""
        day = timezone.localdate(now).isoformat()
        people = {row.certificate.iin for row in rows}
        numbers = {row.certificate.bin for row in rows if row.certificate.bin}
        keys = [_key(iin, day) for iin in people] + [_head_key(one, day) for one in numbers]
        short = [name for name, one in CHANNELS.items() if one.form is Form.SHORT]
        reachable = Address.objects.working().filter(channel__in=short, iin__in=people)
        return cls(
            now=now,
            day=day,
            needs=standings([row.certificate for row in rows], now=now),
            told_today=frozenset(Notice.objects.filter(key__in=keys).values_list("key", flat=True)),
            has_short=frozenset(reachable.values_list("iin", flat=True)),
        )

    def person(self, rows: Sequence[Countdown]) -> Iterator[NewNotice]:
        """What one person is told now; his rows are moved on, not yet saved."""
        due = [row for row in rows if self._is_due(row)]
        coming = [row for row in due if _nearest(row, self.now) != ENDED]
        chosen = coming or due
        if not chosen:
            return
        iin = chosen[0].certificate.iin
        key, tomorrow = _key(iin, self.day), next_midnight(self.now)
        if key in self.told_today:
            # Once a day; but who would hear of it too late hears of it today.
            chosen = [row for row in chosen if self.now < row.certificate.not_after < tomorrow]
            key = f"{key}:last"
        for row in due:
            if row not in chosen:
                row.next_at = tomorrow
        if chosen:
            yield from self._tell(iin, key, chosen)

    def _tell(self, iin: str, key: str, rows: Sequence[Countdown]) -> Iterator[NewNotice]:
        days = {row.pk: _nearest(row, self.now) or ENDED for row in rows}
        forms = frozenset(form for row in rows for form in _forms(row, days[row.pk]))
        for row in rows:
            _move_on(row, days[row.pk])
        if forms == {Form.SHORT} and iin not in self.has_short:
            return  # this threshold is told by a short text alone, and there is nowhere to send it
        least = min(days.values())
        yield NewNotice(
            key=key,
            iin=iin,
            kind=MessageKind.EXPIRY_ENDED if least == ENDED else MessageKind.EXPIRY_SOON,
            facts={"certificates": [row.certificate_id for row in rows], "days": least},
            forms=forms,
            ends_at=min(row.certificate.not_after for row in rows) if least != ENDED else None,
        )

    def _is_due(self, row: Countdown) -> bool:
        """Whether it is to be told; otherwise the row is moved on to when it may be."""
        nearest = _nearest(row, self.now)
        if nearest is None or (row.told_days is not None and row.told_days <= nearest):
            row.next_at = _next(row, row.told_days)
            return False
        match self.needs[row.certificate_id]:
            case Need.REVOKED | Need.REPLACED:
                # What has replaced it may be revoked in its turn: it is looked at again.
                _move_on(row, nearest)
                return False
            case Need.UNDER_WAY:
                row.next_at = self.now + LOOK_AGAIN
                return False
            case Need.BEGUN if nearest not in {*settings.EXPIRY_LAST_CALLS, ENDED}:
                row.next_at = self.now + LOOK_AGAIN
                return False
        return True

    def heads(self, rows: Sequence[Countdown]) -> Iterator[NewNotice]:
        """What the heads of organisations are told of their people, by name."""
        tomorrow = next_midnight(self.now)
        near = sorted(
            (row for row in rows if self._concerns_head(row)), key=lambda row: row.certificate.bin
        )
        for number, group in groupby(near, key=lambda row: row.certificate.bin):
            people = list(group)
            key, head = _head_key(number, self.day), head_of(number)
            if key in self.told_today:
                for row in people:
                    row.next_at = min(row.next_at or tomorrow, tomorrow)
                continue
            for row in people:
                row.is_head_told = True
            others = [row for row in people if head and row.certificate.iin != head.iin]
            if head and others:
                yield NewNotice(
                    key=key,
                    iin=head.iin,
                    kind=MessageKind.EXPIRY_PEOPLE,
                    facts={
                        "certificates": [row.certificate_id for row in others],
                        "bin": number,
                        "days": settings.EXPIRY_HEAD_DAYS,
                    },
                )

    def _concerns_head(self, row: Countdown) -> bool:
        nearest = _nearest(row, self.now)
        return (
            bool(row.certificate.bin)
            and not row.is_head_told
            and nearest is not None
            and ENDED < nearest <= settings.EXPIRY_HEAD_DAYS
            and self.needs[row.certificate_id] in {Need.NEEDED, Need.BEGUN}
        )


def _forms(row: Countdown, nearest: int) -> Iterator[Form]:
    """Those of the nearest threshold and of every one that was missed before it."""
    for days, names in settings.EXPIRY_THRESHOLDS.items():
        if nearest <= days and (row.told_days is None or days < row.told_days):
            yield from (Form(name) for name in names)


def _nearest(row: Countdown, now: datetime) -> int | None:
    return nearest_passed(row.certificate.not_after, settings.EXPIRY_THRESHOLDS, now=now)


def _next(row: Countdown, below: int | None) -> datetime | None:
    return next_moment(row.certificate.not_after, settings.EXPIRY_THRESHOLDS, below=below)


def _move_on(row: Countdown, told_days: int) -> None:
    row.told_days, row.next_at = told_days, _next(row, told_days)


def _key(iin: str, day: str) -> str:
    return f"expiry:{iin}:{day}"


def _head_key(number: str, day: str) -> str:
    return f"expiry-people:{number}:{day}"
