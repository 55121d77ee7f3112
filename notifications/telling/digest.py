"""Once a week each head hears whose signatures in his organisation end within a month."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.kinds import MessageKind
from notifications.telling.fanout import NewNotice, tell
from notifications.telling.turns import Budget, take_turn
from notifications.words.endings import HORIZON, ending
from pki.models import Certificate
from renewals.organisation import head_of

SOURCE = "digest"
BATCH = 100
DONE = "done"


def tell_digests(*, now: datetime, budget: Budget) -> int:
    """Tell the heads that were not told this week. Returns how many notices were written.

    The position is the week and the last organisation that was looked at, so that a run that is
    cut short goes on where it was; a week that nobody worked is told late, not twice.
    """
    week, told = week_of(now), 0
    while budget.is_left:
        with transaction.atomic():
            turn = take_turn(SOURCE)
            if turn is None or turn.position == f"{week}:{DONE}":
                break
            begun, _colon, reached = turn.position.partition(":")
            numbers = _organisations(reached if begun == week else "", now=now)
            new = [one for number in numbers if (one := _digest(number, week, now=now))]
            told += tell(new, now=now)
            turn.position = f"{week}:{numbers[-1] if numbers else DONE}"
            turn.save(update_fields=["position"])
    return told


def week_of(now: datetime) -> str:
    """The week whose digest is due: `2026-W48`, from its weekday and hour on (Asia/Almaty)."""
    shift = timedelta(days=settings.DIGEST_WEEKDAY, hours=settings.DIGEST_HOUR)
    year, week, _day = (timezone.localtime(now) - shift).isocalendar()
    return f"{year}-W{week:02d}"


def _organisations(after: str, *, now: datetime) -> list[str]:
    """The BINs of a batch with anybody near the end, in their order."""
    rows = Certificate.objects.filter(not_after__gt=now, not_after__lte=now + HORIZON)
    found = rows.filter(bin__gt=after).order_by("bin").values_list("bin", flat=True).distinct()
    return list(found[:BATCH])


def _digest(number: str, week: str, *, now: datetime) -> NewNotice | None:
    """None where nobody is the head, or nobody but himself is near the end."""
    head = head_of(number)
    if head is None or all(row.iin == head.iin for row in ending([number], now=now)):
        return None
    return NewNotice(
        key=f"digest:{number}:{week}",
        iin=head.iin,
        kind=MessageKind.EXPIRY_DIGEST,
        facts={"bin": number, "week": week},
    )
