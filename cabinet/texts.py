"""Texts that operators may edit: the default, translated, or what they wrote in a language.

A text is plain: paragraphs between empty lines, `## ` before a heading, `- ` before an item of a
list. There is no HTML in it and nothing becomes a link.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cabinet.models import Text
from cabinet.text_defaults import DEFAULTS

HELP_PAGES: dict[str, Promise] = {
    "help": _("Help"),
    "head-guide": _("Guide for the first head"),
    "service-centre": _("What to take to a service centre"),
    "privacy": _("Protection of your data"),
    "accessibility": _("Accessibility"),
}
SLUGS = tuple(DEFAULTS)


@dataclass(frozen=True)
class Block:
    """A piece of a text: `kind` is `heading`, `paragraph` or `list`; a list has several lines."""

    kind: str
    lines: tuple[str, ...]


def body_of(slug: str, language: str) -> str:
    """What is shown in this language. Raises `KeyError` for a text that does not exist."""
    own = Text.objects.filter(slug=slug, language=language).first()
    if own is not None and own.body.strip():
        return own.body
    with override(language):
        return str(DEFAULTS[slug])


def blocks_of(slug: str, language: str) -> list[Block]:
    """The text in pieces for `parts/text.html`, which escapes every line."""
    body = body_of(slug, language).replace("\r\n", "\n")
    return [_block(part) for part in body.split("\n\n") if part.strip()]


def _block(part: str) -> Block:
    lines = [line.strip() for line in part.strip().split("\n")]
    if lines[0].startswith("## "):
        return Block("heading", (lines[0].removeprefix("## "),))
    if all(line.startswith("- ") for line in lines):
        return Block("list", tuple(line.removeprefix("- ") for line in lines))
    return Block("paragraph", (" ".join(lines),))
