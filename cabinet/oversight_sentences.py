"""What is said when something of two operators, or of outside authorities, is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROPOSALS: dict[str, Promise] = {
    "proposal.open": _(
        "The same thing has been proposed already and waits for a second operator. Open the list "
        "of proposals."
    ),
    "proposal.over": _(
        "This proposal does not wait any more: it was confirmed or refused, or nobody confirmed "
        "it in time. Nothing was done by your signature."
    ),
    "proposal.own": _(
        "You proposed this yourself. Another operator has to confirm it, whichever certificate "
        "you use."
    ),
    "proposal.proposer": _(
        "Whoever proposed this is no operator any more, or the certificate used for it does not "
        "hold any more. Refuse the proposal; then it can be made anew."
    ),
}

TRUST: dict[str, Promise] = {
    "trust.name": _(
        "Choose a short name that no authority has yet: small Latin letters, digits and hyphens, "
        "40 at most."
    ),
    "trust.known": _("This certificate is known already, as %(name)s. Change that authority."),
    "trust.changed": _(
        "Nothing would change by this, or the authority has changed since it was proposed. Look "
        "at its page and propose it anew."
    ),
    "trust.address": _(
        "Write a plain address that begins with http:// or https://, without a name, a password "
        "or a # sign."
    ),
    "trust.host": _(
        "The host %(host)s is not among those that may be asked. Whoever runs the portal adds it "
        "to TRUST_HOSTS; then propose it again."
    ),
    "trust.private": _(
        "The host %(host)s is inside a private network. If that is meant so, whoever runs the "
        "portal adds it to TRUST_PRIVATE_HOSTS."
    ),
    "trust.silent": _(
        "Give the address of its list or of its answers: without one nobody could learn what was "
        "revoked, and every certificate would be refused."
    ),
    "outside.malformed": _(
        "This is not one certificate. Choose one file, PEM or DER, or paste one."
    ),
    "outside.rights": _(
        "This certificate may not issue others: it is not one of an authority. Choose the "
        "certificate of the authority itself."
    ),
    "outside.key": _("The key of this authority is too weak, or of a kind that is not read here."),
    "outside.digest": _(
        "This certificate was signed with SHA-1, which can be forged, or in a way that is not read "
        "here."
    ),
    "outside.term": _("This certificate is in force from %(not_before)s until %(not_after)s only."),
    "outside.parent": _(
        "This authority was certified by another one that is not accepted here: %(issuer)s. "
        "Propose that one first."
    ),
    "fetch.away": _("The host %(host)s cannot be reached, or does not answer in time."),
    "fetch.refused": _("It answered with the status %(status)s instead of what was asked for."),
    "fetch.encoded": _("It sent the bytes packed, although they were asked for as they are."),
    "fetch.too_large": _("It sent more than %(most)s bytes."),
    "fetch.broken": _("It broke off, or does not speak HTTP."),
    "fetch.older": _("It gave an older list than the one that is here."),
}

OVERSIGHT: dict[str, Promise] = {**PROPOSALS, **TRUST}
