"""An answer is made once and said again, and never outlives what the records say."""

import base64
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from pki.models import Certificate, Revocation
from pki.profiles import ServiceKind
from pki.revocation import Reason
from tests.pki.status.house import StatusHouse, now, request_for
from tests.pki.status.server import StatusServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
PATIENCE_SECONDS = 20


def test_an_answer_is_made_once_and_may_be_kept_for_a_minute(
    house: StatusHouse, server: StatusServer
) -> None:
    request = request_for(house, house.issue())
    first, second = server.ask(request), server.ask_by_address(request)
    assert first.body == second.body
    for answer in (first, second):
        assert answer.headers["cache-control"] == (
            "max-age=60, public, no-transform, must-revalidate"
        )
        assert answer.headers["etag"] == first.headers["etag"]
        modified = parsedate_to_datetime(answer.headers["last-modified"])
        assert modified == answer.ocsp.this_update_utc
        expires = parsedate_to_datetime(answer.headers["expires"])
        assert timedelta(seconds=55) < expires - datetime.now(UTC) <= timedelta(seconds=60)
        assert answer.ocsp.next_update_utc is not None
        assert expires < answer.ocsp.next_update_utc


def test_a_cache_is_told_that_nothing_has_changed(house: StatusHouse, server: StatusServer) -> None:
    certificate = house.issue()
    request = request_for(house, certificate)
    tag = server.ask_by_address(request).headers["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = server.ask_by_address(request, {"If-None-Match": condition})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert server.ask_by_address(request, {"If-None-Match": '"other"'}).said == "GOOD"
    house.revoke(certificate)
    assert server.ask_by_address(request, {"If-None-Match": tag}).said == "REVOKED"


def test_head_tells_the_same_without_the_answer(house: StatusHouse, server: StatusServer) -> None:
    request = request_for(house, house.issue())
    whole = server.ask_by_address(request)
    path = "/pki/ocsp/ec/" + base64.urlsafe_b64encode(request).decode()
    head = server.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize("with_nonce", [False, True])
def test_hold_release_and_revocation_are_seen_by_the_next_request(
    house: StatusHouse, server: StatusServer, with_nonce: bool
) -> None:
    certificate = house.issue()
    request = request_for(house, certificate, nonce=bytes(16) if with_nonce else None)
    for _round in range(3):
        assert server.ask(request).said == "GOOD"
        house.revoke(certificate, Reason.CERTIFICATE_HOLD)
        assert server.ask(request).said == "REVOKED"
        house.release(certificate)
    assert server.ask(request).said == "GOOD"
    house.revoke(certificate, Reason.CERTIFICATE_HOLD)
    assert server.ask(request).said == "REVOKED"
    Revocation.objects.filter(serial_hex=certificate.serial_hex).update(
        reason=Reason.KEY_COMPROMISE.value
    )
    answer = server.ask(request)
    assert answer.ocsp.revocation_reason is not None
    assert answer.ocsp.revocation_reason.name == "key_compromise"


class Askers:
    """Several threads that ask about all of them, and notice who hears "good" too late."""

    def __init__(self, server: StatusServer, requests: dict[str, bytes]) -> None:
        self.server, self.requests = server, requests
        self.revoked_at: dict[str, float] = {}
        self.heard = 0
        self.wrong: list[str] = []
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _one in range(6)]

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _ask(self) -> None:
        while not self._ending.is_set():
            for serial, request in self.requests.items():
                asked_at = time.monotonic()
                said = self.server.ask(request).said
                self.heard += 1
                is_late = asked_at > self.revoked_at.get(serial, float("inf"))
                if said != "REVOKED" and (said != "GOOD" or is_late):
                    self.wrong.append(f"{serial} {said}")

    def wait_for(self, number: int) -> None:
        """So many more answers."""
        wanted, until = self.heard + number, time.monotonic() + PATIENCE_SECONDS
        while self.heard < wanted:
            assert time.monotonic() < until
            time.sleep(0.01)


def test_no_connection_hears_good_after_a_revocation_while_many_ask(
    house: StatusHouse, server: StatusServer
) -> None:
    rows = [house.issue() for _one in range(4)]
    requests = {row.serial_hex: request_for(house, row) for row in rows}
    assert {server.ask(request).said for request in requests.values()} == {"GOOD"}
    with Askers(server, requests) as askers:
        for row in rows:
            house.revoke(row)
            askers.revoked_at[row.serial_hex] = time.monotonic()
            askers.wait_for(60)
    assert askers.wrong == []
    assert {server.ask(request).said for request in requests.values()} == {"REVOKED"}


def test_an_end_that_passes_changes_the_answer(house: StatusHouse, server: StatusServer) -> None:
    row = house.issue()
    kept = server.ask(request_for(house, row))
    other = house.issue()
    house.end(other, now() - timedelta(days=1))
    ended = server.ask(request_for(house, other))
    assert b"\x2b\x06\x01\x05\x05\x07\x30\x01\x06" in ended.body
    assert b"\x2b\x06\x01\x05\x05\x07\x30\x01\x06" not in kept.body


def test_a_new_responder_is_taken_up_while_it_runs(
    house: StatusHouse, server: StatusServer
) -> None:
    request = request_for(house, house.issue())
    before = server.ask(request).ocsp.certificates[0].serial_number
    rolled = house.roll()
    assert int(rolled.serial_hex, 16) != before
    until = time.monotonic() + PATIENCE_SECONDS
    while server.ask(request).ocsp.certificates[0].serial_number == before:
        assert time.monotonic() < until
        time.sleep(0.1)
    said = server.ask(request)
    assert said.said == "GOOD"
    assert said.ocsp.certificates[0].serial_number == int(rolled.serial_hex, 16)


def test_a_responder_that_is_revoked_signs_no_more(
    house: StatusHouse, server: StatusServer
) -> None:
    request = request_for(house, house.issue())
    spare = house.roll()
    serial = int(spare.serial_hex, 16)
    until = time.monotonic() + PATIENCE_SECONDS
    while server.ask(request).ocsp.certificates[0].serial_number != serial:
        assert time.monotonic() < until
        time.sleep(0.1)
    Revocation.objects.create(
        authority=house.authority,
        serial_hex=spare.serial_hex,
        revoked_at=now(),
        reason=Reason.KEY_COMPROMISE.value,
    )
    while server.ask(request).ocsp.certificates[0].serial_number == serial:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert server.ask(request).said == "GOOD"


def test_without_any_responder_it_says_try_later_until_there_is_one(
    house: StatusHouse, server: StatusServer
) -> None:
    request = request_for(house, house.issue())
    house.authority.service_certificates.of_kind(ServiceKind.OCSP).delete()
    until = time.monotonic() + PATIENCE_SECONDS
    while server.ask(request).said != "TRY_LATER":
        assert time.monotonic() < until
        time.sleep(0.1)
    answer = server.ask(request)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    house.roll()
    while server.ask(request).said == "TRY_LATER":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert server.ask(request).said == "GOOD"


def test_a_certificate_keeps_its_own_answer_when_others_come(
    house: StatusHouse, server: StatusServer
) -> None:
    rows = [house.issue() for _one in range(3)]
    bodies = {row.serial_hex: server.ask(request_for(house, row)).body for row in rows}
    assert len(set(bodies.values())) == 3
    for row in Certificate.objects.filter(serial_hex__in=bodies):
        assert server.ask(request_for(house, row)).body == bodies[row.serial_hex]
