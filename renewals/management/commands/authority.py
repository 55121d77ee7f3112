"""`manage.py authority …`: ceremonies with the authority's keys, one subcommand each."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from pki.errors import PKIError
from renewals.errors import RenewalError
from renewals.management.ceremonies import CEREMONIES


class Command(BaseCommand):
    """Each is safe to repeat: what is done already stays as it is, nothing is written over."""

    help = "create, show, check, back up, import, roll over and retire authorities"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A subcommand, and what it wants to know."""
        parsers = parser.add_subparsers(dest="ceremony", required=True)
        for name, ceremony in CEREMONIES.items():
            ceremony.add_arguments(parsers.add_parser(name, help=ceremony.help))

    def handle(self, *args: object, ceremony: str, **options: object) -> None:
        """Do it, and say what was done."""
        try:
            for line in CEREMONIES[ceremony].run(options):
                self.stdout.write(line)
        except (PKIError, RenewalError) as error:
            raise CommandError(f"{error.code} {error.facts}") from error
