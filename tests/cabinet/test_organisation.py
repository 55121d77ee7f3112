"""The pages about an organisation's people by HTTP: who sees what, list, person, dismissal."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pki.certificate import Role
from pki.models import Authority, Certificate
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Event, Mandate, Statement
from renewals.services.revoking import revoke
from tests.cabinet.colleagues import (
    DAY,
    EMPLOYEE,
    HEAD,
    HR,
    OTHER_ORGANISATION,
    SIGNER,
    STRANGER,
    Colleague,
    hire,
)
from tests.cabinet.payroll import BIN, PAIR, Payroll
from tests.cabinet.reading import row_of, words
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db


def refusals() -> list[str]:
    return [str(event.facts["code"]) for event in Event.objects.filter(kind="organisation.refused")]


# --- who may do what ----------------------------------------------------------------------

READS = ("organisation", "people-csv", "person", "mandates")
WRITES = ("dismiss", "give", "end-mandate")
# What each may: 200 reads, 302 is led to the text to sign, 403 not his, 404 not there.
ALLOWED: dict[str, dict[str, int]] = {
    "head": dict.fromkeys(READS, 200) | dict.fromkeys(WRITES, 302),
    "hr": dict.fromkeys(READS, 200) | dict.fromkeys(WRITES, 403),
    "deputy": {**dict.fromkeys((*READS, *WRITES), 403), "organisation": 200},
    "employee": {**dict.fromkeys((*READS, *WRITES), 403), "organisation": 200},
    "former head": {**dict.fromkeys((*READS, *WRITES), 403), "organisation": 200},
    "head of another": {
        "organisation": 200,
        "people-csv": 200,
        "mandates": 200,
        "person": 404,
        "dismiss": 404,
        "give": 400,
        "end-mandate": 409,
    },
    "individual": dict.fromkeys((*READS, *WRITES), 404),
    "nobody": dict.fromkeys((*READS, *WRITES), 302),
}


def enter(who: str, authority: Authority, head: Colleague) -> Colleague:
    """Somebody of this kind, signed in; the head has named a deputy."""
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT)
    head.holder.delegate(signer.holder)
    if who == "nobody":
        return Colleague(signer.holder)
    if who == "individual":
        return Colleague(enrol_holder(authority, iin=STRANGER)).sign_in()
    if who == "head of another":
        other = hire(authority, STRANGER, Role.HEAD, organisation=OTHER_ORGANISATION)
        return other.sign_in()
    if who == "former head":
        return hire(authority, STRANGER, Role.HEAD, days_left=100 * DAY).sign_in()
    people = {
        "head": head,
        "hr": hire(authority, HR, Role.HR),
        "deputy": signer,
        "employee": hire(authority, STRANGER, Role.EMPLOYEE),
    }
    return people[who].sign_in()


@pytest.mark.parametrize("who", ALLOWED)
def test_everybody_may_do_what_is_his_and_nothing_else(
    authority: Authority, head: Colleague, employee: Colleague, who: str
) -> None:
    visitor = enter(who, authority, head)
    signer = Certificate.objects.get(iin=SIGNER)
    mandate, certificate = Mandate.objects.get(), row_of(employee)
    today = timezone.localdate().isoformat()
    statements = Statement.objects.exclude(purpose="sign-in").count()
    replies = {
        "organisation": visitor.get("organisation"),
        "people-csv": visitor.get("people-csv"),
        "person": visitor.get("person", certificate.pk),
        "mandates": visitor.get("mandates"),
        "dismiss": visitor.post("dismiss", certificate.pk),
        "give": visitor.post("mandates", person=signer.pk, starts_on=today, ends_on=today),
        "end-mandate": visitor.post("end-mandate", mandate=mandate.pk),
    }
    assert {name: reply.status_code for name, reply in replies.items()} == ALLOWED[who]
    drawn = Statement.objects.exclude(purpose="sign-in").count() - statements
    assert drawn == (3 if who == "head" else 0)
    if who == "nobody":
        assert all("/sign-in/" in reply["Location"] for reply in replies.values())
        return
    for name, reply in replies.items():
        if who != "head" and reply.status_code != 404 and not reply.streaming:
            assert employee.holder.iin not in reply.content.decode(), name
    if who not in {"head", "hr"}:
        shown = "".join(reply.content.decode() for reply in replies.values() if not reply.streaming)
        assert "9507 •••• 0019" not in shown


@pytest.mark.parametrize("name", ["people-csv", "organisation", "mandates"])
def test_an_address_that_is_read_is_never_posted_to_by_mistake(head: Colleague, name: str) -> None:
    assert head.client.put(reverse(name), secure=True).status_code == 405
    assert head.client.delete(reverse(name), secure=True).status_code == 405


def test_every_form_wants_the_token_of_its_page(head: Colleague, employee: Colleague) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = head.client.cookies
    for address in (
        reverse("dismiss", args=[row_of(employee).pk]),
        reverse("mandates"),
        reverse("end-mandate"),
    ):
        assert strict.post(address, secure=True).status_code == 403


def test_a_person_of_another_organisation_is_not_there_and_the_look_is_recorded(
    authority: Authority, head: Colleague
) -> None:
    foreign = hire(authority, STRANGER, Role.EMPLOYEE, organisation=OTHER_ORGANISATION)
    personal = enrol_holder(authority, iin=STRANGER)
    for row in (row_of(foreign), next(iter(personal.certificates.values()))):
        assert head.get("person", row.pk).status_code == 404
        assert head.post("dismiss", row.pk).status_code == 404
    assert refusals() == ["approval.other_organisation"] * 4
    for number in (10**9, 10**30):
        assert head.client.get(f"/organisation/people/{number}/", secure=True).status_code == 404
    assert not Statement.objects.filter(purpose="dismissal").exists()


def test_an_information_system_is_no_person(head: Colleague, payroll: Payroll) -> None:
    (row,) = payroll.add(1, 100 * DAY, now=timezone.now())
    Certificate.objects.filter(pk=row.pk).update(iin="")
    assert head.get("person", row.pk).status_code == 404
    assert "1 person has" in words(head.get("organisation"))


def test_a_right_that_ends_while_its_holder_is_signed_in_opens_no_door(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    assert head.get("person", row_of(employee).pk).status_code == 200
    hire(authority, STRANGER, Role.HEAD, days_left=300 * DAY)
    page = head.get("person", row_of(employee).pk)
    assert page.status_code == 403
    assert "a newer one names another" in words(page)
    assert head.post("dismiss", row_of(employee).pk).status_code == 403


# --- for everybody else of the organisation -----------------------------------------------


def test_an_employee_reads_who_the_head_is_and_who_approves(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    hire(authority, HR, Role.HR)
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT)
    head.holder.delegate(signer.holder)
    page = employee.sign_in().get("organisation")
    named = page.context["outlook"].approvers
    assert [one.is_head for one in named] == [True, False, False]
    text = words(page)
    assert "first head" in text
    assert "HR employee with the right to confirm" in text
    assert "delegation by" in text
    assert "Your certificate gives no right" in text
    assert HEAD not in page.content.decode()


def test_a_deputy_is_shown_the_way_to_his_queue(authority: Authority, head: Colleague) -> None:
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT)
    head.holder.delegate(signer.holder)
    page = signer.sign_in().get("organisation").content.decode()
    assert "Decide about applications of the others" in page
    assert f'href="{reverse("approvals")}"' in page


def test_without_any_approver_the_page_says_what_to_do(
    authority: Authority, employee: Colleague
) -> None:
    text = words(employee.sign_in().get("organisation"))
    assert "This portal knows of none" in text
    assert "Nobody of your organisation can approve now" in text
    assert "public service centre" in text
    lost = hire(authority, HEAD, Role.HEAD)
    revoke([row_of(lost)], reason=Reason.KEY_COMPROMISE, actor=WORKER, now=timezone.now())
    text = words(employee.get("organisation"))
    assert "has no certificate in force that can sign" in text
    assert "power of attorney" in text


def test_the_header_shows_the_page_to_those_who_look_after_people(
    head: Colleague, hr: Colleague, employee: Colleague
) -> None:
    for colleague, shown in ((head, True), (hr, True), (employee.sign_in(), False)):
        header = colleague.get("my").content.decode().split("</header>")[0]
        assert (f'<a href="{reverse("organisation")}"' in header) is shown


# --- the list -----------------------------------------------------------------------------


def test_the_list_shows_people_with_days_left_and_masked_numbers(
    head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    page = head.get("organisation")
    content = page.content.decode()
    text = words(page)
    assert "2 people have or had a certificate" in text
    assert "12 days left" in text
    assert "9507 •••• 0019" in content
    assert EMPLOYEE not in content
    assert renewal.number in content
    assert reverse("approval", args=[renewal.number]) in content
    assert content.index("12 days left") < content.index("first head")


def test_names_that_look_like_markup_stay_names(head: Colleague, payroll: Payroll) -> None:
    now = timezone.now()
    hostile = '<script>alert(1)</script>" onmouseover="x'
    payroll.add(1, 5 * DAY, name=hostile, now=now)
    Certificate.objects.filter(bin=BIN).update(organisation="<b>ТОО</b>")
    for content in (
        head.get("organisation").content.decode(),
        head.get("organisation", q="<script>").content.decode(),
        head.get("organisation", q='"><img src=x>').content.decode(),
    ):
        assert "<script>alert" not in content
        assert "<img" not in content
        assert ' onmouseover="x' not in content
    assert "&lt;script&gt;alert(1)" in head.get("organisation").content.decode()


def test_there_are_fifty_people_on_a_page(head: Colleague, payroll: Payroll) -> None:
    for number in range(120):
        payroll.add(number, (10 + number) * DAY, now=timezone.now())
    first = head.get("organisation")
    assert len(first.context["people"]) == 50
    assert "Page 1 of 3" in words(first)
    last = head.get("organisation", page="3")
    assert len(last.context["people"]) == 21
    shown = [
        one.certificate.iin
        for page in (first, head.get("organisation", page="2"), last)
        for one in page.context["people"]
    ]
    assert len(set(shown)) == len(shown) == 121
    soon = head.get("organisation", group="soon")
    assert len(soon.context["people"]) == 21
    assert 'rel="next"' not in soon.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "9" * 40},
        {"page": "7"},
        {"group": "x"},
        {"group": ""},
        {"q": "\x00"},
        {"q": "х" * 500},
        {"q": "%"},
        {"q": "а б в г д е ё", "group": "revoked", "page": "5"},
    ],
)
def test_whatever_is_asked_for_there_is_a_page(head: Colleague, query: dict[str, str]) -> None:
    page = head.get("organisation", **query)
    assert page.status_code == 200
    assert page.context["page"] == 1
    assert head.get("people-csv", **query).status_code == 200


def test_a_search_that_cannot_be_is_told_beside_the_field_and_kept(head: Colleague) -> None:
    content = head.get("organisation", q="х" * 61).content.decode()
    assert "Type 60 characters at most" in content
    assert 'aria-describedby="q-error"' in content
    assert 'href="#id_q"' in content
    assert "х" * 61 in content
    assert "cannot be part of a name" in head.get("organisation", q="a\x00b").content.decode()


def test_groups_and_pages_keep_the_search(head: Colleague, payroll: Payroll) -> None:
    for number in range(60):
        payroll.add(number, 10 * DAY, name="КИМ & СЫН", now=timezone.now())
    content = head.get("organisation", q="ким &", group="soon").content.decode()
    assert "q=%D0%BA%D0%B8%D0%BC+%26&amp;group=soon&amp;page=2" in content
    assert "q=%D0%BA%D0%B8%D0%BC+%26&amp;group=expired" in content
    assert 'value="ким &amp;"' in content
    assert "60 people are found" in content


def test_an_organisation_of_its_head_alone(head: Colleague) -> None:
    page = head.get("organisation")
    assert "1 person has or had" in words(page)
    for group in ("soon", "expired", "revoked"):
        assert "There is nobody in this group" in words(head.get("organisation", group=group))
    assert "Nobody in this group has such a name" in words(head.get("organisation", q="КИМ"))


def test_the_chart_is_drawn_by_the_server_with_a_table_of_the_same_figures(
    head: Colleague, payroll: Payroll
) -> None:
    now = timezone.now()
    for number, days in ((1, 40), (2, 40), (3, 100)):
        payroll.add(number, days * DAY, now=now)
    page = head.get("organisation")
    chart = page.context["chart"]
    assert len(chart.bars) == 12
    assert sum(bar.people for bar in chart.bars) == 4
    assert chart.peak.people == max(bar.people for bar in chart.bars)
    content = page.content.decode()
    assert content.count('<rect class="f"') == 12
    assert 'y="0.00" height="100.00"' in content
    table = content.split("<details")[2]
    assert table.count('<td class="num">') == 12
    assert re.findall(r'<td class="num">(\d+)', table) == [str(bar.people) for bar in chart.bars]
    # Of those found the chart would say little.
    assert head.get("organisation", q="АЙГҮЛ").context["chart"] is None


def test_months_are_named_in_the_readers_language(head: Colleague) -> None:
    first = timezone.localdate()
    names = {
        "ru": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
        "en": "January February March April May June July August September October November "
        "December",
    }
    for language, months in names.items():
        page = head.client.get(
            reverse("organisation"), secure=True, headers={"Accept-Language": language}
        )
        wanted = f"{months.split()[first.month - 1]} {first.year}"
        assert f'<span class="vh">{wanted}</span>' in page.content.decode()


def test_a_list_of_fifty_asks_as_often_as_a_list_of_two(head: Colleague, payroll: Payroll) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert head.get("organisation").status_code == 200
        return len(asked)

    payroll.add(0, 10 * DAY, now=timezone.now())
    few = count()
    for number in range(1, 70):
        row = payroll.add(number, 10 * DAY, *PAIR, now=timezone.now())[1]
        payroll.apply(row, now=timezone.now())
    assert count() <= few
