"""`import`, `roll-over`, `retire`: who issues from when on."""

import getpass
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError
from django.utils import timezone

from pki.revocation import Reason
from renewals.management.ceremonies.base import Options, moment, ours, who
from renewals.services.authority.importing import (
    Foreign,
    read_certificates,
    read_foreign_key,
    take_over,
)
from renewals.services.authority.revoking import REASONS, revoke_own
from renewals.services.authority.rolling import retire, roll_over

# A name, not a secret.
PASSPHRASE_VARIABLE = "IMPORT_PASSPHRASE"  # noqa: S105


class Import:
    """An authority from elsewhere becomes ours."""

    help = "take over an authority: its certificate, and its key from a file or the token"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files; the key's own passphrase comes from the environment, a file, or the terminal."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--certificate", type=Path, required=True)
        parser.add_argument(
            "--key", type=Path, help="PEM, PKCS#8 or PKCS#12; without it, NAME in the token"
        )
        parser.add_argument("--chain", type=Path, help="who stands above it")
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            help=f"opens the key; or {PASSPHRASE_VARIABLE}; without both, it is asked for",
        )

    def run(self, options: Options) -> Iterator[str]:
        """Check and take over."""
        path = read_certificates(_read(options["certificate"]))[:1]
        if options["chain"]:
            path += read_certificates(_read(options["chain"]))
        key = None
        if options["key"]:
            key = read_foreign_key(_read(options["key"]), _passphrase(options["passphrase_file"]))
        row = take_over(options["name"], Foreign(tuple(path), key), actor=who(), now=timezone.now())
        yield f"{row.name}: imported; `authority services` makes what it lacks"


class RollOver:
    """A new authority beside the old one."""

    help = "make the authority that follows another, from a moment on"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, under which name, when."""
        parser.add_argument("authority")  # not "name": `call_command` mixes it up with --name
        parser.add_argument("--new", required=True, help="the name of the new one")
        parser.add_argument("--at", required=True, help="ISO 8601 with a time zone")
        parser.add_argument(
            "--new-root", action="store_true", help="a new root, too; both certify each other"
        )

    def run(self, options: Options) -> Iterator[str]:
        """Make it, and say what follows."""
        row = roll_over(
            ours(options["authority"]),
            options["new"],
            at=moment(options["at"]),
            new_root=options["new_root"],
            actor=who(),
            now=timezone.now(),
        )
        root = row.parent.name if row.parent else "nobody"
        yield f"{row.name} under {root} issues from {options['at']}"
        yield f"{options['authority']} issues until then, and answers until its end"
        yield "`authority services` makes what it lacks; back it up now"


class Retire:
    """It issues no more."""

    help = "end an authority's issuing; its lists and answers go on"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which."""
        parser.add_argument("authority")  # not "name": `call_command` mixes it up with --name
        parser.add_argument("--anyway", action="store_true", help="even if no other one issues")

    def run(self, options: Options) -> Iterator[str]:
        """At once."""
        row = ours(options["authority"])
        retire(row, anyway=options["anyway"], actor=who(), now=timezone.now())
        yield f"{row.name}: retired"


class Revoke:
    """A certificate of the authority's own."""

    help = "revoke a certificate of a service, or of an authority below a root"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and why."""
        parser.add_argument("serial", help="hex, with or without spaces and colons")
        parser.add_argument("--reason", required=True, choices=[one.value for one in REASONS])

    def run(self, options: Options) -> Iterator[str]:
        """For good."""
        serial = "".join(options["serial"].replace(":", "").split()).lower()
        reason = Reason(options["reason"])
        issuer = revoke_own(serial, reason=reason, actor=who(), now=timezone.now())
        yield f"{serial}: revoked, {reason.value}"
        yield f"the list of {issuer.name} tells it when it is made next: `authority lists`"
        yield "`authority services` makes a new certificate for a service"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _passphrase(path: Path | None) -> str:
    if path:
        return _read(path).decode().strip()
    if PASSPHRASE_VARIABLE in os.environ:
        return os.environ[PASSPHRASE_VARIABLE]
    return getpass.getpass("passphrase of the key: ")
