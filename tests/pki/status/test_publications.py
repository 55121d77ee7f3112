"""Lists and certificates over HTTP, as files with versions and pieces."""

import subprocess
import time
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from pki.models import CrossCertificate
from tests.pki.status.house import StatusHouse, now
from tests.pki.status.server import StatusServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
NOW = now()
DATA = bytes(range(256)) * 5000


@pytest.fixture
def published(house: StatusHouse) -> Path:
    """Not lists in fact: what is in them is nobody's business here."""
    for name in ("ec.crl", "ec-delta.crl", "ec-7.crl"):
        put(house.published / name, name.encode() + DATA)
    return house.published


def put(path: Path, data: bytes) -> None:
    """Whole, as the worker does."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)


@pytest.mark.parametrize(
    ("path", "name"),
    [("ec.crl", "ec.crl"), ("ec-delta.crl", "ec-delta.crl"), ("ec/7.crl", "ec-7.crl")],
)
def test_each_list_has_its_address(
    published: Path, server: StatusServer, path: str, name: str
) -> None:
    answer = server.send("GET", f"/pki/{path}")
    assert (answer.status, answer.body) == (200, name.encode() + DATA)
    assert answer.headers["content-type"] == "application/pkix-crl"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["x-content-type-options"] == "nosniff"
    head = server.send("HEAD", f"/pki/{path}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.body))


def test_caches_keep_it_for_less_than_a_minute(published: Path, server: StatusServer) -> None:
    said = server.send("GET", "/pki/ec.crl").headers["cache-control"]
    assert said == "max-age=20, public, no-transform, must-revalidate"


def test_nothing_is_sent_twice(published: Path, server: StatusServer) -> None:
    first = server.send("GET", "/pki/ec.crl").headers
    for condition in (
        {"If-None-Match": first["etag"]},
        {"If-None-Match": f'W/{first["etag"]}, "x"'},
        {"If-Modified-Since": first["last-modified"]},
        # RFC 9110, 13.1.3: the date does not count beside a tag.
        {"If-None-Match": first["etag"], "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = server.send("GET", "/pki/ec.crl", headers=condition)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first["etag"])
    earlier = parsedate_to_datetime(first["last-modified"]) - timedelta(seconds=2)
    for condition in (
        {"If-None-Match": '"x"', "If-Modified-Since": first["last-modified"]},
        {"If-Modified-Since": format_datetime(earlier, usegmt=True)},
        {"If-Modified-Since": "yesterday"},
    ):
        assert server.send("GET", "/pki/ec.crl", headers=condition).status == 200


def test_a_new_list_is_served_at_once_under_another_tag(
    published: Path, server: StatusServer
) -> None:
    before = server.send("GET", "/pki/ec.crl")
    put(published / "ec.crl", b"new")
    after = server.send("GET", "/pki/ec.crl", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status, after.body) == (200, b"new")


WHOLE = b"ec.crl" + DATA
SIZE = len(WHOLE)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-104", 5, 105),
        ("bytes=1000000-", 1_000_000, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        (f"bytes=0-{SIZE * 2}", 0, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        ("bytes=100-600000", 100, 600_001),
    ],
)
def test_a_piece_is_sent(
    published: Path, server: StatusServer, wanted: str, start: int, end: int
) -> None:
    answer = server.send("GET", "/pki/ec.crl", headers={"Range": wanted})
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.body == WHOLE[start:end]


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=99999999-", "bytes=-0"])
def test_a_piece_beyond_the_end_is_refused(
    published: Path, server: StatusServer, wanted: str
) -> None:
    answer = server.send("GET", "/pki/ec.crl", headers={"Range": wanted})
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "wanted",
    ["bytes=5-1", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 40],
)
def test_what_is_no_range_is_not_heard(published: Path, server: StatusServer, wanted: str) -> None:
    assert server.send("GET", "/pki/ec.crl", headers={"Range": wanted}).body == WHOLE


def test_a_broken_download_goes_on_only_with_the_same_version(
    published: Path, server: StatusServer
) -> None:
    first = server.send("GET", "/pki/ec.crl").headers
    rest = {"Range": "bytes=10-"}
    for version in (first["etag"], first["last-modified"]):
        answer = server.send("GET", "/pki/ec.crl", headers={**rest, "If-Range": version})
        assert (answer.status, answer.body) == (206, WHOLE[10:])
    for version in ('"another"', "Thu, 01 Jan 1970 00:00:00 GMT", "?"):
        answer = server.send("GET", "/pki/ec.crl", headers={**rest, "If-Range": version})
        assert (answer.status, answer.body) == (200, WHOLE)


def test_a_large_list_is_sent_whole_while_it_is_replaced(
    published: Path, server: StatusServer
) -> None:
    large = DATA * 20
    put(published / "ec.crl", large)
    command = ["curl", "-s", "--limit-rate", "40M", f"{server.url}/ec.crl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        begun = client.stdout.read(1000)
        put(published / "ec.crl", b"another")
        assert begun + client.stdout.read() == large


def test_certificates_of_authorities_are_at_their_addresses(
    house: StatusHouse, server: StatusServer
) -> None:
    for name, der in (("ec", house.made.new.issuing_der), ("ec-root", house.made.new.root_der)):
        answer = server.send("GET", f"/pki/{name}.cer")
        assert (answer.status, answer.body) == (200, der)
        assert answer.headers["content-type"] == "application/pkix-cert"
        tag = {"If-None-Match": answer.headers["etag"]}
        assert server.send("GET", f"/pki/{name}.cer", headers=tag).status == 304


def test_the_chain_is_a_message_of_certificates_alone(
    house: StatusHouse, server: StatusServer
) -> None:
    answer = server.send("GET", "/pki/ec.p7c")
    assert answer.headers["content-type"] == "application/pkcs7-mime"
    expected = [house.made.new.issuing_der, house.made.new.root_der]
    assert set(pkcs7.load_der_pkcs7_certificates(answer.body)) == {
        x509.load_der_x509_certificate(der) for der in expected
    }


def test_an_authority_that_is_new_is_found_soon(house: StatusHouse, server: StatusServer) -> None:
    assert server.send("GET", "/pki/ec.cer").status == 200
    other = type(house.authority)(
        pk=7100, name="later", certificate_der=house.made.new.root_der, key_name="later"
    )
    other.save(force_insert=True)
    until = time.monotonic() + 20
    while server.send("GET", "/pki/later.cer").status != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_certificate_between_roots_is_found_by_its_name(
    house: StatusHouse, server: StatusServer
) -> None:
    made = house.made.new
    CrossCertificate.objects.create(
        subject=house.root,
        issuer=house.authority,
        certificate_der=made.root_der,
        not_before=NOW,
        not_after=NOW + timedelta(days=1),
    )
    until = time.monotonic() + 20
    while (answer := server.send("GET", "/pki/ec-root-by-ec.cer")).status != 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert answer.body == made.root_der
    assert server.send("GET", "/pki/ec-root-by-ec.p7c").status == 404
    CrossCertificate.objects.all().delete()
