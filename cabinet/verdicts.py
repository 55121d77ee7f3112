"""Why a container is not believed, in words for whoever reads and not for whoever signs."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cabinet.sentences import sentence
from pki.errors import IndeterminateError, PKIError


@dataclass(frozen=True)
class Verdict:
    """What it is, why, and what that means. `is_open` where it could not be told."""

    title: Promise
    why: str
    meaning: Promise
    is_open: bool = False


@dataclass(frozen=True)
class Kind:
    """One sort of what can be wrong."""

    title: Promise
    meaning: Promise


OTHER = Kind(
    _("This is not a container of ours"),
    _(
        "We cannot say anything about it. Choose the file as it was downloaded from this portal: "
        "its name ends in .asice."
    ),
)
ALTERED = Kind(
    _("This container was altered"),
    _(
        "It proves nothing any more, and nothing in it should be relied on. Ask for the file as it "
        "was downloaded from this portal, or have its holder download it again."
    ),
)
STRANGE = Kind(
    _("This container was not sealed by this portal"),
    _(
        "Whatever it says, this portal never said it. Do not rely on anything in it, and ask "
        "whoever gave it to you where it comes from."
    ),
)
TORN = Kind(
    _("The parts of this container do not belong together"),
    _(
        "It does not prove what it says. Do not rely on anything in it, and send it to our "
        "support: such a container should not exist."
    ),
)
UNKNOWN = Kind(
    _("This container could not be checked to the end"),
    _("It is not altered, but it does not prove enough. Send it to our support."),
)

# By the beginning of the code, the longest first where several fit.
KINDS: dict[str, Kind] = {
    "container.": OTHER,
    "container.damaged": ALTERED,
    "container.manifest": ALTERED,
    "container.list": ALTERED,
    "container.digest": ALTERED,
    "container.algorithm": ALTERED,
    "container.seal": ALTERED,
    "container.sealer": STRANGE,
    "evidence.seal_": STRANGE,
}
# What is said elsewhere to signers of their own key files.
SENTENCES: dict[str, str] = {
    "cms.": "verify.signature",
    "certificate.": "verify.certificate",
    "crl.": "verify.certificate",
    "request.": "verify.certificate",
    "key.": "verify.certificate",
}


def verdict_of(error: PKIError) -> Verdict:
    """For a container that was refused."""
    if isinstance(error, IndeterminateError):
        return Verdict(UNKNOWN.title, sentence("verify.unknown"), UNKNOWN.meaning, is_open=True)
    fitting = [beginning for beginning in KINDS if error.code.startswith(beginning)]
    kind = KINDS[max(fitting, key=len)] if fitting else TORN
    code = next(
        (code for beginning, code in SENTENCES.items() if error.code.startswith(beginning)),
        error.code,
    )
    return Verdict(kind.title, sentence(code, error.facts), kind.meaning)
