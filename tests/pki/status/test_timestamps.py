"""Time stamps over HTTP (RFC 3161, 3.4), by the process that answers the world."""

import subprocess
from pathlib import Path

import pytest

from pki.profiles import ServiceKind
from tests.pki.issuer.stamper import ask, openssl
from tests.pki.status.house import StatusHouse, build_house
from tests.pki.status.server import StatusServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
QUERY = {"Content-Type": "application/timestamp-query"}
DATA = "бір сөз".encode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> StatusHouse:
    """With somebody who stamps."""
    house = build_house(tmp_path_factory.mktemp("house"))
    house.add_responder(ServiceKind.TIMESTAMP)
    return house


def test_openssl_is_given_a_time_stamp_and_believes_it(
    house: StatusHouse, server: StatusServer, tmp_path: Path
) -> None:
    query = ask(tmp_path, DATA, "-sha512", "-cert")
    answer = server.send("POST", "/pki/tsa/ec/", query, QUERY)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/timestamp-reply")
    assert "no-store" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    (tmp_path / "reply.tsr").write_bytes(answer.body)
    said = openssl(
        tmp_path,
        *("ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr"),
        *("-CAfile", str(house.directory / "root.pem")),
        *("-untrusted", str(house.directory / "issuing.pem")),
    )
    assert b"Verification: OK" in said.stdout + said.stderr, said.stderr


def test_what_is_no_question_is_refused_in_an_answer(
    house: StatusHouse, server: StatusServer, tmp_path: Path
) -> None:
    for query in (b"", b"x", b"\x30\x00"):
        answer = server.send("POST", "/pki/tsa/ec/", query, QUERY)
        assert answer.status == 200
        (tmp_path / "reply.tsr").write_bytes(answer.body)
        command = ["openssl", "ts", "-reply", "-in", "reply.tsr", "-text"]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert b"the data submitted has the wrong format" in said.stdout


def test_there_is_no_other_way_to_ask(house: StatusHouse, server: StatusServer) -> None:
    assert server.send("GET", "/pki/tsa/ec/").status == 405
    assert server.send("POST", "/pki/tsa/nobody/", b"x", QUERY).status == 503
    assert server.send("POST", "/pki/tsa/ec/", bytes(20_000), QUERY).status == 413
