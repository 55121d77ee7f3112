"""Keys in a hardware module, by PKCS#11: found by their label, used there, never taken out.

The session is opened when it is needed and found again once after it was lost. A PIN that was
refused is not tried again: tokens lock themselves.
"""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11 import exceptions as failures
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from pki.authority import IssuerFacts
from pki.errors import KeyMismatchError, KeyMissingError, PKIError
from pki.hardware_errors import KeyKindError, KeyModuleError, TokenAbsentError, TokenPinError
from pki.issuer.keys import AuthorityPublicKey, key_kind, signature_hash
from pki.issuer.pattern import material_of
from pki.issuer.sign import verify

T = TypeVar("T")
Failure = failures.PKCS11Error

ABSENT = (
    failures.NoSuchToken,
    failures.TokenNotPresent,
    failures.TokenNotRecognised,
    failures.DeviceRemoved,
    failures.SlotIDInvalid,
)
PIN_REFUSED = (
    failures.PinIncorrect,
    failures.PinInvalid,
    failures.PinLenRange,
    failures.PinExpired,
    failures.PinLocked,
    failures.UserPinNotInitialized,
)
CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
RSA_SIZES = {"RSA-2048": 2048, "RSA-4096": 4096}
# DigestInfo before a digest (RFC 8017, 9.2, note 1), for PKCS#1 v1.5 without hashing there.
DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
}
# How often each module was begun anew in this process: handles of before mean nothing, or,
# worse, something else.
_BEGINNINGS: Counter[str] = Counter()
PROBE = b"Is this the key of the certificate? This text certifies nothing."


class HardwareKeys:
    """Keys of one token, by label. `module` is the path of its library.

    `pin` is asked at each login, and its answer is kept nowhere. Raises `issuer.key_module`,
    `issuer.token_absent`, `issuer.pin`, `issuer.key_missing`, `issuer.key_mismatch`.
    """

    def __init__(self, module: str, token: str, pin: Callable[[], str]) -> None:
        self._module = module
        self._token = token
        self._pin = pin
        # Salted by the process: what was refused is known again, and cannot be read.
        self._refused: int | None = None
        self._session: pkcs11.Session | None = None
        # Handles of keys, which mean nothing outside of the session.
        self._keys: dict[str, Any] = {}
        self._matched: set[IssuerFacts] = set()
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._beginning = 0

    def __repr__(self) -> str:
        return f"HardwareKeys({self._module!r}, {self._token!r})"

    def open(self) -> None:
        """Find the token and log in, unless that is done and still holds."""
        self._work(lambda session: _has(session, ""))

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """A signature by the issuer's key; hashed here, so that little goes to the token."""
        public_key = material_of(issuer).public_key
        digest = hashlib.new(signature_hash(public_key).name, data).digest()
        made = self._work(
            lambda session: self._sign(session, issuer.key_name, public_key, digest),
            name=issuer.key_name,
        )
        if issuer not in self._matched:
            try:
                verify(public_key, made, data)
            except InvalidSignature as error:
                raise KeyMismatchError(name=issuer.name) from error
            self._matched.add(issuer)
        return made

    def require_match(self, issuer: IssuerFacts) -> None:
        """Raises what `sign` would; nothing that could be a certificate is signed for it."""
        self._matched.discard(issuer)
        self.sign(issuer, PROBE)

    def public_key(self, name: str) -> AuthorityPublicKey:
        """Of the key pair of that label. Raises also `issuer.key_kind`."""
        return self._work(lambda session: _public_key(session, name), name=name)

    def make(self, name: str, kind: str) -> AuthorityPublicKey:
        """A new pair that the token never gives out. Raises `issuer.key_mismatch` over another."""
        return self._work(lambda session: self._make(session, name, kind), name=name)

    def _make(self, session: pkcs11.Session, name: str, kind: str) -> AuthorityPublicKey:
        if _has(session, name):
            raise KeyMismatchError(name=name)
        # Of the same login: a second one would be refused, and its end would end the first.
        writing = session.token.open(rw=True)
        try:
            _generate(writing, name, kind)
        finally:
            writing.close()
        return _public_key(session, name)

    def _sign(
        self, session: pkcs11.Session, name: str, public_key: AuthorityPublicKey, digest: bytes
    ) -> bytes:
        key: Any = self._keys.get(name)
        if key is None:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=name)
            self._keys[name] = key
        is_rsa = isinstance(public_key, rsa.RSAPublicKey)
        if is_rsa != (key.key_type == KeyType.RSA):
            raise KeyMismatchError(name=name)
        if is_rsa:
            prefix = DIGEST_INFO[signature_hash(public_key).name]
            return bytes(key.sign(prefix + digest, mechanism=Mechanism.RSA_PKCS))
        pair = key.sign(digest, mechanism=Mechanism.ECDSA)
        half = len(pair) // 2
        return utils.encode_dss_signature(
            int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big")
        )

    def _work(self, act: Callable[[pkcs11.Session], T], *, name: str = "") -> T:
        """Do it in the session; once more in a new one, if the first was lost meanwhile."""
        self._notice_fork()
        with self._lock:
            try:
                return act(self._opened())
            except PIN_REFUSED as error:
                raise self._told(error, name) from error
            except Failure:
                self._forget()
            try:
                self._begin_anew()
                return act(self._opened())
            except Failure as error:
                raise self._told(error, name) from error

    def _notice_fork(self) -> None:
        """The parent's sessions are not ours (PKCS#11, 6.6.2); nor is a lock it may have held."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.RLock()
            self._forget()
            try:
                self._begin_anew()
            except Failure as error:
                raise self._told(error, "") from error

    def _opened(self) -> pkcs11.Session:
        if self._beginning != _BEGINNINGS[self._module]:
            self._forget()
            self._beginning = _BEGINNINGS[self._module]
        if self._session is None:
            token = pkcs11.lib(self._module).get_token(token_label=self._token)
            self._session = self._log_in(token)
        return self._session

    def _log_in(self, token: pkcs11.Token) -> pkcs11.Session:
        if not self._pin():
            raise TokenPinError(token=self._token, cause="missing")
        if hash(self._pin()) == self._refused:
            raise TokenPinError(token=self._token, cause="refused before")
        try:
            return token.open(user_pin=self._pin())
        except failures.UserAlreadyLoggedIn:
            return token.open()
        except PIN_REFUSED:
            self._refused = hash(self._pin())
            raise

    def _begin_anew(self) -> None:
        """C_Finalize and C_Initialize: tokens that came or went are seen by nothing less."""
        library = pkcs11.lib(self._module)
        _BEGINNINGS[self._module] += 1
        with suppress(Failure):  # somebody may have done it: that is why we are here
            library.finalize()
        library.initialize()

    def _forget(self) -> None:
        self._session = None
        self._keys.clear()
        self._matched.clear()

    def _told(self, error: Failure, name: str) -> PKIError:
        self._forget()
        cause = type(error).__name__
        if isinstance(error, PIN_REFUSED):
            return TokenPinError(token=self._token, cause=cause)
        if isinstance(error, ABSENT):
            return TokenAbsentError(token=self._token)
        if isinstance(error, failures.NoSuchKey):
            return KeyMissingError(path=f"{self._token}: {name}")
        # What could not be loaded says why; all others are told by their kind.
        return KeyModuleError(cause=str(error) if type(error) is Failure else cause)


def _has(session: pkcs11.Session, name: str) -> bool:
    return any(True for _ in session.get_objects({Attribute.LABEL: name}))


def _generate(session: pkcs11.Session, name: str, kind: str) -> None:
    options: dict[str, Any] = {
        "label": name,
        "id": name.encode(),
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "private_template": {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    }
    if kind in RSA_SIZES:
        session.generate_keypair(KeyType.RSA, RSA_SIZES[kind], **options)
        return
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters(CURVES[kind])}
    session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(**options)


def _public_key(session: pkcs11.Session, name: str) -> AuthorityPublicKey:
    found: Any = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=name)
    if found.key_type == KeyType.RSA:
        modulus, exponent = found[Attribute.MODULUS], found[Attribute.PUBLIC_EXPONENT]
        numbers = rsa.RSAPublicNumbers(
            int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")
        )
        return numbers.public_key()
    if found.key_type == KeyType.EC:
        key = serialization.load_der_public_key(encode_ec_public_key(found))
        if isinstance(key, ec.EllipticCurvePublicKey) and key_kind(key) in CURVES:
            return key
    raise KeyKindError(found=str(found.key_type))
