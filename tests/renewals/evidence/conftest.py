"""Containers of real applications, one of each kind."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from renewals.models import Renewal, Verdict
from renewals.services import evidencing
from tests.renewals.evidence.containers import Kept, issue, keep
from tests.renewals.firm import Firm
from tests.renewals.people import Holder


@pytest.fixture
def own(pair: Holder) -> Kept:
    """An individual's, for a pair."""
    return keep(pair.submit())


@pytest.fixture
def approved(firm: Firm) -> Kept:
    """An employee's, the second of three that the head approved by one signature."""
    renewals = firm.applications(3)
    firm.head.approve(*renewals)
    return keep(renewals[1])


@pytest.fixture
def refused(firm: Firm) -> Kept:
    """An employee's that the head refused."""
    (renewal,) = firm.applications(1)
    firm.head.decide(
        firm.head.state(renewal, verdict=Verdict.REJECT, reason="other", note="Уволен № 1, 2"),
        verdict=Verdict.REJECT,
    )
    return keep(renewal)


@pytest.fixture
def delegated(firm: Firm, deputy: Holder) -> Kept:
    """An employee's, approved by whom the head trusted."""
    (renewal,) = firm.applications(1)
    firm.head.delegate(deputy)
    deputy.approve(renewal)
    return keep(renewal)


@pytest.fixture(params=["own", "approved", "refused", "delegated"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """Each kind in turn."""
    found: Kept = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def second(stranger: Holder) -> Kept:
    """Another individual's, at the same time."""
    return keep(stranger.submit())


@pytest.fixture
def papers(settings: Settings, tmp_path: Path) -> Path:
    """A storage of its own for each test, so that what is left in it can be counted."""
    folder = tmp_path / "documents"
    settings.DOCUMENTS_DIRECTORY = folder
    settings.STORAGES = {
        **settings.STORAGES,
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    evidencing._tell_once.cache_clear()
    return folder


@pytest.fixture
def issued(holder: Holder) -> Renewal:
    return issue(holder.submit())
