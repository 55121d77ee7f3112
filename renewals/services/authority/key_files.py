"""Key files of the authority, as its commands find or make them."""

from django.conf import settings

from pki.errors import KeyMismatchError, KeyMissingError
from pki.issuer.keys import NEW_KEYS, AuthorityKey, key_kind, read_key, write_key


def find_key(name: str, kind: str) -> AuthorityKey:
    """A new key, already on disk; or the one that an interrupted run has left there.

    No key file is ever written over: it may be the only copy of a key in use. Raises
    `KeyMismatchError` for one of another kind, `KeyRightsError`, `PassphraseError`.
    """
    try:
        key = read_key(settings.CA_KEY_DIRECTORY, name, settings.CA_PASSPHRASE)
    except KeyMissingError:
        key = NEW_KEYS[kind]()
        write_key(settings.CA_KEY_DIRECTORY, name, key, settings.CA_PASSPHRASE)
    if key_kind(key.public_key()) != kind:
        raise KeyMismatchError(name=name)
    return key
