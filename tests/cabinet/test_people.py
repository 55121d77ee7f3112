"""Who is in the list of an organisation, in what order, how many, what ends when."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cabinet.people import Group, Place, Search, months_from, words_of
from cabinet.person import people_at
from cabinet.standing import Mark
from pki.certificate import Purpose, Role
from pki.models import Authority, Certificate, Revocation
from renewals.machine import State
from renewals.models import Mandate, MandateKind
from tests.cabinet.payroll import BIN, DAY, NOW, OTHER_BIN, PAIR, Payroll

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def payroll(db: None) -> Payroll:
    return Payroll(Authority.objects.create(name="ours", certificate_der=b"", key_name="ours"))


def search(*words: str, now: datetime = NOW) -> Search:
    return Search(BIN, now, words)


def numbers(places: Iterable[Place]) -> list[int]:
    return [int(place.iin) for place in places]


def listed(group: Group = Group.ALL, *words: str) -> list[int]:
    return numbers(search(*words).places(group))


# --- who and in what order ----------------------------------------------------------------


def test_what_ends_first_is_in_front_and_who_is_past_follows(payroll: Payroll) -> None:
    payroll.add(1, 100 * DAY)
    payroll.add(2, -3 * DAY)
    payroll.add(3, 5 * DAY)
    payroll.add(4, 200 * DAY, revoked=DAY)
    payroll.add(5, -40 * DAY)
    assert listed() == [3, 1, 4, 2, 5]
    marks = [place.mark for place in search().places(Group.ALL)]
    assert marks == [
        *(Mark.ENDS_SOON, Mark.IN_FORCE, Mark.REVOKED),
        *(Mark.EXPIRED, Mark.EXPIRED),
    ]


def test_a_pair_is_one_person_and_ends_with_its_first_half(payroll: Payroll) -> None:
    payroll.add(1, 90 * DAY, Purpose.AUTH)
    payroll.add(1, 20 * DAY, Purpose.SIGN)
    (place,) = search().places(Group.ALL)
    assert (place.mark, place.ends_at) == (Mark.ENDS_SOON, NOW + 20 * DAY)
    payroll.add(1, 91 * DAY, Purpose.SIGN)
    (place,) = search().places(Group.ALL)
    assert place.ends_at == NOW + 90 * DAY


def test_half_of_a_pair_alone_ends_when_it_ends(payroll: Payroll) -> None:
    payroll.add(1, 90 * DAY, Purpose.AUTH)
    payroll.add(2, 80 * DAY, Purpose.SIGN)
    payroll.add(3, 70 * DAY, Purpose.OTHER)
    ends = [place.ends_at - NOW for place in search().places(Group.ALL)]
    assert ends == [70 * DAY, 80 * DAY, 90 * DAY]


def test_who_has_renewed_does_not_end_soon_any_more(payroll: Payroll) -> None:
    old = payroll.add(1, 5 * DAY, *PAIR)
    new = payroll.add(1, 360 * DAY, *PAIR)
    for before, after in zip(old, new, strict=True):
        payroll.apply(before, State.INSTALLED, new=after)
    (place,) = search().places(Group.ALL)
    assert (place.mark, place.ends_at) == (Mark.IN_FORCE, NOW + 360 * DAY)
    assert listed(Group.SOON) == []


def test_with_the_new_one_revoked_the_old_one_counts_again(payroll: Payroll) -> None:
    payroll.add(1, 5 * DAY)
    payroll.add(1, 360 * DAY, revoked=DAY)
    (place,) = search().places(Group.ALL)
    assert (place.mark, place.ends_at) == (Mark.ENDS_SOON, NOW + 5 * DAY)


@pytest.mark.parametrize("state", [State.ISSUED, State.WITHDRAWN, State.LAPSED])
def test_what_was_never_installed_is_nobodys_signature(payroll: Payroll, state: State) -> None:
    (old,) = payroll.add(1, 5 * DAY)
    (new,) = payroll.add(1, 360 * DAY, revoked=None if state is State.ISSUED else timedelta(0))
    payroll.apply(old, state, new=new)
    (place,) = search().places(Group.ALL)
    assert (place.mark, place.ends_at) == (Mark.ENDS_SOON, NOW + 5 * DAY)
    (person,) = people_at(BIN, [place], now=NOW)
    assert [one.first for one in person.standings] == [old]
    later = search(now=NOW + 6 * DAY)
    assert [place.mark for place in later.places(Group.ALL)] == [Mark.EXPIRED]


def test_the_one_that_ended_last_says_whether_somebody_was_revoked_or_expired(
    payroll: Payroll,
) -> None:
    payroll.add(1, -400 * DAY, revoked=500 * DAY)
    payroll.add(1, -30 * DAY)
    payroll.add(2, -400 * DAY)
    payroll.add(2, -30 * DAY, *PAIR, revoked=60 * DAY)
    sign, _auth = payroll.add(3, 30 * DAY, *PAIR)
    payroll.add(3, 30 * DAY, Purpose.COMBINED, revoked=DAY)
    payroll.revoke(sign)
    assert listed(Group.EXPIRED) == [1]
    assert listed(Group.REVOKED) == [2]
    assert listed() == [3, 1, 2]


def test_soon_is_thirty_midnights_of_almaty_away(payroll: Payroll) -> None:
    midnight = datetime(2026, 12, 16, 19, tzinfo=UTC)  # of the 31st day, in Almaty
    payroll.add(1, midnight - NOW - timedelta(seconds=1))
    payroll.add(2, midnight - NOW)
    assert listed(Group.SOON) == [1]
    people = people_at(BIN, search().places(Group.ALL), now=NOW)
    assert [person.days_left for person in people] == [30, 31]
    late = datetime(2026, 11, 16, 19, tzinfo=UTC)  # already the next day there
    assert numbers(search(now=late).places(Group.SOON)) == [1, 2]


def test_it_is_in_force_until_the_very_second_of_its_end(payroll: Payroll) -> None:
    payroll.add(1, timedelta(0))
    assert [place.mark for place in search().places(Group.ALL)] == [Mark.ENDS_SOON]
    over = search(now=NOW + timedelta(seconds=1)).places(Group.ALL)
    assert [place.mark for place in over] == [Mark.EXPIRED]


def test_pages_neither_repeat_nor_leave_out_anybody(payroll: Payroll) -> None:
    for number in range(23):
        ends_in = (number % 5 - 2) * 10 * DAY + DAY
        payroll.add(number, ends_in, revoked=DAY if number % 7 == 0 else None)
    for group in Group:
        whole = listed(group)
        for size in (1, 4, 7, 50):
            pages = [numbers(search().places(group, start, size)) for start in range(0, 60, size)]
            assert [number for page in pages for number in page] == whole
    assert len(listed()) == 23


def test_nobody_else_is_in_the_list(payroll: Payroll) -> None:
    payroll.add(1, 100 * DAY)
    Payroll(payroll.authority, OTHER_BIN).add(1, 5 * DAY)
    Payroll(payroll.authority, OTHER_BIN).add(2, 5 * DAY)
    Payroll(payroll.authority, "").add(1, 6 * DAY)
    payroll.add(3, 50 * DAY)
    Certificate.objects.filter(iin=payroll.iin(3)).update(iin="")  # an information system's
    (place,) = search().places(Group.ALL)
    assert place.ends_at == NOW + 100 * DAY
    (person,) = people_at(BIN, [place], now=NOW)
    assert {row.bin for one in person.standings for row in one.certificates} == {BIN}
    assert Search("", NOW).places(Group.ALL) == []


def test_an_empty_organisation_has_nobody_and_twelve_months(db: None) -> None:
    counts = search().counts()
    assert set(counts.groups.values()) == {0}
    assert [month.people for month in counts.months] == [0] * 12
    for group in Group:
        assert search().places(group) == []
    assert people_at(BIN, [], now=NOW) == []


# --- against a plain reading of the rows --------------------------------------------------


def plain_place(rows: list[Certificate], revoked: set[str]) -> tuple[int, datetime, Mark]:
    """What the list has to say of one person, read from his rows one by one."""
    usable = [row for row in rows if row.not_after >= NOW and row.serial_hex not in revoked]
    if not usable:
        end = max(row.not_after for row in rows)
        last = {row.serial_hex for row in rows if row.not_after == end}
        return 1, end, Mark.REVOKED if last & revoked else Mark.EXPIRED
    last_at = max(row.not_after for row in usable)
    ends = [
        max((row.not_after for row in usable if row.purpose in purposes), default=last_at)
        for purposes in (("AUTH", "COMBINED"), ("SIGN", "COMBINED"))
    ]
    soon = (timezone.localdate(min(ends)) - timezone.localdate(NOW)).days <= 30
    return 0, min(ends), Mark.ENDS_SOON if soon else Mark.IN_FORCE


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_reads_any_mixture_as_one_would_read_it_row_by_row(
    payroll: Payroll, seed: int
) -> None:
    dice = random.Random(seed)
    kinds = ((), PAIR, (Purpose.AUTH,), (Purpose.SIGN,))
    for number in range(60):
        for _one in range(dice.randint(1, 4)):
            payroll.add(
                number,
                timedelta(hours=dice.randint(-24 * 60, 24 * 60)),
                *dice.choice(kinds),
                revoked=DAY if dice.random() < 0.3 else None,
            )
    revoked = set(Revocation.objects.values_list("serial_hex", flat=True))
    wanted = {
        payroll.iin(number): plain_place(
            list(Certificate.objects.filter(iin=payroll.iin(number))), revoked
        )
        for number in range(60)
    }
    places = search().places(Group.ALL)
    assert {place.iin: (place.ends_at, place.mark) for place in places} == {
        iin: (ends_at, mark) for iin, (_past, ends_at, mark) in wanted.items()
    }
    keys = [wanted[place.iin] for place in places]
    assert keys == sorted(
        keys, key=lambda key: (key[0], key[1].timestamp() * (-1 if key[0] else 1))
    )
    counts = search().counts()
    assert counts.groups == {group: len(search().places(group)) for group in Group}
    assert min(counts.groups.values()) > 0


# --- what ends when -----------------------------------------------------------------------


def test_twelve_months_run_across_the_end_of_the_year() -> None:
    assert months_from(date(2026, 11, 30))[:3] == [
        *(date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)),
    ]
    assert months_from(date(2026, 12, 31))[-1] == date(2027, 12, 1)
    assert len(months_from(date(2027, 1, 1))) == 13


def test_a_month_begins_at_midnight_in_almaty(payroll: Payroll) -> None:
    year_ends = datetime(2026, 12, 31, 19, tzinfo=UTC)
    payroll.add(1, year_ends - NOW - timedelta(seconds=1))
    payroll.add(2, year_ends - NOW)
    people = {month.first: month.people for month in search().counts().months}
    assert people[date(2026, 12, 1)] == 1
    assert people[date(2027, 1, 1)] == 1
    assert sum(people.values()) == 2
    # At that moment it is January there, and December is no month of the chart any more.
    months = search(now=year_ends).counts().months
    assert (months[0].first, months[0].people) == (date(2027, 1, 1), 1)
    assert months[-1].first == date(2027, 12, 1)


def test_everybody_counts_once_in_the_month_of_his_last_certificate(payroll: Payroll) -> None:
    payroll.add(1, 5 * DAY, *PAIR)
    payroll.add(1, 80 * DAY, *PAIR)
    payroll.add(2, -5 * DAY)
    payroll.add(3, 20 * DAY, revoked=DAY)
    payroll.add(4, 3 * 365 * DAY)
    months = search().counts().months
    assert [month.people for month in months] == [0, 0, 0, 1] + [0] * 8


# --- by name ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["сейтқали", "СЕЙТҚАЛИ", "Сейтқали", "айгүл сейтқали", "  Қали   АЙ ", "ЙТҚА"],
)
def test_somebody_is_found_by_parts_of_the_name_in_any_case_and_order(
    payroll: Payroll, typed: str
) -> None:
    payroll.add(1, 10 * DAY, *PAIR)
    payroll.add(2, 10 * DAY, name="КИМ ВИКТОР")
    payroll.add(3, -10 * DAY)
    assert listed(Group.ALL, *words_of(typed)) == [1, 3]
    counts = search(*words_of(typed)).counts()
    assert (counts.groups[Group.ALL], counts.groups[Group.EXPIRED]) == (2, 1)


@pytest.mark.parametrize(
    "typed", ["%", "_", "К_М", "' OR 1=1 --", '"', "\\", "КИМ ОЛЬГА", "\N{RIGHT-TO-LEFT OVERRIDE}"]
)
def test_signs_of_the_database_find_nobody(payroll: Payroll, typed: str) -> None:
    payroll.add(1, 10 * DAY, name="КИМ ВИКТОР")
    assert listed(Group.ALL, *words_of(typed)) == []


def test_a_former_surname_still_leads_to_all_certificates(payroll: Payroll) -> None:
    payroll.add(1, 5 * DAY, name="ОСПАНОВА САУЛЕ")
    payroll.add(1, 300 * DAY, name="КИМ САУЛЕ")
    (place,) = search("ОСПАНОВА").places(Group.ALL)
    assert place.ends_at == NOW + 300 * DAY
    (person,) = people_at(BIN, [place], now=NOW)
    assert person.certificate.common_name == "КИМ САУЛЕ"


def test_only_a_few_words_are_looked_for() -> None:
    assert words_of("a b c d e f") == ("a", "b", "c", "d")
    assert words_of(" ") == ()


# --- what is shown of each ----------------------------------------------------------------


def test_the_list_needs_the_same_questions_for_three_people_and_for_forty(
    payroll: Payroll,
) -> None:
    def read() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            places = search().places(Group.ALL, 0, 50)
            people = people_at(BIN, places, now=NOW)
            assert all(person.certificate.common_name and person.roles for person in people)
            assert [person.application for person in people if person.in_use]
        return [query["sql"] for query in asked.captured_queries]

    payroll.add(0, -3 * DAY)
    for number in range(1, 4):
        payroll.apply(payroll.add(number, 10 * DAY)[0])
    few = read()
    for number in range(4, 40):
        payroll.apply(payroll.add(number, 10 * DAY)[0])
    many = read()
    assert len(few) == len(many) <= 7
    # Bytes of certificates are asked for by name or not at all.
    assert '"der"' not in " ".join(many)


def test_a_draft_is_its_holders_own_and_what_was_sent_is_shown(payroll: Payroll) -> None:
    payroll.apply(payroll.add(1, 5 * DAY)[0], State.DRAFT)
    sent = payroll.apply(payroll.add(2, 6 * DAY)[0])
    first, second = people_at(BIN, search().places(Group.ALL), now=NOW)
    assert first.application is None
    assert second.application == sent


def test_a_right_to_approve_is_shown_while_it_is_in_force(payroll: Payroll) -> None:
    today = timezone.localdate(NOW)
    for number, days in ((1, (-5, 5)), (2, (1, 5)), (3, (-5, -1))):
        payroll.add(number, 50 * DAY)
        Mandate.objects.create(
            bin=BIN,
            organisation="ТОО",
            kind=MandateKind.POWER_OF_ATTORNEY.value,
            holder_iin=payroll.iin(number),
            holder_name="КИМ",
            starts_on=today + days[0] * DAY,
            ends_on=today + days[1] * DAY,
            created_at=NOW,
            confirmed_at=NOW,
        )
    people = people_at(BIN, search().places(Group.ALL), now=NOW)
    assert [int(person.place.iin) for person in people if person.mandate] == [1]


def test_a_head_whom_another_has_followed_is_a_former_one(payroll: Payroll) -> None:
    payroll.add(1, 100 * DAY, role=Role.HEAD)
    payroll.add(2, 200 * DAY, role=Role.HEAD)
    with translation.override("en"):
        former, present = people_at(BIN, search().places(Group.ALL), now=NOW)
        assert former.roles == "former head"
        assert present.roles == "first head"
