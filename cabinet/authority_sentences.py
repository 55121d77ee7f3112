"""What operators read about ceremonies with the authority, and about what a check has found."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CEREMONIES: dict[str, Promise] = {
    "authority.name": _(
        "The name %(name)s is taken, or is not one for an authority: small letters, digits and "
        "hyphens, at most 16."
    ),
    "authority.unknown": _("There is no authority of ours with the name %(name)s."),
    "authority.state": _("This cannot be done with the authority %(name)s: %(cause)s."),
    "authority.import": _("This certificate and key cannot be taken over: %(cause)s."),
    "authority.backup": _("This back-up cannot be used: %(cause)s."),
    "authority.ending": _(
        "The authority ends on %(not_after)s, before the longest certificates that it issues "
        "would. Plan the next one."
    ),
    "authority.path": _("The authority's certificate does not stand under its root: %(cause)s."),
    "authority.service": _("The authority has no certificate for %(service)s."),
    "authority.list_number": _(
        "A list of the authority has the number %(found)s, which was never given out: the last "
        "one is %(given)s."
    ),
}
