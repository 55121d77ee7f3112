"""`manage.py notices`: what is due, sent, waiting and failed, by channel; sends again by id."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db.models import Count, Q
from django.utils import timezone

from notifications.channels.registry import CHANNELS
from notifications.delivering.delivery import resend
from notifications.kinds import DeliveryState
from notifications.models import Delivery, Provider

DAY = timedelta(days=1)
SHOWN = 20


class Command(BaseCommand):
    """No names and no whole addresses: an operator's terminal is seen by others."""

    help = "show what is on its way, or send again"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Nothing, or what to send again."""
        parser.add_argument("--resend", type=int, nargs="+", metavar="ID", default=[])

    def handle(self, *args: object, **options: list[int]) -> None:
        """Send again first, so that the figures include it."""
        chosen = options["resend"]
        if chosen:
            done = resend(chosen, now=timezone.now())
            self.stdout.write(f"{done} of {len(chosen)} will be sent again")
        self._count()
        self._show_failed()

    def _count(self) -> None:
        now = timezone.now()
        waiting = Q(state=DeliveryState.WAITING.value)
        rows = Delivery.objects.values("channel").annotate(
            due=Count("id", filter=waiting & Q(due_at__lte=now)),
            waiting=Count("id", filter=waiting & Q(due_at__gt=now)),
            sending=Count("id", filter=Q(state=DeliveryState.SENDING.value)),
            sent=Count("id", filter=Q(sent_at__gt=now - DAY)),
            failed=Count("id", filter=Q(state=DeliveryState.FAILED.value)),
        )
        rests = dict(
            Provider.objects.filter(waits_until__gt=now).values_list("channel", "waits_until")
        )
        self.stdout.write("channel     due  waiting  sending  sent (24 h)  failed")
        for row in rows.order_by("channel"):
            self.stdout.write(
                "{channel:8} {due:6} {waiting:8} {sending:8} {sent:12} {failed:7}".format(**row)
                + (
                    f"  waits until {rests[row['channel']]:%H:%M} UTC"
                    if row["channel"] in rests
                    else ""
                )
            )

    def _show_failed(self) -> None:
        failed = Delivery.objects.filter(state=DeliveryState.FAILED.value).select_related("notice")
        for row in failed[:SHOWN]:
            channel = CHANNELS.get(row.channel)
            self.stdout.write(
                f"{row.pk}: {row.notice.kind if row.notice else 'contact-code'} "
                f"to {channel.mask(row.to) if channel else '?'}, {row.created_at:%Y-%m-%d}: "
                f"{row.error}"
            )
