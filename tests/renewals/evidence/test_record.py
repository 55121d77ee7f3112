"""A record, a list of files or a moment that does not fit, with a seal that does."""

from datetime import timedelta
from pathlib import Path

import pytest

from pki.errors import PKIError
from renewals.evidence.errors import (
    EvidenceFilesError,
    EvidenceMomentError,
    EvidenceRecordError,
)
from renewals.evidence.names import STAMPERS
from tests.pki.issuer.conftest import make_authority
from tests.renewals.evidence.containers import Kept, judge, lie, seal
from tests.renewals.people import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 2),
        ("version", "1"),
        ("version", True),
        ("number", "2026-00000000"),
        ("number", 5),
        ("holder", "КТО-ТО ДРУГОЙ"),
        ("iin", "9999 •••• 9999"),
        ("bin", "260140000005"),
        ("application_sha256", "0" * 64),
        ("form_sha256", "0" * 64),
        ("made_at", "2026-11-24T00:00:00+00:00"),
        ("made_at", "yesterday"),
        ("made_at", "2026-11-24T00:00:00"),
        ("state", "rejected"),
        ("signatures", []),
        ("signatures", None),
        ("signatures", [5]),
        ("certificates", []),
        ("authorities", []),
        ("authorities", ["certificates/authority-2.cer", "certificates/authority-1.cer"]),
        ("seal_revocation", ""),
        ("seal_revocation", "revocation/holder.ocsp"),
        ("events", [{"sequence": "1"}]),
        ("decision", {"verdict": "approve"}),
        (
            "decision",
            dict.fromkeys(
                ("verdict", "right", "reason", "note", "decided_at", "giver", "ends_on"), ""
            ),
        ),
    ],
)
def test_a_record_that_says_something_else_is_refused(own: Kept, field: str, value: object) -> None:
    with pytest.raises(PKIError):
        judge(lie(own, record={field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("signer", "КТО-ТО ДРУГОЙ"),
        ("serial", "5a" * 20),
        ("claimed_at", "2026-11-24T00:00:00+00:00"),
        ("verified_at", "2060-01-01T00:00:00+00:00"),
        ("verified_at", "2020-01-01T00:00:00+00:00"),
        ("purpose", "approval"),
        ("purpose", "sign-in"),
        ("purpose", "?"),
        ("text", "README.txt"),
        ("certificate", "certificates/issued-SIGN.cer"),
        ("revocation", "revocation/seal.ocsp"),
    ],
)
def test_a_record_that_says_something_else_of_a_signature_is_refused(
    own: Kept, field: str, value: str
) -> None:
    (row,) = own.record["signatures"]
    with pytest.raises(PKIError):
        judge(lie(own, record={"signatures": [{**row, field: value}]}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 200_000,
        b'{"version": ' + b"9" * 10_000 + b"}",
        b'{"version": NaN}',
    ],
)
def test_a_record_that_is_none_is_refused(own: Kept, data: bytes) -> None:
    with pytest.raises(EvidenceRecordError):
        judge(lie(own, {"record.json": data}))


def test_the_record_in_another_layout_is_refused(own: Kept) -> None:
    data = own.files["record.json"]
    doubled = data.replace(b'"version": 1', b'"version": 1,\n  "version": 1')
    for other in (data + b"\n", data.replace(b"  ", b""), doubled):
        with pytest.raises(EvidenceRecordError):
            judge(lie(own, {"record.json": other}))


@pytest.mark.parametrize("name", ["more.txt", "requests/MORE.csr", "certificates/authority-3.cer"])
def test_a_file_that_is_carried_along_is_refused(own: Kept, name: str) -> None:
    with pytest.raises(EvidenceFilesError):
        judge(lie(own, {name: b"x"}))


def test_a_file_that_is_missing_is_refused(own: Kept) -> None:
    # Without those who stamped there is no stamp either, and nobody misses one.
    for name in own.files.keys() - {STAMPERS}:
        files = {other: data for other, data in own.files.items() if other != name}
        with pytest.raises(EvidenceFilesError) as raised:
            judge(seal(files, own.sealed_at))
        assert raised.value.facts["name"] == name


def test_another_authority_carried_along_for_openssl_is_refused(own: Kept, tmp_path: Path) -> None:
    false = make_authority("ec", tmp_path, NOW - timedelta(days=900))
    pem = (tmp_path / "root.pem").read_bytes()
    with pytest.raises(EvidenceFilesError):
        judge(lie(own, {"authorities.pem": own.files["authorities.pem"] + pem}))
    record = {"authorities": [*own.record["authorities"], "certificates/authority-3.cer"]}
    more = {
        "authorities.pem": own.files["authorities.pem"] + pem,
        "certificates/authority-3.cer": false.new.root_der,
    }
    with pytest.raises(EvidenceFilesError):
        judge(lie(own, more, record))


def test_nothing_is_younger_than_the_container(own: Kept) -> None:
    earlier = own.sealed_at - timedelta(seconds=5)
    with pytest.raises(EvidenceMomentError):
        judge(lie(own, record={"made_at": earlier.isoformat()}))
    with pytest.raises(EvidenceMomentError):
        judge(seal(own.files, earlier))
