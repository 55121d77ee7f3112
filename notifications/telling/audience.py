"""Who hears of an event. Looked up once per batch and organisation; reads, never writes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from django.contrib.auth import get_user_model

from notifications.telling.messages import Audience
from pki.models import Certificate
from renewals.models import Event
from renewals.organisation import head_of
from renewals.rights import approvers_of


class Listeners:
    """The people behind a batch of events."""

    def __init__(self, events: Sequence[Event], *, now: datetime) -> None:
        self._now = now
        named = {number for event in events if (number := certificate_id(event)) is not None}
        self._certificates = Certificate.objects.only("iin", "bin", "not_after").in_bulk(named)
        self._approvers: dict[str, list[str]] = {}
        self._heads: dict[str, str] = {}

    def hear(self, audience: Audience, event: Event) -> Sequence[str]:
        """Their IINs, each once."""
        finders: dict[Audience, Callable[[Event], Sequence[str]]] = {
            Audience.HOLDER: lambda event: [self.holder(event)],
            Audience.ACTOR: lambda event: [event.actor_iin],
            Audience.APPROVERS: self._approvers_of,
            Audience.HEAD: self._head_of,
            Audience.GIVEN: lambda event: [str(event.facts.get("holder_iin", ""))],
            Audience.OPERATORS: lambda _event: self._operators,
            Audience.OTHER_OPERATORS: self._other_operators,
        }
        return [iin for iin in finders[audience](event) if iin]

    def holder(self, event: Event) -> str:
        """Whose application or certificate it is about; '' for nobody's."""
        if event.renewal is not None:
            return event.renewal.holder_iin
        certificate = self.certificate(event)
        return certificate.iin if certificate else ""

    def certificate(self, event: Event) -> Certificate | None:
        """That the event names."""
        number = certificate_id(event)
        return self._certificates.get(number) if number is not None else None

    def _approvers_of(self, event: Event) -> Sequence[str]:
        if event.renewal is None or not event.renewal.bin:
            return []
        number = event.renewal.bin
        if number not in self._approvers:
            found = approvers_of(number, without_iin="", now=self._now)
            self._approvers[number] = list(dict.fromkeys(row.iin for row, _right in found))
        return [iin for iin in self._approvers[number] if iin != event.renewal.holder_iin]

    def _head_of(self, event: Event) -> Sequence[str]:
        """Not about himself, nor about what he has just done."""
        certificate = self.certificate(event)
        if certificate is None or not certificate.bin:
            return []
        iin = self.head_iin(certificate.bin)
        return [] if iin in {certificate.iin, event.actor_iin} else [iin]

    def head_iin(self, number: str) -> str:
        """Of the organisation with this BIN; '' where nobody is."""
        if number not in self._heads:
            head = head_of(number)
            self._heads[number] = head.iin if head else ""
        return self._heads[number]

    def _other_operators(self, event: Event) -> Sequence[str]:
        """Without whoever has done it."""
        return [iin for iin in self._operators if iin != event.actor_iin]

    @cached_property
    def _operators(self) -> list[str]:
        return operators()


def operators() -> list[str]:
    """The IINs of everybody who serves the desk."""
    return list(get_user_model().objects.operators().values_list("iin", flat=True))


def certificate_id(event: Event) -> int | None:
    """The certificate that the event names, by its id."""
    number = event.facts.get("certificate")
    return number if isinstance(number, int) else None
