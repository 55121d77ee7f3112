"""What `manage.py authority` can do: one class for each subcommand."""

from renewals.management.ceremonies.base import Ceremony
from renewals.management.ceremonies.changing import Import, Retire, Revoke, RollOver
from renewals.management.ceremonies.keeping import BackUp, Restore
from renewals.management.ceremonies.looking import Check, Lists, Show
from renewals.management.ceremonies.making import Create, Services

CEREMONIES: dict[str, Ceremony] = {
    "create": Create(),
    "show": Show(),
    "check": Check(),
    "services": Services(),
    "lists": Lists(),
    "back-up": BackUp(),
    "restore": Restore(),
    "import": Import(),
    "roll-over": RollOver(),
    "retire": Retire(),
    "revoke": Revoke(),
}
