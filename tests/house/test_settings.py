"""Settings: the example lists them all, production is closed, tasks are known."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from tests import processes
from tests.environment import environment
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PACKAGES = ("cabinet", "notifications", "renewals", "pki")
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def run(command: list[str], values: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=values, capture_output=True, text=True, check=False
    )


def test_the_example_lists_just_the_settings_that_are_read() -> None:
    source = (ROOT / "cabinet" / "settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))
    assert listed - COMPOSE_ONLY == read


def test_nothing_secret_has_a_default(tmp_path: Path) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL"):
        values = environment(tmp_path) | {"PATH": "/usr/bin:/bin"}
        del values[name]
        command = [sys.executable, "-c", "import django; django.setup()"]
        ended = run(command, values)
        assert ended.returncode != 0
        assert name in ended.stderr


def test_production_values_pass_djangos_own_check(tmp_path: Path) -> None:
    values = environment(tmp_path) | {"TLS": "true", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    ended = run(command, values)
    assert ended.returncode == 0, ended.stderr


def test_every_task_is_known_and_either_on_the_schedule_or_rung_for() -> None:
    current_app.loader.import_default_modules()
    known = {name for name in current_app.tasks if not name.startswith("celery.")}
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    rung: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            rung |= set(re.findall(r'\bring\(\s*"([^"]+)"', path.read_text()))
    assert known == scheduled | rung


@pytest.mark.django_db
def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def compose() -> dict[str, dict[str, object]]:
    with (ROOT / "docker-compose.yml").open() as file:
        services: dict[str, dict[str, object]] = yaml.safe_load(file)["services"]
    return services


def test_only_the_worker_is_given_the_authoritys_keys() -> None:
    holders = {
        name for name, service in compose().items() if "ca:/ca" in str(service.get("volumes"))
    }
    assert holders == {"worker", "authority"}
    for name in ("web", "beat", "migrate"):
        given = compose()[name]["environment"]
        assert isinstance(given, dict)
        assert given["CA_PASSPHRASE"] == ""


def test_the_site_and_the_worker_share_the_documents_and_nobody_else_has_them() -> None:
    holders = {
        name
        for name, service in compose().items()
        if "documents:/documents" in str(service.get("volumes"))
    }
    assert holders == {"web", "worker"}


def test_the_composed_commands_are_those_that_the_tests_start() -> None:
    services = compose()
    assert services["worker"]["command"] == processes.CELERY_WORKER
    assert services["beat"]["command"] == processes.CELERY_BEAT
    assert services["web"]["command"] == processes.GUNICORN
    assert services["migrate"]["command"] == processes.MIGRATE


def test_the_image_starts_what_is_composed() -> None:
    (command,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert json.loads(command) == processes.GUNICORN


def test_places_within_the_image_hold_whatever_the_env_file_says() -> None:
    image = (ROOT / "Dockerfile").read_text()
    for name, service in compose().items():
        if "build" in service:
            given = service["environment"]
            assert isinstance(given, dict)
            for place in ("STATIC_ROOT", "CA_KEY_DIRECTORY", "DOCUMENTS_DIRECTORY"):
                assert f"{place}={given[place]}" in image, name


def test_the_composed_site_passes_its_own_health_check(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    values = environment(tmp_path) | {
        "ALLOWED_HOSTS": "cabinet.example",
        "TLS": "true",
        "TRUSTED_PROXIES": "1",
    }
    (tmp_path / "static").mkdir()
    web = compose()["web"]
    check = web["healthcheck"]
    assert isinstance(check, dict)
    question = [part.replace("127.0.0.1:8000", address) for part in check["test"][1:]]
    command = [part.replace("0.0.0.0:8000", address) for part in processes.GUNICORN]
    log = tmp_path / "log"
    with processes.running(command, values, log):
        until = time.monotonic() + 60
        while (ended := run(processes.own(question), values)).returncode:
            assert time.monotonic() < until, ended.stderr + log.read_text()
            time.sleep(0.2)
