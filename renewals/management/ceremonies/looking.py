"""`show`, `check`, `lists`: how the authorities are."""

from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import CommandError
from django.utils import timezone

from pki.certificate import parse_certificate
from pki.models import Authority
from pki.profiles import ServiceKind
from renewals.management.ceremonies.base import Options, ours
from renewals.models import Trouble
from renewals.services import keyring, publishing
from renewals.services.authority.checking import cross_check
from renewals.services.authority.creating import open_place
from renewals.services.authority.key_places import authority_place


class Show:
    """Of rows alone; no key is opened."""

    help = "show every authority of ours"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All of them."""

    def run(self, options: Options) -> Iterator[str]:
        """A block for each, then what is wrong."""
        yield str(authority_place())
        for row in Authority.objects.ours().select_related("parent", "follows"):
            yield from _show(row)
        for trouble in Trouble.objects.filter(ended_at=None):
            yield f"! {trouble.subject}: {trouble.code} since {trouble.began_at:%Y-%m-%d %H:%M}"


class Check:
    """Keys are opened, the roots' too, and nothing is written."""

    help = "check that everything is there; exit status 1 if not"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether the roots' keys are here."""
        parser.add_argument("--without-roots", action="store_true", help="their keys are elsewhere")

    def run(self, options: Options) -> Iterator[str]:
        """One line for each question."""
        keys = keyring.holder()
        findings = cross_check(
            now=timezone.now(), keys=keys, with_roots=not options["without_roots"]
        )
        for finding in findings:
            facts = dict(finding.facts)
            yield f"{finding.subject}: {f'{finding.code} {facts}' if finding.is_bad else 'good'}"
        bad = sum(finding.is_bad for finding in findings)
        if keys is None:
            bad += 1
            yield f"{keyring.SUBJECT}: {keyring.failure() or 'this process cannot open them'}"
        if bad:
            raise CommandError(f"{bad} to look at")


class Lists:
    """What the worker does by itself, at once."""

    help = "make the lists of revoked certificates now"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose; without names, of all."""
        parser.add_argument("names", nargs="*", default=[])

    def run(self, options: Options) -> Iterator[str]:
        """Those of roots, too."""
        now, keys = timezone.now(), open_place().holder()
        names = options["names"] or Authority.objects.ours().values_list("name", flat=True)
        for name in names:
            row = ours(name)
            made = publishing.publish(row, keys=keys, now=now)
            yield f"{row.name}: {len(made)} lists"


def _show(row: Authority) -> Iterator[str]:
    facts, now = parse_certificate(bytes(row.certificate_der)), timezone.now()
    yield f"\n{row.name}: {facts.subject.common_name}"
    yield f"  {facts.key_kind}, {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}"
    yield f"  SHA-256 {facts.fingerprint}"
    yield f"  key {row.key_name}, under {row.parent.name if row.parent else 'nobody: a root'}"
    if row.is_issuing:
        yield f"  {_issuing(row)}"
    for kind in ServiceKind:
        newest = row.service_certificates.of_kind(kind).first()
        if newest is not None:
            yield f"  {kind.value} until {newest.not_after:%Y-%m-%d} ({newest.key_name})"
    for made in row.lists.all():
        late = ", LATE" if made.next_update < now else ""
        yield f"  {made.scope} list {made.number}, until {made.next_update:%Y-%m-%d %H:%M}{late}"


def _issuing(row: Authority) -> str:
    if row.retired_at:
        return f"retired since {row.retired_at:%Y-%m-%d %H:%M}"
    after = f", after {row.follows.name}" if row.follows else ""
    since = f" from {row.issues_from:%Y-%m-%d %H:%M}" if row.issues_from else ""
    return f"issues{since}{after}"
