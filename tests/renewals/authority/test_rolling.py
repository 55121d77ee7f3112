"""A new authority beside the old: who issues when, and who accepts what it issues."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError

from pki.certificate import Purpose
from pki.errors import KeyMissingError
from pki.issuer.lint import pkilint_findings
from pki.models import Authority, CrossCertificate
from renewals.models import Event, Renewal
from renewals.services import issuing
from renewals.services.authority.choosing import issuing_authority
from tests.renewals.authority.ceremonies import create, run
from tests.renewals.people import NOW, OTHER_IIN, TERM, Holder, enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
DAY = timedelta(days=1)
# The commands know no other time than the present.
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
# What is left of a certificate that was issued at that moment.
AT_SOON = TERM + (SOON - NOW)


def row(name: str) -> Authority:
    return Authority.objects.get(name=name)


def begin(*words: str) -> None:
    """An old authority, and the one that follows it in an hour."""
    create("old", "ec", "--valid-from", (NOW - 900 * DAY).isoformat())
    run("roll-over", "old", "--new", "new", "--at", SOON.isoformat(), *words)


def issue(holder: Holder, at: datetime) -> Authority:
    """Who issues to somebody who applies at that moment."""
    renewal = holder.submit(at)
    assert issuing.issue_due(now=at) == 1
    certificate = Renewal.objects.get(pk=renewal.pk).requests.get().certificate
    assert certificate is not None
    return certificate.authority


def test_the_old_one_issues_until_the_moment_and_the_new_one_from_it(directory: Path) -> None:
    begin()
    holder, stranger = enrol_holder(row("old")), enrol_holder(row("old"), iin=OTHER_IIN)
    assert issue(holder, SOON - timedelta(seconds=1)) == row("old")
    assert issue(stranger, SOON) == row("new")


def test_who_is_enrolled_gets_a_certificate_of_the_one_that_issues(directory: Path) -> None:
    begin()
    later = enrol_holder(row("old"), days_left=AT_SOON)
    assert later.certificates[Purpose.COMBINED].authority == row("new")


def test_a_roll_over_is_written_down(directory: Path) -> None:
    begin()
    event = Event.objects.filter(kind="authority.changed").latest("sequence")
    assert event.facts == {
        "authority": "new",
        "what": "rolled over",
        "follows": "old",
        "root": "old-root",
        "issues_from": SOON.isoformat(),
    }
    assert event.actor["name"]
    new = row("new")
    assert (new.parent, new.follows, new.issues_from) == (row("old-root"), row("old"), SOON)


@pytest.mark.parametrize(
    "words",
    [
        ("old", "--new", "old", "--at", SOON.isoformat()),
        ("old", "--new", "other", "--at", (SOON - DAY).isoformat()),
        ("old", "--new", "other", "--at", (SOON + 4000 * DAY).isoformat()),
        ("old", "--new", "other", "--at", "tomorrow"),
        ("old", "--new", "Other", "--at", SOON.isoformat()),
        ("nobody", "--new", "other", "--at", SOON.isoformat()),
        ("old-root", "--new", "other", "--at", SOON.isoformat()),
    ],
)
def test_what_makes_no_sense_is_refused(directory: Path, words: tuple[str, ...]) -> None:
    create("old", "ec", "--valid-from", (NOW - 900 * DAY).isoformat())
    with pytest.raises(CommandError):
        run("roll-over", *words)
    assert Authority.objects.count() == 2


def test_nobody_is_followed_twice(directory: Path) -> None:
    begin()
    with pytest.raises(CommandError, match="follows it already"):
        run("roll-over", "old", "--new", "third", "--at", SOON.isoformat())


def test_a_root_that_ends_soon_certifies_no_other_authority(directory: Path) -> None:
    create("old", "ec", "--valid-from", (NOW - 3000 * DAY).isoformat())
    # As if its root had been made long before it.
    Authority.objects.filter(name="old-root").update(certificate_der=row("old").certificate_der)
    with pytest.raises(CommandError, match="new root"):
        run("roll-over", "old", "--new", "new", "--at", SOON.isoformat())


# --- a new root --------------------------------------------------------------------------


def pem(path: Path, *ders: bytes) -> str:
    loaded = [x509.load_der_x509_certificate(der) for der in ders]
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in loaded))
    return str(path)


def openssl_verify(folder: Path, leaf: bytes, root: bytes, *between: bytes) -> str:
    """With one trusted root alone."""
    command = ["openssl", "verify", "-x509_strict", "-purpose", "any"]
    command += ["-attime", str(int(SOON.timestamp()) + 60)]
    command += ["-CAfile", pem(folder / "root.pem", root)]
    command += ["-untrusted", pem(folder / "between.pem", *between)]
    done = subprocess.run(
        [*command, pem(folder / "leaf.pem", leaf)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_each_root_leads_to_what_stands_under_the_other(directory: Path, tmp_path: Path) -> None:
    begin("--new-root")
    roots = {name: bytes(row(f"{name}-root").certificate_der) for name in ("old", "new")}
    crossings = {
        one.file_name: bytes(one.certificate_der) for one in CrossCertificate.objects.all()
    }
    assert set(crossings) == {"new-root-by-old-root", "old-root-by-new-root"}
    leaves = {
        "old": enrol_holder(row("old")),
        "new": enrol_holder(row("old"), iin=OTHER_IIN, days_left=AT_SOON),
    }
    for name, other in (("old", "new"), ("new", "old")):
        certificate = leaves[name].certificates[Purpose.COMBINED]
        assert certificate.authority == row(name)
        leaf, issuing_der = bytes(certificate.der), bytes(row(name).certificate_der)
        assert openssl_verify(tmp_path, leaf, roots[name], issuing_der).endswith(": OK\n")
        crossed = crossings[f"{name}-root-by-{other}-root"]
        assert openssl_verify(tmp_path, leaf, roots[other], issuing_der, crossed).endswith(": OK\n")
        assert "error" in openssl_verify(tmp_path, leaf, roots[other], issuing_der)


def test_everything_of_a_new_root_passes_pkilint(directory: Path) -> None:
    begin("--new-root")
    for found in (*Authority.objects.all(), *CrossCertificate.objects.all()):
        assert pkilint_findings(bytes(found.certificate_der)) == []


def test_crossed_roots_have_one_name_and_last_no_longer_than_both(directory: Path) -> None:
    begin("--new-root")
    loaded = {
        one.name: x509.load_der_x509_certificate(bytes(one.certificate_der))
        for one in Authority.objects.anchors()
    }
    assert loaded["old-root"].subject == loaded["new-root"].subject
    assert loaded["old-root"].public_key() != loaded["new-root"].public_key()
    earliest = min(one.not_valid_after_utc for one in loaded.values())
    for crossing in CrossCertificate.objects.all():
        assert crossing.not_after == earliest


# --- the end of issuing ------------------------------------------------------------------


def test_who_had_a_retired_ones_certificate_is_served_by_the_same_kind(directory: Path) -> None:
    create("rsa", "rsa", "--valid-from", (NOW - 900 * DAY).isoformat())
    create("ec", "ec", "--valid-from", (NOW - 900 * DAY).isoformat())
    create("ec2", "ec", "--valid-from", (NOW - 900 * DAY).isoformat())
    holder = enrol_holder(row("ec"))
    assert "retired" in run("retire", "ec")
    assert issue(holder, datetime.now(UTC)) == row("ec2")
    run("retire", "ec2")
    rows, now = list(Authority.objects.all()), datetime.now(UTC)
    assert issuing_authority(row("ec"), rows, now=now) == row("rsa")
    with pytest.raises(CommandError, match="no other one issues"):
        run("retire", "rsa")
    run("retire", "rsa", "--anyway")
    with pytest.raises(KeyMissingError):
        issuing_authority(row("ec"), list(Authority.objects.all()), now=datetime.now(UTC))
    with pytest.raises(CommandError, match="retired already"):
        run("retire", "rsa")


def test_a_line_goes_on_through_all_that_follow(directory: Path) -> None:
    begin()
    third = Authority(
        name="third",
        certificate_der=row("new").certificate_der,
        key_name="third",
        is_issuing=True,
        follows=row("new"),
        issues_from=SOON + DAY,
    )
    third.save()
    rows = list(Authority.objects.all())
    for at, name in (
        (SOON - timedelta(seconds=1), "old"),
        (SOON, "new"),
        (SOON + DAY - timedelta(seconds=1), "new"),
        (SOON + DAY, "third"),
    ):
        for own in ("old", "new", "third"):
            assert issuing_authority(row(own), rows, now=at).name == name
    third.retired_at = SOON + 2 * DAY
    third.save()
    rows = list(Authority.objects.all())
    for own in ("old", "new", "third"):
        assert issuing_authority(row(own), rows, now=SOON + 2 * DAY).name == "new"
