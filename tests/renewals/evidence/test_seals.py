"""Sealed by somebody else, at another moment, or by a seal that counts no more."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from pki.asic import read_container, write_container, write_manifest
from pki.certificate import parse_certificate
from pki.container_errors import SealerError, SealError
from pki.errors import PathError, UnknownIssuerError
from pki.issuer.keys import NEW_KEYS
from pki.models import Authority, Certificate, Revocation, ServiceCertificate
from pki.revocation import Reason
from renewals.evidence.errors import SealRevokedError, SealTermError, SealUnknownError
from renewals.evidence.files import write_pem
from renewals.evidence.judge import verify_evidence
from renewals.evidence.names import STAMPERS
from renewals.evidence.pinned import read_pinned
from renewals.evidence.trust import Trust
from tests.pki.issuer.conftest import make_authority, spki_of
from tests.pki.issuer.test_seal import certify
from tests.renewals.evidence.containers import (
    Forged,
    Kept,
    forge,
    judge,
    lie,
    seal,
    seal_by,
    signed_moment,
)
from tests.renewals.people import NOW, Holder, sign

pytestmark = pytest.mark.django_db


def forge_chain(kept: Kept) -> tuple[dict[str, bytes], Forged, Forged]:
    """Root, authority and seal of the same names with other keys; the authority, the seal."""
    files = kept.files
    root = forge(files["certificates/authority-1.cer"])
    issuing = forge(files["certificates/authority-2.cer"], root)
    sealer = forge(files["certificates/seal.cer"], issuing)
    changes = {
        "certificates/authority-1.cer": root.der,
        "certificates/authority-2.cer": issuing.der,
        "certificates/seal.cer": sealer.der,
        "authorities.pem": write_pem([root.der, issuing.der]),
    }
    return changes, issuing, sealer


def test_everything_forged_under_the_same_names_is_refused(own: Kept) -> None:
    changes, _issuing, sealer = forge_chain(own)
    forged = seal_by(sealer, {**own.files, **changes}, own.sealed_at)
    with pytest.raises(SealUnknownError):
        judge(forged)
    # It is the trust alone: the seal itself is a good one of its own kind.
    root, issuing = (changes[f"certificates/authority-{number}.cer"] for number in (1, 2))
    elsewhere = Trust((root,), (issuing,), (issuing,))
    with pytest.raises(SealUnknownError):
        verify_evidence(own.data, trust=elsewhere)


def test_a_forged_signer_in_a_container_that_we_sealed_is_refused(own: Kept) -> None:
    changes, issuing, _sealer = forge_chain(own)
    holder = forge(own.files["certificates/holder.cer"], issuing)
    text = own.files["statement.txt"].decode()
    cms = sign(text, holder.key, Certificate(der=holder.der))
    (recorded,) = own.record["signatures"]
    record = {"signatures": [{**recorded, "claimed_at": signed_moment(cms).isoformat()}]}
    files = {"statement.p7s": cms, "certificates/holder.cer": holder.der}
    for more in ({}, changes):
        with pytest.raises((UnknownIssuerError, PathError)):
            judge(lie(own, {**files, **more}, record))


def test_a_persons_signature_is_no_seal(own: Kept, holder: Holder) -> None:
    manifest = write_manifest(own.files)
    (key,) = holder.keys.values()
    (certificate,) = holder.certificates.values()
    cms = sign(manifest.decode(), key, certificate)
    with pytest.raises(SealError):
        judge(write_container(own.files, manifest=manifest, seal=cms))


def test_a_person_who_seals_as_we_do_is_refused(own: Kept, holder: Holder) -> None:
    (key,) = holder.keys.values()
    (certificate,) = holder.certificates.values()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    person = Forged(key, bytes(certificate.der))
    with pytest.raises(SealerError):
        judge(seal_by(person, own.files, own.sealed_at))


def test_the_seal_of_another_container_is_refused(own: Kept, second: Kept) -> None:
    ours, theirs = read_container(own.data), read_container(second.data)
    with pytest.raises(SealError):
        judge(write_container(ours.files, manifest=ours.manifest, seal=theirs.seal))


def test_a_seal_that_has_ended_since_is_judged_at_its_own_moment(own: Kept) -> None:
    sealer = parse_certificate(bytes(ServiceCertificate.objects.get(kind="seal").certificate_der))
    # Nothing here asks what day it is: the same bytes are judged the same in thirty years.
    report = verify_evidence(own.data, trust=read_pinned().trust)
    assert sealer.not_before <= report.seal.sealed_at <= sealer.not_after
    second = timedelta(seconds=1)
    for moment in (sealer.not_after + second, sealer.not_before - second):
        with pytest.raises(SealTermError):
            judge(seal(own.files, moment))


def revoke_seal(reason: Reason, at: datetime) -> None:
    row = ServiceCertificate.objects.get(kind="seal")
    Revocation.objects.create(
        authority=row.authority, serial_hex=row.serial_hex, revoked_at=at, reason=reason.value
    )


@pytest.mark.parametrize(
    ("reason", "later", "is_good"),
    [
        (Reason.SUPERSEDED, True, True),
        (Reason.CESSATION_OF_OPERATION, True, True),
        (Reason.SUPERSEDED, False, False),
        # Whoever has the key chooses the moment that stands in a seal, but not in a time stamp.
        (Reason.KEY_COMPROMISE, True, True),
        (Reason.KEY_COMPROMISE, False, False),
        (Reason.UNSPECIFIED, True, True),
        # He would have the service for time stamps, too.
        (Reason.CA_COMPROMISE, True, False),
    ],
)
def test_a_seal_that_is_revoked_counts_only_for_what_was_certainly_before(
    own: Kept, reason: Reason, later: bool, is_good: bool
) -> None:
    minutes = timedelta(minutes=5 if later else -5)
    revoke_seal(reason, own.sealed_at + minutes)
    if is_good:
        assert judge(own.data).number == own.renewal.number
    else:
        with pytest.raises(SealRevokedError):
            judge(own.data)


@pytest.mark.parametrize("reason", [Reason.KEY_COMPROMISE, Reason.UNSPECIFIED])
def test_without_a_time_stamp_a_stolen_seal_counts_for_nothing(own: Kept, reason: Reason) -> None:
    """Containers were made so before there were time stamps."""
    files = {name: data for name, data in own.files.items() if name != STAMPERS}
    unstamped = seal(files, own.sealed_at)
    assert judge(unstamped).seal.stamp is None
    revoke_seal(reason, own.sealed_at + timedelta(minutes=5))
    with pytest.raises(SealRevokedError):
        judge(unstamped)


def test_a_seal_that_we_never_issued_is_refused(own: Kept) -> None:
    """Signed by the authority's key, and unknown to its records."""
    ServiceCertificate.objects.all().delete()
    with pytest.raises(SealRevokedError):
        judge(own.data)


def test_an_authority_that_is_pinned_no_more_is_trusted_no_more(own: Kept) -> None:
    trust = read_pinned().trust
    for other in (
        Trust((), (), trust.sealers),
        Trust(trust.anchors, (), trust.sealers),
        Trust((), trust.intermediates, trust.sealers),
        Trust(trust.anchors, trust.intermediates, ()),
    ):
        with pytest.raises(SealUnknownError):
            verify_evidence(own.data, trust=other)


def test_an_authority_that_is_pinned_but_not_ours_makes_no_seal_of_ours(
    own: Kept, tmp_path: Path
) -> None:
    """It may well issue certificates for documents to others."""
    strangers = make_authority("ec", tmp_path, NOW - timedelta(days=900))
    root = Authority.objects.create(name="their-root", certificate_der=strangers.new.root_der)
    Authority.objects.create(name="theirs", certificate_der=strangers.new.issuing_der, parent=root)
    key = NEW_KEYS["P-256"]()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    sealer = Forged(key, certify(strangers, spki_of(key), now=own.sealed_at))
    with pytest.raises(SealUnknownError):
        judge(seal_by(sealer, own.files, own.sealed_at))
