"""Every step of the README inside, run with the real OpenSSL; and what other readers say."""

import asyncio
import base64
import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from lxml import etree
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from pki.asic import MANIFEST_NAME, SEAL_NAME, read_container
from pki.models import Authority
from renewals.models import Signature
from renewals.statement import group_hex
from tests.pki.factories import Cms, key, to_ber
from tests.renewals.evidence.containers import Kept, judge, keep, unpack
from tests.renewals.people import NOW, enrol_holder

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Ran:
    """A command of the README, and what came out."""

    command: str
    status: int
    said: str


def run_readme(folder: Path) -> list[Ran]:
    """Every command of one language, in order, in the folder."""
    readme = (folder / "README.txt").read_text()
    assert readme.count("\n" + "=" * 72 + "\n") == 2, "three languages"
    ran = []
    for command in re.findall(r"^ {4}(openssl .*)$", readme.split("=" * 72)[-1], re.MULTILINE):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        ran.append(Ran(command, done.returncode, done.stdout + done.stderr))
    return ran


def test_every_step_of_the_readme_succeeds(kept: Kept, tmp_path: Path) -> None:
    unpack(kept, tmp_path)
    ran = run_readme(tmp_path)
    assert all(one.status == 0 for one in ran), [one for one in ran if one.status]
    manifest = (tmp_path / MANIFEST_NAME).read_text()
    verified = {"stamps": 0, "seal": 0, "texts": 0, "answers": 0, "issued": 0, "digests": 0}
    for one in ran:
        if "openssl asn1parse" in one.command:
            continue
        if "openssl ts -verify" in one.command:
            assert "Verification: OK" in one.said
            verified["stamps"] += 1
        elif "openssl ts -reply" in one.command:
            assert "Time stamp: " in one.said
        elif SEAL_NAME in one.command:
            assert "CAdES Verification successful" in one.said
            verified["seal"] += 1
        elif "openssl cms" in one.command:
            assert "Verification successful" in one.said
            (text,) = re.findall(r"-content (\S+)", one.command)
            assert (tmp_path / text).read_text().strip() in one.said
            verified["texts"] += 1
        elif "openssl ocsp" in one.command:
            assert "Response verify OK" in one.said
            (certificate,) = re.findall(r"-cert (\S+)", one.command)
            assert f"{certificate}: good" in one.said
            assert "WARNING" not in one.said
            verified["answers"] += 1
        elif "openssl verify" in one.command:
            assert one.said.strip().endswith(".cer: OK")
            verified["issued"] += 1
        elif "openssl base64" in one.command:
            (name,) = re.findall(r"-binary (\S+)", one.command)
            row = re.search(rf'URI="{re.escape(name)}".*?<ds:DigestValue>(.*?)<', manifest, re.S)
            assert row is not None
            assert row[1] == one.said.strip()
            verified["digests"] += 1
    files = kept.files
    assert verified == {
        "stamps": 1,
        "seal": 1,
        "texts": sum(name.endswith(".p7s") for name in files),
        "answers": sum(name.endswith(".ocsp") for name in files),
        "issued": sum("issued-" in name and name.endswith(".cer") for name in files),
        "digests": len(files),
    }


def test_the_digests_that_the_readme_tells_to_compare_are_there(
    approved: Kept, tmp_path: Path
) -> None:
    unpack(approved, tmp_path)
    ran = {one.command: one.said for one in run_readme(tmp_path)}
    for source, text in (
        ("statement.txt", "approval.txt"),
        ("requests/COMBINED.csr", "statement.txt"),
    ):
        digest = ran[f"openssl dgst -sha256 {source}"].strip().rpartition(" ")[2]
        assert group_hex(digest) in (tmp_path / "README.txt").read_text()
        assert f": {group_hex(digest)}\n" in (tmp_path / text).read_text()


def test_the_keys_of_request_and_certificate_come_out_the_same(own: Kept, tmp_path: Path) -> None:
    unpack(own, tmp_path)
    keys = [one.said for one in run_readme(tmp_path) if one.command.endswith("-pubkey")]
    assert len(keys) == 4
    assert keys[0] == keys[1] != keys[2] == keys[3]


@pytest.mark.parametrize(
    "name",
    ["statement.txt", "statement.p7s", MANIFEST_NAME, SEAL_NAME, "revocation/holder.ocsp"],
)
def test_a_step_of_the_readme_fails_over_an_altered_file(
    own: Kept, tmp_path: Path, name: str
) -> None:
    unpack(own, tmp_path)
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    failed = [one.command for one in run_readme(tmp_path) if one.status]
    # The seal ends with its time stamp, which is taken out before it is verified.
    shown = "seal.tst" if name == SEAL_NAME else name
    assert any(shown in command for command in failed)


def test_pyhanko_and_asn1crypto_read_the_seal_and_every_signature(approved: Kept) -> None:
    whole = read_container(approved.data)
    rows = Authority.objects.order_by("parent_id")
    known = [asn1_x509.Certificate.load(bytes(row.certificate_der)) for row in rows]
    roots = [one for one in known if one.subject == one.issuer]
    for cms, content, moment in (
        (whole.seal, whole.manifest, approved.sealed_at),
        (whole.files["statement.p7s"], whole.files["statement.txt"], NOW),
        (whole.files["approval.p7s"], whole.files["approval.txt"], NOW),
    ):
        context = ValidationContext(
            trust_roots=roots, other_certs=known, allow_fetching=False, moment=moment
        )
        status = asyncio.run(
            async_validate_detached_cms(
                content,
                asn1_cms.ContentInfo.load(cms)["content"],
                signer_validation_context=context,
            )
        )
        assert (status.intact, status.valid, status.trusted) == (True, True, True)


def test_the_manifest_is_what_others_expect_of_it(approved: Kept) -> None:
    """ETSI EN 319 162-1, A.4, by another reader of XML."""
    whole = read_container(approved.data)
    root = etree.fromstring(whole.manifest)
    names = {"a": "http://uri.etsi.org/02918/v1.2.1#", "d": "http://www.w3.org/2000/09/xmldsig#"}
    assert root.tag == "{http://uri.etsi.org/02918/v1.2.1#}ASiCManifest"
    assert root.xpath("a:SigReference/@URI", namespaces=names) == [SEAL_NAME]
    rows = root.findall("a:DataObjectReference", names)
    assert [row.get("URI") for row in rows] == sorted(whole.files)
    for row in rows:
        digest = hashlib.sha256(whole.files[row.get("URI")]).digest()
        assert base64.b64decode(row.findtext("d:DigestValue", namespaces=names)) == digest


@pytest.mark.parametrize("form", ["PEM", "BER", "CAdES"])
def test_a_signature_is_carried_as_it_came_and_the_readme_knows_how_to_read_it(
    authority: Authority, tmp_path: Path, form: str
) -> None:
    """People sign with other programs, too."""
    holder = enrol_holder(authority, new_key=lambda: key("P-256", 5))
    renewal = holder.submit()
    row = Signature.objects.get(statement__renewal=renewal)
    cms = bytes(row.cms_der)
    if form == "PEM":
        command = ["openssl", "cms", "-cmsout", "-inform", "DER", "-outform", "PEM"]
        cms = subprocess.run(command, input=cms, capture_output=True, check=True).stdout
    elif form == "BER":
        cms = to_ber(cms, 3)
    else:
        (certificate,) = holder.certificates.values()
        loaded = x509.load_der_x509_certificate(bytes(certificate.der))
        cms = Cms(row.statement.text.encode(), "P-256", loaded, number=5).build()
        Signature.objects.filter(pk=row.pk).update(signed_at=None)
    Signature.objects.filter(pk=row.pk).update(cms_der=cms)
    kept = keep(renewal)
    assert kept.files["statement.p7s"] == cms
    assert judge(kept.data).applicant.was_valid
    unpack(kept, tmp_path)
    ran = run_readme(tmp_path)
    assert all(one.status == 0 for one in ran), [one for one in ran if one.status]
    (own,) = [one for one in ran if "-in statement.p7s" in one.command]
    assert ("-inform PEM" in own.command) == (form == "PEM")
    assert ("CAdES Verification successful" in own.said) == (form == "CAdES")
