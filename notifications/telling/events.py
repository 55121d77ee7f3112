"""The chain of events, read from where it was left: what each of them tells whom.

Events become visible in their order, because writers wait for each other at the chain's head; so
one number says how far it was read, and it moves in the transaction of what was told.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from notifications.kinds import MessageKind
from notifications.models import FanOut
from notifications.telling.audience import Listeners, certificate_id
from notifications.telling.fanout import NewNotice, tell
from notifications.telling.messages import TELLINGS
from notifications.telling.turns import take_turn
from renewals.events import EventKind
from renewals.models import Event, EventHead

SOURCE = "events"
BATCH = 500
WAITING = frozenset({EventKind.RENEWAL_SUBMITTED.value, EventKind.RENEWAL_UNDECIDED.value})
CONTACT_FACTS = ("change", "channel", "old", "new")


def tell_events(*, now: datetime, limit: int = BATCH) -> int:
    """Read at most `limit` events on. Returns how many were read; 0 where nothing is new, or
    another worker is at it.
    """
    with transaction.atomic():
        cursor = take_turn(SOURCE)
        if cursor is None:
            return 0
        rows = Event.objects.filter(sequence__gt=int(cursor.position)).select_related("renewal")
        events = list(rows.order_by("sequence")[:limit])
        if events:
            tell(list(notices_of(events, now=now)), now=now)
            cursor.position = str(events[-1].sequence)
            cursor.save(update_fields=["position"])
    return len(events)


def begin_here() -> None:
    """Tell nothing of what has happened so far; where reading has begun already, nothing."""
    head = EventHead.objects.first()
    position = str(head.sequence if head else 0)
    FanOut.objects.get_or_create(source=SOURCE, defaults={"position": position})


def notices_of(events: Sequence[Event], *, now: datetime) -> Iterator[NewNotice]:
    """Everything that these events tell, several of one act to one person as one."""
    listeners = Listeners(events, now=now)
    newest = {event.renewal_id: event.sequence for event in events if event.kind in WAITING}
    for event, certificates in _joined(events, listeners):
        for telling in TELLINGS.get(EventKind(event.kind), ()):
            if not _is_told(telling.message, event, newest):
                continue
            for iin in listeners.hear(telling.audience, event):
                yield NewNotice(
                    key=f"event:{event.sequence}:{telling.message.value}:{iin}",
                    iin=iin,
                    kind=telling.message,
                    facts=_facts(telling.message, event, certificates, listeners),
                    renewal_id=event.renewal_id,
                    also=_former_address(telling.message, event),
                )


def _joined(events: Sequence[Event], listeners: Listeners) -> Iterator[tuple[Event, list[int]]]:
    """The events, those of one act about several certificates as one, with their certificates."""
    acts: dict[object, tuple[Event, list[int]]] = {}
    for event in events:
        number = certificate_id(event)
        act = (event.kind, event.at, event.actor_iin, listeners.holder(event))
        _first, numbers = acts.setdefault(act if number else event.pk, (event, []))
        if number is not None:
            numbers.append(number)
    yield from acts.values()


def _is_told(message: MessageKind, event: Event, newest: Mapping[int | None, int]) -> bool:
    match message:
        case MessageKind.SIGN_IN_NEW_DEVICE:
            return bool(event.facts.get("is_new_device"))
        case MessageKind.APPROVAL_WAITING:
            # Somebody may have decided before this event was read; and after a gap who waits is
            # told once, not once for each day that has passed.
            waits = event.renewal is not None and event.renewal.waits_for_approver
            return waits and newest[event.renewal_id] == event.sequence
    return True


def _facts(
    message: MessageKind, event: Event, certificates: list[int], listeners: Listeners
) -> Mapping[str, object]:
    """What the message needs beside the application: ids and small facts, see each template."""
    match message:
        case MessageKind.APPROVAL_WAITING:
            return {"days": event.facts.get("days", 0)}
        case MessageKind.SIGN_IN_NEW_DEVICE:
            return {
                "at": event.at.isoformat(),
                "device": event.facts.get("device", ""),
                "address": event.facts.get("address", ""),
            }
        case MessageKind.CERTIFICATE_ISSUED | MessageKind.CERTIFICATE_REVOKED:
            said = {name: event.facts.get(name, "") for name in ("reason", "ground")}
            return {"certificates": certificates, **said, "at": event.at.isoformat()}
        case MessageKind.CERTIFICATE_HELD | MessageKind.CERTIFICATE_RELEASED:
            return {"certificates": certificates, "at": event.at.isoformat()}
        case MessageKind.EMPLOYEE_REVOKED | MessageKind.EMPLOYEE_HELD:
            # The ground is between its holder and us.
            row = listeners.certificate(event)
            number = row.bin if row else ""
            return {"certificates": certificates, "bin": number, "at": event.at.isoformat()}
        case MessageKind.CONTACT_CHANGED:
            said = {name: event.facts.get(name, "") for name in CONTACT_FACTS}
            return {**said, "at": event.at.isoformat()}
        case MessageKind.DELEGATION_GIVEN | MessageKind.APPROVAL_RIGHT:
            return {"mandate": event.facts.get("mandate"), "at": event.at.isoformat()}
        case MessageKind.OPERATORS_TROUBLE:
            said = {name: event.facts.get(name, "") for name in ("subject", "code")}
            return {**said, "at": event.at.isoformat()}
        case MessageKind.OPERATORS_PROPOSAL:
            return {"proposal": event.facts.get("proposal")}
    return {}


def _former_address(message: MessageKind, event: Event) -> int | None:
    """A changed or removed address hears of that, too: its owner may not have done it."""
    if message is not MessageKind.CONTACT_CHANGED:
        return None
    number = event.facts.get("old_address")
    return number if isinstance(number, int) else None
