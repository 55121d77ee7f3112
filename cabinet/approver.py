"""Whether the reader decides for an organisation, and how much waits for him. Reads only."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils import timezone

from renewals.actor import Actor
from renewals.errors import NoRightError
from renewals.models import Renewal, Right
from renewals.models.application import RenewalQuerySet
from renewals.rights import Entitlement, entitlement_of

SEES_PEOPLE = frozenset({Right.HEAD, Right.HR})


@dataclass
class Approver:
    """The reader as somebody of an organisation, asked for as little as the page needs."""

    actor: Actor

    @cached_property
    def _answer(self) -> Entitlement | NoRightError:
        try:
            return entitlement_of(self.actor, now=timezone.now())
        except NoRightError as error:
            return error

    @property
    def entitlement(self) -> Entitlement | None:
        """By what right he decides; None for everybody else."""
        return None if isinstance(self._answer, NoRightError) else self._answer

    def require(self) -> Entitlement:
        """The same; raises `NoRightError` and its kinds for everybody else."""
        if isinstance(self._answer, NoRightError):
            raise self._answer
        return self._answer

    @property
    def decides(self) -> bool:
        """Whether applications of others are his to decide about."""
        return self.entitlement is not None

    @property
    def sees_people(self) -> bool:
        """Whether the people of the organisation are his to look after."""
        return self.entitlement is not None and self.entitlement.right in SEES_PEOPLE

    @cached_property
    def waiting(self) -> int:
        """How many applications wait for him."""
        return self.queue().count() if self.decides else 0

    def applications(self) -> RenewalQuerySet:
        """What he may look at: every submitted application of his organisation but his own."""
        rows: RenewalQuerySet = Renewal.objects.of_organisation(self.actor.bin)
        return rows.filter(submitted_at__isnull=False).exclude(holder_iin=self.actor.iin)

    def queue(self) -> RenewalQuerySet:
        """What waits for his decision, what ends first in front."""
        return self.applications().awaiting().order_by("certificate__not_after", "id")


def approver_of(request: HttpRequest) -> Approver | None:
    """The reader's part in his organisation; None without a certificate of one."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.bin:
        return None
    known: Approver | None = getattr(request, "approver", None)
    if known is None:
        known = Approver(actor)
        request.approver = known  # type: ignore[attr-defined]
    return known
