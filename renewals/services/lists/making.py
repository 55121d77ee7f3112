"""One run: lists under one number, each signed and laid on disk, none published yet."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pki.errors import PKIError
from pki.issuer.crl_writer import ListPlan, write_list
from pki.issuer.keys import KeyBackend
from pki.models import Authority, ListScope
from renewals.errors import ListBusyError, RenewalError
from renewals.services.lists.blocks import Block
from renewals.services.lists.due import Place, lifetime, places
from renewals.services.lists.entries import read_changes, read_entries
from renewals.services.lists.files import discard, file_name, stage
from renewals.services.lists.record import Made, is_overtaken


@dataclass(frozen=True)
class Run:
    """For whom, with which keys, under which number; `now` is aware, UTC, in whole seconds."""

    authority: Authority
    keys: KeyBackend
    number: int
    now: datetime


def make_lists(run: Run, wanted: set[Place]) -> Sequence[Made]:
    """The whole list, the changes, and the parts that are wanted.

    Raises what the keys raise, `ListWriteError`, and `ListBusyError` if a newer list is out
    already; then nothing is left on disk.
    """
    made: list[Made] = []
    try:
        made += _make_changes(run)
        made += _make_whole_and_parts(run, wanted)
        if is_overtaken(run.authority, run.number):
            raise ListBusyError(authority=run.authority.name)
    except (PKIError, RenewalError):
        discard([one.file for one in made])
        raise
    return made


def _make_changes(run: Run) -> list[Made]:
    """None for a root. The first whole list is its own base: nothing has changed since."""
    if not run.authority.is_issuing:
        return []
    base = run.authority.crl_base_number
    changes = read_changes(run.authority) if base else []
    plan = _plan(run, ListScope.DELTA, base_number=base or run.number)
    return [_make(run, ListScope.DELTA, 0, plan, len(changes), changes)]


def _make_whole_and_parts(run: Run, wanted: set[Place]) -> list[Made]:
    """All from the same reading; the order in a list means nothing (RFC 5280, 5.1.2.6)."""
    parts = read_entries(run.authority, now=run.now)
    made = [
        _make_of(run, scope, part, parts.get(part, []))
        for scope, part in places(run.authority)
        if scope is ListScope.PART and (scope, part) in wanted
    ]
    blocks = [block for part in sorted(parts) for block in parts.pop(part)]
    return [*made, _make_of(run, ListScope.FULL, 0, blocks)]


def _make_of(run: Run, scope: ListScope, part: int, blocks: Sequence[Block]) -> Made:
    plan = _plan(run, scope, part=part if scope is ListScope.PART else None)
    count = sum(block.size for block in blocks)
    return _make(run, scope, part, plan, count, (block.entries for block in blocks))


def _plan(
    run: Run, scope: ListScope, *, base_number: int | None = None, part: int | None = None
) -> ListPlan:
    return ListPlan(
        issuer=run.authority.issuer_facts,
        number=run.number,
        this_update=run.now,
        next_update=run.now + lifetime(run.authority, scope),
        base_number=base_number,
        part=part,
        has_changes=run.authority.is_issuing,
    )


def _make(
    run: Run,
    scope: ListScope,
    partition: int,
    plan: ListPlan,
    count: int,
    entries: Iterable[bytes],
) -> Made:
    data = write_list(plan, entries, run.keys)
    return Made(
        scope=scope,
        partition=partition,
        number=run.number,
        base_number=plan.base_number,
        this_update=plan.this_update,
        next_update=plan.next_update,
        entries=count,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        file=stage(file_name(run.authority.name, scope, partition), data),
    )
