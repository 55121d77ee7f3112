"""The cross-check: what is amiss is found, told once, and its end is told, too."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import transaction
from pytest_django import Settings

from pki.certificate import Purpose, Role, Storage
from pki.errors import AuthorityTermError
from pki.issuer.file_keys import write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.pattern import material_of
from pki.issuer.prepare import BACKDATING
from pki.models import Authority, Certificate, ServiceCertificate
from pki.profiles import FILE_TERM
from renewals.actor import WORKER
from renewals.models import Event, Renewal, Trouble
from renewals.services import issuing, keyring
from renewals.services.authority import starting
from renewals.services.authority.certifying import certify_services
from renewals.services.enrolling import Enrolment, enrol
from tests.pki.issuer.conftest import PASSPHRASE, SUBJECT, spki_of
from tests.renewals.authority.ceremonies import create, run
from tests.renewals.people import NOW, enrol_holder
from tests.renewals.workers import wait_until, workers

pytestmark = [pytest.mark.django_db, pytest.mark.data]
DAY = timedelta(days=1)
YEARS = timedelta(days=3 * 365)


def bad(now: datetime | None = None) -> dict[str, str]:
    """Subjects and codes."""
    found = starting.look_after(now=now or datetime.now(UTC))
    return {finding.subject: finding.code for finding in found}


def test_all_is_well_with_a_new_authority(directory: Path) -> None:
    create()
    assert bad() == {}
    assert not Trouble.objects.exists()
    assert "good" in run("check")


def test_a_worker_that_starts_says_which_keys_it_opened(directory: Path) -> None:
    create()
    assert starting.start(now=datetime.now(UTC)) == []
    event = Event.objects.filter(kind="keys.opened").get()
    assert event.facts == {"backend": "file", "names": ["ec"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.worker
def test_every_worker_says_so_whichever_way_it_is_started(
    authority: Authority, tmp_path: Path
) -> None:
    with workers(tmp_path / "log", with_beat=False):
        assert wait_until(lambda: Event.objects.filter(kind="keys.opened").exists())
    facts = Event.objects.get(kind="keys.opened").facts
    assert facts == {"backend": "file", "names": [authority.key_name]}


def test_a_process_without_keys_looks_at_the_rest(directory: Path, settings: Settings) -> None:
    create()
    settings.CA_PASSPHRASE = settings.STATUS_PASSPHRASE = ""
    ServiceCertificate.objects.filter(kind="seal").delete()
    assert bad() == {"service:ec:seal": "authority.service"}
    assert not Event.objects.filter(kind="keys.opened").exists()
    with pytest.raises(CommandError, match="to look at"):
        run("check")


def test_a_key_of_another_certificate_is_found_and_its_end_is_told(
    directory: Path, tmp_path: Path
) -> None:
    create()
    (directory / "ec.key").rename(tmp_path / "kept")
    write_key(directory, "ec", NEW_KEYS["P-256"](), PASSPHRASE)
    keyring.forget()
    for _ in range(3):
        assert bad() == {"keys:ec": "issuer.key_mismatch"}
    trouble = Trouble.objects.get()
    (tmp_path / "kept").replace(directory / "ec.key")
    keyring.forget()
    assert bad() == {}
    trouble.refresh_from_db()
    assert trouble.ended_at is not None


def test_a_lost_key_of_a_service_is_found(directory: Path, settings: Settings) -> None:
    create()
    (directory / "ec.mail.key").unlink()
    (settings.STATUS_KEY_DIRECTORY / "ec.ocsp.key").chmod(0o644)
    keyring.forget()
    assert bad() == {
        "service:ec:mail": "issuer.key_missing",
        "service:ec:ocsp": "issuer.key_rights",
    }


def test_files_that_others_may_read_stop_all_signing(directory: Path) -> None:
    create()
    (directory / "ec.key").chmod(0o640)
    keyring.forget()
    assert keyring.held() is None
    bad()
    assert Trouble.objects.get(ended_at=None).code == "issuer.key_rights"
    with pytest.raises(CommandError):
        run("check")


def test_a_roots_key_may_be_kept_elsewhere(directory: Path) -> None:
    create()
    (directory / "ec.root.key").unlink()
    keyring.forget()
    assert bad() == {}
    assert "good" in run("check", "--without-roots")
    with pytest.raises(CommandError):
        run("check")


def test_a_certificate_under_another_root_is_found(directory: Path) -> None:
    create("one")
    create("two")
    other = Authority.objects.get(name="two-root")
    with transaction.atomic():
        Authority.objects.filter(name="one").update(parent=other)
    assert bad() == {"authority:one:path": "authority.path"}


def test_a_list_whose_number_was_never_given_is_found(directory: Path) -> None:
    create()
    assert "lists" in run("lists")
    assert bad() == {}
    Authority.objects.filter(name="ec").update(crl_number=0)
    assert bad() == {"authority:ec:lists": "authority.list_number"}


# --- the authority's own end ---------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "is_told"), [(-1, True), (0, False)])
def test_the_next_one_is_asked_for_when_the_longest_term_does_not_fit_any_more(
    directory: Path, seconds: int, is_told: bool
) -> None:
    create()
    authority = Authority.objects.get(name="ec")
    now = material_of(authority.issuer_facts).not_after - YEARS - timedelta(seconds=seconds)
    told = {"authority:ec": "authority.ending"} if is_told else {}
    assert {name: code for name, code in bad(now).items() if "authority" in name} == told


def test_nobody_asks_for_another_when_one_follows(directory: Path) -> None:
    create("ec", "ec", "--valid-from", (NOW - 2700 * DAY).isoformat())
    assert bad() == {"authority:ec": "authority.ending"}
    run("roll-over", "ec", "--new", "ec2", "--at", (datetime.now(UTC) + DAY).isoformat())
    assert bad() == {}
    assert not Trouble.objects.filter(ended_at=None).exists()


def last_moment(authority: Authority) -> datetime:
    """The last second at which a year fits: what is issued then ends with the authority."""
    return material_of(authority.issuer_facts).not_after - FILE_TERM + BACKDATING + SECOND


SECOND = timedelta(seconds=1)
late = pytest.mark.parametrize(("seconds", "fits"), [(0, True), (1, False)])


@late
def test_no_first_certificate_outlives_the_authority(
    directory: Path, seconds: int, fits: bool
) -> None:
    create()
    authority = Authority.objects.get(name="ec")
    now = last_moment(authority) + timedelta(seconds=seconds)
    wanted = Enrolment(
        SUBJECT,
        spki_of(NEW_KEYS["P-256"]()),
        Purpose.COMBINED,
        (Role.INDIVIDUAL,),
        Storage.FILE,
    )
    if fits:
        made = enrol(wanted, authority=authority, actor=WORKER, now=now)
        assert made.not_after == material_of(authority.issuer_facts).not_after
        return
    with pytest.raises(AuthorityTermError):
        enrol(wanted, authority=authority, actor=WORKER, now=now)
    assert not Certificate.objects.exists()


@late
def test_no_renewal_outlives_the_authority(directory: Path, seconds: int, fits: bool) -> None:
    # So old that a year fits today for the last time.
    valid_from = NOW - timedelta(days=3650) + FILE_TERM - BACKDATING
    create("ec", "ec", "--valid-from", valid_from.isoformat())
    authority = Authority.objects.get(name="ec")
    assert last_moment(authority) == NOW
    holder = enrol_holder(authority)
    renewal = holder.submit(NOW)
    assert issuing.issue_due(now=NOW + timedelta(seconds=seconds)) == int(fits)
    renewal = Renewal.objects.get(pk=renewal.pk)
    told = ("issued", "") if fits else ("failed", "issuer.ca_term")
    assert (renewal.state, renewal.reason) == told


def test_no_service_outlives_the_authority(directory: Path) -> None:
    create()
    authority = Authority.objects.get(name="ec")
    end = material_of(authority.issuer_facts).not_after
    ServiceCertificate.objects.all().delete()
    for now, count in ((end - SECOND, 4), (end + SECOND, 0)):
        ServiceCertificate.objects.all().delete()
        assert certify_services(now=now) == count
        assert all(row.not_after == end for row in ServiceCertificate.objects.all())


# --- services by themselves -------------------------------------------------------------


def test_what_is_about_to_end_is_followed_without_anybodys_doing(directory: Path) -> None:
    create()
    now = datetime.now(UTC)
    assert certify_services(now=now) == 0
    assert certify_services(now=now + 19 * DAY) == 0
    assert certify_services(now=now + 21 * DAY) == 1
    newest = ServiceCertificate.objects.latest("id")
    assert (newest.kind, newest.key_name) == ("ocsp", "ec.ocsp2")
    event = Event.objects.filter(kind="service.certified").latest("sequence")
    assert (event.facts["service"], event.facts["serial"]) == ("ocsp", newest.serial_hex)


def test_a_retired_authority_goes_on_answering_and_seals_no_more(directory: Path) -> None:
    create()
    run("retire", "ec", "--anyway")
    ServiceCertificate.objects.all().delete()
    assert certify_services(now=datetime.now(UTC)) == 1
    assert ServiceCertificate.objects.get().kind == "ocsp"
