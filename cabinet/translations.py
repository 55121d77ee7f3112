"""`python -m cabinet.translations extract|check|compile`: catalogues without GNU gettext.

Needs Babel, which only development has; nothing imports this module.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract as extract_strings
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALES = BASE_DIR / "cabinet" / "locale"
LANGUAGES = ("kk", "ru", "en")
PACKAGES = ("cabinet", "notifications", "pki", "renewals")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLURALS = {
    "kk": "nplurals=2; plural=(n!=1);",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
        "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
    ),
    "en": "nplurals=2; plural=(n != 1);",
}
MARK = re.compile(r"%\(\w+\)[a-z]|</?[a-z][^>]*>")
HEADER = "# One sentence, one entry; the English text is the name of the sentence.\n"


def sources() -> Iterator[tuple[Path, str]]:
    """Every file with sentences, as Python that Babel can read."""
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).rglob("*.py")):
            if not {"migrations", "frontend", "static"} & set(path.parts):
                yield path, path.read_text()
    for path in sorted((BASE_DIR / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            text = templatize(path.read_text(), origin=str(path))
            # What is left of the markup has indents that are none in Python.
            yield path, "\n".join(line.strip() for line in text.splitlines())


def template() -> Catalog:
    """All sentences of the sources."""
    catalog = Catalog(charset="utf-8")
    for path, text in sources():
        file = io.BytesIO(text.encode())
        options = {"encoding": "utf-8"}
        for line, found, comments, context in extract_strings(
            "python", file, KEYWORDS, ["Translators:"], options
        ):
            catalog.add(
                found,
                locations=[(str(path.relative_to(BASE_DIR)), line)],
                auto_comments=comments,
                context=context,
            )
    return catalog


def path_of(language: str) -> Path:
    """Where a language's catalogue is."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        catalog = Catalog(locale=language, charset="utf-8")
    else:
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    return catalog


def extract() -> int:
    """Bring new sentences into the catalogues, drop those that are gone; guess nothing."""
    found = template()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=96, omit_header=False, sort_output=True, no_location=True)
        _write_header(path, language)
    return 0


def _write_header(path: Path, language: str) -> None:
    """A short header: no dates that change by themselves, the plural rule that Django reads."""
    _old_header, entries = path.read_text().split("\n\n", 1)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n'
    )
    path.write_text(f"{HEADER}{header}\n{entries}")


def check() -> int:
    """Say what is missing, empty, doubtful or left over; 1 if anything is."""
    found = {(message.id, message.context) for message in template() if message.id}
    problems: list[str] = []
    for language in LANGUAGES:
        catalog = read(language)
        entries = {(message.id, message.context): message for message in catalog if message.id}
        problems += [f"{language}: missing: {name!r}" for name, _c in found - entries.keys()]
        problems += [f"{language}: left over: {name!r}" for name, _c in entries.keys() - found]
        problems += [
            f"{language}: {problem}: {message.id!r}"
            for message in entries.values()
            for problem in problems_of(message, catalog, language)
        ]
    sys.stdout.write("".join(f"{line}\n" for line in sorted(problems)))
    sys.stdout.write(f"{len(found)} sentences, {len(problems)} problems\n")
    return bool(problems)


def problems_of(message: Message, catalog: Catalog, language: str) -> Iterator[str]:
    """What a translator has still to do about one sentence."""
    names, texts = _forms(message.id), _forms(message.string)
    if message.fuzzy:
        yield "fuzzy"
    # English is the name of the sentence itself.
    if language != "en" and not all(texts):
        yield "not translated"
    if not any(texts):
        return
    yield from (str(error) for error in message.check(catalog))
    # Babel lets a translation drop a placeholder: the reader would miss a name or a number.
    allowed = [_marks(name) for name in names]
    if not all(_marks(text) in allowed for text in texts):
        yield "other placeholders or tags"


def _forms(text: str | Sequence[str] | None) -> list[str]:
    """A sentence with a number has several forms, any other has one."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def _marks(text: str) -> list[str]:
    return sorted(MARK.findall(text))


def compile_catalogues() -> int:
    """Write the .mo files that Django reads."""
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "extract": extract,
    "check": check,
    "compile": compile_catalogues,
}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
