"""The time stamp over a seal: by our own service or an outside one, and what it proves."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from pki.asic import read_container, write_container
from pki.cades import assemble_seal, signed_attributes, verify_seal
from pki.certificate import parse_certificate
from pki.errors import PKIError
from pki.models import Revocation, ServiceCertificate
from pki.revocation import Reason
from pki.timestamp_errors import StampContentError, StampSignerError
from renewals.evidence import stamps
from renewals.evidence.errors import EvidenceFilesError, EvidenceMomentError, SealRevokedError
from renewals.evidence.files import write_pem
from renewals.evidence.names import STAMPERS
from renewals.evidence.pinned import read_pinned
from renewals.models import Evidence, Renewal, Trouble
from renewals.services import evidencing
from tests.renewals.evidence.containers import Kept, judge, keep, lie, now, seal, unpack
from tests.renewals.evidence.test_readme import run_readme
from tests.renewals.evidence.tsa_server import Service, serving
from tests.renewals.people import Holder
from tests.servers import free_port

pytestmark = pytest.mark.django_db


def with_token(kept: Kept, token: bytes | None) -> bytes:
    """The same container with another time stamp in its seal, or none: no key is needed for it."""
    whole = read_container(kept.data)
    facts = verify_seal(whole.seal, content=whole.manifest)
    attributes = signed_attributes(
        facts.signer.der, content=whole.manifest, sealed_at=facts.sealed_at
    )
    made = assemble_seal(
        facts.signer.der, attributes=attributes, signature=facts.signature, token=token
    )
    return write_container(whole.files, manifest=whole.manifest, seal=made)


def token_of(kept: Kept) -> bytes:
    whole = read_container(kept.data)
    token = verify_seal(whole.seal, content=whole.manifest).token
    assert token is not None
    return token


def test_the_seal_is_stamped_and_the_report_says_when(own: Kept) -> None:
    report = judge(own.data)
    stamp = report.seal.stamp
    assert stamp is not None
    assert stamp.is_ours
    assert "УАҚЫТ БЕЛГІСІ" in stamp.name
    assert timedelta() <= stamp.stamped_at - report.seal.sealed_at < timedelta(minutes=5)
    assert with_token(own, token_of(own)) == own.data


def test_a_stamp_cannot_be_taken_away_or_exchanged(own: Kept, second: Kept) -> None:
    with pytest.raises(EvidenceFilesError):
        judge(with_token(own, None))
    with pytest.raises(StampContentError):
        judge(with_token(own, token_of(second)))
    for part in (b"\x05\x00", token_of(own) + b"\x05\x00", token_of(own)[:-1]):
        with pytest.raises(PKIError):
            judge(with_token(own, part))


def test_not_even_with_the_seal_can_a_seal_claim_another_time_than_its_stamp(
    own: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = own.sealed_at + timedelta(hours=1)
    changed = Kept(own.renewal, lie(own, record={"made_at": later.isoformat()}))
    with pytest.raises(EvidenceMomentError):
        judge(seal(changed.files, later))
    # Stamped long after it says that it was sealed.
    monkeypatch.setattr(stamps, "MOST_DELAY", timedelta(hours=-1))
    with pytest.raises(EvidenceMomentError):
        judge(own.data)


def test_others_carried_along_for_openssl_are_refused(own: Kept) -> None:
    holder = own.files["certificates/holder.cer"]
    for pem in (own.files[STAMPERS] + write_pem([holder]), write_pem([holder]), b"", b"x"):
        with pytest.raises(EvidenceFilesError):
            judge(lie(own, {STAMPERS: pem}))


def test_a_container_without_one_stays_valid_and_says_so(
    pair: Holder, settings: Settings, tmp_path: Path
) -> None:
    settings.STATUS_PASSPHRASE = ""
    old = keep(pair.submit())
    assert STAMPERS not in old.files
    assert judge(old.data).seal.stamp is None
    unpack(old, tmp_path)
    ran = run_readme(tmp_path)
    assert all(one.status == 0 for one in ran)
    assert not any("openssl ts" in one.command for one in ran)


def revoke(kind: str, reason: Reason, at: timedelta, kept: Kept) -> None:
    row = ServiceCertificate.objects.get(kind=kind)
    Revocation.objects.create(
        authority=row.authority,
        serial_hex=row.serial_hex,
        revoked_at=kept.sealed_at + at,
        reason=reason.value,
    )


@pytest.mark.parametrize(
    ("reason", "minutes", "counts"),
    [
        (Reason.KEY_COMPROMISE, 5, False),
        (Reason.SUPERSEDED, 5, True),
        (Reason.SUPERSEDED, -5, False),
    ],
)
def test_a_stamp_of_a_revoked_service_does_not_save_a_stolen_seal(
    own: Kept, reason: Reason, minutes: int, counts: bool
) -> None:
    revoke("timestamp", reason, timedelta(minutes=minutes), own)
    # As long as the seal is good its own word is enough.
    assert judge(own.data).number == own.renewal.number
    revoke("seal", Reason.KEY_COMPROMISE, timedelta(minutes=10), own)
    if counts:
        assert judge(own.data).number == own.renewal.number
    else:
        with pytest.raises(SealRevokedError):
            judge(own.data)


def test_without_a_service_it_waits_and_a_trouble_is_told(issued: Renewal, papers: Path) -> None:
    row = ServiceCertificate.objects.get(kind="timestamp")
    row.delete()
    assert [evidencing.make_due(now=now()) for _sweep in range(3)] == [0, 0, 0]
    assert not Evidence.objects.exists()
    (trouble,) = Trouble.objects.filter(subject="stamp")
    assert (trouble.code, trouble.ended_at) == ("issuer.key_missing", None)
    row.save(force_insert=True)
    assert evidencing.make_due(now=now()) == 1
    trouble.refresh_from_db()
    assert trouble.ended_at is not None


# --- an outside service -------------------------------------------------------------------


@pytest.fixture
def outside(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    """Pinned, allowed, asked."""
    with serving(tmp_path / "tsa") as service:
        settings.TSA_URL = service.url
        settings.TSA_CERTIFICATES = str(service.pem)
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [f"127.0.0.1:{service.port}"]
        yield service


def made(issued: Renewal) -> Kept:
    assert evidencing.make_due(now=now()) == 1
    return Kept(issued, evidencing._fetch(Evidence.objects.get(), issued))


def test_an_outside_service_stamps_and_openssl_verifies_it(
    outside: Service, issued: Renewal, papers: Path, tmp_path: Path
) -> None:
    kept = made(issued)
    stamp = judge(kept.data).seal.stamp
    assert stamp is not None
    assert (stamp.name, stamp.is_ours) == ("OUTSIDE TSA TEST", False)
    assert len(outside.asked) == 1
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpack(kept, folder)
    ran = run_readme(folder)
    assert all(one.status == 0 for one in ran), [one for one in ran if one.status]
    (verified,) = [one for one in ran if "openssl ts -verify" in one.command]
    assert "Verification: OK" in verified.said
    # Its digest is only asked: nothing of the application leaves the house.
    shown = subprocess.run(
        ["openssl", "ts", "-query", "-in", str(outside.folder / "query.tsq"), "-text"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Hash Algorithm: sha256" in shown.stdout


@pytest.mark.parametrize("mood", ["broken", "moved", "huge", "other", "refuse"])
def test_what_is_no_answer_makes_it_wait_and_is_asked_again(
    outside: Service, issued: Renewal, papers: Path, mood: str
) -> None:
    outside.mood = "ok"
    if mood == "other":
        subprocess.run(
            ["openssl", "ts", "-query", "-digest", "0" * 64, "-sha256", "-cert", "-out", "first"],
            cwd=outside.folder,
            check=True,
            capture_output=True,
        )
        outside.asked.append((outside.folder / "first").read_bytes())
    outside.mood = mood
    assert [evidencing.make_due(now=now()) for _sweep in range(2)] == [0, 0]
    assert not Evidence.objects.exists()
    (trouble,) = Trouble.objects.filter(subject="stamp")
    assert trouble.code == "timestamp.away"
    outside.mood = "ok"
    assert judge(made(issued).data).seal.stamp is not None
    trouble.refresh_from_db()
    assert trouble.ended_at is not None


def test_a_service_that_is_away_or_not_allowed_makes_it_wait(
    outside: Service, issued: Renewal, papers: Path, settings: Settings
) -> None:
    url, hosts = settings.TSA_URL, settings.TRUST_HOSTS
    settings.TSA_URL = f"http://127.0.0.1:{free_port()}/"
    settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [settings.TSA_URL.split("/")[2]]
    assert evidencing.make_due(now=now()) == 0
    settings.TSA_URL, settings.TRUST_HOSTS = url, []
    assert evidencing.make_due(now=now()) == 0
    assert outside.asked == []
    settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = hosts
    assert judge(made(issued).data).seal.stamp is not None


def test_a_service_that_is_not_the_pinned_one_is_not_believed(
    outside: Service, issued: Renewal, papers: Path, tmp_path: Path, settings: Settings
) -> None:
    with serving(tmp_path / "stranger") as stranger:
        settings.TSA_CERTIFICATES = str(stranger.pem)
    assert evidencing.make_due(now=now()) == 0
    assert Trouble.objects.get(subject="stamp").code == "timestamp.away"
    settings.TSA_CERTIFICATES = str(tmp_path / "nothing.pem")
    assert evidencing.make_due(now=now()) == 0


def test_pins_that_were_taken_away_believe_no_more(
    outside: Service, issued: Renewal, papers: Path, settings: Settings
) -> None:
    kept = made(issued)
    # Ours stamps again; what the other has stamped is judged by the file as before.
    settings.TSA_URL = ""
    assert judge(kept.data).seal.stamp is not None
    settings.TSA_CERTIFICATES = ""
    with pytest.raises(StampSignerError):
        judge(kept.data)


def test_an_outside_service_is_trusted_to_say_when_and_nothing_else(outside: Service) -> None:
    trust = read_pinned().trust
    (root,) = trust.stampers
    assert parse_certificate(root).subject.common_name == "OUTSIDE ROOT TEST"
    assert root not in (*trust.anchors, *trust.intermediates, *trust.sealers)
