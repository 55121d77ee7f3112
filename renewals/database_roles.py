"""Which rights each process needs in PostgreSQL, read from the models; and the SQL that gives them.

The owner of the tables, who migrates them, is none of these roles: so none of them can alter a
table, lift a trigger, or empty what is only ever added to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from pki.models import (
    Authority,
    BlockedKey,
    Certificate,
    CrossCertificate,
    HoldRelease,
    PlannedCertificate,
    Revocation,
    ServiceCertificate,
)
from renewals.models import Checkpoint, Event, EventHead

Model = type[models.Model]
SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
READ, ADD = (SELECT,), (SELECT, INSERT)
KEEP, ALL = (SELECT, INSERT, UPDATE), (SELECT, INSERT, UPDATE, DELETE)


@dataclass(frozen=True)
class RoleRights:
    """What one role may do, by table name; and one thing that it may do with some columns alone."""

    role: str
    tables: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, tuple[str, ...]]]


# What both may only add to, or never delete; whatever is not named here is theirs.
KEPT: dict[Model, tuple[str, ...]] = {
    Event: ADD,
    EventHead: KEEP,
    Checkpoint: READ,
    Certificate: ADD,
    BlockedKey: ADD,
    HoldRelease: KEEP,
    PlannedCertificate: KEEP,
    Authority: KEEP,
    ServiceCertificate: READ,
}
# The worker alone issues to services and signs checkpoints.
WORKERS: dict[Model, tuple[str, ...]] = {**KEPT, Checkpoint: ADD, ServiceCertificate: ADD}
WRITTEN_LATER = {Checkpoint: (UPDATE, ("name", "written_at"))}
# Who answers about certificates: by whom they were issued, what became of them, and that they
# exist. Nothing about people, not even what stands in their certificates.
STATUS: dict[Model, tuple[str, ...]] = dict.fromkeys(
    (Authority, CrossCertificate, Revocation, ServiceCertificate, HoldRelease), READ
)
SEEN = {Certificate: (SELECT, ("authority_id", "serial_hex", "not_after"))}


def rights(prefix: str) -> list[RoleRights]:
    """Of the site, of the worker and of the process that answers about certificates."""
    later = {_table(model): given for model, given in WRITTEN_LATER.items()}
    answering = {_table(model): given for model, given in STATUS.items()}
    seen = {_table(model): given for model, given in SEEN.items()}
    return [
        RoleRights(f"{prefix}_web", _over_all(KEPT), {}),
        RoleRights(f"{prefix}_worker", _over_all(WORKERS), later),
        RoleRights(f"{prefix}_status", answering, seen),
    ]


def statements(given: RoleRights) -> Iterator[str]:
    """SQL that makes the role, if it is not there, and gives it just this. Safe to repeat.

    It is made without a password: it cannot sign in until somebody gives it one.
    """
    role = given.role
    # Names come from our own models and one argument that was looked at: nothing to quote.
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} LOGIN; END IF; END $$"
    )
    yield f"ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for table, every in sorted(given.tables.items()):
        yield f"GRANT {', '.join(every)} ON {table} TO {role}"
    for table, (what, columns) in sorted(given.columns.items()):
        yield f"GRANT {what} ({', '.join(columns)}) ON {table} TO {role}"
    if any(INSERT in what for what in given.tables.values()):
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"


def common_statements() -> Iterator[str]:
    """What nobody may do who is not the owner."""
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"


def _over_all(kept: Mapping[Model, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every table of every model; the list of migrations is read at start, and no more."""
    found: dict[str, tuple[str, ...]] = {
        _table(model): ALL for model in apps.get_models(include_auto_created=True)
    }
    found["django_migrations"] = READ
    return found | {_table(model): given for model, given in kept.items()}


def _table(model: Model) -> str:
    return str(model._meta.db_table)
