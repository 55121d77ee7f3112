"""`manage.py audit`: verify what happened, give it out, sign its head now."""

import getpass
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pki.errors import PKIError
from renewals.actor import Actor, ActorKind
from renewals.audit.chain import Break, Fault
from renewals.audit.errors import AuditError
from renewals.services import auditing, checkpointing, second_place

REASONS: dict[Fault, str] = {
    Fault.CHANGED: "it is not what was written",
    Fault.MISSING: "it is missing",
    Fault.MOVED: "another record stands in its place",
    Fault.INSERTED: "it was put in",
    Fault.CUT: "it and those after it are missing",
    Fault.RESTORED: "it is missing: the database is older than a checkpoint",
    Fault.HEAD: "the head of the chain does not name the newest record",
    Fault.FORGED: "from here on the chain is not the one that was signed",
    Fault.CHECKPOINT: "a checkpoint is gone, was changed, or is not ours",
}


class Command(BaseCommand):
    """`verify` ends with 0 when every record fits, with 1 and the first that does not."""

    help = "verify the chain of events, give it out, or sign a checkpoint"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help="is every record what was written?")
        verify.add_argument(
            "--checkpoints", help="a folder with checkpoints; without it, the configured place"
        )
        export = acts.add_parser("export", help="one line of JSON for each record")
        export.add_argument("--from", dest="first", type=int, default=1, help="a number")
        export.add_argument("--to", help="a file that is not there yet; without it, the output")
        acts.add_parser("checkpoint", help="sign the head now")

    def handle(
        self,
        *args: object,
        act: str,
        checkpoints: str | None = None,
        first: int = 1,
        to: str | None = None,
        **options: object,
    ) -> None:
        """One of three."""
        try:
            if act == "verify":
                self._verify(_place(checkpoints))
            elif act == "export":
                _export(first, to)
            else:
                self._checkpoint()
        except (AuditError, PKIError) as error:
            raise CommandError(f"{error.code} {error.facts}") from error

    def _verify(self, place: Storage) -> None:
        seen = auditing.verify(place)
        if seen.found is not None:
            raise CommandError(describe(seen.found))
        self.stdout.write(f"{seen.events} events, {seen.checkpoints} checkpoints, {seen.digest}")

    def _checkpoint(self) -> None:
        made = checkpointing.make(now=timezone.now())
        if made is None:
            raise CommandError("nothing to sign, or no keys in this process")
        checkpointing.write_due(now=timezone.now())
        made.refresh_from_db()
        if made.written_at is None:
            raise CommandError("signed, but the second place did not take it")
        self.stdout.write(made.name)


def describe(found: Break) -> str:
    """The record and the reason, in one line."""
    name = f" ({found.name})" if found.name else ""
    return f"record {found.sequence}: {found.fault.value}: {REASONS[found.fault]}{name}"


def _place(folder: str | None) -> Storage:
    if folder is None:
        return second_place.configured()
    if not Path(folder).is_dir():
        raise CommandError(f"not a folder: {folder}")
    return FileSystemStorage(location=folder)


def _export(first: int, to: str | None) -> None:
    actor = Actor(ActorKind.SYSTEM, name=f"command, {getpass.getuser()}")
    with _output(to) as output:
        for line in auditing.export(actor=actor, after=first - 1, now=timezone.now()):
            output.write(line)


def _output(to: str | None) -> BinaryIO:
    """Readable by nobody else, and never over another file."""
    if to is None:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    try:
        return os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise CommandError(f"{to}: {error.strerror}") from error
