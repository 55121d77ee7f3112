"""The people as a table for other programs: what is in it, and that no program runs it."""

import csv
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cabinet.people_table import BYTE_ORDER_MARK, safe_cell
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Event
from tests.cabinet.colleagues import DAY, HEAD, SIGNER, Colleague, Reply, hire
from tests.cabinet.payroll import BIN, PAIR, Payroll
from tests.cabinet.reading import row_of

FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "\u00a0=1"),
    *("\u200b=1", "\ufeff=1", "\u2060+1", "'=1", '"=1', "“=1”", "«=1»", '" =1', "'\t=1"),
    *("＝1+1", "＋1", "－1", "＠x", "﹣1", "\N{MINUS SIGN}1", "\u3000＝1", "\u00ad=1", "\u0301=1"),
    *('=cmd|"/C calc"!A0', '=HYPERLINK("http://x")', "\tplain", "\rplain"),
)
HARMLESS = ("СЕЙТҚАЛИ АЙГҮЛ", "O'NEILL", "ТОО «А+Б»", "a=b", "", "1", "2027-01-31", "КИМ-ЛИ", "а@б")


def table(reply: Reply) -> list[dict[str, str]]:
    text = b"".join(reply.streaming_content).decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(StringIO(text.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))


# --- cells --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_program_would_run_is_begun_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_no_program_would_run_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(max_size=30))
def test_no_cell_begins_like_a_formula_or_leaves_its_line(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.lstrip(" \"'`").startswith(("=", "+", "-", "@")) or cell.startswith("'")
    assert not any(ord(char) < 32 for char in cell)
    assert len(cell) in {len(text), len(text) + 1}


# --- the file -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_says_of_each_person_what_the_list_says(
    authority: Authority, head: Colleague, payroll: Payroll
) -> None:
    now = timezone.now()
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT, days_left=12 * DAY, purposes=PAIR)
    mandate = head.holder.delegate(signer.holder)
    renewal = signer.holder.submit()
    payroll.add(1, -3 * DAY, name="КИМ ВИКТОР", now=now)
    payroll.add(2, 90 * DAY, name="ОСПАНОВ ДАНИЯР", now=now, revoked=5 * DAY)
    reply = head.get("people-csv")
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    name = f"people-{timezone.localdate().isoformat()}.csv"
    assert reply["Content-Disposition"] == f'attachment; filename="{name}"'
    assert reply["Cache-Control"] == "no-store"
    first, second, third, fourth = table(reply)
    assert first == {
        "Name": "СЕЙТҚАЛИ АЙГҮЛ",
        "IIN": "9102 •••• 0013",
        "Role": "may sign for the organisation",
        "State": "Ends soon",
        "Valid until": timezone.localdate(row_of(signer).not_after).isoformat(),
        "Days left": "12",
        "Certificates in force": "2",
        "Application": renewal.number,
        "State of the application": "Waits for approval",
        "May approve from": mandate.starts_on.isoformat(),
        "May approve until": mandate.ends_on.isoformat(),
    }
    assert (second["Role"], second["State"]) == ("first head", "In force")
    assert (third["State"], third["Days left"]) == ("Revoked", "")
    assert third["Valid until"] == timezone.localdate(now - 5 * DAY).isoformat()
    assert (fourth["Name"], fourth["State"]) == ("КИМ ВИКТОР", "Expired")


@pytest.mark.django_db
def test_it_holds_no_full_number_and_nobody_of_another_organisation(
    head: Colleague, payroll: Payroll
) -> None:
    payroll.add(910214300013, 50 * DAY, now=timezone.now())
    Payroll(payroll.authority, "260140000015").add(1, 50 * DAY, name="ЧУЖОЙ", now=timezone.now())
    text = b"".join(head.get("people-csv").streaming_content).decode()
    assert HEAD not in text
    assert SIGNER not in text
    assert "9102 •••• 0013" in text
    assert "ЧУЖОЙ" not in text


@pytest.mark.django_db
def test_hostile_names_neither_run_nor_break_the_table(head: Colleague, payroll: Payroll) -> None:
    names = (*FORMULAS, 'A";"B', "A\r\nB;C", "A;B", "'", "<script>")
    for number, name in enumerate(names):
        payroll.add(number, (20 + number) * DAY, name=name, now=timezone.now())
    reply = head.get("people-csv")
    text = b"".join(reply.streaming_content).decode()
    lines = text.removeprefix(BYTE_ORDER_MARK).split("\r\n")
    assert len(lines) == len(names) + 3  # the heading, the head, the end of the last line
    assert all(line.startswith('"') and line.count('"') % 2 == 0 for line in lines[:-1])
    rows = list(csv.reader(StringIO(text.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert {len(row) for row in rows} == {11}
    shown = [row[0] for row in rows[1:] if row[0] != "СЕЙТҚАЛИ АЙГҮЛ"]
    assert all(name.startswith("'") for name in shown[: len(FORMULAS)])
    assert shown[len(FORMULAS) :] == ['A";"B', "A  B;C", "A;B", "'", "<script>"]


@pytest.mark.django_db
def test_that_it_was_taken_is_recorded_with_the_number_of_rows(
    head: Colleague, payroll: Payroll
) -> None:
    for number in range(7):
        payroll.add(number, (20 + 3 * number) * DAY, name="КИМ В", now=timezone.now())
    assert len(table(head.get("people-csv"))) == 8
    assert len(table(head.get("people-csv", group="soon", q="ким"))) == 4
    assert table(head.get("people-csv", group="revoked")) == []
    events = Event.objects.filter(kind="people.exported").order_by("sequence")
    facts = [dict(event.facts) for event in events]
    assert facts == [
        {"bin": BIN, "rows": 8, "group": "all", "searched": False},
        {"bin": BIN, "rows": 4, "group": "soon", "searched": True},
        {"bin": BIN, "rows": 0, "group": "revoked", "searched": False},
    ]
    assert {event.actor_iin for event in events} == {HEAD}


@pytest.mark.django_db
def test_who_may_not_see_the_people_leaves_no_such_record(
    authority: Authority, head: Colleague
) -> None:
    employee = hire(authority, SIGNER, Role.EMPLOYEE).sign_in()
    assert employee.get("people-csv").status_code == 403
    assert head.post("people-csv").status_code == 405
    assert head.client.head(reverse("people-csv"), secure=True).status_code == 405
    assert not Event.objects.filter(kind="people.exported").exists()


@pytest.mark.django_db
def test_it_comes_in_pieces_in_the_order_of_the_list(head: Colleague, payroll: Payroll) -> None:
    now = timezone.now()
    for number in range(620):
        payroll.add(number, (201 + number) * DAY, name=f"Ч {number:04d}", now=now)
    pieces = list(head.get("people-csv").streaming_content)
    assert len(pieces) == 3  # the heading, five hundred, the rest
    names = [row[0] for row in csv.reader(StringIO(b"".join(pieces).decode()), delimiter=";")]
    assert names[2:] == [f"Ч {number:04d}" for number in range(620)]


@pytest.mark.django_db
def test_it_speaks_the_language_of_the_reader(head: Colleague) -> None:
    reply = head.client.get(reverse("people-csv"), secure=True, headers={"Accept-Language": "ru"})
    (row,) = table(reply)
    assert "Действует" in row.values() or "In force" in row.values()
    assert row["ИИН"] == "8005 •••• 0010"
