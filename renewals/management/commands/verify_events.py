"""`manage.py verify_events`: is the chain of events whole?"""

from django.core.management.base import BaseCommand, CommandError

from renewals.models import Event, EventHead
from renewals.services.journal import first_broken


class Command(BaseCommand):
    """Exit status 0 when every row fits, 1 with the first that does not."""

    help = "verify the chain of events"

    def handle(self, *args: object, **options: object) -> None:
        """Walk the chain once, in batches."""
        broken = first_broken(Event.objects.order_by("sequence").iterator(chunk_size=2000))
        if broken is not None:
            raise CommandError(f"event {broken} does not fit the chain")
        head = EventHead.objects.filter(id=1).first()
        newest = Event.objects.order_by("-sequence").first()
        if (head.sequence if head else 0) != (newest.sequence if newest else 0):
            raise CommandError("the newest events are missing")
        self.stdout.write(f"{head.sequence if head else 0} events, {head.digest if head else '-'}")
