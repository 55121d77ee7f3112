"""Codes become sentences here, and only here, in the language of the reader."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from cabinet.sentence_table import SENTENCES
from notifications.errors import NoticeError
from pki.errors import PKIError
from renewals.errors import RenewalError
from renewals.statement import group_hex, show_day, show_moment

UNKNOWN = "ui.failed"
MOMENTS = frozenset({"not_after", "not_before", "revoked_at", "decided_at"})
DAYS = frozenset({"starts_on", "ends_on"})


class _Shown(dict[str, str]):
    """Facts as they are shown; one that is not known is a dash, never an exception."""

    def __missing__(self, name: str) -> str:
        return "—"


def sentence(code: str, facts: Mapping[str, str] | None = None) -> str:
    """The sentence for a code; a code without one gets the most general sentence."""
    shown = _Shown({name: _show(name, value) for name, value in (facts or {}).items()})
    return str(SENTENCES.get(code, SENTENCES[UNKNOWN])) % shown


def sentence_for(error: PKIError | RenewalError | NoticeError) -> str:
    """The sentence for an error, with its facts."""
    return sentence(error.code, error.facts)


def browser_sentences(prefixes: Iterable[str]) -> dict[str, str]:
    """What the browser may have to say: every sentence whose code begins like one of these."""
    begins = tuple(prefixes)
    wanted = {code for code in SENTENCES if code.startswith(begins)} | {UNKNOWN}
    return {code: str(SENTENCES[code]) for code in sorted(wanted)}


def _show(name: str, value: str) -> str:
    if name == "serial":
        return group_hex(value)
    if name not in MOMENTS | DAYS:
        return value
    try:
        if name in DAYS:
            return show_day(date.fromisoformat(value))
        return show_moment(datetime.fromisoformat(value))
    except ValueError:
        return value
