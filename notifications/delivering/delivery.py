"""Deliveries are taken, sent and written down: claim, send, record, one after the other.

At least once: what was sent and not written down is sent again under the same number. No
transaction is open while a provider is called.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from notifications.channels.base import Channel, Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.registry import CHANNELS
from notifications.delivering import breaker, claiming
from notifications.delivering.claiming import Claim, Sent, retry_after
from notifications.delivering.returning import fail_address
from notifications.models import Delivery, Notice
from notifications.telling.fanout import due_from
from notifications.telling.trouble import tell_operators
from notifications.telling.turns import Budget
from notifications.words.situation import Situation, gather
from notifications.words.writing import parcel_of

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# Nothing is begun in this part of a lease, its last 30 seconds: a call may hang for 20.
LAST_PART = 1 / 4
# So many are written down at once: what a worker that is killed sends a second time at most.
TOGETHER = 10
resend = claiming.resend


def deliver_due(*, clock: Clock, budget: Budget) -> int:
    """Send what is due on every channel, as far as the time goes. Returns how many were tried.

    A batch of each in turn, so that no channel waits for all that is due on another.
    """
    tried, busy = 0, list(CHANNELS.values())
    while busy and budget.is_left:
        for channel in tuple(busy):
            taken, goes_on = _deliver(channel, clock=clock)
            tried += taken
            if not goes_on:
                busy.remove(channel)
    return tried


def deliver_batch(channel: Channel, *, clock: Clock) -> int:
    """One batch over one connection. Returns how many were taken."""
    return _deliver(channel, clock=clock)[0]


def _deliver(channel: Channel, *, clock: Clock) -> tuple[int, bool]:
    """How many were taken, and whether there is sense in another batch now."""
    now = clock()
    allowed = breaker.allowance(channel.name, now=now)
    held = claiming.claim(channel.name, limit=allowed.limit, now=now) if allowed.limit else None
    if held is None or not held.rows:
        return 0, False
    return len(held.rows), _Batch(channel, held, clock, is_troubled=allowed.is_troubled).run()


@dataclass
class _Batch:
    channel: Channel
    held: Claim
    clock: Clock
    # Whether failures are counted that a success takes back.
    is_troubled: bool
    # Made and not yet written down; what was given up before it was made.
    sent: dict[int, tuple[Delivery, Parcel]] = field(default_factory=dict)
    handled: set[int] = field(default_factory=set)
    gave_up: bool = False
    # What has left and is not written down yet.
    left: list[Sent] = field(default_factory=list)

    def run(self) -> bool:
        """Send until the batch or the lease is over. False if the provider is away."""
        away = ""
        try:
            self._send()
        except ProviderAwayError as error:
            away = error.error
            logger.warning("%s: the provider is away: %s", self.channel.name, away)
            breaker.note_failure(self.channel.name, now=self.clock())
        except Exception:  # one that a channel cannot bear must not hold up all others
            logger.exception("%s: a batch broke off", self.channel.name)
            breaker.note_failure(self.channel.name, now=self.clock())
            for row in self._rest()[:1]:
                self._try_again(row, "could not be sent", now=self.clock())
        self._write_down()
        self._release(away)
        if self.gave_up:
            tell_operators(now=self.clock())
        return not away

    def _send(self) -> None:
        with closing(self.channel.open().send(self._parcels())) as outcomes:
            for outcome in outcomes:
                self._record(outcome)
                if self.is_troubled and not self._goes_on():
                    break

    def _parcels(self) -> Iterator[Parcel]:
        """Each is written at the moment when it is sent, from what is true then."""
        now = self.clock()
        notices = [row.notice for row in self.held.rows if row.notice is not None]
        situations = gather(notices, now=now)
        last = self.held.until - settings.NOTICE_LEASE * LAST_PART
        for row in self.held.rows:
            if self.clock() > last:
                return
            parcel = self._write(row, situations)
            if parcel is not None:
                self.sent[row.pk] = (row, parcel)
                yield parcel

    def _write(self, row: Delivery, situations: dict[int, Situation]) -> Parcel | None:
        now = self.clock()
        if not _is_true(row, row.notice, situations, now=now):
            self.handled.add(row.pk)
            claiming.write_dropped(row, self.held.token)
            return None
        situation = situations[row.notice.pk] if row.notice else None
        try:
            return parcel_of(row, situation, channel=self.channel, now=now)
        except Exception:  # one that cannot be written must not hold up all others
            logger.exception("delivery %s could not be written", row.pk)
            self._try_again(row, "could not be written", now=now)
            return None

    def _record(self, outcome: Outcome) -> None:
        row, parcel = self.sent[outcome.delivery_id]
        now = self.clock()
        match outcome.result:
            case Result.SENT:
                self._write_sent(row, parcel, outcome, now=now)
            case Result.TEMPORARY:
                self.is_troubled = True
                breaker.note_failure(self.channel.name, now=now)
                self._try_again(row, outcome.error, now=now)
            case Result.PERMANENT | Result.BAD_ADDRESS:
                self._give_up(
                    row, outcome.error, is_bad=outcome.result is Result.BAD_ADDRESS, now=now
                )

    def _write_sent(
        self, row: Delivery, parcel: Parcel, outcome: Outcome, *, now: datetime
    ) -> None:
        self.handled.add(row.pk)
        if self.is_troubled:
            breaker.note_success(self.channel.name)
            self.is_troubled = False
        is_code = row.verification_id is not None
        self.left.append(
            Sent(
                row,
                at=now,
                provider_id=outcome.provider_id[:100],
                subject="" if is_code else parcel.subject[:250],
                # A code is nobody's to read afterwards.
                body="" if is_code else parcel.text,
            )
        )
        if len(self.left) >= TOGETHER:
            self._write_down()

    def _write_down(self) -> None:
        if self.left:
            claiming.write_sent(self.left, self.held.token)
            self.left = []

    def _try_again(self, row: Delivery, error: str, *, now: datetime) -> None:
        if _is_hopeless(row, now=now):
            self._give_up(row, error, is_bad=False, now=now)
            return
        self.handled.add(row.pk)
        later = now + retry_after(row.attempts + 1)
        if row.verification_id is None:
            later = due_from(self.channel, later, ends_at=row.ends_at)
        claiming.write_again(row, self.held.token, error=error[:200], due_at=later, now=now)

    def _give_up(self, row: Delivery, error: str, *, is_bad: bool, now: datetime) -> None:
        self.handled.add(row.pk)
        self.gave_up = self.gave_up or not is_bad
        if claiming.holds(row, self.held.token):
            fail_address(row, error=error[:200], is_address_bad=is_bad, now=now)

    def _goes_on(self) -> bool:
        return breaker.allowance(self.channel.name, now=self.clock()).limit > 0

    def _rest(self) -> list[Delivery]:
        """What has no outcome yet; the first of them was in hand."""
        return [row for row in self.held.rows if row.pk not in self.handled]

    def _release(self, away: str) -> None:
        """What was not tried is given back; while the provider is away its time runs, too."""
        rest, now = self._rest(), self.clock()
        if not away:
            # As early as it was due: the clock may be ahead.
            claiming.release(rest, self.held.token, due_at=self.held.since)
            return
        for row in [row for row in rest if row is rest[0] or _is_hopeless(row, now=now)]:
            self._try_again(row, away, now=now)
        claiming.postpone(
            self._rest(),
            self.held.token,
            error=away[:200],
            due_at=now + retry_after(1),
            now=now,
        )


def _is_hopeless(row: Delivery, *, now: datetime) -> bool:
    return row.tried_at is not None and now - row.tried_at >= settings.NOTICE_GIVE_UP


def _is_true(
    row: Delivery, notice: Notice | None, situations: dict[int, Situation], *, now: datetime
) -> bool:
    if notice is None:
        return row.ends_at is None or now < row.ends_at
    return situations[notice.pk].is_true
