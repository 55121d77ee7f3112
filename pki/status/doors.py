"""Which addresses there are, below the path of `PKI_BASE_URL`, and what stands behind each."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pki import ocsp_request
from pki.ocsp_request import StatusRequest
from pki.status import stamps
from pki.status.answers import answer_address, answer_posted
from pki.status.desk import Desk
from pki.status.http import Question, Reply, plain, send_entity
from pki.status.kept import Answer
from pki.status.publications import find_certificate, open_list
from pki.status.turns import Turns

NAME = r"(?P<name>[A-Za-z0-9_-]{1,64})"
# A question in base64, percent-encoded; far beyond the 255 octets of RFC 5019, 5.
MOST_PATH = 3 * ocsp_request.MAX_BYTES


@dataclass(frozen=True)
class House:
    """What doors lead to."""

    desk: Desk
    turns: Turns[StatusRequest, Answer]


@dataclass(frozen=True)
class Door:
    """Methods and a path, whole; `most_bytes` of a body are taken in."""

    methods: tuple[str, ...]
    path: re.Pattern[str]
    open: Callable[[House, Question], Awaitable[Reply]]
    most_bytes: int = 0


async def ask_by_post(house: House, question: Question) -> Reply:
    """OCSP."""
    return await answer_posted(house.turns, question)


async def ask_by_address(house: House, question: Question) -> Reply:
    """OCSP."""
    return await answer_address(house.turns, question)


async def stamp(house: House, question: Question) -> Reply:
    """RFC 3161, 3.4."""
    return await stamps.stamp(house.desk, house.turns, question)


async def fetch_list(_house: House, question: Question) -> Reply:
    """All, what has changed, or a part."""
    number = question.parts.get("number")
    stem = question.parts["name"] if number is None else f"{question.parts['name']}-{number}"
    entity = open_list(f"{stem}.crl")
    return send_entity(question, entity) if entity else plain(404, "no such list")


async def fetch_certificate(house: House, question: Question) -> Reply:
    """Of an authority, by itself or with those above it."""
    directory = await house.turns.run(lambda now: house.desk.look(now=now)) or house.desk.directory
    if not directory.by_name:
        return plain(503, "try later", ("retry-after", "10"))
    entity = find_certificate(directory, question.parts["name"], question.parts["form"])
    return send_entity(question, entity) if entity else plain(404, "no such authority")


async def tell_health(_house: House, _question: Question) -> Reply:
    """That the process answers; what it lacks stands in its log and in its answers."""
    return plain(200, "ok")


FETCH = ("GET", "HEAD")
DOORS = (
    Door(
        ("POST",),
        re.compile(rf"/ocsp/{NAME}/?"),
        ask_by_post,
        most_bytes=ocsp_request.MAX_BYTES,
    ),
    Door(FETCH, re.compile(rf"/ocsp/{NAME}/(?P<base64>.*)", re.DOTALL), ask_by_address),
    Door(("POST",), re.compile(rf"/tsa/{NAME}/?"), stamp, most_bytes=stamps.MOST_BYTES),
    Door(FETCH, re.compile(rf"/{NAME}\.crl"), fetch_list),
    Door(FETCH, re.compile(rf"/{NAME}/(?P<number>[0-9]{{1,5}})\.crl"), fetch_list),
    Door(FETCH, re.compile(rf"/{NAME}\.(?P<form>cer|p7c)"), fetch_certificate),
    Door(FETCH, re.compile(r"/health"), tell_health),
)


def find_door(method: str, path: str) -> tuple[Door, dict[str, str]] | Reply:
    """The door with the pieces of its path, or why there is none."""
    if len(path) > MOST_PATH:
        return plain(414, "the address is too long")
    allowed: list[str] = []
    for door in DOORS:
        if found := door.path.fullmatch(path):
            if method in door.methods:
                return door, found.groupdict()
            allowed += door.methods
    if allowed:
        return plain(405, "not by this method", ("allow", ", ".join(dict.fromkeys(allowed))))
    return plain(404, "nothing is here")
