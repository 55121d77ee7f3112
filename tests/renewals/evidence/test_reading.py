"""Whoever may read a container gets it as it was made, or learns why not."""

import hashlib
from pathlib import Path

import pytest

from pki.certificate import Role
from renewals.actor import NOBODY
from renewals.errors import DocumentStorageError, NotHolderError
from renewals.evidence.errors import (
    EvidenceAlteredError,
    EvidenceAwaitedError,
    EvidenceEarlyError,
)
from renewals.models import Event, Evidence, Renewal
from renewals.services import evidencing
from tests.renewals.evidence.containers import files, issue, now
from tests.renewals.evidence.test_evidencing import told
from tests.renewals.firm import OPERATOR, Firm
from tests.renewals.people import (
    OTHER_ORGANISATION,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers")]


def test_the_holder_reads_it_and_no_event_tells_of_it(issued: Renewal, holder: Holder) -> None:
    evidencing.make_due(now=now())
    count = Event.objects.count()
    data = evidencing.read(actor=holder.actor, renewal=issued, now=now())
    assert hashlib.sha256(data).hexdigest() == Evidence.objects.get().sha256
    assert Event.objects.count() == count


def test_whoever_decides_for_the_organisation_reads_it_and_it_is_recorded(
    firm: Firm, head: Holder, hr: Holder
) -> None:
    (renewal,) = firm.applications(1)
    head.approve(renewal)
    issue(renewal)
    evidencing.make_due(now=now())
    for actor in (hr.actor, OPERATOR):
        assert evidencing.read(actor=actor, renewal=renewal, now=now())
        event = Event.objects.filter(kind="document.read").latest("sequence")
        assert (event.actor_iin, event.renewal) == (actor.iin, renewal)
        assert event.facts["sha256"] == Evidence.objects.get().sha256


def test_nobody_else_reads_it(firm: Firm, head: Holder, stranger: Holder) -> None:
    (renewal,) = firm.applications(1)
    head.approve(renewal)
    issue(renewal)
    evidencing.make_due(now=now())
    outsider = enrol_employee(
        firm.authority, Role.HEAD, iin=iin_of(77), organisation=OTHER_ORGANISATION
    )
    person = enrol_holder(firm.authority, iin=head.iin)
    for actor in (
        stranger.actor,
        outsider.actor,
        firm.hire(Role.EMPLOYEE).actor,
        person.actor,
        NOBODY,
    ):
        with pytest.raises(NotHolderError):
            evidencing.read(actor=actor, renewal=renewal, now=now())
    assert not Event.objects.filter(kind="document.read").exists()


def test_before_it_is_made_a_reader_learns_when_it_will_be(holder: Holder, papers: Path) -> None:
    renewal = holder.submit()
    with pytest.raises(EvidenceEarlyError):
        evidencing.read(actor=holder.actor, renewal=renewal, now=now())
    issue(renewal)
    with pytest.raises(EvidenceAwaitedError):
        evidencing.read(actor=holder.actor, renewal=renewal, now=now())


def test_what_was_altered_in_the_storage_is_not_given_out(
    issued: Renewal, holder: Holder, papers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    evidencing.make_due(now=now())
    (path,) = files(papers)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(EvidenceAlteredError):
        evidencing.read(actor=holder.actor, renewal=issued, now=now())
    assert path.name in told(caplog)[0]
    path.unlink()
    with pytest.raises(EvidenceAlteredError):
        evidencing.read(actor=holder.actor, renewal=issued, now=now())
    path.parent.rmdir()
    path.parent.write_bytes(b"in the way")
    with pytest.raises((EvidenceAlteredError, DocumentStorageError)):
        evidencing.read(actor=holder.actor, renewal=issued, now=now())
