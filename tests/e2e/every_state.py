"""`python -m tests.e2e.every_state IIN`: more certificates of a person, with everything they meet.

An application in each state that is passed too fast or too rarely to be met by clicking, a
certificate of an organisation, a revoked one, an expired one. Prints state and number by lines.
"""

import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from pki.certificate import Role  # noqa: E402
from pki.models import Authority  # noqa: E402
from pki.revocation import Reason  # noqa: E402
from renewals.actor import WORKER  # noqa: E402
from renewals.machine import OPEN, State  # noqa: E402
from renewals.models import Renewal  # noqa: E402
from renewals.services.revoking import revoke  # noqa: E402
from tests.renewals.people import enrol_holder  # noqa: E402

STATES = (
    *(State.AWAITING_APPROVAL, State.APPROVED, State.ISSUING, State.FAILED),
    *(State.REJECTED, State.LAPSED, State.WITHDRAWN),
)
EMPLOYEE = (Role.LEGAL_ENTITY, Role.EMPLOYEE)
ORGANISATION = ("ТОО «Ұзақ атауы бар серіктестік және бірлесіп жұмыс істейтіндер»", "150140012344")


def main(iin: str) -> None:
    """Make all of it."""
    authority, now = Authority.objects.get(name="ec"), timezone.now()
    for days, state in enumerate(STATES, start=13):
        # Only an organisation's application waits for an approver.
        waits = state is State.AWAITING_APPROVAL
        holder = enrol_holder(
            authority,
            iin=iin,
            days_left=timedelta(days=days),
            roles=EMPLOYEE if waits else (Role.INDIVIDUAL,),
            organisation=ORGANISATION if waits else ("", ""),
        )
        renewal = holder.open(now)
        holder.prepare(renewal, now)
        # No worker takes it: what it would do next is far away.
        later = now + timedelta(days=300)
        Renewal.objects.filter(pk=renewal.pk).update(
            state=state.value,
            submitted_at=now,
            reason="issuer.key_missing" if state is State.FAILED else "Жеке куәлік ескірген.",
            due_at=later,
            lease_until=later,
            lease_token="of-nobody",  # a lease's, not a password
        )
        renewal.requests.update(is_open=state in OPEN)
        print(state.value, renewal.number)  # this is what it is called for
    enrol_holder(authority, iin=iin, roles=EMPLOYEE, organisation=ORGANISATION)
    enrol_holder(authority, iin=iin, days_left=timedelta(days=-3))
    lost = enrol_holder(authority, iin=iin, days_left=timedelta(days=100))
    reason = Reason.KEY_COMPROMISE
    revoke(list(lost.certificates.values()), reason=reason, actor=WORKER, now=now)


if __name__ == "__main__":
    main(sys.argv[1])
