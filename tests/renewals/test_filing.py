"""A power of attorney and its paper: both are kept, or neither is."""

from datetime import timedelta
from pathlib import Path

import pytest

from pki.certificate import Role
from renewals.actor import NOBODY
from renewals.errors import (
    DocumentStateError,
    DocumentStorageError,
    DocumentUnknownError,
    RenewalError,
)
from renewals.events import EventKind
from renewals.models import Mandate
from renewals.services import powers
from renewals.services.attaching import remove
from tests.renewals.document_steps import (
    add,
    assert_nothing,
    assert_swept,
    codes,
    events,
    file,
    files,
    folder,
    full_disk,
    reads,
)
from tests.renewals.firm import OPERATOR, Firm
from tests.renewals.people import NOW, TODAY, Holder, enrol_employee, iin_of
from tests.renewals.people import OTHER_ORGANISATION as OTHER
from tests.renewals.sent_files import jpeg

__all__ = ["folder", "full_disk"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]


def test_a_power_comes_with_its_paper(employee: Holder, folder: Path) -> None:
    mandate = file(employee)
    (row,) = mandate.documents.arrived()
    assert (row.kind, row.renewal, row.sender_iin) == ("power_of_attorney", None, employee.iin)
    assert len(files(folder)) == 1
    assert [event.facts["mandate"] for event in events(EventKind.DOCUMENT_ADDED)] == [mandate.pk]
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    assert Mandate.objects.in_force(TODAY).get() == mandate


@pytest.mark.parametrize(
    ("data", "days", "code"),
    [
        (b"GIF89a", {}, "document.type"),
        (None, {"ends_on": TODAY - timedelta(days=1)}, "mandate.days"),
        (None, {"ends_on": TODAY + timedelta(days=900)}, "mandate.days"),
    ],
)
def test_what_is_refused_leaves_no_power_behind(
    employee: Holder, folder: Path, data: bytes | None, days: dict[str, object], code: str
) -> None:
    with pytest.raises(RenewalError) as caught:
        file(employee, data, **days)
    assert caught.value.code == code
    assert codes() == [code]
    assert not Mandate.objects.exists()
    assert not events(EventKind.MANDATE_FILED)
    assert_nothing(folder)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_no_power_behind(employee: Holder, folder: Path) -> None:
    with pytest.raises(DocumentStorageError):
        file(employee)
    assert not Mandate.objects.exists()
    assert_nothing(folder)
    assert len(events(EventKind.MANDATE_FILED)) == len(events(EventKind.MANDATE_ENDED)) == 1


def test_a_storage_that_is_away_leaves_no_power_for_long(employee: Holder, folder: Path) -> None:
    (folder / "documents").write_text("no folder")
    with pytest.raises(DocumentStorageError):
        file(employee)
    (folder / "documents").unlink()
    with pytest.raises(RenewalError):
        powers.confirm(actor=OPERATOR, mandate=Mandate.objects.get(), now=NOW)
    assert_swept(folder, NOW)
    assert not Mandate.objects.exists()


def test_a_person_without_an_organisation_files_none(holder: Holder, folder: Path) -> None:
    with pytest.raises(RenewalError):
        file(holder)
    assert not Mandate.objects.exists()
    assert_nothing(folder)


def test_more_pages_are_added_until_it_is_checked(employee: Holder, hr: Holder) -> None:
    mandate = file(employee)
    assert add(employee, mandate, jpeg(), kind="power_of_attorney").mandate == mandate
    with pytest.raises(DocumentUnknownError):
        add(hr, mandate)
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    with pytest.raises(DocumentStateError):
        add(employee, mandate)
    with pytest.raises(DocumentStateError):
        remove(actor=employee.actor, document=mandate.documents.first(), now=NOW)  # type: ignore[arg-type]
    assert mandate.documents.arrived().count() == 2


def test_a_delegation_has_no_paper(firm: Firm, deputy: Holder, folder: Path) -> None:
    mandate = firm.head.delegate(deputy)
    with pytest.raises(DocumentStateError):
        add(deputy, mandate)
    assert_nothing(folder)


def test_its_paper_is_for_the_holder_the_head_and_operators(
    employee: Holder, firm: Firm, hr: Holder, stranger: Holder
) -> None:
    row = file(employee).documents.get()
    other_head = enrol_employee(firm.authority, Role.HEAD, iin=iin_of(70), organisation=OTHER)
    assert all(reads(actor, row) for actor in (employee.actor, firm.head.actor, OPERATOR))
    others = (hr.actor, stranger.actor, other_head.actor, NOBODY)
    assert not any(reads(actor, row) for actor in others)
    looks = events(EventKind.DOCUMENT_READ)
    assert [event.facts["mandate"] for event in looks] == [row.mandate_id] * 2
    firm.succeed()
    assert not reads(firm.head.actor, row)
