"""Keys that cannot sign: they answer with zeros, so that a builder gives out what it would sign."""

from typing import Any, NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa

NOTHING_HERE = "there is no private key here"


class BlankRSAKey(rsa.RSAPrivateKey):
    """In place of an RSA key, so that content can be built where no key is."""

    def __init__(self, public_key: rsa.RSAPublicKey) -> None:
        self._public_key = public_key

    def public_key(self) -> rsa.RSAPublicKey:
        """The key in whose name the builder works."""
        return self._public_key

    @property
    def key_size(self) -> int:
        """In bits."""
        return self._public_key.key_size

    def sign(self, *args: Any, **options: Any) -> bytes:
        """Zeros of the right length."""
        return bytes(self.key_size // 8)

    def decrypt(self, *args: Any, **options: Any) -> NoReturn:
        """Never."""
        raise NotImplementedError(NOTHING_HERE)

    private_numbers = decrypt
    private_bytes = decrypt

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class BlankECKey(ec.EllipticCurvePrivateKey):
    """In place of a key on an elliptic curve."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey) -> None:
        self._public_key = public_key

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key in whose name the builder works."""
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        """As of the public key."""
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        """In bits."""
        return self._public_key.key_size

    def sign(self, *args: Any, **options: Any) -> bytes:
        """SEQUENCE { 1, 1 }: a pair in form, not in fact."""
        return bytes.fromhex("3006020101020101")

    def exchange(self, *args: Any, **options: Any) -> NoReturn:
        """Never."""
        raise NotImplementedError(NOTHING_HERE)

    private_numbers = exchange
    private_bytes = exchange

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def blank_key(public_key: object) -> BlankRSAKey | BlankECKey:
    """A key of the same kind that cannot sign. Raises `TypeError` for other kinds."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return BlankRSAKey(public_key)
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return BlankECKey(public_key)
    raise TypeError(type(public_key).__name__)
