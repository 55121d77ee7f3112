"""`manage.py bounces`: reads what mail servers report about letters, from a mailbox or a pipe."""

import mailbox
import sys
from argparse import ArgumentParser
from collections import Counter
from email.errors import MessageError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from notifications.delivering.bounces import MAX_BYTES, parse_report
from notifications.delivering.returning import Returned, apply_report

Box = mailbox.Maildir | mailbox.mbox
UNREADABLE = (OSError, ValueError, LookupError, MessageError, RecursionError)
# sysexits.h: the mail server keeps the message and tries again.
TEMPORARY = 75


class Command(BaseCommand):
    """Without a mailbox one message comes on the standard input, as mail servers pipe it.

    Then it ends well for whatever is no report: the mail server must not send that back again.
    """

    help = "read reports about letters that could not be delivered"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where they are."""
        parser.add_argument("--mailbox", type=Path, help="an mbox file or a Maildir")
        parser.add_argument("--to", default="", help="the envelope's recipient, with a pipe")

    def handle(self, *args: object, mailbox: Path | None, to: str, **options: object) -> None:
        """Says how many of which kind; no addresses."""
        if mailbox is None:
            try:
                found = Counter([_apply(sys.stdin.buffer.read(MAX_BYTES), to=to)])
            except DatabaseError as error:
                raise CommandError(type(error).__name__, returncode=TEMPORARY) from error
        else:
            found = _read_box(mailbox)
        for kind in Returned:
            if found[kind]:
                self.stdout.write(f"{kind.value}: {found[kind]}")


def _apply(data: bytes, *, to: str = "") -> Returned:
    report = parse_report(data)
    return apply_report(report, now=timezone.now(), to=to) if report else Returned.STRANGE


def _read_box(path: Path) -> Counter[Returned]:
    """What was ours is removed, all else is marked as seen and left for people."""
    found: Counter[Returned] = Counter()
    box = _open(path)
    try:
        box.lock()
    except (mailbox.ExternalClashError, OSError) as error:
        box.close()
        raise CommandError(f"in use, try later: {path}", returncode=TEMPORARY) from error
    try:
        for key in list(box.keys()):
            result = _read_one(box, key)
            if result is not None:
                found[result] += 1
        box.flush()
    finally:
        box.unlock()
        box.close()
    return found


def _read_one(box: Box, key: str) -> Returned | None:
    """None for one that was seen before, or that somebody else has taken away."""
    try:
        seen = "S" if isinstance(box, mailbox.Maildir) else "R"
        message = box[key]
        if seen in message.get_flags():
            return None
        with box.get_file(key) as file:
            result = _apply(file.read(MAX_BYTES))
        if result is Returned.STRANGE:
            message.add_flag(seen)
            if isinstance(message, mailbox.MaildirMessage):
                message.set_subdir("cur")
            box[key] = message
        else:
            box.remove(key)
    except UNREADABLE:
        return Returned.STRANGE
    return result


def _open(path: Path) -> Box:
    try:
        if not path.is_dir():
            return mailbox.mbox(path, create=False)
        if all((path / name).is_dir() for name in ("cur", "new", "tmp")):
            return mailbox.Maildir(path, create=False)
        raise CommandError(f"no mailbox: {path}")
    except (mailbox.Error, OSError) as error:
        raise CommandError(f"no mailbox: {path}") from error
