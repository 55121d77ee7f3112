"""`back-up` and `restore`: one file that brings an authority back."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from renewals.management.ceremonies.base import Options, ours, who
from renewals.services.authority.backing_up import back_up
from renewals.services.authority.key_places import authority_place
from renewals.services.authority.restoring import read_backup, restore


class BackUp:
    """Everything but the passphrases."""

    help = "write an authority and those above it into a file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and where to."""
        parser.add_argument("authority")  # not "name": `call_command` mixes it up with --name
        parser.add_argument("--to", type=Path, required=True, help="a file that is not there yet")

    def run(self, options: Options) -> Iterator[str]:
        """Write it, and say what is not within."""
        missing = back_up(
            ours(options["authority"]), options["to"], actor=who(), now=timezone.now()
        )
        yield f"{options['authority']}: written to {options['to']}"
        yield "what opens its keys is not within: keep the passphrase apart"
        if missing:
            yield f"without keys that are not in files here ({authority_place()}):"
            yield from (f"  {name}" for name in missing)


class Restore:
    """What is there stays as it is."""

    help = "put back what is missing, from a back-up"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path)

    def run(self, options: Options) -> Iterator[str]:
        """Compare, then write what is missing."""
        backup = read_backup(options["file"])
        done = restore(backup, actor=who(), now=timezone.now())
        yield f"{backup.authority}: {', '.join(done) or 'nothing was missing'}"
        yield "revocations and people are in the database: restore that, too"
