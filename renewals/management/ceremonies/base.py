"""What all subcommands have in common: arguments, lines that they print, who acts."""

import getpass
import os
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.core.management.base import CommandError

from pki.models import Authority
from renewals.actor import Actor, ActorKind
from renewals.authority_errors import AuthorityUnknownError

# As `argparse` gives them; each subcommand knows its own.
Options = Mapping[str, Any]


class Ceremony(Protocol):
    """One subcommand."""

    help: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What it wants to know."""

    def run(self, options: Options) -> Iterator[str]:
        """Do it; lines for the terminal. Raises `PKIError`, `RenewalError`, `CommandError`."""


def who() -> Actor:
    """Whoever has this terminal: the name of the system's user, for the event."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return Actor(kind=ActorKind.SYSTEM, name=name)


def moment(text: str) -> datetime:
    """Read ISO 8601 with a time zone. Raises `CommandError`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"not a moment: {text!r}") from error
    if found.tzinfo is None:
        raise CommandError(f"a moment without a time zone: {text!r}")
    return found.astimezone(UTC)


def ours(name: str) -> Authority:
    """The row of an authority whose key we hold. Raises `AuthorityUnknownError`."""
    row = Authority.objects.ours().filter(name=name).first()
    if row is None:
        raise AuthorityUnknownError(name=name)
    return row
