"""What comes back: the delivery fails, its address is marked once, the person hears otherwise."""

import io
import mailbox
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from notifications.delivering import verp
from notifications.delivering.bounces import parse_report
from notifications.delivering.returning import Returned, apply_report, fail_address
from notifications.kinds import DeliveryState, MessageKind, Topic
from notifications.models import Address, Delivery, Mute, Notice, Verification
from notifications.telling.fanout import NewNotice, tell
from tests.notifications.conftest import reach
from tests.notifications.reports import HOLIDAY, postfix, within
from tests.processes import ROOT
from tests.renewals.people import IIN, NOW
from tests.renewals.workers import environment

pytestmark = [pytest.mark.django_db, pytest.mark.data]
SENT, FAILED, WAITING = "sent", "failed", "waiting"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def mail(db: None) -> Address:
    """Where letters go."""
    return reach(IIN, now=NOW - timedelta(days=1))


def told(key: str = "k", kind: MessageKind = MessageKind.APPLICATION_REJECTED) -> Delivery:
    """A letter that has left."""
    tell([NewNotice(key=key, iin=IIN, kind=kind)], now=NOW)
    letter = Delivery.objects.get(notice__key=key, channel="email")
    Delivery.objects.filter(pk=letter.pk).update(state=SENT, sent_at=NOW, language="kk")
    letter.refresh_from_db()
    return letter


def states(notice: Notice | None) -> dict[str, str]:
    return dict(Delivery.objects.filter(notice=notice).values_list("channel", "state"))


def fail(letter: Delivery, *, is_bad: bool = True) -> bool:
    return fail_address(letter, error="returned: 5.1.1", is_address_bad=is_bad, now=LATER)


def test_a_bad_address_is_marked_and_its_holder_hears_of_it(mail: Address) -> None:
    letter = told()
    phone = reach(IIN, channel="sms")
    assert fail(letter)
    letter.refresh_from_db()
    mail.refresh_from_db()
    assert (letter.state, letter.error, letter.lease_token) == (FAILED, "returned: 5.1.1", "")
    assert (mail.failed_at, mail.failure) == (LATER, "returned: 5.1.1")
    # The same, by the other way, in the language of the letter.
    short = Delivery.objects.get(notice=letter.notice, channel="sms")
    assert (short.to, short.language, short.state) == (phone.value, "kk", WAITING)
    notice = Notice.objects.get(kind=MessageKind.ADDRESS_FAILED.value)
    assert notice.iin == IIN
    assert notice.facts == {"channel": "email", "address": mail.pk}
    assert len(notice.number) == 12
    assert states(notice) == {"sms": WAITING}


def test_a_good_address_is_left_but_the_notice_goes_round(mail: Address) -> None:
    letter = told()
    reach(IIN, channel="sms")
    assert fail(letter, is_bad=False)
    mail.refresh_from_db()
    assert mail.works
    assert states(letter.notice) == {"email": FAILED, "sms": WAITING}
    assert not Notice.objects.filter(kind=MessageKind.ADDRESS_FAILED.value).exists()


def test_it_is_done_once(mail: Address) -> None:
    letter = told()
    reach(IIN, channel="sms")
    assert fail(letter)
    before = list(Delivery.objects.order_by("id").values())
    stale = letter
    assert not fail(stale)
    letter.refresh_from_db()
    assert not fail(letter)
    assert list(Delivery.objects.order_by("id").values()) == before
    assert Notice.objects.count() == 2


def test_five_letters_come_back_and_the_holder_hears_once(mail: Address) -> None:
    letters = [told(f"k{number}") for number in range(5)]
    reach(IIN, channel="sms")
    assert all(fail(letter) for letter in letters)
    assert Notice.objects.filter(kind=MessageKind.ADDRESS_FAILED.value).count() == 1
    assert Delivery.objects.filter(channel="sms").count() == 6


def test_a_channel_that_has_the_notice_already_gets_it_no_second_time(mail: Address) -> None:
    reach(IIN, channel="sms")
    letter = told()
    assert states(letter.notice) == {"email": SENT, "sms": WAITING}
    assert fail(letter)
    assert Delivery.objects.filter(notice=letter.notice).count() == 2


def test_without_another_channel_it_stays_in_the_cabinet(mail: Address) -> None:
    letter = told()
    assert fail(letter)
    notice = Notice.objects.get(kind=MessageKind.ADDRESS_FAILED.value)
    assert states(notice) == {}


def test_what_is_switched_off_stays_off(mail: Address) -> None:
    letter = told()
    reach(IIN, channel="sms")
    Mute.objects.create(iin=IIN, channel="sms", topic=Topic.APPLICATION.value, muted_at=NOW)
    assert fail(letter)
    assert states(letter.notice) == {"email": FAILED}
    # Security is never silent everywhere.
    Mute.objects.create(iin=IIN, channel="sms", topic=Topic.SECURITY.value, muted_at=NOW)
    mail.failed_at = None
    mail.save()
    alarm = told("security", MessageKind.CERTIFICATE_REVOKED)
    assert fail(alarm)
    assert states(alarm.notice)["sms"] == WAITING


def test_an_address_that_was_replaced_is_not_marked_and_the_new_one_gets_it(
    mail: Address,
) -> None:
    letter = told()
    mail.ended_at = NOW
    mail.save()
    new = Address.objects.create(
        iin=IIN, channel="email", value="new@mail.example", verified_at=NOW
    )
    assert fail(letter)
    mail.refresh_from_db()
    assert mail.failed_at is None
    assert Delivery.objects.get(notice=letter.notice, state=WAITING).address == new
    assert not Notice.objects.filter(kind=MessageKind.ADDRESS_FAILED.value).exists()


def test_a_report_from_before_the_address_was_verified_again_does_not_mark_it(
    mail: Address,
) -> None:
    letter = told()
    mail.verified_at = NOW + timedelta(minutes=5)
    mail.save()
    assert fail(letter)
    mail.refresh_from_db()
    assert mail.works


def test_one_that_fails_again_is_told_of_again(mail: Address) -> None:
    first = told("first")
    assert fail(first)
    Address.objects.filter(pk=mail.pk).update(failed_at=None, verified_at=NOW)
    assert fail(told("second"))
    assert Notice.objects.filter(kind=MessageKind.ADDRESS_FAILED.value).count() == 2


def test_a_code_that_comes_back_falls_back_to_nothing(db: None) -> None:
    verification = Verification.objects.create(
        iin=IIN,
        channel="email",
        value="a@mail.example",
        nonce="0" * 32,
        language="ru",
        created_at=NOW,
        expires_at=LATER,
    )
    letter = Delivery.objects.create(
        verification=verification,
        channel="email",
        to="a@mail.example",
        language="ru",
        state=DeliveryState.SENDING.value,
        created_at=NOW,
        due_at=NOW,
        lease_token="t",
    )
    assert fail(letter)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.tried_at) == (FAILED, 1, LATER)
    assert Delivery.objects.count() == 1


def test_what_another_worker_has_taken_over_stays_his(mail: Address) -> None:
    letter = told()
    Delivery.objects.filter(pk=letter.pk).update(
        state=DeliveryState.SENDING.value, lease_token="his"
    )
    assert not fail(letter)
    assert states(letter.notice) == {"email": DeliveryState.SENDING.value}


# --- reports -----------------------------------------------------------------------------------


def applied(data: bytes, to: str = "") -> Returned:
    report = parse_report(data)
    assert report is not None
    return apply_report(report, now=LATER, to=to)


def test_a_report_fails_its_delivery(mail: Address) -> None:
    letter = told()
    assert applied(postfix(letter.pk)) is Returned.FAILED
    assert applied(postfix(letter.pk)) is Returned.KNOWN
    letter.refresh_from_db()
    assert (letter.state, letter.error) == (FAILED, "returned: 5.1.1 550")


def test_a_delay_is_only_noted(mail: Address) -> None:
    letter = told()
    late = postfix(letter.pk, action="delayed", status="4.4.1", diagnostic="smtp; timed out")
    assert applied(late) is Returned.DELAYED
    letter.refresh_from_db()
    mail.refresh_from_db()
    assert (letter.state, letter.error) == (SENT, "returned: 4.4.1")
    assert mail.works


def test_a_success_is_written_down(mail: Address) -> None:
    letter = told()
    good = postfix(letter.pk, action="delivered", status="2.1.5", diagnostic="smtp; 250 OK")
    assert applied(good) is Returned.DELIVERED
    letter.refresh_from_db()
    assert (letter.state, letter.delivered_at) == ("delivered", LATER)
    # It may still come back from further on.
    assert applied(postfix(letter.pk)) is Returned.FAILED


def test_the_envelope_says_whose_it_is_where_the_report_does_not(mail: Address) -> None:
    letter = told()
    report = postfix("postmaster@cabinet.example")
    assert applied(report) is Returned.STRANGE
    assert applied(report, to=verp.write(letter.pk)) is Returned.FAILED


def test_nobody_fails_a_letter_that_he_has_not_got(mail: Address) -> None:
    letter = told()
    real = verp.write(letter.pk)
    forged = real[: real.index("@") - 1] + "@cabinet.example"
    assert applied(postfix(forged)) is Returned.STRANGE
    assert applied(postfix(letter.pk + 1)) is Returned.STRANGE
    Delivery.objects.filter(pk=letter.pk).update(channel="sms")
    assert applied(postfix(letter.pk)) is Returned.STRANGE
    assert applied(postfix(10**18 - 1)) is Returned.STRANGE
    assert not Delivery.objects.filter(state=FAILED).exists()


# --- the command -------------------------------------------------------------------------------


def run(**options: object) -> str:
    out = io.StringIO()
    call_command("bounces", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["mbox", "Maildir"])
def test_a_mailbox_is_read_and_emptied_of_what_was_ours(
    mail: Address, tmp_path: Path, kind: str
) -> None:
    letters = [told(f"k{number}") for number in range(3)]
    path = tmp_path / kind
    box: mailbox.Mailbox[mailbox.Message] = (
        mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
    )
    for data in (
        *(postfix(letter.pk) for letter in letters[:2]),
        HOLIDAY % verp.write(letters[2].pk).encode(),
        within(postfix("x@y.example"), verp.write(letters[2].pk)),
        b"\xff\xfe nothing at all",
    ):
        box.add(data)
    box.close()
    assert run(mailbox=path) == "failed: 3\nnot ours: 2\n"
    assert Delivery.objects.filter(state=FAILED).count() == 3
    # What people have to look at is left, and not read again.
    assert run(mailbox=path) == ""
    again = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
    assert len(again) == 2
    again.close()


def test_what_is_no_mailbox_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(CommandError):
            run(mailbox=path)


def test_a_mailbox_in_use_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    path.touch()
    (tmp_path / "mbox.lock").touch()
    with pytest.raises(CommandError) as caught:
        run(mailbox=path)
    assert caught.value.returncode == 75


def pipe(data: bytes, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """As a mail server runs it."""
    command = [sys.executable, "manage.py", "bounces", *arguments]
    values = {**os.environ, **environment(), **variables}
    return subprocess.run(
        command, cwd=ROOT, env=values, input=data, capture_output=True, check=False
    )


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_pipes_a_report(mail: Address) -> None:
    letter = told()
    done = pipe(postfix("postmaster@x.example"), "--to", verp.write(letter.pk))
    assert (done.returncode, done.stdout) == (0, b"failed: 1\n"), done.stderr
    letter.refresh_from_db()
    assert letter.state == FAILED
    # No mail server sends this back to anybody.
    done = pipe(b"\xff\0 nothing at all")
    assert (done.returncode, done.stdout) == (0, b"not ours: 1\n"), done.stderr


def test_a_database_that_is_away_lets_the_mail_server_try_again(tmp_path: Path) -> None:
    done = pipe(postfix(1), DATABASE_URL=f"sqlite:///{tmp_path}/nothing/here.sqlite3")
    assert done.returncode == 75, done.stderr
    assert b"Traceback" not in done.stderr


def test_where_security_was_off_elsewhere_it_is_on_again(mail: Address) -> None:
    reach(IIN, channel="sms")
    Mute.objects.create(iin=IIN, channel="sms", topic=Topic.SECURITY.value, muted_at=NOW)
    Mute.objects.create(iin=IIN, channel="sms", topic=Topic.EXPIRY.value, muted_at=NOW)
    fail(told())
    assert list(Mute.objects.values_list("topic", flat=True)) == [Topic.EXPIRY.value]
