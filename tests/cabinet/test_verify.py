"""The page that checks a container, by HTTP: what it says, and what it cannot be made to do."""

import io
import logging
import time
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pki.archive import LIMITS
from pki.asic import read_container, write_container
from pki.certificate import Purpose, Role
from pki.models import Authority, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Verdict
from renewals.services import ending, issuing, revoking
from tests.cabinet.verifying import WHOLE, a_browser, assert_refused, send, text_of
from tests.pki.archives import Part, pack
from tests.renewals.evidence.containers import Kept, forge, keep, lie, now, seal_by
from tests.renewals.firm import Firm
from tests.renewals.people import NOW, Holder, enrol_employee, enrol_holder, iin_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return a_browser()


@pytest.fixture
def holder(authority: Authority) -> Holder:
    return enrol_holder(authority, purposes=(Purpose.AUTH, Purpose.SIGN))


@pytest.fixture
def own(holder: Holder) -> Kept:
    return keep(holder.submit())


@pytest.fixture
def firm(authority: Authority) -> Firm:
    head = enrol_employee(authority, Role.HEAD, iin=iin_of(1), name=("АХМЕТОВ", "ЕРЛАН", ""))
    return Firm(authority, head)


# --- what it says -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_opens_for_anybody(browser: Client, language: str) -> None:
    reply = browser.get(reverse("verify"), headers={"Accept-Language": language}, secure=True)
    page = text_of(reply)
    assert reply.status_code == 200
    assert f'<html lang="{language}">' in page
    assert page.count("<h1") == 1
    assert 'enctype="multipart/form-data"' in page
    assert "<script" not in page, "it works without scripts"


def test_every_page_leads_to_it(browser: Client) -> None:
    page = text_of(browser.get(reverse("start"), secure=True))
    assert f'href="{reverse("verify")}"' in page


def test_an_individuals_container_is_whole(browser: Client, own: Kept) -> None:
    reply = send(browser, own.data)
    page = text_of(reply)
    assert reply.status_code == 200
    assert page.count("<h1") == 1
    assert f"<h1>{WHOLE}</h1>" in page
    assert own.renewal.number in page
    assert "Сейтқали Айгүл Маратқызы" in page
    assert "0102 •••• 0005" in page
    assert own.renewal.holder_iin not in page
    assert "Nobody had to" in page
    assert page.count("New certificate") == 2
    assert "does not hold" not in page


def test_an_approved_one_says_who_agreed_by_what_right(browser: Client, firm: Firm) -> None:
    renewals = firm.applications(3)
    firm.head.approve(*renewals)
    page = text_of(send(browser, keep(renewals[0]).data))
    assert WHOLE in page
    assert "Who agreed" in page
    assert "Ахметов Ерлан" in page
    assert "first head" in page
    assert "The decision names this application by its number" in page
    # The list names colleagues; the page does not.
    assert renewals[1].number not in page


def test_a_refused_one_says_who_refused_and_why(browser: Client, firm: Firm) -> None:
    (renewal,) = firm.applications(1)
    statement = firm.head.state(
        renewal, verdict=Verdict.REJECT, reason="other", note="<b>Уволен</b>"
    )
    firm.head.decide(statement, verdict=Verdict.REJECT)
    page = text_of(send(browser, keep(renewal).data))
    assert WHOLE in page
    assert "Who refused" in page
    assert "&lt;b&gt;Уволен&lt;/b&gt;" in page
    assert "New certificate" not in page


def test_a_delegated_one_says_who_gave_the_right(browser: Client, firm: Firm) -> None:
    deputy = enrol_employee(
        firm.authority, Role.SIGNING_RIGHT, iin=iin_of(3), name=("ИБРАЕВ", "АЛМАС", "")
    )
    firm.head.delegate(deputy)
    (renewal,) = firm.applications(1)
    deputy.approve(renewal)
    page = text_of(send(browser, keep(renewal).data))
    assert WHOLE in page
    assert "Who gave the right to agree" in page
    assert "delegation by Ахметов Ерлан, until" in page


def test_one_that_ended_without_a_decision_says_so(browser: Client, firm: Firm) -> None:
    (renewal,) = firm.applications(1)
    later = NOW + timedelta(days=31)
    ending.lapse_due(now=later)
    page = text_of(send(browser, keep(renewal).data))
    assert WHOLE in page
    assert "ended without a decision" in page


def test_the_number_of_the_paper_is_compared(browser: Client, own: Kept) -> None:
    number = own.renewal.number
    page = text_of(browser.get(reverse("verify"), {"number": number}, secure=True))
    assert f"application № {number}" in page
    assert "It is another application" not in text_of(send(browser, own.data, number))
    page = text_of(send(browser, own.data, "2026-00000000"))
    assert WHOLE in page
    assert 'You came with <span class="nb">№ 2026-00000000</span>' in page


@pytest.mark.parametrize(
    "number", ["<script>alert(1)</script>", "x" * 5000, "\x00", "2026-1'--", "١٢٣"]
)
def test_a_strange_number_is_not_shown(browser: Client, number: str) -> None:
    reply = browser.get(reverse("verify"), {"number": number}, secure=True)
    assert reply.status_code == 200
    assert "came with" not in text_of(reply)
    assert "<script>" not in text_of(reply)


def test_a_certificate_that_was_revoked_later_was_valid_then(
    browser: Client, own: Kept, holder: Holder
) -> None:
    revoking.revoke(holder.certificates.values(), reason=Reason.SUPERSEDED, actor=WORKER, now=now())
    page = text_of(send(browser, own.data))
    assert "Revoked later" in page
    assert "No, it was revoked" not in page


def test_a_certificate_that_was_revoked_before_is_said_to_have_been(
    browser: Client, holder: Holder
) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=now(), linted=False)
    for certificate in holder.certificates.values():
        Revocation.objects.create(
            authority=certificate.authority,
            serial_hex=certificate.serial_hex,
            revoked_at=NOW - timedelta(days=1),
            reason=Reason.KEY_COMPROMISE.value,
        )
    page = text_of(send(browser, keep(renewal).data))
    assert WHOLE in page
    assert "not valid any more when it signed" in page
    assert "No, it was revoked" in page
    assert "does not hold" in page


# --- what is refused ----------------------------------------------------------------------


def test_one_byte_changed_anywhere_is_told(browser: Client, own: Kept) -> None:
    for position in range(40, len(own.data), len(own.data) // 40):
        altered = bytearray(own.data)
        altered[position] ^= 1
        reply = send(browser, bytes(altered))
        assert reply.status_code == 422
        assert WHOLE not in text_of(reply)


def test_an_altered_file_is_named(browser: Client, own: Kept) -> None:
    whole = read_container(own.data)
    files = {**whole.files, "statement.txt": whole.files["statement.txt"] + b" "}
    reply = send(browser, write_container(files, manifest=whole.manifest, seal=whole.seal))
    assert_refused(reply, "This container was altered")
    assert "“statement.txt” was changed after" in text_of(reply)


def test_parts_of_two_applications_do_not_belong_together(
    browser: Client, own: Kept, authority: Authority
) -> None:
    other = keep(enrol_holder(authority, iin=iin_of(9)).submit())
    for changes in (
        {"form.pdf": other.files["form.pdf"]},
        {"statement.txt": other.files["statement.txt"]},
        {name: other.files[name] for name in ("statement.txt", "statement.p7s")},
        {"revocation/holder.ocsp": other.files["revocation/holder.ocsp"]},
    ):
        reply = send(browser, lie(own, changes))
        assert_refused(reply, "The parts of this container do not belong together")


def test_a_seal_of_the_same_names_is_not_ours(browser: Client, own: Kept) -> None:
    root = forge(own.files["certificates/authority-1.cer"])
    issuing = forge(own.files["certificates/authority-2.cer"], root)
    sealer = forge(own.files["certificates/seal.cer"], issuing)
    reply = send(browser, seal_by(sealer, own.files, own.sealed_at))
    assert_refused(reply, "This container was not sealed by this portal")


TRICKS = {
    "nothing of ours": b"%PDF-1.7 hello",
    "a program": b"MZ" + bytes(500),
    "an empty archive": b"PK\x05\x06" + bytes(18),
    "one that leads out": pack([Part(b"../../etc/passwd", b"x")]),
    "one for another system": pack([Part(b"..\\..\\x", b"x")]),
    "a link": pack([Part(b"x", b"/etc/passwd", outer=0o120777 << 16)]),
    "markup for a name": pack([Part(b"<img src=x>", b"x")]),
    "two of one name": pack([Part(b"mimetype", b"x"), Part(b"MIMETYPE", b"x")]),
    "with a password": pack([Part(b"x", b"x", flags=1)]),
    "a bomb": pack([Part(b"x", bytes(50_000_000), method=8)]),
    "a bomb that lies": pack([Part(b"x", bytes(50_000_000), method=8, size=10)]),
    "many files": pack([Part(b"f%d" % number, b"") for number in range(500)]),
    "nested": pack([Part(b"x.zip", pack([Part(b"y.zip", bytes(1000))]))]),
    "the most that is read": bytes(LIMITS.archive),
    "one byte more": bytes(LIMITS.archive + 1),
}


@pytest.mark.parametrize("name", sorted(TRICKS))
def test_no_trick_works_or_takes_long(
    browser: Client, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.process_time()
    with caplog.at_level(logging.ERROR):
        reply = send(browser, TRICKS[name])
    assert time.process_time() - began < 1
    lies = name == "a bomb that lies"
    assert_refused(
        reply, "This container was altered" if lies else "This is not a container of ours"
    )
    assert "<img" not in text_of(reply)
    assert not [row for row in caplog.records if row.exc_info]


def test_what_other_programs_pack_is_not_ours(browser: Client, own: Kept) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.etsi.asic-e+zip", zipfile.ZIP_STORED)
        for name, data in own.files.items():
            archive.writestr(name, data)
    reply = send(browser, packed.getvalue())
    assert_refused(reply, "This is not a container of ours")
    assert "packed again" in text_of(reply)


def test_a_hundred_megabytes_are_turned_away_at_once(browser: Client) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="container"; filename="x.asice"\r\n\r\n'
    body = head + bytes(100 * 1024 * 1024) + b"\r\n--b--\r\n"
    began = time.process_time()
    reply = browser.generic(
        "POST", reverse("verify"), body, "multipart/form-data; boundary=b", secure=True
    )
    assert time.process_time() - began < 1
    assert_refused(reply, "This is not a container of ours", status=413)
