"""One organisation for tests: whoever is needed joins it, applies, gets rights and loses them."""

from datetime import timedelta

from pki.certificate import Role
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import WORKER, Actor, ActorKind
from renewals.models import Decision, Document, Event, Mandate, Renewal
from renewals.services import powers, revoking
from tests.renewals.people import DAYS_LEFT, NOW, TODAY, Holder, enrol_employee, iin_of

DAY = timedelta(days=1)
# Of a mandate that has not begun yet.
FIRST, LAST = TODAY + 10 * DAY, TODAY + 20 * DAY
# More days left: newer than every other head.
NEWER = timedelta(days=300)
OPERATOR = Actor(kind=ActorKind.OPERATOR, iin=iin_of(90), name="operator")


class Firm:
    """Its head and whoever else."""

    def __init__(self, authority: Authority, head: Holder) -> None:
        self.authority = authority
        self.head = head

    @property
    def bin(self) -> str:
        """Twelve digits."""
        return self.head.actor.bin

    def hire(self, *roles: Role, number: int = 50) -> Holder:
        """Somebody new."""
        return enrol_employee(self.authority, *roles, iin=iin_of(number))

    def succeed(self) -> Holder:
        """Another person becomes the head."""
        name = ("ЖАҢА", "БАСШЫ", "")
        return enrol_employee(self.authority, Role.HEAD, iin=iin_of(60), days_left=NEWER, name=name)

    def deputy(self) -> tuple[Holder, Mandate]:
        """Somebody with signing right and a delegation for `FIRST` to `LAST`."""
        other = self.hire(Role.SIGNING_RIGHT)
        return other, self.head.delegate(other, starts_on=FIRST, ends_on=LAST)

    def trustee(self) -> tuple[Holder, Mandate]:
        """An employee who says that he holds a power of attorney for `FIRST` to `LAST`."""
        other = self.hire(Role.EMPLOYEE)
        mandate = powers.file_power(actor=other.actor, starts_on=FIRST, ends_on=LAST, now=NOW)
        store_paper(mandate)
        return other, mandate

    def applicants(self, count: int) -> list[Holder]:
        """Employees whose certificates end soon, each with a name of his own."""
        return [
            enrol_employee(
                self.authority,
                Role.EMPLOYEE,
                iin=iin_of(100 + number),
                days_left=DAYS_LEFT,
                name=(f"ОСПАНОВ{number:03d}", "ДАНИЯР", "СЕРІКҰЛЫ"),
            )
            for number in range(count)
        ]

    def applications(self, count: int) -> list[Renewal]:
        """As many that wait for an approver."""
        return [person.submit() for person in self.applicants(count)]


def store_paper(mandate: Mandate) -> None:
    """The scan of a power of attorney has arrived."""
    Document.objects.create(
        mandate=mandate,
        kind="power_of_attorney",
        name="scan.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_name=f"{mandate.pk}",
        sender_iin=mandate.holder_iin,
        created_at=NOW,
        stored_at=NOW,
    )


def revoke(holder: Holder, reason: Reason = Reason.UNSPECIFIED) -> None:
    """Every certificate of theirs."""
    revoking.revoke(holder.certificates.values(), reason=reason, actor=WORKER, now=NOW)


def states(*renewals: Renewal) -> list[str]:
    """Where they really are."""
    by_id = dict(Renewal.objects.values_list("pk", "state"))
    return [by_id[renewal.pk] for renewal in renewals]


def refusals(renewal: Renewal | None = None) -> list[str]:
    """Codes of what was refused: of one application, or of the organisation as such."""
    kind = "renewal.refused" if renewal else "organisation.refused"
    events = Event.objects.filter(kind=kind, renewal=renewal).order_by("sequence")
    return [str(event.facts["code"]) for event in events]


def digest_of(renewal: Renewal) -> str:
    """Of the bytes that the holder signed."""
    return str(renewal.statements.get().signatures.get().content_sha256)


def assert_waiting(*renewals: Renewal) -> None:
    """Nothing was decided, nothing spent."""
    for renewal in renewals:
        renewal.refresh_from_db()
        assert renewal.state == "awaiting_approval"
    assert not Decision.objects.filter(renewal__in=renewals).exists()
