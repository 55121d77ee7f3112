"""`manage.py revoke SERIAL`: for the hour when no page can be used. The record names who ran it."""

import getpass
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pki.models import Certificate
from renewals.actor import Actor, ActorKind
from renewals.grounds import (
    ASKED_BY,
    GROUNDS,
    IDENTIFIED,
    AskedBy,
    Door,
    Ground,
    Identified,
    grounds_at,
)
from renewals.services.asking import NOTE_LENGTH
from renewals.services.revoking import revoke


class Command(BaseCommand):
    """The same rules and the same service as the operators' page, but without a signature."""

    help = "revoke or suspend certificates by serial number"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, why, who asked."""
        parser.add_argument("serial", nargs="+", help="hex, with or without spaces and colons")
        grounds = [ground.value for ground in grounds_at(Door.OPERATOR)]
        parser.add_argument("--ground", choices=grounds, required=True)
        parser.add_argument("--asked-by", choices=[one.value for one in ASKED_BY], required=True)
        parser.add_argument(
            "--identified", choices=[one.value for one in IDENTIFIED], required=True
        )
        parser.add_argument("--note", required=True, help="the paper, and what was asked for")
        parser.add_argument("--authority", default="", help="its name, where a number is not one")

    def handle(
        self,
        *args: object,
        serial: list[str],
        ground: str,
        asked_by: str,
        identified: str,
        note: str,
        authority: str,
        **options: object,
    ) -> None:
        """All of them, or none."""
        if not 0 < len(note.strip()) <= NOTE_LENGTH:
            raise CommandError(f"a note of 1 to {NOTE_LENGTH} characters is needed")
        now = timezone.now()
        found = [_find(one, authority) for one in serial]
        over = [row.serial_hex for row in found if row.not_after < now]
        if over:
            raise CommandError(f"their term is over: {', '.join(over)}")
        facts = {
            "ground": Ground(ground).value,
            "door": "command",
            "asked_by": AskedBy(asked_by).value,
            "identified": Identified(identified).value,
            "note": note.strip(),
        }
        actor = Actor(ActorKind.SYSTEM, name=f"command, {getpass.getuser()}")
        words = GROUNDS[Ground(ground)]
        changed = revoke(found, reason=words.reason, actor=actor, now=now, facts=facts)
        self.stdout.write(f"{changed} of {len(found)} changed: {words.reason.value}")


def _find(serial: str, authority: str) -> Certificate:
    digits = "".join(serial.replace(":", "").split()).lower()
    rows = Certificate.objects.filter(serial_hex=digits).exclude(authority__key_name="")
    if authority:
        rows = rows.filter(authority__name=authority)
    found = list(rows[:2])
    if len(found) != 1:
        raise CommandError(f"{'no' if not found else 'more than one'} certificate {serial!r}")
    return found[0]
