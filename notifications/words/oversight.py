"""What operators are told of the authority itself: troubles, proposals. Tables of words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Notice
from notifications.words.facts import at_of, fact
from notifications.words.figures import Row, name_of
from notifications.words.situation import Situation
from renewals.models import ProposalKind
from renewals.statement import show_moment


@dataclass(frozen=True)
class TroubleWords:
    """What has happened, what follows from it, what to do first."""

    title: Promise
    follows: Promise
    first: Promise


# By what stands before the first colon of a trouble's subject.
TROUBLES: Mapping[str, TroubleWords] = {
    "keys": TroubleWords(
        gettext_lazy("The authority cannot use its keys"),
        gettext_lazy(
            "What they would sign waits until they can be used, lists of revoked certificates "
            "included. Nothing is lost: what waits is taken up by itself."
        ),
        gettext_lazy(
            "See first whether the directory of keys is there and belongs to the worker, or the "
            "hardware module answers and its PIN is right."
        ),
    ),
    "list": TroubleWords(
        gettext_lazy("A list of revoked certificates could not be made"),
        gettext_lazy(
            "The last one is served until it ends. Then whoever checks a certificate of ours by "
            "this list accepts none any more."
        ),
        gettext_lazy(
            "See first whether the authority can use its keys, and whether the directory of "
            "lists can be written and has space."
        ),
    ),
    "checkpoint": TroubleWords(
        gettext_lazy("A checkpoint of the chain of events is missing"),
        gettext_lazy(
            "Everything is recorded as before. But if somebody cut off what came after the last "
            "checkpoint, nothing would show it."
        ),
        gettext_lazy(
            "See first whether the second place can be reached and written, and whether the "
            "authority can use its keys. What is missing there is written by itself."
        ),
    ),
    "service": TroubleWords(
        gettext_lazy("A service of the authority lacks its certificate"),
        gettext_lazy(
            "One that is still in force is used until it ends. Without any this service stands "
            "still: answers about certificates, seals, time stamps or signed letters."
        ),
        gettext_lazy(
            "See first whether the authority can use its keys, and whether it lasts longer than "
            "the certificate would."
        ),
    ),
    "stamp": TroubleWords(
        gettext_lazy("No time stamps can be had"),
        gettext_lazy(
            "Evidence of applications waits for them and is made as soon as there are any. "
            "Nothing is lost."
        ),
        gettext_lazy(
            "See first whether the outside service answers, or our own one has its certificate "
            "and its key."
        ),
    ),
    "trust": TroubleWords(
        gettext_lazy("An outside authority could not be asked"),
        gettext_lazy(
            "When its last list that we have ends, nobody can sign in or sign by its "
            "certificates until there is a new one."
        ),
        gettext_lazy(
            "See first whether its address can be reached from the worker, and whether it has "
            "announced a new address or a new key."
        ),
    ),
    "authority": TroubleWords(
        gettext_lazy("An authority of ours needs attention"),
        gettext_lazy(
            "It ends before the longest certificates would that it issues, or what belongs to "
            "it does not fit together."
        ),
        gettext_lazy(
            "See first what `manage.py authority show` says of it. If it ends soon, plan its "
            "successor now."
        ),
    ),
}
OTHER_TROUBLE = TroubleWords(
    gettext_lazy("A service of the authority does not work"),
    gettext_lazy("It is tried again by itself until it works."),
    gettext_lazy("See first what the log of the worker says of it."),
)
PROPOSALS: Mapping[ProposalKind, Promise] = {
    ProposalKind.RELEASE: gettext_lazy("Release of a certificate on hold"),
    ProposalKind.TRUST: gettext_lazy("Change of the authorities that are accepted"),
}


def trouble(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """What it is about, the code of the fault, since when, and whether it is over."""
    subject, row = fact(notice, "subject"), situation.trouble
    words = TROUBLES.get(subject.partition(":")[0], OTHER_TROUBLE)
    rows = [
        Row(_("Concerns"), subject),
        Row(_("Code of the fault"), fact(notice, "code")),
        Row(_("Since"), show_moment(at_of(notice))),
    ]
    return {
        "rows": [one for one in rows if one.value],
        "title": words.title,
        "follows": words.follows,
        "first": words.first,
        "ended": show_moment(row.ended_at) if row and row.ended_at else "",
    }


def proposal(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """Who proposes what, and until when it waits; of whom or what it is, the desk says."""
    row = situation.proposal
    if row is None:
        return {}
    title, until = PROPOSALS[ProposalKind(row.kind)], show_moment(row.expires_at)
    name = name_of(row.first.signer_name)
    rows = [
        Row(_("What is proposed"), str(title)),
        Row(_("Proposal"), f"№ {row.pk}"),
        Row(_("Proposed by"), name),
        Row(_("Until"), until),
    ]
    return {"rows": rows, "title": title, "name": name, "until": until}
