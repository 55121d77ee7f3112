"""Status of certificates of others: left as a question, asked by the worker, never guessed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from pki.certificate import parse_certificate
from pki.chain import Usage
from pki.errors import PKIError, RevokedError, StatusUnknownError, UnknownIssuerError
from pki.models import Acceptance, Authority, StatusInquiry
from renewals.models import Trouble
from renewals.services.trust import inquiring, listing
from renewals.services.verification import judge
from renewals.tasks import fetch_trust
from tests.cabinet.people import AUTH, SIGN, Person
from tests.renewals.outside import HOUR, Outside, Web, web_server
from tests.renewals.responder import Responder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
MINUTE = timedelta(minutes=1)


def now() -> datetime:
    """Responders and lists have the computer's own clock."""
    return datetime.now(UTC)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    with web_server() as found:
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [found.host]
        yield found


@pytest.fixture
def responder(outside: Outside, settings: Settings, tmp_path: Path) -> Responder:
    found = Responder(outside, tmp_path)
    settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [found.host]
    return found


def outcome(person: Person, usage: Usage = Usage.SIGN_IN, at: datetime | None = None) -> str:
    """'good', or the code of what is wrong."""
    try:
        _path, facts = judge(parse_certificate(person.der), usage=usage, now=at or now())
    except PKIError as error:
        return error.code
    return facts.status.value


UNKNOWN, REVOKED = StatusUnknownError.code, RevokedError.code


# --- answers about one certificate ---------------------------------------------------------


def test_a_question_is_left_asked_and_answered(outside: Outside, responder: Responder) -> None:
    good, bad, nobody = (outside.issue(iin=iin) for iin in ("1" * 12, "2" * 12, "3" * 12))
    responder.knows(good)
    responder.revokes(bad)
    outside.pin(ocsp_url=responder.url)
    assert [outcome(one) for one in (good, bad, nobody)] == [UNKNOWN] * 3
    assert StatusInquiry.objects.count() == 3
    with responder.answers():
        assert inquiring.ask_due(now=now()) == 3
    assert [outcome(one) for one in (good, bad, nobody)] == ["good", REVOKED, UNKNOWN]
    assert not Trouble.objects.exists()
    # Fresh ones are not asked again.
    assert inquiring.ask_due(now=now()) == 0
    # After its time an answer is worth nothing; the question stands again.
    assert outcome(good, at=now() + timedelta(minutes=11)) == UNKNOWN


def test_an_answer_is_renewed_while_somebody_may_be_signed_in(
    outside: Outside, responder: Responder
) -> None:
    person = outside.issue()
    responder.knows(person)
    outside.pin(ocsp_url=responder.url)
    assert outcome(person) == UNKNOWN
    with responder.answers():
        assert inquiring.ask_due(now=now()) == 1
        StatusInquiry.objects.update(tried_at=now() - 6 * MINUTE)
        assert inquiring.ask_due(now=now()) == 1
        # Not for longer than a session can last.
        StatusInquiry.objects.update(tried_at=now() - 6 * MINUTE, asked_at=now() - 9 * HOUR)
        assert inquiring.ask_due(now=now()) == 0
    StatusInquiry.objects.update(asked_at=now() - 25 * HOUR)
    assert inquiring.forget(now=now()) == 1


def test_a_responder_that_is_away_is_told_once_and_left_alone_for_a_while(
    outside: Outside, responder: Responder
) -> None:
    first, second = outside.issue(iin="1" * 12), outside.issue(iin="2" * 12)
    responder.knows(first)
    responder.knows(second)
    row = outside.pin(ocsp_url=responder.url)
    assert [outcome(one) for one in (first, second)] == [UNKNOWN] * 2
    assert inquiring.ask_due(now=now()) == 0
    # The second was not tried any more, and nobody is tried at once again.
    failures = sorted(StatusInquiry.objects.values_list("failure", flat=True))
    assert failures == ["", "fetch.away"]
    assert inquiring.ask_due(now=now()) == 0
    (trouble,) = Trouble.objects.all()
    assert (trouble.subject, trouble.code, trouble.ended_at) == (
        "trust:national",
        "fetch.away",
        None,
    )
    row.refresh_from_db()
    assert row.fetch_failure == "fetch.away"
    later = now() - MINUTE
    StatusInquiry.objects.filter(failure="fetch.away").update(tried_at=later)
    Authority.objects.update(fetch_failed_at=later)
    with responder.answers():
        assert inquiring.ask_due(now=now()) == 2
    assert [outcome(one) for one in (first, second)] == ["good"] * 2
    row.refresh_from_db()
    assert (row.fetch_failure, row.fetch_failed_at) == ("", None)
    assert not Trouble.objects.filter(ended_at=None).exists()


def test_nothing_is_asked_of_who_is_not_accepted(outside: Outside, responder: Responder) -> None:
    person = outside.issue()
    row = outside.pin(ocsp_url=responder.url)
    assert outcome(person) == UNKNOWN
    Authority.objects.filter(pk=row.pk).update(accepted_for="nothing")
    assert outcome(person) == UnknownIssuerError.code
    with responder.answers():
        assert inquiring.ask_due(now=now()) == 0


def test_rubbish_for_an_answer_is_no_answer(outside: Outside, web: Web) -> None:
    person = outside.issue()
    outside.pin(ocsp_url=web.url("/ocsp"))
    assert outcome(person) == UNKNOWN
    web.give(b"rubbish", path="/ocsp")
    assert inquiring.ask_due(now=now()) == 0
    assert outcome(person) == UNKNOWN
    assert StatusInquiry.objects.get().failure == "ocsp.malformed"
    assert web.heads[0]["Content-Type"] == "application/ocsp-request"


# --- lists --------------------------------------------------------------------------------


def test_a_list_is_fetched_and_decides(outside: Outside, web: Web) -> None:
    good, bad = outside.issue(iin="1" * 12), outside.issue(iin="2" * 12)
    row = outside.pin(crl_url=web.url())
    assert outcome(good) == UNKNOWN
    assert not StatusInquiry.objects.exists()
    web.give(outside.list_of(bad))
    fetch_trust()
    assert [outcome(one) for one in (good, bad)] == ["good", REVOKED]
    row.refresh_from_db()
    assert row.fetched_at is not None
    # At least every hour, not all the time.
    fetch_trust()
    assert len(web.asked) == 1
    assert row.fetch_due_at is not None
    assert listing.fetch_due(now=row.fetch_due_at) == 1
    assert MINUTE < row.fetch_due_at - row.fetched_at <= HOUR


def test_a_newer_list_takes_the_place_of_the_one_that_is_remembered(
    outside: Outside, web: Web
) -> None:
    person = outside.issue()
    row = outside.pin(crl_url=web.url())
    web.give(outside.list_of(number=1))
    assert listing.fetch_due(now=now()) == 1
    assert outcome(person) == "good"
    web.give(outside.list_of(person, number=2))
    Authority.objects.filter(pk=row.pk).update(fetch_due_at=None)
    assert listing.fetch_due(now=now()) == 1
    assert outcome(person) == REVOKED


def refused(outside: Outside, web: Web, data: bytes) -> str:
    """What is written when `data` is served in place of the list that is here."""
    web.give(data)
    Authority.objects.update(fetch_due_at=None)
    before = bytes(Authority.objects.get().crl_der or b"")
    assert listing.fetch_due(now=now()) == 0
    row = Authority.objects.get()
    assert bytes(row.crl_der or b"") == before
    return row.fetch_failure


def test_no_list_takes_the_place_of_a_better_one(outside: Outside, web: Web) -> None:
    person = outside.issue()
    outside.pin(crl_url=web.url())
    web.give(outside.list_of(person, number=5))
    assert listing.fetch_due(now=now()) == 1
    hours = now() - 3 * HOUR
    for data, code in (
        (outside.list_of(number=6, signer=Outside()), "crl.signature"),
        (Outside("other").list_of(number=6), "crl.issuer"),
        (outside.list_of(number=6, made=hours, lasts=HOUR), "crl.stale"),
        (outside.list_of(number=6, made=now() + HOUR), "crl.stale"),
        (outside.list_of(number=6, made=hours), "fetch.older"),
        (outside.list_of(number=4), "fetch.older"),
        (b"", "crl.malformed"),
        (outside.list_of(number=6)[:-1], "crl.malformed"),
    ):
        assert refused(outside, web, data) == code
        assert outcome(person) == REVOKED
    (trouble,) = Trouble.objects.all()
    assert (trouble.subject, trouble.code, trouble.ended_at) == (
        *("trust:national", "crl.signature"),
        None,
    )
    web.give(outside.list_of(number=6))
    Authority.objects.update(fetch_due_at=None)
    assert listing.fetch_due(now=now()) == 1
    assert outcome(person) == "good"
    assert not Trouble.objects.filter(ended_at=None).exists()


def test_an_old_list_holds_until_its_end_and_not_longer(outside: Outside, web: Web) -> None:
    person = outside.issue()
    outside.pin(crl_url=web.url())
    web.give(outside.list_of(lasts=2 * HOUR))
    assert listing.fetch_due(now=now()) == 1
    web.pages.clear()
    Authority.objects.update(fetch_due_at=None)
    assert listing.fetch_due(now=now()) == 0
    assert Authority.objects.get().fetch_failure == "fetch.refused"
    assert outcome(person) == "good"
    assert outcome(person, at=now() + HOUR + MINUTE) == UNKNOWN
    # Not at once again.
    assert listing.fetch_due(now=now()) == 0
    assert len(web.asked) == 2
    assert listing.fetch_due(now=now() + MINUTE) == 0
    assert len(web.asked) == 3


def test_a_list_that_is_over_is_no_excuse_for_an_older_one(outside: Outside, web: Web) -> None:
    person = outside.issue()
    row = outside.pin(crl_url=web.url())
    row.crl_der = outside.list_of(person, number=7, lasts=HOUR / 2)
    row.save()
    assert outcome(person) == UNKNOWN
    web.give(outside.list_of(number=6, made=now() - 2 * HOUR))
    assert listing.fetch_due(now=now()) == 0
    assert Authority.objects.get().fetch_failure == "fetch.older"


def test_the_large_list_is_not_read_from_the_database_for_every_question(
    outside: Outside, web: Web, django_assert_num_queries: object
) -> None:
    person = outside.issue()
    outside.pin(crl_url=web.url())
    web.give(outside.list_of())
    listing.fetch_due(now=now())
    assert outcome(person) == "good"
    # The authorities without their lists, and the blocked keys.
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert outcome(person) == "good"


# --- what is accepted for what -------------------------------------------------------------

ACCEPTED = {
    Acceptance.NOTHING: (False, False),
    Acceptance.SIGN_IN: (True, False),
    Acceptance.SIGNATURES: (False, True),
    Acceptance.BOTH: (True, True),
}


@pytest.mark.parametrize("accepted_for", Acceptance)
def test_an_authority_is_accepted_for_just_that(
    outside: Outside, web: Web, accepted_for: Acceptance
) -> None:
    web.give(outside.list_of())
    row = outside.pin(crl_url=web.url())
    listing.fetch_due(now=now())
    Authority.objects.filter(pk=row.pk).update(accepted_for=accepted_for.value)
    found = (
        outcome(outside.issue(usages=AUTH), Usage.SIGN_IN),
        outcome(outside.issue(usages=SIGN), Usage.SIGN),
    )
    assert found == tuple(
        "good" if accepted else UnknownIssuerError.code for accepted in ACCEPTED[accepted_for]
    )


def test_addresses_within_a_certificate_are_never_followed(outside: Outside, web: Web) -> None:
    """AIA and CDP of the presented certificate lead to a server that is even on the list."""
    person = outside.issue(points_to=web.url("/elsewhere"))
    text = str(person.certificate.extensions)
    assert web.url("/elsewhere") in text
    outside.pin(crl_url=web.url("/list.crl"))
    web.give(outside.list_of())
    assert outcome(person) == UNKNOWN
    fetch_trust()
    assert outcome(person) == "good"
    # Nor where nobody knows the issuer.
    assert outcome(Outside("other").issue(points_to=web.url("/elsewhere"))) != "good"
    fetch_trust()
    assert web.asked == ["GET /list.crl"]


def test_an_authority_below_is_asked_about_at_the_one_above(web: Web) -> None:
    """The parent's list names the authority itself: its certificates go with it."""
    root, below = Outside("root"), Outside("below")
    below.certificate = root.certify(below)
    person = below.issue()
    parent = root.pin(crl_url=web.url("/root.crl"))
    row = below.pin(crl_url=web.url("/below.crl"))
    Authority.objects.filter(pk=row.pk).update(parent=parent)
    web.give(root.list_of(), path="/root.crl")
    web.give(below.list_of(), path="/below.crl")
    fetch_trust()
    assert outcome(person) == "good"
    web.give(root.list_of(Person(below.key, below.certificate), number=2), path="/root.crl")
    Authority.objects.update(fetch_due_at=None)
    fetch_trust()
    assert outcome(person) == REVOKED
    Authority.objects.filter(pk=parent.pk).update(accepted_for="nothing")
    assert outcome(person) == UnknownIssuerError.code


def test_ours_are_accepted_whatever_their_row_says(outside: Outside) -> None:
    call_command("operators", "add", "1" * 12, verbosity=0)
    row = outside.pin(accepted_for=Acceptance.NOTHING)
    Authority.objects.filter(pk=row.pk).update(key_name="ours")
    person = outside.issue()
    assert outcome(person) == "good"
