"""Lists of revoked certificates: a revocation stands in the next ones, in each where it belongs."""

import hashlib
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from pytest_django.fixtures import Settings

from pki.models import Authority, Certificate, ListScope, Revocation, RevocationList
from pki.records import revocation_of
from pki.revocation import Reason, Status
from renewals.actor import WORKER
from renewals.audit.chain import find_break
from renewals.models import Event
from renewals.services import keyring, publishing
from renewals.services.revoking import revoke
from tests.list_clients import gnutls_accepts, openssl_accepts, openssl_verify, pkilint_findings
from tests.renewals.lists import (
    changes,
    hold,
    of_part,
    part,
    path_of,
    release,
    whole,
)
from tests.renewals.people import NOW, Holder, enrol_holder, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PARTS = 3


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.PUBLICATION_DIRECTORY = tmp_path / "published"
    return tmp_path / "published"


@pytest.fixture
def cut(authority: Authority) -> Authority:
    """The same, with a list of three parts."""
    Authority.objects.filter(pk=authority.pk).update(crl_partitions=PARTS)
    return Authority.objects.get(pk=authority.pk)


@pytest.fixture
def people(authority: Authority) -> list[Certificate]:
    holders = [enrol_holder(authority, iin=iin_of(50 + at), days_left=200 * DAY) for at in range(4)]
    return [one for holder in holders for one in holder.certificates.values()]


def publish(authority: Authority, now: datetime = NOW) -> int:
    """As the worker does; returns the number of the newest list."""
    publishing.publish_due(now=now)
    return RevocationList.objects.get(authority=authority, scope=ListScope.FULL.value).number


def put_away(certificate: Certificate, reason: Reason, now: datetime = NOW) -> str:
    assert revoke([certificate], reason=reason, actor=WORKER, now=now) == 1
    return certificate.serial_hex


def test_without_any_revocation_there_are_empty_lists(authority: Authority) -> None:
    assert publishing.publish_due(now=NOW) == 2  # the root's, too
    assert whole(authority).reasons == changes(authority).reasons == {}
    assert authority.parent is not None
    assert whole(authority.parent).reasons == {}
    assert not path_of(authority.parent, "-delta").exists()


def test_nothing_is_made_twice(authority: Authority) -> None:
    publish(authority)
    before = whole(authority).der
    assert publishing.publish_due(now=NOW + MINUTE) == 0
    assert whole(authority).der == before


@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.REMOVE_FROM_CRL])
def test_a_revocation_stands_in_the_next_lists(
    cut: Authority, people: list[Certificate], reason: Reason
) -> None:
    first = publish(cut)
    serial = put_away(people[0], reason)
    assert publish(cut, NOW + MINUTE) == first + 1
    own = of_part(serial, PARTS)
    for found in (whole(cut), changes(cut), part(cut, own)):
        assert found.reasons == {serial: reason}
        assert found.number == first + 1
    assert changes(cut).base_number == first
    for other in set(range(PARTS)) - {own}:
        assert part(cut, other).number == first
        assert part(cut, other).reasons == {}
    row = Revocation.objects.get(serial_hex=serial)
    assert (row.listed_number, row.partition) == (first + 1, own)
    assert row.expires_at == people[0].not_after


def test_many_stand_each_in_its_part_and_all_in_the_whole(
    cut: Authority, people: list[Certificate]
) -> None:
    serials = {put_away(one, Reason.SUPERSEDED) for one in people}
    publish(cut)
    assert whole(cut).reasons.keys() == serials
    for number in range(PARTS):
        here = {serial for serial in serials if of_part(serial, PARTS) == number}
        assert part(cut, number).reasons.keys() == here


def test_others_read_every_list_and_find_no_fault(
    cut: Authority, people: list[Certificate], tmp_path: Path
) -> None:
    publish(cut, NOW - MINUTE)
    for one, reason in zip(people, (Reason.KEY_COMPROMISE, Reason.UNSPECIFIED), strict=False):
        put_away(one, reason)
    hold(people[2], at=NOW)
    publish(cut, NOW)  # GnuTLS looks at the clock
    assert cut.parent is not None
    issuer, root = bytes(cut.certificate_der), bytes(cut.parent.certificate_der)
    for path in path_of(cut).parent.glob("*.crl"):
        chain = [root] if path == path_of(cut.parent) else [issuer, root]
        data = path.read_bytes()
        assert openssl_accepts(data, chain[0], tmp_path) == "verify OK"
        assert "Verification output: Verified." in gnutls_accepts(data, chain, tmp_path)
        assert pkilint_findings(data) == []
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_openssl_refuses_the_revoked_by_whole_list_and_by_changes(
    authority: Authority, people: list[Certificate], tmp_path: Path
) -> None:
    publish(authority)
    older = whole(authority).der
    revoked, good = people[:2]
    put_away(revoked, Reason.KEY_COMPROMISE)
    publish(authority, NOW + MINUTE)
    assert authority.parent is not None
    chain = [bytes(authority.certificate_der), bytes(authority.parent.certificate_der)]
    moment = str(int((NOW + 2 * MINUTE).timestamp()))

    def said(certificate: Certificate, lists: list[bytes], *options: str) -> str:
        der = bytes(certificate.der)
        return openssl_verify(der, chain, lists, tmp_path, ("-attime", moment, *options))

    newer, delta = whole(authority).der, changes(authority).der
    assert "certificate revoked" in said(revoked, [newer])
    assert "OK" in said(good, [newer])
    assert "OK" in said(revoked, [older])
    assert "certificate revoked" in said(revoked, [older, delta], "-extended_crl", "-use_deltas")
    assert "OK" in said(good, [older, delta], "-extended_crl", "-use_deltas")


def test_openssl_refuses_the_revoked_by_their_part(cut: Authority, tmp_path: Path) -> None:
    certificates = [
        next(iter(enrol_holder(cut, iin=iin_of(70 + at)).certificates.values())) for at in range(2)
    ]
    revoked, good = certificates
    put_away(revoked, Reason.KEY_COMPROMISE)
    publish(cut)
    assert cut.parent is not None
    chain = [bytes(cut.certificate_der), bytes(cut.parent.certificate_der)]
    options = ("-attime", str(int((NOW + MINUTE).timestamp())), "-extended_crl")
    for certificate, words in ((revoked, "certificate revoked"), (good, "OK")):
        own = part(cut, of_part(certificate.serial_hex, PARTS)).der
        assert words in openssl_verify(bytes(certificate.der), chain, [own], tmp_path, options)


def test_a_hold_that_is_released_is_taken_back(cut: Authority, people: list[Certificate]) -> None:
    serial, own = people[0].serial_hex, of_part(people[0].serial_hex, PARTS)
    first = publish(cut)
    hold(people[0], at=NOW)
    publish(cut, NOW + MINUTE)
    assert whole(cut).reasons == {serial: Reason.CERTIFICATE_HOLD}
    release(people[0], at=NOW + MINUTE)
    publish(cut, NOW + 2 * MINUTE)
    assert whole(cut).reasons == part(cut, own).reasons == {}
    assert changes(cut).reasons == {serial: Reason.REMOVE_FROM_CRL}
    assert changes(cut).base_number == first
    # Held again, it is not said to be good in the same breath.
    hold(people[0], at=NOW + 3 * MINUTE)
    publish(cut, NOW + 3 * MINUTE)
    for found in (whole(cut), changes(cut), part(cut, own)):
        assert found.reasons == {serial: Reason.CERTIFICATE_HOLD}


def test_a_hold_that_becomes_a_revocation_is_told_again(
    cut: Authority, people: list[Certificate]
) -> None:
    hold(people[0], at=NOW)
    first = publish(cut)
    assert whole(cut).reasons == {people[0].serial_hex: Reason.CERTIFICATE_HOLD}
    serial = put_away(people[0], Reason.KEY_COMPROMISE, NOW + MINUTE)
    publish(cut, NOW + MINUTE)
    for found in (whole(cut), changes(cut), part(cut, of_part(serial, PARTS))):
        assert found.reasons == {serial: Reason.KEY_COMPROMISE}
    assert Revocation.objects.get(serial_hex=serial).listed_number == first + 1


def test_what_changes_while_lists_are_made_is_told_by_the_next(
    authority: Authority, people: list[Certificate]
) -> None:
    hold(people[0], at=NOW)
    put_away(people[1], Reason.SUPERSEDED)
    keys = keyring.held()
    assert keys is not None

    class Slow:
        """While it signs, the hold becomes a revocation and somebody else is revoked."""

        def sign(self, issuer: object, data: bytes) -> bytes:
            if not Revocation.objects.filter(reason=Reason.KEY_COMPROMISE.value).exists():
                put_away(people[0], Reason.KEY_COMPROMISE)
                put_away(people[2], Reason.CESSATION_OF_OPERATION)
            return keys.sign(issuer, data)  # type: ignore[arg-type, union-attr]

    publishing.publish(authority, keys=Slow(), now=NOW)
    waiting = Revocation.objects.filter(listed_number=None).values_list("serial_hex", flat=True)
    assert set(waiting) == {people[0].serial_hex, people[2].serial_hex}
    publish(authority, NOW + MINUTE)
    assert whole(authority).reasons == {
        people[0].serial_hex: Reason.KEY_COMPROMISE,
        people[1].serial_hex: Reason.SUPERSEDED,
        people[2].serial_hex: Reason.CESSATION_OF_OPERATION,
    }


def test_a_serial_without_a_certificate_stands_in_the_lists(authority: Authority) -> None:
    Revocation.objects.create(
        authority=authority,
        serial_hex="5a" * 20,
        revoked_at=NOW,
        reason=Reason.CESSATION_OF_OPERATION.value,
    )
    publish(authority)
    assert whole(authority).reasons == {"5a" * 20: Reason.CESSATION_OF_OPERATION}
    assert Revocation.objects.get().expires_at is None


def test_lists_are_made_anew_before_they_are_old(authority: Authority, settings: Settings) -> None:
    first = publish(authority)
    assert publish(authority, NOW + settings.CRL_REFRESH - MINUTE) == first
    assert publish(authority, NOW + settings.CRL_REFRESH) == first + 1
    found = whole(authority).loaded
    assert found.next_update_utc == NOW + settings.CRL_REFRESH + settings.CRL_LIFETIME
    until = changes(authority).loaded.next_update_utc
    assert until == NOW + settings.CRL_REFRESH + settings.CRL_DELTA_LIFETIME
    root = RevocationList.objects.get(authority=authority.parent)
    assert root.number == 1
    assert root.next_update - root.this_update == settings.CRL_ROOT_LIFETIME


def test_every_whole_list_in_use_can_be_brought_up_to_date(
    authority: Authority, people: list[Certificate], settings: Settings
) -> None:
    """For a month, every six hours: who has any list that holds needs only the newest changes."""
    kept: list[tuple[int, datetime, set[str]]] = []
    for step in range(4 * 30):
        now = NOW + step * timedelta(hours=6)
        if step % 30 == 7:
            put_away(people[step // 30], Reason.SUPERSEDED, now)
        publish(authority, now)
        newest, delta = whole(authority), changes(authority)
        assert newest.number == delta.number == step + 1
        kept.append((newest.number, now, set(newest.reasons)))
        kept = [one for one in kept if now < one[1] + settings.CRL_LIFETIME]
        for number, _made, serials in kept:
            if number < newest.number or step == 0:
                assert delta.base_number <= number
            assert serials | set(delta.reasons) == set(newest.reasons)
    # And they do not grow for ever.
    assert delta.base_number > 100
    assert len(delta.reasons) < len(newest.reasons)


def test_who_has_ended_leaves_the_lists_after_one_more(
    cut: Authority, people: list[Certificate], settings: Settings
) -> None:
    serial = put_away(people[0], Reason.SUPERSEDED)
    own = of_part(serial, PARTS)
    publish(cut)
    end = people[0].not_after
    publish(cut, end + MINUTE)
    assert serial in whole(cut).reasons
    publish(cut, end + settings.CRL_KEEP_EXPIRED - MINUTE)
    assert serial in part(cut, own).reasons
    publish(cut, end + settings.CRL_KEEP_EXPIRED + DAY)
    assert whole(cut).reasons == part(cut, own).reasons == {}
    # The record stays.
    assert revocation_of(cut, serial, now=NOW).status is Status.REVOKED


def test_who_was_revoked_long_after_the_end_is_told_of_once(
    authority: Authority, people: list[Certificate], settings: Settings
) -> None:
    publish(authority)
    late = people[0].not_after + settings.CRL_KEEP_EXPIRED + 10 * DAY
    serial = put_away(people[0], Reason.KEY_COMPROMISE, late)
    publish(authority, late)
    assert serial in whole(authority).reasons
    publish(authority, late + DAY)
    assert serial not in whole(authority).reasons


def test_what_was_published_is_in_the_audit(cut: Authority, people: list[Certificate]) -> None:
    put_away(people[0], Reason.SUPERSEDED)
    publishing.publish_due(now=NOW)
    events = Event.objects.filter(kind="list.published", facts__authority=cut.name)
    facts = events.get().facts
    assert facts["number"] == 1
    files = {one["file"]: one for one in facts["lists"]}
    assert len(files) == 2 + PARTS
    for name, said in files.items():
        data = (path_of(cut).parent / name).read_bytes()
        assert said["sha256"] == hashlib.sha256(data).hexdigest()
    assert files[f"{cut.name}.crl"]["entries"] == 1
    row = RevocationList.objects.get(authority=cut, scope=ListScope.FULL.value)
    assert (row.entries, row.size) == (1, len(whole(cut).der))
    assert find_break(Event.objects.order_by("sequence")) is None


def test_every_list_can_be_made_by_order(cut: Authority) -> None:
    keys = keyring.held()
    assert keys is not None
    publish(cut)
    made = publishing.publish(cut, keys=keys, now=NOW + MINUTE)
    assert {one.number for one in made} == {2}
    assert len(made) == 2 + PARTS
    assert {part(cut, number).number for number in range(PARTS)} == {2}


def test_an_authority_that_is_over_publishes_nothing_more(
    authority: Authority, holder: Holder
) -> None:
    publish(authority)
    put_away(next(iter(holder.certificates.values())), Reason.SUPERSEDED)
    assert publishing.publish_due(now=NOW + timedelta(days=40 * 365)) == 0
    assert whole(authority).number == 1


def test_somebody_elses_lists_are_not_made_here(authority: Authority) -> None:
    Authority.objects.create(name="theirs", certificate_der=bytes(authority.certificate_der))
    publishing.publish_due(now=NOW)
    assert not RevocationList.objects.filter(authority__name="theirs").exists()


def test_certificates_of_a_cut_authority_name_their_part(cut: Authority) -> None:
    (certificate,) = enrol_holder(cut, iin=iin_of(90)).certificates.values()
    loaded = x509.load_der_x509_certificate(bytes(certificate.der))
    points = loaded.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    own = cut.issuer_facts.list_url(of_part(certificate.serial_hex, PARTS))
    assert [name.value for point in points for name in point.full_name or ()] == [own]
