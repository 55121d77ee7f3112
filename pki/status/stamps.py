"""The door for time stamps over HTTP (RFC 3161, 3.4): by the service key of an authority."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from pki.issuer.timestamping import answer_query
from pki.ocsp_request import StatusRequest
from pki.profiles import ServiceKind
from pki.status.desk import Desk
from pki.status.http import NO_STORE, Question, Reply, plain
from pki.status.kept import Answer
from pki.status.turns import Turns

MOST_BYTES = 8 * 1024


async def stamp(desk: Desk, turns: Turns[StatusRequest, Answer], question: Question) -> Reply:
    """A reply to every question for a time stamp; 503 while nobody can sign."""
    work = _stamping(desk, question.parts["name"], question.body)
    made = await turns.run(work)
    if made is None:
        return plain(503, "try later", ("retry-after", "10"))
    return Reply(200, (("content-type", "application/timestamp-reply"), *NO_STORE), made)


def _stamping(desk: Desk, name: str, data: bytes) -> Callable[[datetime], bytes | None]:
    def work(now: datetime) -> bytes | None:
        authority = desk.look(now=now).by_name.get(name)
        signer = desk.signers.signer(authority.id, ServiceKind.TIMESTAMP) if authority else None
        if signer is None:
            return None
        keys, policy = desk.signers.keys, settings.TSA_POLICY
        return answer_query(data, signer=signer, keys=keys, policy=policy, now=now)

    return work
