"""A real authority for every test; its keys are made once per process."""

from datetime import timedelta
from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command

from pki.certificate import Purpose
from pki.models import Authority
from tests.renewals.people import NOW, OTHER_IIN, Holder, enrol_holder

# Its own name, so that no other test's key files are in the way.
NAME = "renewals"
Row = tuple[str, bytes, str, bool]


@cache
def _rows() -> dict[str, Row]:
    return {}


@pytest.fixture
def authority(db: None) -> Authority:
    """A P-256 authority, old enough to have issued what ends soon. Its keys are real files."""
    known = _rows()
    if not known:
        valid_from = (NOW - timedelta(days=900)).isoformat()
        call_command(
            "create_authority", profile="ec", name=NAME, valid_from=valid_from, stdout=StringIO()
        )
        for row in Authority.objects.all():
            known[row.name] = (row.name, bytes(row.certificate_der), row.key_name, row.is_issuing)
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
    return Authority.objects.get(name=NAME)


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
