"""When lists cannot be made the last good ones stay, and operators are told: once, and in time."""

import resource
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from pki.authority import IssuerFacts
from pki.errors import KeyMissingError
from pki.models import Authority, Revocation, RevocationList
from pki.revocation import Reason
from renewals.errors import ListBusyError, ListWriteError
from renewals.models import Event, Trouble
from renewals.services import keyring, publishing, troubles
from renewals.services.lists import files, making
from tests.renewals.lists import changes, path_of, whole
from tests.renewals.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.data]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SERIAL = "5a" * 20


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.PUBLICATION_DIRECTORY = tmp_path / "published"
    return tmp_path / "published"


def revoke(authority: Authority, serial_hex: str = SERIAL) -> None:
    Revocation.objects.create(
        authority=authority,
        serial_hex=serial_hex,
        revoked_at=NOW,
        reason=Reason.SUPERSEDED.value,
    )


def open_troubles() -> dict[str, str]:
    rows = Trouble.objects.filter(ended_at=None, subject__startswith="list:")
    return dict(rows.values_list("subject", "code"))


def told(kind: str, authority: Authority) -> int:
    return Event.objects.filter(kind=kind, facts__subject=f"list:{authority.name}").count()


def test_without_its_key_the_last_list_stays_and_half_its_life_later_it_is_a_trouble(
    authority: Authority, settings: Settings
) -> None:
    publishing.publish_due(now=NOW)
    before = {path.name: path.read_bytes() for path in path_of(authority).parent.glob("*.crl")}
    passphrase, settings.CA_PASSPHRASE = settings.CA_PASSPHRASE, ""
    half = settings.CRL_DELTA_LIFETIME / 2
    for later in (MINUTE, half - MINUTE):
        assert publishing.publish_due(now=NOW + later) == 0
        assert open_troubles() == {}
    for later in (half, half + MINUTE, settings.CRL_LIFETIME):
        assert publishing.publish_due(now=NOW + later) == 0
        assert open_troubles() == {f"list:{authority.name}": "list.late"}
    assert told("trouble.began", authority) == 1
    assert before == {
        path.name: path.read_bytes() for path in path_of(authority).parent.glob("*.crl")
    }
    settings.CA_PASSPHRASE = passphrase
    assert publishing.publish_due(now=NOW + settings.CRL_LIFETIME + MINUTE) == 1
    assert open_troubles() == {}
    assert told("trouble.ended", authority) == 1


def test_a_revocation_that_no_list_tells_is_a_trouble_sooner(
    authority: Authority, settings: Settings
) -> None:
    publishing.publish_due(now=NOW)
    settings.CA_PASSPHRASE = ""
    revoke(authority)
    publishing.publish_due(now=NOW + settings.CRL_OVERDUE - MINUTE)
    assert open_troubles() == {}
    publishing.publish_due(now=NOW + settings.CRL_OVERDUE)
    assert open_troubles() == {f"list:{authority.name}": "list.late"}


def test_an_authority_without_any_list_is_a_trouble_at_once(
    authority: Authority, settings: Settings
) -> None:
    settings.CA_PASSPHRASE = ""
    publishing.publish_due(now=NOW)
    assert authority.parent is not None
    assert open_troubles() == {
        f"list:{name}": "list.late" for name in (authority.name, authority.parent.name)
    }


def test_a_root_whose_key_is_away_is_told_of_when_its_list_is_half_over(
    authority: Authority, settings: Settings
) -> None:
    root, held = authority.parent, keyring.held()
    assert root is not None
    assert held is not None
    root_key, keys = root.key_name, held
    publishing.publish_due(now=NOW)
    half = settings.CRL_ROOT_LIFETIME / 2

    class AwayRoot:
        """Only the issuing key is there."""

        def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
            if issuer.key_name == root_key:
                raise KeyMissingError(path=issuer.key_name)
            return keys.sign(issuer, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "held", AwayRoot)
        publishing.publish_due(now=NOW + half - HOUR)
        assert open_troubles() == {}
        publishing.publish_due(now=NOW + half)
        assert open_troubles() == {f"list:{root.name}": "issuer.key_missing"}
        assert whole(root).number == 1
    publishing.publish_due(now=NOW + half + HOUR)
    assert open_troubles() == {}
    assert whole(root).loaded.last_update_utc == NOW + half + HOUR


def on_a_full_disk(step: Callable[..., object]) -> Callable[..., object]:
    """Nothing longer than this may be written meanwhile."""

    def limited(*args: object) -> object:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            return step(*args)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


def test_a_full_disk_leaves_the_last_list_and_no_scraps(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    publishing.publish_due(now=NOW)
    before = whole(authority).der
    revoke(authority)
    with monkeypatch.context() as patch:
        patch.setattr(making, "stage", on_a_full_disk(files.stage))
        assert publishing.publish_due(now=NOW + MINUTE) == 0
        assert publishing.publish_due(now=NOW + settings.CRL_OVERDUE) == 0
    assert whole(authority).der == before
    assert list(path_of(authority).parent.glob(".*.new")) == []
    assert open_troubles() == {f"list:{authority.name}": "list.write"}
    assert Revocation.objects.get().listed_number is None
    # Numbers were lost, and none is used again.
    publishing.publish_due(now=NOW + settings.CRL_OVERDUE + MINUTE)
    assert whole(authority).number == changes(authority).number == 4
    assert whole(authority).reasons == {SERIAL: Reason.SUPERSEDED}
    assert open_troubles() == {}


def test_a_folder_that_cannot_be_written_is_named(
    authority: Authority, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.PUBLICATION_DIRECTORY = tmp_path / "file"
    keys = keyring.held()
    assert keys is not None
    with pytest.raises(ListWriteError) as refused:
        publishing.publish(authority, keys=keys, now=NOW)
    assert refused.value.facts["path"] == str(tmp_path / "file")
    assert not RevocationList.objects.exists()


def test_a_link_in_the_folder_is_not_followed(
    authority: Authority, folder: Path, tmp_path: Path
) -> None:
    folder.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    (folder / f".{authority.name}.crl.new").symlink_to(victim)
    assert publishing.publish_due(now=NOW) == 1  # the root's
    assert victim.read_text() == "as it was"


def test_who_holds_the_lock_is_not_disturbed(authority: Authority) -> None:
    keys = keyring.held()
    assert keys is not None
    with files.alone(authority.name):
        assert publishing.publish_due(now=NOW) == 1  # the root's
        assert open_troubles() == {}
        with pytest.raises(ListBusyError):
            publishing.publish(authority, keys=keys, now=NOW)
    assert publishing.publish_due(now=NOW) == 1


def test_a_newer_list_from_elsewhere_is_never_written_over(authority: Authority) -> None:
    """As if the folder were on another host, where the lock does not reach."""
    publishing.publish_due(now=NOW)
    before = whole(authority).der
    RevocationList.objects.filter(authority=authority).update(number=7)
    revoke(authority)
    assert publishing.publish_due(now=NOW + MINUTE) == 0
    assert whole(authority).der == before
    assert Revocation.objects.get().listed_number is None


def test_a_trouble_is_told_once_until_it_is_over() -> None:
    assert troubles.begin("list:x", "list.late", {"authority": "x"}, NOW)
    assert not troubles.begin("list:x", "list.write", {}, NOW + MINUTE)
    assert troubles.begin("keys", "issuer.pin", {}, NOW)
    assert open_troubles() == {"list:x": "list.late"}
    assert troubles.end("list:x", NOW + MINUTE)
    assert not troubles.end("list:x", NOW + 2 * MINUTE)
    assert troubles.begin("list:x", "list.late", {}, NOW + 3 * MINUTE)
    kinds = list(Event.objects.order_by("sequence").values_list("kind", "facts__subject"))
    assert kinds == [
        ("trouble.began", "list:x"),
        ("trouble.began", "keys"),
        ("trouble.ended", "list:x"),
        ("trouble.began", "list:x"),
    ]
