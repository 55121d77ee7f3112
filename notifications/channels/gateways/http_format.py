"""What is posted to a provider and how its answer is read. Pure: no network, no settings."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.channels.base import ProviderAwayError, Result
from notifications.channels.gateways.base import GatewaySettingsError, provider_id_of

_WORD = re.compile(r"\{(to|text|sender|key)\}")
# A code, no sentence and no telephone number: it goes into the row and before operators.
_CODE = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9_.-]{1,40}", re.ASCII)
UNREADABLE = "?"
# What is wrong with us, not with the message: no right, no money, another address or method.
_OURS = {401, 402, 403, 405, 406, 407, 411, 415}
# RFC 9110, RFC 6585, RFC 8470; 409 says that another try with the same key is under way.
_LATER = {408, 409, 425, 429}


@dataclass(frozen=True)
class AnswerMapping:
    """Where an answer (JSON) has what: dotted paths, a number counts into a list.

    `error` is the code of a refusal: absent, null, 0 and '' are none. `bad` are those codes that
    say that the number itself is no good.
    """

    id: str = "id"
    error: str = "error.code"
    bad: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What an answer says of the message."""

    result: Result
    error: str = ""
    provider_id: str = ""


def read_template(text: str) -> Any:
    """The body to fill, as JSON. Raises `GatewaySettingsError`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GatewaySettingsError("SMS_BODY is no JSON") from error


def fill(template: Any, words: Mapping[str, str]) -> Any:
    """`template` with `{to}`, `{text}`, `{sender}`, `{key}` replaced inside its string values.

    In one pass: what looks like a place to fill in a message's own text stays as it is.
    """
    if isinstance(template, str):
        return _WORD.sub(lambda found: words[found[1]], template)
    if isinstance(template, list):
        return [fill(one, words) for one in template]
    if isinstance(template, dict):
        return {name: fill(one, words) for name, one in template.items()}
    return template


def judge(status: int, body: bytes, mapping: AnswerMapping) -> Verdict:
    """Raises `ProviderAwayError` for an answer that is about us and not about the message."""
    said = f"http {status}"
    if status < 200 or 300 <= status < 400 or status in _OURS:
        raise ProviderAwayError(said)
    if status in _LATER or status >= 500:
        return Verdict(Result.TEMPORARY, said)
    answer = _parse(body)
    code = _code(_at(answer, mapping.error))
    if code:
        said = f"{said} {code}"
    is_accepted = status < 300
    if is_accepted and not code:
        return Verdict(Result.SENT, provider_id=_id(_at(answer, mapping.id)))
    if code in mapping.bad:
        return Verdict(Result.BAD_ADDRESS, said)
    # Some providers refuse with a 200. What it was about is not known, so nothing is given up.
    return Verdict(Result.TEMPORARY if is_accepted else Result.PERMANENT, said)


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _at(answer: Any, path: str) -> Any:
    """What stands there; None if nothing does."""
    for name in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(name)
        elif isinstance(answer, list) and name.isascii() and name.isdigit() and len(name) < 4:
            answer = answer[int(name)] if int(name) < len(answer) else None
        else:
            return None
    return answer


def _id(value: Any) -> str:
    is_plain = isinstance(value, (str, int)) and not isinstance(value, bool)
    return provider_id_of(_text(value)) if is_plain else ""


def _code(value: Any) -> str:
    if value in (None, 0, "", "0"):
        return ""
    text = _text(value) if isinstance(value, (str, int)) else ""
    return text if _CODE.fullmatch(text) else UNREADABLE


def _text(value: str | int) -> str:
    """A number of more digits than Python writes is none."""
    try:
        return str(value)
    except ValueError:
        return ""
