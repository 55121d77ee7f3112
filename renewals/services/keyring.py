"""The authority's keys, held in memory by the process that signs, and by no other."""

import logging
from functools import cache

from django.conf import settings

from pki.errors import PKIError
from pki.issuer.keys import FileKeys

logger = logging.getLogger(__name__)


@cache
def _open_keys() -> FileKeys:
    return FileKeys(settings.CA_KEY_DIRECTORY, settings.CA_PASSPHRASE)


def held() -> FileKeys | None:
    """The keys, or None where this process must not sign or cannot.

    Without keys nothing is claimed: applications wait, none of them fails.
    """
    if not settings.CA_PASSPHRASE:
        return None
    try:
        return _open_keys()
    except PKIError as error:
        logger.critical("issuing is paused: %s %s", error.code, error.facts)
        return None
