"""Whoever writes takes what he needs in one order: nobody waits for somebody who waits for him."""

from collections.abc import Callable
from functools import partial
from itertools import permutations

import pytest
from django.conf import settings

from pki.certificate import Purpose, Role
from pki.models import Authority
from pki.revocation import Reason
from renewals.audit.chain import find_break
from renewals.errors import MoveRefusedError
from renewals.events import EventKind
from renewals.models import Document, Event, Renewal, Verdict
from renewals.services import (
    application,
    attaching,
    claiming,
    ending,
    issuing,
    journal,
    keyring,
    powers,
    reminding,
    replacing,
)
from tests.renewals.firm import DAY, OPERATOR, Firm, revoke
from tests.renewals.parallel import Work, queue_up
from tests.renewals.people import NOW, Holder, enrol_employee

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.data,
    pytest.mark.skipif(
        "sqlite" in settings.DATABASES["default"]["ENGINE"],
        reason="SQLite has one writer at a time",
    ),
]


def refuse(renewal: Renewal, holder: Holder) -> None:
    """An event that names the application, from anywhere."""
    journal.record(EventKind.RENEWAL_REFUSED, actor=holder.actor, now=NOW, renewal=renewal)


def all_went_well(errors: list[Exception | None]) -> bool:
    return errors == [None] * len(errors)


Deed = Callable[[Holder, Holder, Holder, Renewal], Work]
DEEDS: dict[str, Deed] = {
    "refusal": lambda head, hr, person, renewal: partial(refuse, renewal, person),
    "approval": lambda head, hr, person, renewal: partial(head.decide, head.state(renewal)),
    "rejection": lambda head, hr, person, renewal: partial(
        hr.decide,
        hr.state(renewal, verdict=Verdict.REJECT, reason="not_ours"),
        verdict=Verdict.REJECT,
    ),
    "withdrawal": lambda head, hr, person, renewal: partial(
        ending.withdraw,
        actor=person.actor,
        renewal=Renewal.objects.get(pk=renewal.pk),
        now=NOW,
    ),
    "lapse": lambda head, hr, person, renewal: partial(ending.lapse_due, now=NOW + 31 * DAY),
    "reminder": lambda head, hr, person, renewal: partial(
        reminding.tell_undecided, now=NOW + 3 * DAY
    ),
    "dismissal": lambda head, hr, person, renewal: partial(head.dismiss, person),
}


@pytest.mark.parametrize(("first", "second"), [*permutations(DEEDS, 2)])
def test_whatever_happens_to_an_application_at_once_ends(
    head: Holder, hr: Holder, employee: Holder, renewal: Renewal, first: str, second: str
) -> None:
    """Refused or done: `queue_up` lets no error of the database pass."""
    works = [DEEDS[name](head, hr, employee, renewal) for name in (first, second)]
    errors = queue_up(works)
    assert None in errors
    assert find_break(Event.objects.order_by("sequence")) is None


def test_a_refusal_written_down_while_its_applicant_submits(employee: Holder) -> None:
    renewal = employee.open()
    statement = employee.prepare(renewal)
    submit = partial(
        application.submit,
        actor=employee.actor,
        renewal=renewal,
        statement_id=statement.pk,
        cms=employee.sign(statement),
        now=NOW,
    )
    assert all_went_well(queue_up([partial(refuse, renewal, employee), submit]))


def test_a_refusal_written_down_while_a_worker_claims(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    head.approve(renewal)
    assert all_went_well(
        queue_up([lambda: refuse(renewal, employee), lambda: claiming.claim(now=NOW)])
    )


def test_a_refusal_written_down_while_a_worker_stores(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    head.approve(renewal)
    held = signed(renewal)
    assert all_went_well(
        queue_up(
            [lambda: refuse(renewal, employee), lambda: issuing._finish([held], now=NOW)],
        )
    )
    renewal.refresh_from_db()
    assert renewal.state == "issued"


def signed(renewal: Renewal) -> claiming.Claim:
    """A worker has signed, and not stored."""
    keys = keyring.held()
    assert keys is not None
    (held,) = claiming.claim(now=NOW, renewal_ids=[renewal.pk])
    assert issuing._check(held, now=NOW, linted=False)
    assert issuing._sign(held, keys, now=NOW)
    return held


def test_a_refusal_written_down_while_somebody_is_dismissed(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    assert all_went_well(
        queue_up([lambda: refuse(renewal, employee), lambda: head.dismiss(employee)])
    )


def test_a_worker_that_gives_up_while_its_applicant_is_dismissed(
    authority: Authority, head: Holder, employee: Holder, renewal: Renewal
) -> None:
    enrol_employee(authority, Role.EMPLOYEE, iin=employee.iin)
    head.approve(renewal)
    (held,) = claiming.claim(now=NOW)
    revoke(employee, Reason.CERTIFICATE_HOLD)
    assert all_went_well(
        queue_up(
            [
                lambda: list(issuing._still_good([held], now=NOW)),
                lambda: head.dismiss(employee),
            ]
        )
    )
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"


def test_a_right_taken_back_while_its_holder_is_dismissed(head: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy)
    assert all_went_well(queue_up([lambda: head.dismiss(deputy), lambda: head.end(mandate)])[:1])


def test_a_power_confirmed_while_its_holder_is_dismissed(firm: Firm) -> None:
    other, mandate = firm.trustee()
    errors = queue_up(
        [
            lambda: firm.head.dismiss(other),
            lambda: powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW),
        ]
    )
    assert errors[0] is None
    mandate.refresh_from_db()
    assert mandate.ended_at == NOW


def test_a_certificate_revoked_by_its_holder_while_he_is_dismissed(
    authority: Authority, head: Holder
) -> None:
    pair = enrol_employee(
        authority, Role.EMPLOYEE, iin="900101305008", purposes=(Purpose.AUTH, Purpose.SIGN)
    )
    renewal = pair.submit()
    head.approve(renewal)
    issuing.issue_due(now=NOW)
    renewal.refresh_from_db()
    pair.install(renewal)
    statement = replacing.state_revocation(renewal=renewal, language="ru", now=NOW)
    cms = pair.sign(statement)
    errors = queue_up(
        [
            lambda: head.dismiss(pair),
            lambda: replacing.revoke_replaced(
                actor=pair.actor, renewal=renewal, statement_id=statement.pk, cms=cms, now=NOW
            ),
        ]
    )
    assert all_went_well(errors)


def test_a_new_key_that_proves_itself_while_its_holder_is_dismissed(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    head.approve(renewal)
    issuing.issue_due(now=NOW)
    renewal.refresh_from_db()
    errors = queue_up([lambda: head.dismiss(employee), lambda: employee.install(renewal)])
    assert errors[0] is None
    assert isinstance(errors[1], MoveRefusedError)
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"


def test_a_refusal_written_down_while_a_document_arrives(
    employee: Holder, renewal: Renewal
) -> None:
    row = Document.objects.create(
        renewal=renewal,
        kind="other",
        name="scan.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_name="scan",
        sender_iin=employee.iin,
        created_at=NOW,
    )
    arrive = partial(attaching._arrive, employee.actor, renewal, row, now=NOW)
    assert all_went_well(queue_up([partial(refuse, renewal, employee), arrive]))
