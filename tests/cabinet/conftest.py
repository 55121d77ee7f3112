"""Who is met in the tests of the site."""

import pytest

from pki.certificate import Role
from pki.models import Authority
from tests.cabinet.colleagues import DAY, EMPLOYEE, HEAD, HR, Colleague, hire
from tests.cabinet.payroll import Payroll
from tests.cabinet.people import Issuer
from tests.cabinet.visitor import Visitor
from tests.renewals.conftest import authority

__all__ = ["authority"]


@pytest.fixture
def issuer(db: None) -> Issuer:
    """An authority of ours."""
    return Issuer("main")


@pytest.fixture
def visitor() -> Visitor:
    """Somebody who has not signed in yet."""
    return Visitor()


@pytest.fixture
def head(authority: Authority) -> Colleague:
    """The first head, signed in."""
    return hire(authority, HEAD, Role.HEAD).sign_in()


@pytest.fixture
def hr(authority: Authority) -> Colleague:
    """An HR employee with the right to confirm, signed in."""
    return hire(authority, HR, Role.HR).sign_in()


@pytest.fixture
def employee(authority: Authority) -> Colleague:
    """An employee with 12 days left, not signed in."""
    return hire(authority, EMPLOYEE, Role.EMPLOYEE, days_left=12 * DAY)


@pytest.fixture
def payroll(authority: Authority) -> Payroll:
    """Many people at once."""
    return Payroll(authority)
