"""Opening an application and confirming the data; the step that fits its state."""

from datetime import timedelta

import pytest
from django.urls import reverse

from renewals.machine import State
from renewals.models import Renewal
from tests.cabinet.holder import CONFIRMED, Holder, pair, row_of, single
from tests.cabinet.people import Issuer

pytestmark = pytest.mark.django_db

OTHER_IIN = "050607650004"
DAY = timedelta(days=1)
PAGES = ("apply", "key", "statement", "status", "install", "installed", "revoke")
OTHER_ADDRESSES = ("state", "certificates", "statement-text", "statement-signature")
POSTS = ("apply", "key", "statement", "install", "install-challenge", "revoke", "withdraw", "again")


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("main")


@pytest.fixture
def holder(issuer: Issuer) -> Holder:
    return pair(issuer, ends_in=12 * DAY)


def where(holder: Holder, name: str, renewal: Renewal) -> str:
    """The page that opens instead, or the page itself."""
    reply = holder.get(name, renewal.number)
    return reply.headers.get("Location", reverse(name, args=[renewal.number]))


def test_opening_twice_opens_one_application(holder: Holder) -> None:
    first, second = holder.open(), holder.open(holder.person)
    assert first == second
    assert sorted(first.requests.values_list("purpose", flat=True)) == ["AUTH", "SIGN"]


def test_somebody_elses_certificate_cannot_be_renewed(issuer: Issuer, holder: Holder) -> None:
    other = row_of(issuer.issue(iin=OTHER_IIN))
    assert holder.post("open", certificate=other.pk).status_code == 404
    assert holder.post("open", certificate="x").status_code == 404
    assert holder.post("open").status_code == 404
    assert not Renewal.objects.exists()


def test_a_certificate_that_may_not_be_renewed_gets_a_sentence_on_the_page(
    issuer: Issuer, holder: Holder
) -> None:
    lost = issuer.issue()
    issuer.revoke(lost)
    page = holder.post("open", certificate=row_of(lost).pk)
    assert page.status_code == 400
    assert "was revoked on" in page.content.decode()


def test_the_data_come_from_the_certificate_and_the_iin_is_masked(holder: Holder) -> None:
    renewal = holder.open()
    page = holder.get("apply", renewal.number).content.decode()
    assert "СЕЙТҚАЛИ" in page
    assert "0102 •••• 0005" in page
    assert "010203300005" not in page
    assert "Something is wrong here?" in page
    assert 'value="token" disabled' in page
    assert "checked" in page.split('id="storage-file"')[1][:20]
    assert 'id="id_data_right">' in page


def test_both_confirmations_are_needed_and_what_was_chosen_stays(holder: Holder) -> None:
    renewal = holder.open()
    page = holder.post("apply", renewal.number, storage="file", data_right="on")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'href="#id_key_held"' in text
    assert 'id="id_data_right" checked' in text
    assert 'id="storage-file" checked' in text
    assert "Error" in text.split("</title>")[0]
    renewal.refresh_from_db()
    assert renewal.confirmed_at is None


def test_a_token_is_refused_by_the_service_too(holder: Holder) -> None:
    renewal = holder.open()
    page = holder.post("apply", renewal.number, **{**CONFIRMED, "storage": "token"})
    assert page.status_code == 400
    assert "Now only a file is possible" in page.content.decode()
    assert holder.post("apply", renewal.number, **{**CONFIRMED, "storage": "x"}).status_code == 200


def test_confirming_twice_is_harmless(holder: Holder) -> None:
    renewal = holder.open()
    for _ in range(2):
        assert holder.confirm(renewal).headers["Location"] == reverse("key", args=[renewal.number])


def test_a_page_that_is_not_reached_leads_to_the_step_that_is(holder: Holder) -> None:
    renewal = holder.open()
    step = reverse("apply", args=[renewal.number])
    for name in ("key", "statement", "install", "installed"):
        assert where(holder, name, renewal) == step
    holder.confirm(renewal)
    assert where(holder, "statement", renewal) == reverse("key", args=[renewal.number])
    assert where(holder, "apply", renewal) == reverse("apply", args=[renewal.number])


def test_a_page_that_is_past_leads_to_the_status(holder: Holder) -> None:
    renewal = holder.apply()
    status = reverse("status", args=[renewal.number])
    for name in ("apply", "key", "statement", "install", "installed"):
        assert where(holder, name, renewal) == status
    holder.issue(renewal)
    for name in ("apply", "key", "statement"):
        assert where(holder, name, renewal) == status
    assert where(holder, "installed", renewal) == reverse("install", args=[renewal.number])


@pytest.mark.parametrize("state", list(State))
def test_every_page_opens_or_leads_on_in_every_state(holder: Holder, state: State) -> None:
    renewal = holder.apply()
    if state in {State.ISSUED, State.INSTALLED}:
        holder.issue(renewal)
    Renewal.objects.filter(pk=renewal.pk).update(**forced(renewal, state))
    for name in PAGES:
        reply = holder.client.get(reverse(name, args=[renewal.number]), follow=True, secure=True)
        assert reply.status_code == 200
        assert len(reply.redirect_chain) <= 2


def forced(renewal: Renewal, state: State) -> dict[str, object]:
    """Columns that let a row stand in `state`."""
    renewal.refresh_from_db()
    needs_lease = state is State.ISSUING
    return {
        "state": state.value,
        # Nobody has to approve what an individual asks for.
        "bin": "260140000005" if state is State.AWAITING_APPROVAL else "",
        "reason": "issuing.attempts" if state in {State.FAILED, State.REJECTED} else "",
        "issued_at": renewal.issued_at,
        "lease_token": "t" if needs_lease else "",
        "lease_until": renewal.opened_at if needs_lease else None,
    }


def test_a_stranger_gets_404_on_every_address_with_a_number(issuer: Issuer, holder: Holder) -> None:
    renewal, _issued = holder.renew()
    stranger = single(issuer, iin=OTHER_IIN)
    for name in (*PAGES, *OTHER_ADDRESSES):
        assert stranger.get(name, renewal.number).status_code == 404
        assert stranger.get(name, "2026-00000000").status_code == 404
    assert stranger.get("issued-certificate", renewal.number, "SIGN").status_code == 404
    for name in POSTS:
        assert stranger.post(name, renewal.number).status_code == 404
        assert stranger.ask(name, renewal.number).status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_sign_in(holder: Holder) -> None:
    renewal = holder.open()
    holder.client.logout()
    for name in PAGES:
        assert holder.get(name, renewal.number).headers["Location"].startswith(reverse("sign-in"))


def test_an_address_that_is_posted_to_leads_on_when_it_is_opened(holder: Holder) -> None:
    renewal = holder.open()
    for name in ("find", "open"):
        assert holder.get(name).headers["Location"] == reverse("my")
    for name in ("withdraw", "again"):
        assert where(holder, name, renewal) == reverse("status", args=[renewal.number])
    assert holder.client.put(reverse("find"), secure=True).status_code == 405
