"""The six digits that verify an address. They stand in no row and in no log.

A code is computed from its row by a secret of the portal, so that whoever reads the database
knows none, and a message can be written anew at every try.
"""

import unicodedata

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Verification

SALT = "notifications.contacts.codes"
DIGITS = 6
# Six digits and whatever somebody may put between them.
LONGEST = 40
BETWEEN = frozenset({"Zs", "Pd", "Cf"})


def code_of(verification: Verification) -> str:
    """Six digits, the same whenever it is asked."""
    return _compute(verification, settings.SECRET_KEY)


def fits(verification: Verification, typed: str) -> bool:
    """Whether this is its code; one that went out before the secret was changed holds, too."""
    digits = _tidy(typed)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    # Every key is tried, whether or not one has fitted.
    found = [constant_time_compare(digits, _compute(verification, key)) for key in keys]
    return any(found)


def _compute(verification: Verification, key: str) -> str:
    content = f"{verification.pk}:{verification.nonce}:{verification.value}"
    digest = salted_hmac(SALT, content, secret=key, algorithm="sha256").digest()
    # Of 64 bits: no code is likelier than another by more than one in 10^13.
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def _tidy(typed: str) -> str:
    """ASCII digits without what is put between them; '' for anything that is no code."""
    kept = [one for one in typed.strip()[:LONGEST] if unicodedata.category(one) not in BETWEEN]
    digits = [unicodedata.decimal(one, None) for one in kept]
    return "" if None in digits else "".join(map(str, digits))
