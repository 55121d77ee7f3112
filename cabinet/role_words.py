"""Who somebody is in an organisation, in words: a table."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pki.certificate import Role

ROLES: dict[Role, Promise] = {
    Role.HEAD: _("first head"),
    Role.HR: _("HR employee with the right to confirm"),
    Role.SIGNING_RIGHT: _("may sign for the organisation"),
    Role.FINANCIAL_RIGHT: _("may sign financial documents"),
    Role.EMPLOYEE: _("employee"),
    Role.INFORMATION_SYSTEM: _("information system"),
}


def role_words(roles: Iterable[str]) -> str:
    """The roles that say something of the organisation, the weightiest first; '' for none."""
    held = {Role(role) for role in roles}
    return ", ".join(str(words) for role, words in ROLES.items() if role in held)
