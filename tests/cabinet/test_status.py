"""The application's page: who acts next, the timeline, withdrawing, starting again."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cabinet.application_tags import PARTIES, TAGS
from cabinet.steps import STEP_OF_STATE
from cabinet.timeline import HEADINGS, Look, timeline_of
from pki.models import Revocation
from renewals.actor import WORKER
from renewals.machine import Action, Party, State
from renewals.models import Renewal
from renewals.services.moves import move_all
from tests.cabinet.holder import JSON, Holder, pair
from tests.cabinet.people import Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return pair(Issuer("main"))


def looks(renewal: Renewal) -> list[Look]:
    return [entry.look for entry in timeline_of(renewal)]


def test_every_state_has_its_words() -> None:
    assert HEADINGS.keys() == TAGS.keys() == set(State)
    assert PARTIES.keys() == set(Party)
    assert STEP_OF_STATE.keys() == set(State) - {State.DRAFT}


def test_the_timeline_shows_what_is_done_what_is_now_and_what_comes(holder: Holder) -> None:
    renewal = holder.open()
    assert looks(renewal) == [Look.DONE, Look.NOW, Look.NEXT, Look.NEXT]
    renewal = holder.apply()
    assert looks(renewal) == [Look.DONE, Look.DONE, Look.NOW, Look.NEXT]
    issued = holder.issue(renewal)
    assert looks(renewal) == [Look.DONE, Look.DONE, Look.DONE, Look.NOW]
    holder.prove(renewal, *issued.values())
    renewal.refresh_from_db()
    assert looks(renewal) == [Look.DONE] * 4
    page = holder.get("status", renewal.number).content.decode()
    assert "you do not have to do anything more" in page


def test_the_script_is_told_whether_the_portal_has_the_next_step(holder: Holder) -> None:
    renewal = holder.apply()
    page = holder.get("status", renewal.number).content.decode()
    assert 'data-waits="yes"' in page
    poll = {**JSON, "X-Purpose": "poll"}
    reply = holder.get("state", renewal.number, **poll).json()  # type: ignore[attr-defined]
    assert (reply["state"], reply["waits"]) == ("approved", True)
    holder.issue(renewal)
    reply = holder.get("state", renewal.number, **poll).json()  # type: ignore[attr-defined]
    assert (reply["state"], reply["waits"]) == ("issued", False)
    assert reply["title"] == "The certificate is ready"
    page = holder.get("status", renewal.number).content.decode()
    assert f'href="{reverse("install", args=[renewal.number])}"' in page


def test_a_failure_is_told_in_a_sentence_with_its_facts(holder: Holder) -> None:
    renewal = holder.apply()
    now = timezone.now()
    move_all([renewal], Action.CLAIM, actor=WORKER, now=now, lease_token="t", lease_until=now)
    facts = {"code": "certificate.revoked", "revoked_at": now.isoformat(), "reason": "superseded"}
    code = "certificate.revoked"
    move_all([renewal], Action.FAIL, actor=WORKER, now=now, reason=code, facts={renewal.pk: facts})
    page = holder.get("status", renewal.number).content.decode()
    assert "This certificate was revoked on" in page
    assert "certificate.revoked" not in page
    assert "—" not in page.split('class="lead"')[1].split("</p>")[0]
    assert "our operator" in page


def test_withdrawing_ends_it_and_twice_is_harmless(holder: Holder) -> None:
    renewal = holder.open()
    for _ in range(2):
        reply = holder.post("withdraw", renewal.number)
        assert reply.headers["Location"] == reverse("status", args=[renewal.number])
    assert "is withdrawn" in holder.get("status", renewal.number).content.decode()
    renewal.refresh_from_db()
    assert looks(renewal) == [Look.DONE, Look.STOP]


def test_what_the_worker_has_cannot_be_withdrawn(holder: Holder) -> None:
    renewal = holder.apply()
    page = holder.get("status", renewal.number).content.decode()
    assert reverse("withdraw", args=[renewal.number]) not in page
    reply = holder.post("withdraw", renewal.number)
    assert reply.status_code == 409
    assert "has moved on" in reply.content.decode()


def test_a_lost_waiting_key_leads_to_a_new_application(holder: Holder) -> None:
    renewal = holder.apply()
    issued = holder.issue(renewal)
    reply = holder.post("again", renewal.number)
    fresh = Renewal.objects.latest("id")
    assert fresh != renewal
    assert reply.headers["Location"] == reverse("apply", args=[fresh.number])
    renewal.refresh_from_db()
    assert renewal.state == State.WITHDRAWN.value
    assert Revocation.objects.count() == len(issued)
    page = holder.get("status", renewal.number).content.decode()
    assert "never installed and is revoked" in page
    # The back button and a second press find the application that is open now.
    again = holder.post("again", renewal.number)
    assert again.headers["Location"] == reverse("apply", args=[fresh.number])
    assert Renewal.objects.count() == 2


def test_the_new_certificate_can_be_downloaded_without_its_key(holder: Holder) -> None:
    renewal = holder.apply()
    assert holder.get("issued-certificate", renewal.number, "SIGN").status_code == 404
    issued = holder.issue(renewal)
    reply = holder.get("issued-certificate", renewal.number, "SIGN")
    assert reply.content == issued["SIGN"].der
    assert holder.get("issued-certificate", renewal.number, "OTHER").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_state_has_a_page_in_every_language(holder: Holder, language: str) -> None:
    renewal = holder.apply()
    with translation.override(language):
        for state in State:
            renewal.state, renewal.reason = state.value, "issuing.attempts"
            assert timeline_of(renewal)
            title, lead = HEADINGS[state]
            assert str(title)
            assert str(lead)
