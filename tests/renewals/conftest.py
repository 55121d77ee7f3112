"""A real authority for every test; its keys are made once per process."""

from datetime import timedelta
from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command

from pki.certificate import Purpose, Role
from pki.models import Authority, ServiceCertificate
from renewals.models import Renewal
from tests.renewals.firm import Firm
from tests.renewals.people import (
    DAYS_LEFT,
    NOW,
    OTHER_IIN,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

# Its own name, so that no other test's key files are in the way.
NAME = "renewals"
Row = tuple[str, bytes, str, bool]


@cache
def _rows() -> dict[str, Row]:
    return {}


@cache
def _seals() -> list[dict[str, object]]:
    return []


@pytest.fixture
def authority(db: None) -> Authority:
    """A P-256 authority, old enough to have issued what ends soon. Its keys are real files."""
    known = _rows()
    if not known:
        valid_from = (NOW - timedelta(days=900)).isoformat()
        call_command(
            "authority", "create", profile="ec", name=NAME, valid_from=valid_from, stdout=StringIO()
        )
        for row in Authority.objects.all():
            known[row.name] = (row.name, bytes(row.certificate_der), row.key_name, row.is_issuing)
        _seals().extend(
            {name: value for name, value in row.items() if name not in {"id", "authority_id"}}
            for row in ServiceCertificate.objects.values()
        )
        return Authority.objects.get(name=NAME)
    root = None
    for name, der, key_name, is_issuing in sorted(known.values(), key=lambda row: row[3]):
        root = Authority.objects.create(
            name=name,
            certificate_der=der,
            key_name=key_name,
            is_issuing=is_issuing,
            parent=root,
        )
    authority = Authority.objects.get(name=NAME)
    for seal in _seals():
        ServiceCertificate.objects.create(authority=authority, **seal)
    return authority


@pytest.fixture
def holder(authority: Authority) -> Holder:
    """One certificate for both purposes, 12 days before its end."""
    return enrol_holder(authority)


@pytest.fixture
def pair(authority: Authority) -> Holder:
    """An AUTH + SIGN pair, 12 days before its end."""
    return enrol_holder(authority, purposes=(Purpose.AUTH, Purpose.SIGN))


@pytest.fixture
def stranger(authority: Authority) -> Holder:
    """Somebody else."""
    return enrol_holder(authority, iin=OTHER_IIN)


@pytest.fixture
def head(authority: Authority) -> Holder:
    """The first head of an organisation."""
    return enrol_employee(authority, Role.HEAD, iin=iin_of(1), name=("АХМЕТОВ", "ЕРЛАН", ""))


@pytest.fixture
def hr(authority: Authority) -> Holder:
    """An HR employee of the same organisation, with the right to confirm."""
    return enrol_employee(authority, Role.HR, iin=iin_of(2), name=("КИМ", "ЕЛЕНА", ""))


@pytest.fixture
def deputy(authority: Authority) -> Holder:
    """Somebody of the same organisation with signing right."""
    return enrol_employee(
        authority, Role.SIGNING_RIGHT, iin=iin_of(3), name=("ИБРАЕВ", "АЛМАС", "")
    )


@pytest.fixture
def employee(authority: Authority) -> Holder:
    """Somebody of the same organisation who has to renew."""
    return enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4), days_left=DAYS_LEFT)


@pytest.fixture
def firm(authority: Authority, head: Holder) -> Firm:
    """Their organisation."""
    return Firm(authority, head)


@pytest.fixture
def renewal(employee: Holder) -> Renewal:
    """Theirs, which waits for an approver."""
    return employee.submit()
