"""A database of the first version comes up to the present one with everything that is in it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pki.certificate import COMPANY_ROLES, Purpose, Role
from pki.models import Authority, Certificate, ServiceCertificate
from renewals.audit.chain import find_break
from renewals.models import Event, Renewal, Signature, Statement
from renewals.services import issuing
from tests.renewals.people import NOW, Holder, enrol_employee, iin_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
FIRST = [("pki", "0001_initial"), ("renewals", "0001_initial")]


def migrate(targets: list[tuple[str, str]]) -> MigrationExecutor:
    # Services that the first version did not know; a new run of the command makes them again.
    ServiceCertificate.objects.exclude(kind__in=["seal", "mail"]).delete()
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection)


@pytest.fixture
def back_to_the_present() -> Iterator[None]:
    """Whatever a test does, the next one finds the present tables."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("back_to_the_present")
def test_the_first_version_comes_up_with_its_rows(authority: Authority, pair: Holder) -> None:
    expected = {}
    for number, role in enumerate(COMPANY_ROLES):
        other = enrol_employee(authority, role, iin=iin_of(number))
        expected[other.certificates[Purpose.COMBINED].pk] = role.value
    both = enrol_employee(authority, Role.EMPLOYEE, Role.HEAD, Role.HR, iin=iin_of(20))
    expected[both.certificates[Purpose.COMBINED].pk] = "head"
    expected |= {row.pk: "" for row in pair.certificates.values()}
    renewal = pair.submit()
    issuing.issue_due(now=NOW)
    renewal.refresh_from_db()
    pair.install(renewal)
    counts = [table.objects.count() for table in (Statement, Signature, Event, Certificate)]

    old = migrate(FIRST).loader.project_state(FIRST).apps
    fields = {field.name for field in old.get_model("pki", "Certificate")._meta.get_fields()}
    assert "company_role" not in fields
    assert old.get_model("renewals", "Renewal").objects.get().state == "installed"
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    found = dict(Certificate.objects.values_list("pk", "company_role"))
    assert expected.items() <= found.items()
    assert set(found.values()) == {*expected.values()}
    renewal = Renewal.objects.get()
    assert (renewal.state, renewal.bin, renewal.organisation) == ("installed", "", "")
    assert set(map(str, Statement.objects.values_list("terms", flat=True))) == {"{}"}
    assert counts == [table.objects.count() for table in (Statement, Signature, Event, Certificate)]
    assert find_break(Event.objects.order_by("sequence")) is None


@pytest.mark.usefixtures("back_to_the_present")
def test_a_draft_of_the_first_version_is_finished_by_the_present_one(holder: Holder) -> None:
    renewal = holder.open()
    migrate(FIRST)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert holder.submit().pk == renewal.pk
    assert issuing.issue_due(now=NOW) == 1
