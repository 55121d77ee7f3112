"""A holder whose certificate another authority has issued: its list stands in for an answer."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pki.certificate import Purpose, parse_certificate
from pki.errors import CRLStaleError, PKIError
from pki.issuer.sign import sign
from pki.models import Authority, Certificate
from pki.revocation import Reason
from renewals.services import answering, issuing
from tests.pki.issuer.conftest import Made, make_authority
from tests.renewals.evidence.containers import Kept, judge, keep, lie, now, unpack
from tests.renewals.evidence.test_readme import run_readme
from tests.renewals.people import NOW, Holder, ec_key, spki_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def strangers(tmp_path: Path) -> Made:
    """An authority that is not ours."""
    return make_authority("ec", tmp_path, NOW - 900 * DAY)


@pytest.fixture
def theirs(authority: Authority, strangers: Made) -> Authority:
    """Its row: pinned, without a key, with its newest list."""
    root = Authority.objects.create(name="their-root", certificate_der=strangers.new.root_der)
    return Authority.objects.create(
        name="theirs",
        certificate_der=strangers.new.issuing_der,
        parent=root,
        crl_der=list_of(strangers),
    )


@pytest.fixture
def holder(theirs: Authority, strangers: Made) -> Holder:
    """Their certificate, known here since the first sign-in."""
    key = ec_key()
    der = sign(strangers.plan(spki_of(key), now=NOW - 350 * DAY), strangers.keys)
    row = Certificate.objects.record(theirs, parse_certificate(der))
    return Holder(row.iin, {Purpose.COMBINED: row}, {Purpose.COMBINED: key})


def list_of(
    strangers: Made,
    *serials: int,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + 7 * DAY,
    revoked_at: datetime = NOW - 2 * DAY,
    padding: int = 0,
) -> bytes:
    """Their list: who is revoked, and as many others as `padding` says."""
    issuer = x509.load_der_x509_certificate(strangers.new.issuing_der)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(begins)
        .next_update(ends)
    )
    for serial in (*serials, *range(1, padding + 1)):
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(revoked_at)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    return builder.sign(strangers.keys._keys["ec"], hashes.SHA256()).public_bytes(Encoding.DER)


def submit(holder: Holder) -> Kept:
    renewal = holder.submit()
    issuing.issue_due(now=now(), linted=False)
    return keep(renewal)


def test_their_list_is_carried_along_and_judged(holder: Holder) -> None:
    kept = submit(holder)
    report = judge(kept.data)
    assert report.applicant.was_valid
    assert report.applicant.status.source == "crl"
    assert [one.status.source for one in report.issued] == ["ocsp"]
    (name,) = [name for name in kept.files if name.endswith(".crl")]
    assert re.fullmatch(r"revocation/authority-\d\.crl", name)
    assert len([name for name in kept.files if "authority-" in name and name.endswith(".cer")]) == 4


def test_every_step_of_its_readme_succeeds(holder: Holder, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpack(submit(holder), folder)
    ran = run_readme(folder)
    assert all(one.status == 0 for one in ran), [one for one in ran if one.status]
    (lists,) = [one.said for one in ran if "openssl crl" in one.command]
    assert "verify OK" in lists


def test_a_list_that_names_the_certificate_says_since_when(
    holder: Holder, theirs: Authority, strangers: Made
) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=now(), linted=False)
    serial = int(holder.certificates[Purpose.COMBINED].serial_hex, 16)
    for revoked_at, was_valid in ((NOW + timedelta(minutes=1), True), (NOW - 2 * DAY, False)):
        listed = list_of(strangers, serial, begins=NOW - DAY, revoked_at=revoked_at)
        Authority.objects.filter(pk=theirs.pk).update(crl_der=listed)
        renewal.refresh_from_db()
        if was_valid:
            kept = keep(renewal)
        else:
            (name,) = [name for name in kept.files if name.endswith(".crl")]
            kept = Kept(renewal, lie(kept, {name: listed}))
        report = judge(kept.data)
        assert report.applicant.was_valid is was_valid
        assert report.applicant.status.revoked_at == revoked_at
        assert report.applicant.status.reason is Reason.KEY_COMPROMISE


def test_a_list_of_the_signatures_moment_does_when_it_is_over_since(
    holder: Holder, theirs: Authority, strangers: Made
) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=now(), linted=False)
    over = list_of(strangers, begins=NOW - DAY, ends=NOW + timedelta(seconds=1))
    Authority.objects.filter(pk=theirs.pk).update(crl_der=over)
    assert judge(keep(renewal).data).applicant.was_valid


def test_a_list_of_another_time_proves_nothing(holder: Holder, strangers: Made) -> None:
    kept = submit(holder)
    (name,) = [name for name in kept.files if name.endswith(".crl")]
    for begins in (NOW - 9 * DAY, NOW + 9 * DAY):
        other = list_of(strangers, begins=begins, ends=begins + DAY)
        with pytest.raises(CRLStaleError):
            judge(lie(kept, {name: other}))


def test_a_list_that_they_never_signed_is_refused(holder: Holder, tmp_path: Path) -> None:
    kept = submit(holder)
    (name,) = [name for name in kept.files if name.endswith(".crl")]
    false = make_authority("ec", tmp_path / "false", NOW - 900 * DAY)
    for other in (list_of(false), kept.files[name][:-1], b""):
        with pytest.raises(PKIError):
            judge(lie(kept, {name: other}))


def test_a_list_that_is_too_long_is_left_out_and_the_report_says_so(
    holder: Holder, theirs: Authority, strangers: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "LIST_BYTES", 1000)
    Authority.objects.filter(pk=theirs.pk).update(crl_der=list_of(strangers, padding=50))
    kept = submit(holder)
    assert not [name for name in kept.files if name.endswith(".crl")]
    report = judge(kept.data)
    assert report.applicant.was_valid
    assert report.applicant.status.source == "record"
    (row,) = kept.record["signatures"]
    with pytest.raises(PKIError):
        judge(lie(kept, record={"signatures": [{**row, "status": "unknown"}]}))
