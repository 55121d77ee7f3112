"""`manage.py demo`: authorities, people and key files to look at the product with."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cabinet.demo.applications import make_applications
from cabinet.demo.cast import CAST, INDIVIDUALS, ORGANISATION
from cabinet.demo.contacts import make_contacts
from cabinet.demo.key_files import KeyFile, make_cast
from cabinet.models import OPERATORS, User
from notifications.telling.events import begin_here
from pki.models import Authority
from renewals.services.authority.key_places import authority_place

# Old enough to have issued what has expired in the meantime.
AUTHORITY_AGE = timedelta(days=3 * 365)


class Command(BaseCommand):
    """Safe to repeat: what is there stays as it is."""

    help = "make the demo cast and print it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the key files go."""
        parser.add_argument("--directory", type=Path, default=settings.BASE_DIR / "var" / "demo")

    def handle(self, *args: object, directory: Path, **options: object) -> None:
        """Authorities first, then the people, then who of them is an operator."""
        now = timezone.now()
        for profile in ("rsa", "ec"):
            call_command(
                "authority",
                "create",
                profile=profile,
                name=profile,
                valid_from=(now - AUTHORITY_AGE).isoformat(),
                verbosity=0,
            )
        place = authority_place()
        if not place.is_open:
            raise CommandError(f"{place.opened_by} is not set: this process cannot sign")
        authorities = {name: Authority.objects.get(name=name) for name in ("rsa", "ec")}
        make_cast(directory=directory, authorities=authorities, now=now)
        # That they were given certificates long ago is no news.
        begin_here()
        make_contacts(now=now)
        make_applications(directory=directory, now=now)
        # Once more: the applications have left new files.
        files = make_cast(directory=directory, authorities=authorities, now=now)
        self._appoint()
        self._print(files)

    def _appoint(self) -> None:
        group, _created = Group.objects.get_or_create(name=OPERATORS)
        for person in CAST:
            if person.is_operator:
                name = f"{person.surname} {person.given_name}"
                user, _created = User.objects.get_or_create(iin=person.iin, defaults={"name": name})
                user.groups.add(group)

    def _print(self, files: list[KeyFile]) -> None:
        for person in CAST:
            if person is CAST[len(INDIVIDUALS)]:
                self.stdout.write("\n--- {} (BIN {})".format(*ORGANISATION))
            self.stdout.write(f"\n{person.surname} {person.given_name}: {person.what}")
            self.stdout.write(f"  password {person.password}")
            for file in files:
                if file.person is person:
                    self.stdout.write(f"  {file.path}")
        self.stdout.write("")
