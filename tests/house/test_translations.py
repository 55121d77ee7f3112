"""What the check of the catalogues finds, and that only development needs what it needs."""

from pathlib import Path

import pytest
from babel.messages import Catalog

from cabinet.translations import PACKAGES, problems_of, template

ROOT = Path(__file__).parents[2]


def problems(
    name: str | tuple[str, str], text: str | tuple[str, ...], language: str = "ru"
) -> list[str]:
    catalog = Catalog(locale="en", charset="utf-8")
    return list(problems_of(catalog.add(name, text), catalog, language))


def test_a_complete_sentence_has_no_problem() -> None:
    assert not problems("Ends on <b>%(date)s</b>", "Кончается <b>%(date)s</b>")
    assert not problems(("%(n)d day", "%(n)d days"), ("%(n)d күн", "%(n)d күн"))


def test_an_empty_sentence_is_one_to_translate() -> None:
    assert problems("Ends", "") == ["not translated"]


def test_english_is_the_name_of_the_sentence_itself() -> None:
    assert not problems("Ends", "", language="en")


def test_a_guess_is_no_translation() -> None:
    catalog = Catalog()
    guessed = catalog.add("Ends", "Кончается", flags={"fuzzy"})
    assert list(problems_of(guessed, catalog, "ru")) == ["fuzzy"]


@pytest.mark.parametrize(
    "text", ["Кончается", "Кончается %(data)s", "<b>Кончается</b> %(date)s", "%(date)s %(date)s"]
)
def test_placeholders_and_tags_stay(text: str) -> None:
    assert problems("Ends on %(date)s", text)


def test_every_form_of_a_number_keeps_its_number() -> None:
    assert problems(("%(n)d day", "%(n)d days"), ("день", "%(n)d дней"))


def test_sentences_of_code_and_of_templates_are_found() -> None:
    places = {Path(place[0]).suffix for message in template() for place in message.locations}
    assert places == {".py", ".html", ".txt"}


def test_nothing_that_runs_in_production_imports_the_tool_or_babel() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "translations.py":
                source = path.read_text()
                assert "import babel" not in source
                assert "from babel" not in source
                assert "cabinet.translations" not in source
