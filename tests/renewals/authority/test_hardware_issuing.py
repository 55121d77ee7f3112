"""Issuing by a token: it pauses when the token is away, nothing is lost, operators are told once.

By real processes where it matters; the PIN is looked for in everything that they wrote.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core import serializers
from django.core.management import CommandError, call_command
from django.utils import timezone

from pki.authority import IssuerFacts
from pki.issuer.authorities import certify_authority
from pki.issuer.hardware_keys import HardwareKeys
from pki.issuer.keys import NEW_KEYS
from pki.models import Authority, PlannedCertificate, Revocation, ServiceCertificate
from pki.profiles import AUTHORITY_PROFILES
from renewals.models import Event, Renewal, Trouble
from renewals.services import claiming, issuing, keyring
from renewals.services.authority import starting
from renewals.services.authority.key_places import authority_place
from tests.memory_keys import MemoryKeys
from tests.processes import running
from tests.renewals.people import NOW, OTHER_IIN, Holder, enrol_holder
from tests.renewals.workers import environment, wait_until
from tests.softhsm import MODULE, Token, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.data]
NAME = "token"


@pytest.fixture
def token(
    tokens: Path, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Token]:
    """The settings name it; its PIN is in a file."""
    made = make_token(tokens)
    settings.CA_KEYS = "pkcs11"
    settings.CA_PKCS11_MODULE, settings.CA_PKCS11_TOKEN = MODULE, made.label
    settings.CA_PASSPHRASE = ""
    settings.CA_KEY_DIRECTORY = tmp_path / "ca"
    settings.STATUS_KEY_DIRECTORY = tmp_path / "status"
    settings.CA_PIN_FILE = str(tmp_path / "pin")
    write_pin(settings, made.pin)
    monkeypatch.setattr(keyring, "RETRY_SECONDS", 0.0)
    keyring.forget()
    yield made
    keyring.forget()


@pytest.fixture
def holder(db: None, token: Token) -> Holder:
    """Of an authority in the token, 12 days before the end."""
    start = (NOW - timedelta(days=900)).isoformat()
    call_command(
        "authority", "create", profile="ec", name=NAME, valid_from=start, stdout=StringIO()
    )
    return enrol_holder(Authority.objects.get(name=NAME))


def write_pin(settings: LazySettings, pin: str) -> None:
    path = Path(settings.CA_PIN_FILE)
    path.touch(mode=0o600)
    path.write_text(f"{pin}\n")


def be_new() -> None:
    """As if this were a new process: nobody is logged in."""
    keyring.forget()
    maker = authority_place().maker()
    assert isinstance(maker, HardwareKeys)
    maker._forget()
    maker._begin_anew()


def take_away(token: Token, tmp_path: Path) -> Path:
    """The token is not there any more; returns where it belongs."""
    folder = token.folder
    folder.rename(tmp_path / "drawer")
    return folder


def test_keys_of_the_authority_are_in_the_token_and_nowhere_else(
    holder: Holder, settings: LazySettings
) -> None:
    assert not settings.CA_KEY_DIRECTORY.exists()
    kinds = {row.kind: row.key_name for row in ServiceCertificate.objects.all()}
    assert set(kinds) == {"seal", "mail", "ocsp", "timestamp"}
    files = {path.name for path in settings.STATUS_KEY_DIRECTORY.iterdir()}
    assert files == {f"{kinds['ocsp']}.key", f"{kinds['timestamp']}.key"}
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    assert renewal.state == "issued"


def test_issuing_pauses_while_the_token_is_away(
    holder: Holder, token: Token, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    renewal = holder.submit()
    place = take_away(token, tmp_path)
    be_new()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.attempts) == ("approved", 0)
    trouble = Trouble.objects.get(subject="keys")
    assert (trouble.code, trouble.ended_at) == ("issuer.token_absent", None)
    assert [row.getMessage() for row in caplog.records].count(
        f"issuing is paused: issuer.token_absent {{'token': '{token.label}'}}"
    ) == 1
    (tmp_path / "drawer").rename(place)
    assert issuing.issue_due(now=NOW) == 1
    trouble.refresh_from_db()
    assert trouble.ended_at is not None
    kinds = list(Event.objects.filter(kind__startswith="trouble.").values_list("kind", flat=True))
    assert kinds == ["trouble.began", "trouble.ended"]


def test_a_token_that_goes_while_it_signs_costs_no_application_and_no_attempt(
    holder: Holder, token: Token, tmp_path: Path
) -> None:
    renewal = holder.submit()
    keys = keyring.held()
    assert keys is not None
    (claim,) = claiming.claim(now=NOW)
    assert issuing._check(claim, now=NOW, linted=True)
    place = take_away(token, tmp_path)
    assert not issuing._sign(claim, keys, now=NOW)
    serial = claim.jobs[0].planned.serial_hex
    later = NOW + timedelta(seconds=1)
    for _ in range(3):
        # Nothing is claimed in vain: each claim would cost a serial.
        assert issuing.issue_due(now=later) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.attempts) == ("issuing", 0)
    assert PlannedCertificate.objects.filter(state="void").count() == 0
    assert Trouble.objects.filter(subject="keys").count() == 1
    (tmp_path / "drawer").rename(place)
    assert issuing.issue_due(now=later) == 1
    renewal.refresh_from_db()
    assert renewal.state == "issued"
    assert Revocation.objects.filter(serial_hex=serial).exists()
    assert not Trouble.objects.filter(ended_at=None).exists()


def test_a_process_with_the_wrong_pin_waits_for_another(
    holder: Holder, token: Token, settings: LazySettings
) -> None:
    renewal = holder.submit()
    write_pin(settings, "wrong")
    be_new()
    for _ in range(20):
        assert issuing.issue_due(now=NOW) == 0
    trouble = Trouble.objects.get(subject="keys")
    assert (trouble.code, trouble.facts["cause"]) == ("issuer.pin", "PinIncorrect")
    write_pin(settings, token.pin)
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    assert renewal.state == "issued"


def test_a_file_with_the_pin_that_others_may_read_is_told(
    holder: Holder, settings: LazySettings
) -> None:
    assert starting.look_after(now=timezone.now()) == []
    Path(settings.CA_PIN_FILE).chmod(0o644)
    (finding,) = starting.look_after(now=timezone.now())
    assert (finding.subject, finding.code) == ("keys:pin", "issuer.key_rights")


def test_a_process_without_a_pin_makes_nothing(token: Token, settings: LazySettings) -> None:
    settings.CA_PIN_FILE = ""
    assert keyring.held() is None
    with pytest.raises(CommandError, match="CA_PIN"):
        call_command("authority", "create", profile="ec", name="none", stdout=StringIO())


def test_an_authority_whose_key_is_in_the_token_is_taken_over(
    db: None, token: Token, tmp_path: Path
) -> None:
    root_key, public_key = NEW_KEYS["P-384"](), authority_place().maker().make("taken", "P-256")
    root = IssuerFacts("above", b"", "above", "http://127.0.0.1/pki")
    made = certify_authority(
        AUTHORITY_PROFILES["ec"],
        root=root,
        name="taken",
        root_key=root_key.public_key(),
        issuing_key=public_key,
        keys=MemoryKeys({"above": root_key}),
        valid_from=NOW - timedelta(days=900),
    )
    words = ["--certificate", str(tmp_path / "ca"), "--chain", str(tmp_path / "root")]
    (tmp_path / "ca").write_bytes(made.issuing_der)
    (tmp_path / "root").write_bytes(made.root_der)
    with pytest.raises(CommandError, match=r"issuer\.key_missing"):
        call_command("authority", "import", "--name", "other", *words, stdout=StringIO())
    call_command("authority", "import", "--name", "taken", *words, stdout=StringIO())
    assert enrol_holder(Authority.objects.get(name="taken")).certificates


@pytest.mark.django_db(transaction=True)
@pytest.mark.worker
def test_a_worker_gets_over_everything_and_writes_the_pin_nowhere(
    holder: Holder, token: Token, tmp_path: Path, settings: LazySettings
) -> None:
    stranger = enrol_holder(Authority.objects.get(name=NAME), iin=OTHER_IIN)
    renewal, log = holder.submit(), tmp_path / "worker.log"
    write_pin(settings, "wrong-pin-of-the-test")
    values = {
        **environment(),
        **{name: str(getattr(settings, name)) for name in NAMED},
        "CA_PASSPHRASE": "",
        "LOG_LEVEL": "DEBUG",
    }
    with running(["python", "manage.py", "work", "--every", "0.1"], values, log):
        assert wait_until(lambda: Trouble.objects.filter(code="issuer.pin").exists())
        write_pin(settings, token.pin)
        assert wait_until(lambda: state_of(renewal) == "issued")
        assert wait_until(
            lambda: not Trouble.objects.filter(subject="keys", ended_at=None).exists()
        )
        place = take_away(token, tmp_path)
        other = stranger.submit()
        assert wait_until(lambda: Trouble.objects.filter(subject="keys", ended_at=None).exists())
        assert state_of(other) in {"approved", "issuing"}
        (tmp_path / "drawer").rename(place)
        assert wait_until(lambda: state_of(other) == "issued")
    written = b"".join(everything(tmp_path, settings)) + rows()
    assert b"issuer.pin" in written
    for pin in (token.pin, "wrong-pin-of-the-test"):
        assert pin.encode() not in written


NAMED = (
    *("CA_KEYS", "CA_PKCS11_MODULE", "CA_PKCS11_TOKEN", "CA_PIN_FILE"),
    *("CA_KEY_DIRECTORY", "STATUS_KEY_DIRECTORY"),
)


def state_of(renewal: Renewal) -> str:
    return Renewal.objects.get(pk=renewal.pk).state


def everything(directory: Path, settings: LazySettings) -> Iterator[bytes]:
    """Every file but the one with the PIN, and without the token itself."""
    for path in directory.rglob("*"):
        if path.is_file() and path != Path(settings.CA_PIN_FILE) and "drawer" not in path.parts:
            yield path.read_bytes()


def rows() -> bytes:
    """Every row of every table."""
    models = [model for app in apps.get_app_configs() for model in app.get_models()]
    found = [serializers.serialize("json", model._default_manager.all()) for model in models]
    return "".join(found).encode()
