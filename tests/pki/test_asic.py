"""Containers: written in one form, and nothing else is read; hostile ones are made byte by byte."""

import base64
import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pki.archive import write_archive
from pki.asic import (
    MANIFEST_NAME,
    MEDIA_TYPE,
    SEAL_NAME,
    TYPE_NAME,
    read_container,
    write_container,
    write_manifest,
)
from pki.container_errors import (
    ContainerAlgorithmError,
    ContainerDigestError,
    ContainerListError,
    ContainerManifestError,
    ContainerNameError,
    ContainerTypeError,
)
from pki.errors import PKIError
from tests.pki.archives import FILES, SEAL, container, pack, parts, refuse, seconds

# --- what is written ----------------------------------------------------------------------


def test_what_is_written_is_read_again() -> None:
    read = read_container(container())
    assert read.files == FILES
    assert (read.manifest, read.seal) == (write_manifest(FILES), SEAL)


def test_the_same_files_are_the_same_bytes_in_whatever_order_they_come() -> None:
    assert container() == container(dict(reversed(FILES.items())))


def test_others_read_it_as_well(tmp_path: Path) -> None:
    data = container()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == (TYPE_NAME, 0, b"")
        assert archive.read(TYPE_NAME).decode() == MEDIA_TYPE
        assert archive.namelist()[1:3] == [MANIFEST_NAME, SEAL_NAME]
        archive.extractall(tmp_path)
    for name, content in FILES.items():
        assert (tmp_path / name).read_bytes() == content


def test_the_type_can_be_seen_without_unpacking() -> None:
    # ETSI EN 319 162-1, A.1: what `file` and the like look at.
    data = container()
    assert data[:4] == b"PK\x03\x04"
    assert data[30:38] == b"mimetype"
    assert data[38:].startswith(MEDIA_TYPE.encode())


def test_openssl_computes_the_digests_of_the_manifest() -> None:
    manifest = write_manifest(FILES).decode()
    for content in FILES.values():
        command = ["openssl", "dgst", "-sha256", "-binary"]
        done = subprocess.run(command, input=content, capture_output=True, check=True)
        assert f"<ds:DigestValue>{base64.b64encode(done.stdout).decode()}<" in manifest


@pytest.mark.parametrize("name", ["", "../x.txt", "a/b/c.txt", "Ә.txt", "a b.txt"])
def test_no_strange_name_is_ever_written(name: str) -> None:
    with pytest.raises(ContainerNameError):
        write_manifest({name: b""})
    with pytest.raises(ContainerNameError):
        write_archive([(name, b"")])


# --- damage -------------------------------------------------------------------------------


def outcome(data: bytes) -> dict[str, bytes] | None:
    """What is read of it, seal and list included; None if it is refused."""
    try:
        read = read_container(data)
    except PKIError:
        return None
    return {**read.files, "manifest": read.manifest, "seal": read.seal}


def test_no_flipped_bit_is_read() -> None:
    data = container()
    for position in range(len(data) * 8):
        altered = bytearray(data)
        altered[position // 8] ^= 1 << position % 8
        assert outcome(bytes(altered)) is None, position


def test_a_container_cut_or_lengthened_anywhere_is_refused() -> None:
    data = container()
    for position in range(len(data)):
        assert outcome(data[:position]) is None
        assert outcome(data[:position] + b"\0" + data[position:]) is None


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_raises_nothing_else(data: bytes) -> None:
    assert outcome(data) is None
    assert outcome(container() + data) is None or not data
    assert outcome(data + container()) is None or not data


@given(st.data())
def test_a_container_with_a_stretch_replaced_is_refused(draw: st.DataObject) -> None:
    data = container()
    start = draw.draw(st.integers(0, len(data) - 1))
    stretch = draw.draw(st.binary(min_size=1, max_size=40))
    altered = data[:start] + stretch + data[start + len(stretch) :]
    assert altered == data or outcome(altered) is None


# --- the list -----------------------------------------------------------------------------


def test_another_kind_of_archive_is_refused() -> None:
    first, *others = parts()
    with pytest.raises(ContainerTypeError):
        read_container(pack([*others, first]))
    with pytest.raises(ContainerTypeError):
        read_container(pack(others))
    for media_type in (b"application/zip", MEDIA_TYPE.encode() + b"\n", b""):
        with pytest.raises(ContainerTypeError):
            read_container(pack([replace(first, data=media_type), *others]))


@pytest.mark.parametrize("missing", [MANIFEST_NAME, SEAL_NAME])
def test_without_list_or_seal_it_is_refused(missing: str) -> None:
    left = [part for part in parts() if part.name != missing.encode()]
    with pytest.raises(ContainerManifestError):
        read_container(pack(left))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_missing_added_or_altered_is_named(name: str) -> None:
    manifest = write_manifest(FILES)
    less = {other: data for other, data in FILES.items() if other != name}
    for files, listed, error in (
        (less, manifest, ContainerListError),
        (FILES, write_manifest(less), ContainerListError),
        ({**FILES, name: FILES[name] + b" "}, manifest, ContainerDigestError),
    ):
        with pytest.raises(error) as raised:
            read_container(write_container(files, manifest=listed, seal=SEAL))
        assert raised.value.facts["name"] == name


def test_two_files_swapped_are_refused() -> None:
    swapped = {**FILES, "README.txt": FILES["record.json"], "record.json": FILES["README.txt"]}
    with pytest.raises(ContainerDigestError):
        read_container(container(swapped, write_manifest(FILES)))


@pytest.mark.parametrize("name", ["META-INF/more.txt", "meta-inf/signature002.p7s"])
def test_nothing_else_stands_among_the_seals(name: str) -> None:
    with pytest.raises(ContainerListError):
        read_container(container({**FILES, name: b"x"}))


def altered(old: str, new: str, count: int = 1) -> bytes:
    manifest = write_manifest(FILES).decode()
    assert old in manifest
    return manifest.replace(old, new, count).encode()


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]>'


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"not XML",
        DECLARATION.encode(),
        altered(DECLARATION, ""),
        altered("UTF-8", "UTF-16"),
        write_manifest(FILES).decode().encode("utf-16"),
        write_manifest(FILES).decode().encode("utf-7"),
        altered(DECLARATION, DECLARATION + LAUGHS),
        altered(DECLARATION, DECLARATION + '<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        altered(DECLARATION, DECLARATION + '<!DOCTYPE x PUBLIC "-" "http://192.0.2.1/x.dtd">'),
        altered(DECLARATION, DECLARATION + "<!-- hello -->"),
        altered(DECLARATION, DECLARATION + "<?xml-stylesheet href='x'?>"),
        altered("</asic:ASiCManifest>", "<![CDATA[x]]></asic:ASiCManifest>"),
        altered("02918/v1.2.1", "2918/v1.1.1"),
        altered("signature001.p7s", "signature002.p7s"),
        altered("asic:SigReference", "asic:Reference"),
        altered("<ds:DigestMethod", "<asic:DigestMethod"),
        altered("</ds:DigestValue>", "</ds:DigestValue><ds:DigestValue/>"),
        altered("asic:ASiCManifest", "asic:Other", 9),
        altered("=</ds:DigestValue>", "</ds:DigestValue>"),
        altered("=</ds:DigestValue>", "=\u00e9</ds:DigestValue>"),
        altered("</asic:ASiCManifest>", ""),
        altered("</asic:ASiCManifest>", "&undefined;</asic:ASiCManifest>"),
        DECLARATION.encode() + b"<a>" * 12_000 + b"</a>" * 12_000,
        DECLARATION.encode() + b"<a>" * 5_000 + b"</a>" * 5_000,
        altered("</asic:ASiCManifest>", "</asic:ASiCManifest>" + " " * 70_000),
    ],
)
def test_a_list_that_is_more_or_less_than_a_list_is_refused(manifest: bytes) -> None:
    assert seconds(lambda: refuse(container(manifest=manifest), ContainerManifestError)) < 0.2


def test_a_weaker_digest_is_refused_by_name() -> None:
    weak = altered("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")
    with pytest.raises(ContainerAlgorithmError):
        read_container(container(manifest=weak))


def test_a_file_that_is_listed_twice_is_refused() -> None:
    manifest = write_manifest(FILES).decode()
    row = manifest[manifest.index("  <asic:Data") : manifest.index("</asic:DataObjectReference>")]
    doubled = manifest.replace(
        "</asic:ASiCManifest>", f"{row}</asic:DataObjectReference></asic:ASiCManifest>"
    )
    with pytest.raises(ContainerListError):
        read_container(container(manifest=doubled.encode()))


@pytest.mark.parametrize("name", ["../x", "&#46;&#46;/x", "/x", "x&#0;", ""])
def test_a_list_names_files_only(name: str) -> None:
    with pytest.raises((ContainerNameError, ContainerManifestError)):
        read_container(container(manifest=altered("README.txt", name)))
