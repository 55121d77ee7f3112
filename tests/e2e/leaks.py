"""Looks for secrets in what was sent, in every form in which a script would write them."""

import base64
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
STANDARD_ALPHABET = bytes.maketrans(b"-_", b"+/")


def secrets_of(key: Key) -> list[bytes]:
    """What must never be sent: the PKCS#8 form and the secret numbers, as bytes."""
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    if isinstance(key, rsa.RSAPrivateKey):
        secret = key.private_numbers()
        numbers = (secret.p, secret.q, secret.d, secret.dmp1, secret.dmq1, secret.iqmp)
        return [pkcs8, *(n.to_bytes((n.bit_length() + 7) // 8) for n in numbers)]
    return [pkcs8, key.private_numbers().private_value.to_bytes(32)]


def forms_of(secret: bytes) -> set[bytes]:
    """Raw, escaped, hex, JSON's list of numbers, base64 at each alignment."""
    listed = ",".join(str(byte) for byte in secret).encode()
    forms = {secret, quote(secret).encode(), secret.hex().encode(), listed}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret)
        # Characters at both ends mix with the neighbours' bits.
        forms.add(encoded[4 if shift else 0 : -4])
    return forms


def finds(sent: Iterable[bytes], secret: bytes) -> bool:
    """Whether a secret was sent, be it in a form that is escaped once more."""
    forms = forms_of(secret)
    for one in sent:
        for data in (one, unquote_to_bytes(one)):
            views = (data, data.lower().replace(b":", b""), data.translate(STANDARD_ALPHABET))
            if any(form in view for form in forms for view in views):
                return True
    return False
