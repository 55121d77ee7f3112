"""Import contracts hold, and no new module stands outside of them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("cabinet", "notifications", "renewals", "pki")
# What of pki knows the database; everything else in it is plain Python.
WITH_DATABASE = {"apps", "management", "migrations", "models", "records", "status"}


def contract(name: str) -> dict[str, list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    (found,) = [one for one in contracts if one["name"] == name]
    return dict(found)


def modules_of(package: str) -> set[str]:
    inside = (ROOT / package).iterdir()
    return {
        path.stem
        for path in inside
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }


def test_the_imports_run_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([str(program)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:]


def test_every_module_of_pki_is_plain_python_or_known_to_use_the_database() -> None:
    plain = {
        name.removeprefix("pki.") for name in contract("pki is plain Python")["source_modules"]
    }
    assert plain == modules_of("pki") - WITH_DATABASE


def test_what_of_pki_uses_the_database_stays_off_the_road_to_the_key() -> None:
    watched = contract("one road to the key")["source_modules"]
    assert {f"pki.{name}" for name in WITH_DATABASE - {"apps", "migrations"}} <= set(watched)


def test_nothing_happens_behind_a_save_or_a_signal() -> None:
    hidden = re.compile(r"^\s+def (save|delete)\(|@receiver\b|django\.db\.models\.signals", re.M)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            assert not hidden.search(path.read_text()), path


def test_no_import_is_for_the_type_checker_alone() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            assert "TYPE_CHECKING" not in path.read_text(), path
