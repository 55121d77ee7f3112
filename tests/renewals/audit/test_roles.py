"""Each process signs in to PostgreSQL as a role that can do what it must, and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pki.models import ServiceCertificate
from pki.profiles import ServiceKind
from pki.revocation import Status
from pki.status.directory import candidates, read_directory
from pki.status.standings import Standings
from renewals.audit.chain import Fault
from renewals.models import Checkpoint, Event, Renewal
from renewals.services import auditing, checkpointing, second_place
from renewals.tasks import sweep
from tests.renewals.audit.conftest import happen, now
from tests.renewals.people import Holder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
# Of this test's own, so that no role of a real site is meant.
PREFIX = "tests_of_roles"


@pytest.fixture
def roles() -> Iterator[None]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    call_command("database_roles", prefix=PREFIX, apply=True, stdout=StringIO())
    # Once more changes nothing and fails at nothing.
    call_command("database_roles", prefix=PREFIX, apply=True, stdout=StringIO())
    yield
    with connection.cursor() as cursor:
        for name in ("web", "worker", "status"):
            cursor.execute(f"DROP OWNED BY {PREFIX}_{name}; DROP ROLE {PREFIX}_{name}")


@contextmanager
def signed_in(name: str) -> Iterator[psycopg2.extensions.cursor]:
    """A connection of that role's own, not a superuser that plays it."""
    found = connection.settings_dict
    link = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"],
        dbname=found["NAME"],
        user=f"{PREFIX}_{name}",
        password=found["PASSWORD"] or None,
    )
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@contextmanager
def as_role(name: str) -> Iterator[None]:
    """Our own services do their work as that role."""
    connection.close()
    user = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = f"{PREFIX}_{name}"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = user


REFUSED = [
    "UPDATE renewals_event SET kind = 'sign_in.ended'",
    "DELETE FROM renewals_event",
    "TRUNCATE renewals_event",
    "TRUNCATE renewals_event CASCADE",
    "ALTER TABLE renewals_event ALTER COLUMN kind TYPE text",
    "ALTER TABLE renewals_event DISABLE TRIGGER ALL",
    "DROP TRIGGER event_stays ON renewals_event",
    "DROP TABLE renewals_event CASCADE",
    "CREATE TRIGGER more BEFORE INSERT ON renewals_event EXECUTE FUNCTION refuse_change()",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NEW; END'",
    "CREATE FUNCTION public.other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.other (id int)",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "UPDATE renewals_checkpoint SET digest = ''",
    "DELETE FROM renewals_checkpoint",
    "TRUNCATE renewals_checkpoint",
    "DELETE FROM renewals_eventhead",
    "TRUNCATE renewals_eventhead",
    "UPDATE pki_certificate SET iin = ''",
    "DELETE FROM pki_certificate",
    "TRUNCATE pki_revocation",
    "DELETE FROM pki_blockedkey",
    "DELETE FROM pki_authority",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
]


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize("name", ["web", "worker", "status"])
def test_no_role_can_touch_what_happened(chain: Checkpoint, name: str) -> None:
    count = Event.objects.count()
    with signed_in(name) as cursor:
        for statement in REFUSED:
            # "must be owner", "permission denied", "does not exist" would be another error.
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
    assert Event.objects.count() == count
    assert auditing.verify(second_place.configured()).found is None


@pytest.mark.usefixtures("roles")
def test_the_site_appends_and_a_holder_submits(chain: Checkpoint, holder: Holder) -> None:
    with as_role("web"):
        happen(2)
        renewal = holder.submit()
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            direct("INSERT INTO renewals_checkpoint DEFAULT VALUES")
    assert Renewal.objects.get().pk == renewal.pk
    assert auditing.verify(second_place.configured()).found is None


def direct(statement: str) -> None:
    """Past Django, which would wrap the error."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement)


@pytest.mark.usefixtures("roles")
def test_a_site_that_moves_the_head_back_is_found(chain: Checkpoint) -> None:
    """It has to write the head; so it can lie about it, and then nothing goes on."""
    last = Event.objects.count()
    with signed_in("web") as cursor:
        cursor.execute(
            "UPDATE renewals_eventhead SET (sequence, digest) = "
            "(SELECT sequence, digest FROM renewals_event WHERE sequence = %s)",
            [last - 3],
        )
    found = auditing.verify(second_place.configured()).found
    assert found is not None
    assert (found.sequence, found.fault) == (last - 2, Fault.HEAD)


@pytest.mark.usefixtures("roles")
def test_the_worker_does_its_work(chain: Checkpoint, holder: Holder) -> None:
    renewal = holder.submit()
    with as_role("worker"):
        assert checkpointing.make_due(now=now() + timedelta(hours=1))
        sweep()
    renewal.refresh_from_db()
    assert renewal.state == "issued"
    assert auditing.verify(second_place.configured()).found is None


@pytest.mark.usefixtures("roles")
def test_the_status_process_reads_certificates_and_nothing_of_people(chain: Checkpoint) -> None:
    row = ServiceCertificate.objects.get(kind="ocsp")
    with as_role("status"):
        directory = read_directory()
        assert directory.by_name[row.authority.name].answers
        assert candidates(row.authority_id, ServiceKind.OCSP, now=now())
        standing = Standings().ask([(row.authority_id, row.serial_hex)], now=now())
        assert [one.facts.status for one in standing.values()] == [Status.GOOD]
    with signed_in("status") as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT iin FROM pki_certificate")
        for table in ("pki_authority", "pki_certificate", "pki_revocation"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"DELETE FROM {table}")
        for table in ("renewals_event", "renewals_renewal", "django_session", "cabinet_user"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"SELECT count(*) FROM {table}")


def test_without_the_order_to_do_it_it_is_only_printed() -> None:
    said = StringIO()
    call_command("database_roles", prefix=PREFIX, stdout=said)
    lines = said.getvalue().splitlines()
    assert f"GRANT SELECT, INSERT ON renewals_event TO {PREFIX}_web;" in lines
    assert not any("renewals_event " in line and "UPDATE" in line for line in lines)
    assert all(line.endswith(";") for line in lines)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="not a name"):
        call_command("database_roles", prefix="x; DROP TABLE y", stdout=StringIO())
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError, match="only PostgreSQL"):
            call_command("database_roles", apply=True, stdout=StringIO())
