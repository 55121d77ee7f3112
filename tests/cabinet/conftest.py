"""Who is met in the tests of the site."""

import pytest

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
