"""How tests ask for a revocation: by which door, for whom, why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group

from cabinet.models import OPERATORS, User
from pki.models import Certificate
from pki.records import revocation_of
from pki.revocation import Status
from renewals.actor import Actor, ActorKind
from renewals.grounds import AskedBy, Door, Ground, Identified
from renewals.models import Statement
from renewals.services import asking
from renewals.services.asking import Asking
from tests.renewals.people import (
    NOW,
    Holder,
)

HOUR = timedelta(hours=1)
OFFICE: dict[str, Any] = {
    "asked_by": AskedBy.HOLDER,
    "identified": Identified.IDENTITY_CARD,
    "note": "удостоверение 012345678",
}


def serve(holder: Holder) -> Holder:
    user = User.objects.create(iin=holder.iin, name="operator")
    user.groups.add(Group.objects.get_or_create(name=OPERATORS)[0])
    return holder


def actor_of(holder: Holder, door: Door) -> Actor:
    kind = ActorKind.OPERATOR if door is Door.OPERATOR else ActorKind.HOLDER
    return replace(holder.actor, kind=kind)


def ask(door: Door, who: Holder, rows: list[Certificate], ground: Ground) -> Statement:
    office: dict[str, Any] = OFFICE if door is Door.OPERATOR else {}
    wanted = Asking(ground, tuple(row.pk for row in rows), **office)
    return asking.state_revocation(door, wanted, actor=actor_of(who, door), language="ru", now=NOW)


def post(door: Door, who: Holder, text: Statement, cms: bytes | None = None) -> None:
    asking.revoke_asked(
        door,
        actor=actor_of(who, door),
        statement_id=text.pk,
        cms=who.sign(text) if cms is None else cms,
        now=NOW,
    )


def revoke(door: Door, who: Holder, rows: list[Certificate], ground: Ground) -> None:
    post(door, who, ask(door, who, rows, ground))


def only(holder: Holder) -> Certificate:
    (row,) = holder.certificates.values()
    return row


def status(row: Certificate) -> Status:
    return revocation_of(row.authority, row.serial_hex, now=NOW).status
