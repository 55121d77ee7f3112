"""`create` and `services`: a new authority, and what it seals, writes and answers by."""

from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import CommandError
from django.utils import timezone

from pki.models import Authority, ServiceCertificate
from pki.profiles import AUTHORITY_PROFILES
from renewals.management.ceremonies.base import Options, moment, who
from renewals.services.authority.certifying import complete, lacking
from renewals.services.authority.creating import MOST_PARTITIONS, create, open_place, require_name


class Create:
    """Safe to repeat: an authority that exists stays as it is, and gets what it lacks."""

    help = "make a root and the authority under it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which keys, which name, since when."""
        parser.add_argument("--profile", choices=sorted(AUTHORITY_PROFILES), required=True)
        parser.add_argument("--name", required=True, help="small letters, digits and hyphens")
        parser.add_argument(
            "--valid-from", default=None, help="ISO 8601 with a time zone; without it, now"
        )
        parser.add_argument(
            "--partitions",
            type=int,
            default=0,
            help="into how many parts its list is cut; 0: one whole list",
        )

    def run(self, options: Options) -> Iterator[str]:
        """Keys and rows, then what it seals and writes by."""
        name, now, done = options["name"], timezone.now(), []
        require_name(name)
        if not 0 <= options["partitions"] <= MOST_PARTITIONS:
            raise CommandError(f"not a number of parts: {options['partitions']}")
        begun = moment(options["valid_from"]) if options["valid_from"] else now
        if not Authority.objects.filter(name=name).exists():
            create(
                options["profile"],
                name,
                valid_from=begun,
                partitions=options["partitions"],
                actor=who(),
                now=now,
            )
            done.append("made")
        authority = Authority.objects.get(name=name)
        done += [_show(row) for row in _complete(authority)]
        if done:
            yield f"{name}: {', '.join(done)}, {open_place()}"
        else:
            yield f"{name}: exists already, nothing done"


class Services:
    """What the worker does by itself, at once."""

    help = "make the certificates of services that are lacking or about to end"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For all authorities."""

    def run(self, options: Options) -> Iterator[str]:
        """One line for each authority."""
        for authority in Authority.objects.issuing():
            done = ", ".join(_show(row) for row in _complete(authority))
            yield f"{authority.name}: {done or 'nothing is lacking'}"


def _complete(authority: Authority) -> list[ServiceCertificate]:
    """Keys are opened only where something is lacking."""
    now = timezone.now()
    if not any(row == authority for row, _kind in lacking(now=now)):
        return []
    return complete(authority, keys=open_place().holder(), actor=who(), now=now)


def _show(row: ServiceCertificate) -> str:
    return f"{row.kind} until {row.not_after:%Y-%m-%d}"
