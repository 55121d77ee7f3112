"""The envelope address of each letter: what comes back names its delivery (VERP).

`bounces+<delivery>-<mac>@domain`: nobody can make one for a letter that he did not get.
"""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "notifications.delivering.verp"
# 80 bits.
MAC_LENGTH = 20
# Servers on the way may have changed the case, and the domain to their own.
TAIL = re.compile(r"\+([0-9]{1,18})-([0-9a-f]{20})@[^@\s]*", re.ASCII)
# RFC 5321, 4.5.3.1.3.
MAX_LENGTH = 256


def write(delivery_id: int) -> str:
    """The address to which the report about this delivery will be sent."""
    local, _sign, domain = settings.MAIL_BOUNCES.rpartition("@")
    return f"{local}+{delivery_id}-{_mac(delivery_id, settings.SECRET_KEY)}@{domain}"


def read(address: str) -> int | None:
    """The delivery's id; None for any other address, and for one that we did not write."""
    local = settings.MAIL_BOUNCES.rpartition("@")[0].lower()
    plain = address.strip().strip("<>").lower() if len(address) <= MAX_LENGTH else ""
    if not plain.startswith(local) or not (found := TAIL.fullmatch(plain, len(local))):
        return None
    number = int(found[1])
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = [constant_time_compare(found[2], _mac(number, secret)) for secret in secrets]
    return number if any(is_ours) else None


def _mac(delivery_id: int, secret: str) -> str:
    made = salted_hmac(SALT, str(delivery_id), secret=secret, algorithm="sha256")
    return made.hexdigest()[:MAC_LENGTH]
