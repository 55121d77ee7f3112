"""The doors for questions about certificates: OCSP over HTTP (RFC 6960, A.1; RFC 5019, 5).

`OCSP_CACHE_SECONDS` is the longest that a cache on the way may go on saying what it has heard:
neither `max-age` nor `Expires` reaches as far as nextUpdate, or a cache would outlive a
revocation by half a day. We ourselves never say anything that is not true at that moment.
"""

import base64
import binascii
import logging
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from django.conf import settings

from pki.errors import StatusRequestError
from pki.issuer.ocsp_writer import Refusal
from pki.ocsp_request import StatusRequest, read_request
from pki.status.desk import REFUSALS
from pki.status.http import NO_STORE, Headers, Question, Reply, http_date, is_unmodified
from pki.status.kept import Answer
from pki.status.turns import Turns

logger = logging.getLogger(__name__)

CONTENT_TYPE = ("content-type", "application/ocsp-response")
# Some clients write it for file names and addresses (RFC 4648, 5), some lose the plus.
ALPHABET = str.maketrans("-_ ", "+/+")


async def answer_posted(turns: Turns[StatusRequest, Answer], question: Question) -> Reply:
    """The question is the body. Whatever it says it is, it is read as a question."""
    return await _answer(turns, question, question.body)


async def answer_address(turns: Turns[StatusRequest, Answer], question: Question) -> Reply:
    """The question is the end of the address, in base64, and the reply may be kept by caches."""
    # A client that joins the address with one more slash: no question begins with one.
    text = unquote(question.parts["base64"]).lstrip("/").translate(ALPHABET).rstrip("=")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return _reply(REFUSALS[Refusal.MALFORMED])
    return await _answer(turns, question, data)


async def _answer(turns: Turns[StatusRequest, Answer], question: Question, data: bytes) -> Reply:
    try:
        request = read_request(data)
    except StatusRequestError as error:
        logger.info("not a question: %s", error.facts)
        return _reply(REFUSALS[Refusal.MALFORMED])
    try:
        answer = await turns.ask(request)
    except Exception:
        # RFC 6960, 2.3: a fault of ours has an answer of its own.
        logger.exception("no answer")
        return _reply(REFUSALS[Refusal.INTERNAL])
    if answer.made_at is None or answer.until is None:
        return _reply(answer)
    headers = _caching(answer, answer.made_at, answer.until)
    is_get = question.method in {"GET", "HEAD"}
    if is_get and is_unmodified(question.headers, etag=answer.etag, modified_at=answer.made_at):
        return Reply(304, headers)
    return Reply(200, (CONTENT_TYPE, *headers), answer.body)


def _reply(answer: Answer) -> Reply:
    """For whoever asked alone. Refusals, too, are HTTP's 200 (RFC 6960, A.2)."""
    return Reply(200, (CONTENT_TYPE, *NO_STORE), answer.body)


def _caching(answer: Answer, made_at: datetime, until: datetime) -> Headers:
    now = datetime.fromtimestamp(int(time.time()), UTC)
    left = int((until - now).total_seconds())
    seconds = max(min(settings.OCSP_CACHE_SECONDS, left), 0)
    return (
        ("cache-control", f"max-age={seconds}, public, no-transform, must-revalidate"),
        ("etag", answer.etag),
        ("expires", http_date(now + timedelta(seconds=seconds))),
        ("last-modified", http_date(made_at)),
    )
