"""Settings: the example lists them all, production is closed, tasks are known."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from tests import processes
from tests.environment import environment

ROOT = Path(__file__).parents[2]
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


def test_every_task_on_the_schedule_is_known() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(current_app.tasks)


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


def test_the_composed_commands_are_those_that_the_tests_start() -> None:
    services = compose()
    assert services["worker"]["command"] == processes.CELERY_WORKER
    assert services["beat"]["command"] == processes.CELERY_BEAT
    web = services["web"]["command"]
    assert isinstance(web, list)
    assert web[:2] == processes.GUNICORN[:2]
    assert services["migrate"]["command"] == processes.MIGRATE
