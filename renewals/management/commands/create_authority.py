"""`manage.py create_authority`: a root and the authority under it, keys encrypted in files."""

import re
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from pki.authority import IssuerFacts
from pki.errors import PKIError
from pki.issuer.authorities import NewAuthority, certify_authority
from pki.issuer.keys import ROOT_SUFFIX
from pki.management.key_files import find_key
from pki.management.services import lacks_service, make_service
from pki.models import Authority
from pki.profiles import AUTHORITY_PROFILES, ServiceKind

# The name stands in the common name, which X.520 ends at 64 characters, and in file names.
NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
ROOT_NAME = "{name}-root"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"not a moment: {text!r}") from error
    if moment.tzinfo is None:
        raise CommandError(f"a moment without a time zone: {text!r}")
    return moment.astimezone(UTC)


class Command(BaseCommand):
    """Safe to repeat: an authority that exists stays as it is, and gets what it lacks."""

    help = "make a root and the authority under it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which keys, which name, since when."""
        parser.add_argument("--profile", choices=sorted(AUTHORITY_PROFILES), required=True)
        parser.add_argument("--name", required=True, help="small letters, digits and hyphens")
        parser.add_argument(
            "--valid-from", default=None, help="ISO 8601 with a time zone; without it, now"
        )

    def handle(
        self,
        *args: object,
        profile: str,
        name: str,
        valid_from: str | None,
        **options: object,
    ) -> None:
        """Keys first, then both rows in one transaction, then what it seals and writes by."""
        if not NAME.fullmatch(name) or name.endswith(ROOT_NAME.format(name="")):
            raise CommandError(f"not a name for an authority: {name!r}")
        done = []
        try:
            if not Authority.objects.filter(name=name).exists():
                _require_passphrase()
                self._create(profile, name, _moment(valid_from) if valid_from else timezone.now())
                done.append("made")
            done += self._complete(Authority.objects.get(name=name))
        except PKIError as error:
            raise CommandError(f"{error.code} {error.facts}") from error
        if done:
            self.stdout.write(f"{name}: {', '.join(done)}, keys in {settings.CA_KEY_DIRECTORY}")
        else:
            self.stdout.write(f"{name}: exists already, nothing done")

    def _complete(self, authority: Authority) -> list[str]:
        """The services that it lacks, or that are about to end. Says what was done."""
        if not authority.is_issuing:
            return []
        now = timezone.now()
        found = []
        for kind in ServiceKind:
            if lacks_service(authority, kind, now=now):
                _require_passphrase()
                made = make_service(authority, kind, now=now)
                found.append(f"{kind.value} until {made.not_after:%Y-%m-%d}")
        return found

    def _create(self, profile_name: str, name: str, valid_from: datetime) -> None:
        profile = AUTHORITY_PROFILES[profile_name]
        root_name = ROOT_NAME.format(name=name)
        root_key_name = f"{name}{ROOT_SUFFIX}"
        made = certify_authority(
            profile,
            root=IssuerFacts(
                name=root_name,
                certificate_der=b"",
                key_name=root_key_name,
                base_url=settings.PKI_BASE_URL.rstrip("/"),
            ),
            name=name,
            root_key=find_key(root_key_name, profile.root_key_kind),
            issuing_key=find_key(name, profile.issuing_key_kind),
            valid_from=valid_from,
        )
        _record(made, name=name, root_name=root_name, root_key_name=root_key_name)


def _require_passphrase() -> None:
    if not settings.CA_PASSPHRASE:
        raise CommandError("CA_PASSPHRASE is not set: the keys could not be encrypted")


def _record(made: NewAuthority, *, name: str, root_name: str, root_key_name: str) -> None:
    with transaction.atomic():
        root = Authority.objects.create(
            name=root_name, certificate_der=made.root_der, key_name=root_key_name
        )
        Authority.objects.create(
            name=name,
            certificate_der=made.issuing_der,
            parent=root,
            key_name=name,
            is_issuing=True,
        )
