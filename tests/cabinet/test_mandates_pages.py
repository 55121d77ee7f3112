"""Who may approve in the head's place, by HTTP: the list, giving the right, taking it back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cabinet.mandate_rows import TAGS, Phase, mandate_rows
from cabinet.views.mandates import MOST_CANDIDATES
from pki.certificate import Role
from pki.models import Authority, Certificate
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Event, Mandate, MandateKind, Statement
from renewals.services.revoking import revoke
from tests.cabinet.colleagues import (
    DAY,
    EMPLOYEE,
    HR,
    OTHER_ORGANISATION,
    SIGNER,
    STRANGER,
    Colleague,
    hire,
)
from tests.cabinet.payroll import BIN, PAIR, Payroll
from tests.cabinet.reading import row_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer(authority: Authority) -> Colleague:
    return hire(authority, SIGNER, Role.SIGNING_RIGHT)


def days(first: int = 0, last: int = 30) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "starts_on": (today + first * DAY).isoformat(),
        "ends_on": (today + last * DAY).isoformat(),
    }


def power(holder: Colleague, **changes: object) -> Mandate:
    """A power of attorney, as an operator has confirmed it."""
    today, now = timezone.localdate(), timezone.now()
    fields: dict[str, object] = {
        "bin": BIN,
        "organisation": "ТОО",
        "kind": MandateKind.POWER_OF_ATTORNEY.value,
        "holder_iin": holder.iin,
        "holder_name": "ЖҰМАБЕК ЕРЛАН",
        "starts_on": today,
        "ends_on": today + 10 * DAY,
        "created_at": now,
        "confirmed_at": now,
    }
    return Mandate.objects.create(**{**fields, **changes})


# --- giving -------------------------------------------------------------------------------


def test_the_head_gives_the_right_for_a_month_by_his_signature(
    head: Colleague, signer: Colleague
) -> None:
    page = head.get("mandates")
    content = page.content.decode()
    today = timezone.localdate()
    assert f'name="starts_on" value="{today.isoformat()}"' in content
    assert f'name="ends_on" value="{(today + 30 * DAY).isoformat()}"' in content
    assert [row.iin for row in page.context["candidates"]] == [SIGNER]
    assert SIGNER not in content
    statement = head.read(head.post("mandates", person=row_of(signer).pk, **days()))
    assert not Mandate.objects.exists()
    assert "Delegation of the right to approve" in statement.text
    reply = head.sign(statement)
    assert reply.json()["location"] == reverse("mandates")
    (mandate,) = Mandate.objects.all()
    assert (mandate.holder_iin, mandate.starts_on) == (SIGNER, today)
    after = words(head.get("mandates"))
    assert "The right to approve is given" in after
    assert "In force" in after
    assert signer.sign_in().get("approvals").status_code == 200


def test_the_person_of_a_link_is_chosen_already(head: Colleague, signer: Colleague) -> None:
    content = head.get("mandates", person=str(row_of(signer).pk)).content.decode()
    assert f'<option value="{row_of(signer).pk}" selected>' in content
    assert " selected>" not in head.get("mandates", person="x'\"><b>").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("person", "", "Choose the person"),
        ("person", "x", "Choose the person"),
        ("person", "-1", "Choose the person"),
        ("person", "9" * 30, "Choose the person"),
        ("person", str(2**62), "The right can be given only to somebody of your organisation"),
        ("starts_on", "", "Choose the first day"),
        ("starts_on", "31.01.2027", "Write the day as year, month, day"),
        ("ends_on", "", "Choose the last day"),
        ("ends_on", "2027-02-30", "Write the day as year, month, day"),
        ("ends_on", "\x00", "Write the day as year, month, day"),
        ("ends_on", "9999-12-31", "366 days at most"),
        ("ends_on", "2020-01-01", "Choose days from today on"),
        ("starts_on", "0001-01-01", "Choose days from today on"),
    ],
)
def test_what_is_wrong_is_told_in_the_summary_and_beside_the_field(
    head: Colleague, signer: Colleague, field: str, value: str, sentence: str
) -> None:
    fields = {"person": str(row_of(signer).pk), **days(), field: value}
    page = head.post("mandates", **fields)
    content = page.content.decode()
    assert page.status_code == 400
    assert content.count(sentence) == 2
    named = "ends_on" if sentence.startswith(("Choose days", "366")) else field
    assert f'href="#id_{named}"' in content
    assert 'aria-invalid="true"' in content
    assert "Error:" in content.split("</title>")[0]
    # Nothing typed is lost.
    kept = {name: typed for name, typed in fields.items() if name != field}
    for name, typed in kept.items():
        chosen = f'value="{typed}" selected'
        assert (chosen if name == "person" else f'name="{name}" value="{typed}"') in content
    assert not Statement.objects.filter(purpose="delegation").exists()


def test_the_right_goes_to_nobody_but_colleagues_who_may_sign(
    authority: Authority, head: Colleague
) -> None:
    employee = hire(authority, EMPLOYEE, Role.EMPLOYEE)
    foreign = hire(authority, SIGNER, Role.SIGNING_RIGHT, organisation=OTHER_ORGANISATION)
    over = hire(authority, STRANGER, Role.SIGNING_RIGHT, days_left=-DAY)
    assert "There is nobody to whom you could give it" in words(head.get("mandates"))
    for colleague in (employee, foreign, over, head):
        page = head.post("mandates", person=row_of(colleague).pk, **days())
        assert page.status_code == 400
        assert "The right can be given only to" in words(page)
    refused = Event.objects.filter(kind="organisation.refused")
    assert {event.facts["code"] for event in refused} == {"mandate.delegate"}


def test_among_many_the_person_is_found_by_name(head: Colleague, authority: Authority) -> None:
    payroll = Payroll(authority)
    for number in range(MOST_CANDIDATES + 5):
        payroll.add(
            number, 50 * DAY, *PAIR, name="АБАЙ А", role=Role.SIGNING_RIGHT, now=timezone.now()
        )
    _auth, wanted = payroll.add(
        900, 50 * DAY, *PAIR, name="ЯҚЫП ӘЛИ", role=Role.SIGNING_RIGHT, now=timezone.now()
    )
    page = head.get("mandates")
    assert len(page.context["candidates"]) == MOST_CANDIDATES
    assert f"shows {MOST_CANDIDATES} of {MOST_CANDIDATES + 6}" in words(page)
    page = head.get("mandates", q="әли яқ")
    assert page.context["candidates"] == [wanted]
    assert 'value="әли яқ"' in page.content.decode()
    # Who is chosen stays in the list, although he is none of the first hundred.
    page = head.post("mandates", person=wanted.pk, **days(0, -1))
    assert f'<option value="{wanted.pk}" selected>' in page.content.decode()
    for typed in ("\x00", "%", "х" * 500, "<b>"):
        page = head.get("mandates", q=typed)
        assert page.status_code == 200
        assert page.context["candidates"] == []


# --- the list -----------------------------------------------------------------------------


def test_every_phase_has_its_words() -> None:
    assert TAGS.keys() == set(Phase)


def test_a_right_is_shown_in_the_phase_in_which_it_is(
    authority: Authority, head: Colleague, signer: Colleague
) -> None:
    today, now = timezone.localdate(), timezone.now()
    wanted = {
        power(signer): Phase.IN_FORCE,
        power(signer, starts_on=today + DAY): Phase.TO_COME,
        power(signer, confirmed_at=None): Phase.UNCHECKED,
        power(signer, starts_on=today - 9 * DAY, ends_on=today - DAY): Phase.OVER,
        power(signer, ends_on=today): Phase.IN_FORCE,
        power(signer, ended_at=now): Phase.ENDED,
        power(signer, confirmed_at=None, refused_at=now, reason="Нет печати"): Phase.REFUSED,
        head.holder.delegate(signer.holder): Phase.IN_FORCE,
    }
    rows = {row.mandate: row.phase for row in mandate_rows(BIN, now=now)}
    assert rows == wanted
    text = words(head.get("mandates"))
    assert "Нет печати" in text
    assert text.count("Take back :") == 5
    hire(authority, STRANGER, Role.HEAD, days_left=300 * DAY)
    rows = {row.mandate: row.phase for row in mandate_rows(BIN, now=now)}
    delegation = Mandate.objects.get(kind=MandateKind.DELEGATION.value)
    assert rows[delegation] is Phase.VOID


def test_a_day_ends_at_midnight_in_almaty(signer: Colleague) -> None:
    mandate = power(signer, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
    evening = datetime(2026, 12, 31, 18, 59, tzinfo=UTC)  # 23:59 in Almaty
    (row,) = mandate_rows(BIN, now=evening)
    assert (row.mandate, row.phase) == (mandate, Phase.IN_FORCE)
    (row,) = mandate_rows(BIN, now=evening + timedelta(minutes=1))
    assert row.phase is Phase.OVER


def test_a_right_that_its_holder_cannot_use_now_says_so(head: Colleague, signer: Colleague) -> None:
    power(signer)
    assert "cannot use it now" not in words(head.get("mandates"))
    revoke([row_of(signer)], reason=Reason.KEY_COMPROMISE, actor=WORKER, now=timezone.now())
    assert "Has no certificate in force that can sign, so cannot use it now" in words(
        head.get("mandates")
    )


def test_rights_of_another_organisation_are_not_there(head: Colleague, signer: Colleague) -> None:
    power(signer, bin=OTHER_ORGANISATION[1], holder_name="ЧУЖОЙ ЧЕЛОВЕК")
    assert "ЧУЖОЙ" not in words(head.get("mandates"))


def test_hr_employees_read_and_change_nothing(authority: Authority, signer: Colleague) -> None:
    hr = hire(authority, HR, Role.HR).sign_in()
    mandate = power(signer)
    page = hr.get("mandates")
    assert "Жұмабек Ерлан" in words(page)
    assert "<select" not in page.content.decode()
    assert reverse("end-mandate") not in page.content.decode()
    given = hr.post("mandates", person=row_of(signer).pk, **days())
    ended = hr.post("end-mandate", mandate=mandate.pk)
    for reply in (given, ended):
        assert reply.status_code == 403
        assert "Only the first head of the organisation can do this" in words(reply)
    mandate.refresh_from_db()
    assert mandate.ended_at is None


def test_names_that_look_like_markup_stay_names(head: Colleague, signer: Colleague) -> None:
    power(signer, holder_name='"><script>x</script>')
    Certificate.objects.filter(iin=SIGNER).update(common_name="<img src=x>")
    content = head.get("mandates").content.decode()
    assert "<script>x" not in content
    assert "<img" not in content
    assert "&lt;img Src=x&gt;" in content


# --- taking back --------------------------------------------------------------------------


def test_the_head_takes_a_right_back_by_his_signature(head: Colleague, signer: Colleague) -> None:
    mandate = head.holder.delegate(signer.holder)
    statement = head.read(head.post("end-mandate", mandate=mandate.pk))
    assert "End of the right to approve" in statement.text
    assert Mandate.objects.standing().filter(pk=mandate.pk).exists()
    assert head.sign(statement).json()["location"] == reverse("mandates")
    assert not Mandate.objects.standing().filter(pk=mandate.pk).exists()
    text = words(head.get("mandates"))
    assert "The right to approve is taken back" in text
    assert "Ended early" in text
    assert signer.sign_in().get("approvals").status_code == 403


def test_a_power_of_attorney_can_be_taken_back_too(head: Colleague, signer: Colleague) -> None:
    mandate = power(signer)
    head.sign(head.read(head.post("end-mandate", mandate=mandate.pk)))
    mandate.refresh_from_db()
    assert mandate.ended_at is not None


def test_what_has_ended_is_not_there_or_is_no_number_is_refused_in_words(
    head: Colleague, signer: Colleague
) -> None:
    mandate = power(signer, ended_at=timezone.now())
    foreign = power(signer, bin=OTHER_ORGANISATION[1])
    for value in (mandate.pk, foreign.pk, 2**62, "9" * 40, "x", ""):
        reply = head.post("end-mandate", mandate=value)
        assert reply.status_code == 409
        assert "This right has ended or has been decided already" in words(reply)
    assert head.post("end-mandate").status_code == 409
    assert not Statement.objects.filter(purpose="end-of-mandate").exists()


def test_opening_the_address_of_taking_back_leads_to_the_list(head: Colleague) -> None:
    assert head.get("end-mandate")["Location"] == reverse("mandates")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_open_in_every_language(
    head: Colleague, signer: Colleague, language: str
) -> None:
    head.holder.delegate(signer.holder)
    with translation.override(language):
        for name, *arguments in (("organisation",), ("mandates",), ("person", row_of(signer).pk)):
            address = reverse(name, args=arguments)
            headers = {"Accept-Language": language}
            assert head.client.get(address, secure=True, headers=headers).status_code == 200
