"""«My signature»: what is shown of each certificate, what can be done, looking up a number."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cabinet.standing import Mark, Offer, Standing, pair_up, standings_of
from pki.models import Certificate
from renewals.models import Renewal
from renewals.signature_words import time_left
from tests.cabinet.holder import COMBINED, pair, row_of, single
from tests.cabinet.people import AUTH, IIN, SIGN, Issuer

pytestmark = pytest.mark.django_db

OTHER_IIN = "050607650004"
DAY = timedelta(days=1)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("main")


def test_it_shows_a_pair_as_one_signature(issuer: Issuer) -> None:
    holder = pair(issuer, ends_in=12 * DAY)
    (standing,) = standings_of(IIN, now=timezone.now())
    assert [row.purpose for row in standing.certificates] == ["SIGN", "AUTH"]
    assert standing.offer is Offer.RENEW
    page = holder.get("my")
    assert page.context["urgent"] == standing_like(page.context["urgent"], standing)  # type: ignore[attr-defined]
    assert "12 days left" in page.content.decode()
    assert "0102 •••• 0005" in page.content.decode()
    assert IIN not in page.content.decode()


def standing_like(shown: Standing, wanted: Standing) -> Standing:
    assert shown.certificates == wanted.certificates
    return shown


def test_what_ends_within_thirty_days_is_in_the_gold_card_and_the_rest_in_the_list(
    issuer: Issuer,
) -> None:
    holder = single(issuer, ends_in=200 * DAY)
    assert holder.get("my").context["urgent"] is None  # type: ignore[attr-defined]
    soon = issuer.issue(usages=COMBINED, starts_in=-20 * DAY, ends_in=5 * DAY)
    context = holder.get("my").context  # type: ignore[attr-defined]
    assert context["urgent"].first == row_of(soon)
    assert [one.first for one in context["others"]] == [row_of(holder.person)]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Ends today"),
        (1, "1 day left"),
        (60, "60 days left"),
        (61, "2 months left"),
        (364, "11 months left"),
        (800, "More than 2 years left"),
    ],
)
def test_it_counts_days_then_months_then_years(days: int, words: str) -> None:
    now = datetime(2026, 11, 23, 5, tzinfo=UTC)
    with translation.override("en"):
        assert time_left(now, now + days * DAY) == words


def test_a_day_begins_at_midnight_in_almaty_and_not_in_greenwich() -> None:
    evening = datetime(2026, 11, 23, 18, 59, tzinfo=UTC)  # 23:59 in Almaty
    with translation.override("en"):
        assert time_left(evening, evening + timedelta(minutes=2)) == "1 day left"


def test_it_is_renewable_until_the_very_second_of_its_end(issuer: Issuer) -> None:
    row = row_of(issuer.issue(usages=COMBINED))
    last = Standing((row,), row.not_after)
    assert (last.mark, last.offer) == (Mark.ENDS_SOON, Offer.RENEW)
    over = Standing((row,), row.not_after + timedelta(seconds=1))
    assert (over.mark, over.offer) == (Mark.EXPIRED, Offer.NONE)
    early = Standing((row,), row.not_before - timedelta(seconds=1))
    assert (early.mark, early.offer) == (Mark.NOT_YET_VALID, Offer.NONE)


def test_revoked_and_expired_are_shown_with_word_and_icon_below_the_others(issuer: Issuer) -> None:
    holder = single(issuer)
    issuer.revoke(issuer.issue(usages=COMBINED))
    issuer.issue(usages=COMBINED, starts_in=-100 * DAY, ends_in=-9 * DAY)
    page = holder.get("my")
    marks = [one.mark for one in page.context["past"]]  # type: ignore[attr-defined]
    assert sorted(marks) == [Mark.EXPIRED, Mark.REVOKED]
    text = page.content.decode()
    assert "Revoked</span>" in text
    assert "Expired</span>" in text
    assert "#i-stop" in text


def test_a_revoked_half_is_not_paired_with_the_half_of_the_next_pair(issuer: Issuer) -> None:
    sign, auth = issuer.issue(usages=SIGN), issuer.issue(usages=AUTH)
    later = issuer.issue(usages=AUTH, starts_in=-2 * DAY)
    issuer.revoke(auth)
    units = pair_up(Certificate.objects.all(), [row_of(auth).pk])
    assert sorted(len(unit) for unit in units) == [1, 1, 1]
    assert (row_of(sign),) in units
    assert (row_of(later),) in units


def test_two_pairs_are_told_apart_by_when_they_were_made(issuer: Issuer) -> None:
    old = [issuer.issue(usages=usages, starts_in=-300 * DAY) for usages in (AUTH, SIGN)]
    new = [issuer.issue(usages=usages, starts_in=-3 * DAY) for usages in (AUTH, SIGN)]
    units = {frozenset(unit) for unit in pair_up(Certificate.objects.all())}
    assert units == {frozenset(map(row_of, old)), frozenset(map(row_of, new))}


def test_an_open_application_is_offered_instead_of_another_one(issuer: Issuer) -> None:
    holder = pair(issuer, ends_in=12 * DAY)
    renewal = holder.open()
    standing = holder.get("my").context["urgent"]  # type: ignore[attr-defined]
    assert (standing.offer, standing.application) == (Offer.CONTINUE, renewal)
    renewal = holder.apply()
    assert holder.get("my").context["urgent"].offer is Offer.WAIT  # type: ignore[attr-defined]
    holder.issue(renewal)
    context = holder.get("my").context  # type: ignore[attr-defined]
    assert context["urgent"].offer is Offer.INSTALL
    assert context["others"] == []


def test_what_was_renewed_is_not_urgent_any_more(issuer: Issuer) -> None:
    holder = pair(issuer, ends_in=12 * DAY)
    holder.renew()
    context = holder.get("my").context  # type: ignore[attr-defined]
    assert context["urgent"] is None
    assert [one.offer for one in context["others"]] == [Offer.REPLACED, Offer.RENEW]


def test_a_certificate_of_an_organisation_says_that_its_head_has_to_confirm(issuer: Issuer) -> None:
    holder = single(issuer, ends_in=5 * DAY)
    sentence = "Then your organisation has to approve it"
    assert sentence not in holder.get("my").content.decode()
    name = "ТОО «Сарыарқа Логистик»"
    Certificate.objects.update(bin="260140000005", organisation=name, company_role="employee")
    page = holder.get("my")
    assert page.context["urgent"].offer is Offer.RENEW  # type: ignore[attr-defined]
    assert sentence in page.content.decode()
    assert "Сарыарқа Логистик" in page.content.decode()
    Certificate.objects.update(company_role="head")
    assert sentence not in holder.get("my").content.decode()


def test_the_list_needs_the_same_queries_for_one_certificate_and_for_twenty(
    issuer: Issuer,
) -> None:
    issuer.issue(usages=COMBINED)
    with CaptureQueriesContext(
        connection,
    ) as one:
        standings_of(IIN, now=timezone.now())
    for _ in range(20):
        issuer.issue(usages=COMBINED)
    with CaptureQueriesContext(connection) as many:
        assert len(standings_of(IIN, now=timezone.now())) == 21
    assert len(one) == len(many) <= 3
    assert '"der"' not in " ".join(query["sql"] for query in many.captured_queries)


@pytest.mark.parametrize("typed", ["{}", " № {} ", "{}".replace("-", ""), "No. {}"])
def test_it_finds_an_application_however_its_number_is_typed(issuer: Issuer, typed: str) -> None:
    holder = single(issuer)
    renewal = holder.open()
    for number in (
        renewal.number,
        renewal.number.replace("-", " – "),
        renewal.number.replace("-", ""),
    ):
        reply = holder.post("find", number=typed.format(number))
        assert reply.headers["Location"] == reverse("status", args=[renewal.number])


def test_an_unknown_number_and_somebody_elses_get_the_same_sentence(issuer: Issuer) -> None:
    stranger = single(issuer, iin=OTHER_IIN).open()
    holder = single(issuer)
    for typed in (stranger.number, "2026-00000000", "nonsense <b>"):
        page = holder.post("find", number=typed).content.decode()
        assert "We found no such application among yours" in page
        assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in page
    assert "Type the number" in holder.post("find", number="").content.decode()


def test_a_certificate_has_a_page_for_its_holder_and_for_nobody_else(issuer: Issuer) -> None:
    holder = pair(issuer)
    stranger = single(issuer, iin=OTHER_IIN)
    row = row_of(holder.signer)
    page = holder.get("certificate", row.pk).content.decode()
    assert row.serial_hex[:4] in page
    assert stranger.get("certificate", row.pk).status_code == 404
    assert holder.get("certificate", 10**9).status_code == 404


def test_a_certificate_that_is_not_installed_yet_leads_to_its_application(issuer: Issuer) -> None:
    holder = single(issuer)
    renewal = holder.apply()
    person = holder.issue(renewal)["COMBINED"]
    standing = holder.get("certificate", row_of(person).pk).context["standing"]  # type: ignore[attr-defined]
    assert (standing.offer, standing.application) == (Offer.INSTALL, renewal)


def test_the_list_of_applications_shows_state_and_who_has_the_next_step(issuer: Issuer) -> None:
    holder = single(issuer)
    assert "no applications yet" in holder.get("renewals").content.decode()
    renewal = holder.apply()
    page = holder.get("renewals").content.decode()
    assert renewal.number in page
    assert "the portal" in page
    stranger = single(issuer, iin=OTHER_IIN)
    assert renewal.number not in stranger.get("renewals").content.decode()
    assert Renewal.objects.count() == 1
