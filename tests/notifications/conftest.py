"""Who is told in the tests, and on what."""

from datetime import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from cabinet.models import OPERATORS
from notifications.channels.registry import CHANNELS
from notifications.models import Address
from pki.models import Authority
from tests.cabinet.payroll import NOW, Payroll
from tests.notifications.notebook import Notebook
from tests.renewals.conftest import (
    authority,
    deputy,
    employee,
    firm,
    head,
    holder,
    hr,
    pair,
    renewal,
    stranger,
)

__all__ = [
    "authority",
    "deputy",
    "employee",
    "firm",
    "head",
    "holder",
    "hr",
    "pair",
    "renewal",
    "stranger",
]


@pytest.fixture
def people(authority: Authority) -> Payroll:
    """Individuals, as rows alone."""
    return Payroll(authority, bin="")


@pytest.fixture
def payroll(authority: Authority) -> Payroll:
    """The people of an organisation, as rows alone."""
    return Payroll(authority)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """A fourth channel in the registry."""
    made = Notebook()
    monkeypatch.setitem(CHANNELS, "notebook", made.channel)
    return made


def reach(iin: str, *, channel: str = "email", value: str = "", now: datetime = NOW) -> Address:
    """A verified address."""
    values = {"email": f"{iin}@mail.example", "sms": "+77011234567", "notebook": "7"}
    return Address.objects.create(
        iin=iin, channel=channel, value=value or values[channel], verified_at=now
    )


@pytest.fixture
def operator(db: None) -> str:
    """The IIN of somebody who serves the desk."""
    user = get_user_model().objects.create(iin="040506600027", name="ӘБЕНОВА САУЛЕ")
    user.groups.add(Group.objects.get_or_create(name=OPERATORS)[0])
    return user.iin
