"""The shape of the house: sizes, names, walls."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("cabinet", "notifications", "renewals", "pki", "templates", "tests", "docs")
ALLOWED_AT_TOP = {
    *PACKAGES,
    *("manage.py", "pyproject.toml", "docker-compose.yml", "README.md", "Makefile"),
    *("Dockerfile", "CHANGELOG.md", "SECURITY.md", "LICENSE"),
    *("requirements.lock", "requirements-dev.lock"),
}
NO_HOME = {"utils", "helpers", "common", "core", "lib", "misc"}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=")


def tracked(*endings: str) -> list[Path]:
    """Files of the repository, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in names.split("\0") if name]
    return [path for path in paths if path.suffix in endings and path.is_file()]


def test_the_top_level_holds_nothing_else() -> None:
    command = ["git", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    top = {name.split("/")[0] for name in names.split("\0") if name}
    assert {name for name in top if not name.startswith(".")} <= ALLOWED_AT_TOP


def test_no_module_is_longer_than_400_lines() -> None:
    sources = [path for path in tracked(".py", ".ts", ".css") if "migrations" not in path.parts]
    assert len(sources) > 50
    long = {
        path.name: size for path in sources if (size := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_no_module_is_a_drawer_for_everything() -> None:
    names = {path.stem for path in tracked(".py", ".ts")} | {
        part for path in tracked(".py", ".ts") for part in path.relative_to(ROOT).parts[:-1]
    }
    assert not names & NO_HOME


# Mail programs drop outer styles, so the letter carries its own; no browser of ours shows it.
WITH_STYLE = {ROOT / "templates" / "notifications" / "letter.html"}


@pytest.mark.parametrize(
    "path",
    sorted({*tracked(".html")} - WITH_STYLE),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_template_has_script_or_style_inside(path: Path) -> None:
    assert not INLINE.search(path.read_text())


def test_the_letter_has_no_script_and_nothing_else_needs_its_exception() -> None:
    for path in WITH_STYLE:
        assert not re.search(r"<script|\son\w+=", path.read_text())
        assert INLINE.search(path.read_text())


def test_a_button_that_needs_the_script_is_off_until_it_is_there() -> None:
    buttons = [
        button
        for path in tracked(".html")
        for button in re.findall(r"<button[^>]*\bdata-main\b[^>]*>", path.read_text())
    ]
    assert len(buttons) > 5
    assert all(" disabled" in button for button in buttons)


@pytest.mark.parametrize("path", tracked(".html"), ids=lambda path: path.name)
def test_no_key_file_or_password_field_has_a_name(path: Path) -> None:
    for field in re.findall(r"<input[^>]*>", path.read_text()):
        if re.search(r'type="(file|password)"', field):
            assert not re.search(r"\sname=", field)


def test_no_lock_file_names_a_host() -> None:
    locks = [*ROOT.glob("*.lock"), ROOT / "cabinet" / "frontend" / "package-lock.json"]
    assert len(locks) == 3
    for path in locks:
        assert not re.search(r"https?://|--(extra-)?index-url|resolved", _without_funding(path))


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE)
    return {package.lower(): version for package, version in found}


def test_the_locks_pin_what_is_asked_for_and_agree() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    running, developing = pins("requirements.lock"), pins("requirements-dev.lock")
    for wanted, pinned in (
        (settings["project"]["dependencies"], running),
        (settings["dependency-groups"]["dev"], developing),
    ):
        assert {re.split(r"[\[<>=]", name)[0] for name in wanted} <= pinned.keys()
    assert running.items() <= developing.items()


def _without_funding(path: Path) -> str:
    """A package's own link for donations is no download address."""
    return re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\]|"[^"]*")', "", path.read_text())


def test_nothing_but_the_one_place_writes_html_in_the_browser() -> None:
    for path in tracked(".ts"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text()
        )


def test_every_browser_test_is_marked_so() -> None:
    for path in (ROOT / "tests" / "e2e").glob("test_*.py"):
        assert "pytestmark = pytest.mark.e2e" in path.read_text(), path.name


def test_no_two_browser_tests_share_a_person_or_an_organisation() -> None:
    """They may run in one process, on one site, in any order."""
    first: dict[str, str] = {}
    for path in sorted((ROOT / "tests" / "e2e").glob("test_*.py")):
        for number in set(re.findall(r'"(\d{12})"', path.read_text())):
            assert first.setdefault(number, path.name) == path.name, number
    assert len(first) > 15
