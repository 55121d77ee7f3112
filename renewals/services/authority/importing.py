"""An authority from elsewhere is taken over: its certificate, its key, and who stands above it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.db import transaction

from pki.chain import WEAK_SIGNATURES, is_issued_by
from pki.errors import KeyMissingError
from pki.issuer.file_keys import write_key
from pki.issuer.keys import AuthorityKey, AuthorityPublicKey, key_kind
from pki.models import Acceptance, Authority
from renewals.actor import Actor
from renewals.authority_errors import AuthorityNameError, ImportRefusedError
from renewals.services import keyring
from renewals.services.authority.creating import open_place, record_change, require_name
from renewals.services.authority.key_places import FilePlace

KINDS = frozenset({"RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384"})


@dataclass(frozen=True)
class Foreign:
    """Certificates from the authority upwards, and the key where it comes in a file."""

    path: tuple[x509.Certificate, ...]
    key: AuthorityKey | None


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """PEM (one or more) or DER. Raises `ImportRefusedError`."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError as error:
        raise ImportRefusedError(cause="not a certificate") from error


def read_foreign_key(data: bytes, passphrase: str) -> AuthorityKey:
    """A key in PEM, PKCS#8 or PKCS#12, with a passphrase of its own or none.

    Raises `ImportRefusedError`; what it says tells nothing of the key.
    """
    secret = passphrase.encode() or None
    readers: tuple[Callable[[], object], ...] = (
        lambda: serialization.load_pem_private_key(data, secret),
        lambda: serialization.load_der_private_key(data, secret),
        lambda: pkcs12.load_key_and_certificates(data, secret)[0],
    )
    for read in readers:
        try:
            key = read()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return key
    raise ImportRefusedError(cause="the key cannot be read, or its passphrase is another")


def take_over(name: str, foreign: Foreign, *, actor: Actor, now: datetime) -> Authority:
    """Check everything, write the key as ours, then the rows.

    Without a key the hardware module must hold it under `name`. Raises `AuthorityNameError`,
    `ImportRefusedError`, `PKIError`.
    """
    require_name(name)
    if Authority.objects.filter(name=name).exists():
        raise AuthorityNameError(name=name)
    path = _whole_path(foreign.path)
    certificate = path[0]
    _require_authority(certificate)
    _require_path(path, now)
    place = open_place()
    if foreign.key is not None:
        if foreign.key.public_key() != certificate.public_key():
            raise ImportRefusedError(cause="the key is not that of the certificate")
        if not isinstance(place, FilePlace):
            raise ImportRefusedError(cause="bring the key into the token by the module's own tool")
        write_key(place.directory, name, foreign.key, place.passphrase)
    elif place.maker().public_key(name) != certificate.public_key():
        raise KeyMissingError(path=name)
    keyring.forget()
    with transaction.atomic():
        row = Authority.objects.create(
            name=name,
            certificate_der=_der(certificate),
            parent=_find_above(name, path[1:]),
            key_name=name,
            is_issuing=True,
        )
        record_change("imported", row, actor=actor, now=now)
    return row


def _whole_path(path: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """In order, as far as files and pinned authorities tell; at its end a root."""
    known = [x509.load_der_x509_certificate(bytes(row.certificate_der)) for row in _pinned()]
    found, others = [path[0]], [*path[1:], *known]
    while not is_issued_by(found[-1], found[-1]):
        above = next((row for row in others if is_issued_by(found[-1], row)), None)
        if above is None or above in found:
            raise ImportRefusedError(cause="nobody above it is known: give its chain")
        found.append(above)
    return tuple(found)


def _pinned() -> list[Authority]:
    return list(Authority.objects.all())


def _require_authority(certificate: x509.Certificate) -> None:
    """RFC 5280, 4.2.1.2, 4.2.1.3 and 4.2.1.9; strength as `pki.policy` has it for people."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError) as error:
        raise ImportRefusedError(cause="it lacks what an authority's certificate has") from error
    if not (constraints.ca and usage.key_cert_sign and usage.crl_sign):
        raise ImportRefusedError(cause="it may not sign certificates and lists")
    public_key = certificate.public_key()
    if not isinstance(public_key, AuthorityPublicKey) or key_kind(public_key) not in KINDS:
        raise ImportRefusedError(cause=f"a key of the kind {key_kind(public_key)}")


def _require_path(path: tuple[x509.Certificate, ...], now: datetime) -> None:
    for depth, row in enumerate(path):
        if not row.not_valid_before_utc <= now <= row.not_valid_after_utc:
            raise ImportRefusedError(cause="not in force, or who stands above it is not")
        is_weak = row.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES
        if is_weak and depth < len(path) - 1:
            raise ImportRefusedError(cause="signed with SHA-1 or older")
    for depth, (_below, above) in enumerate(pairwise(path)):
        constraints = above.extensions.get_extension_for_class(x509.BasicConstraints).value
        length = constraints.path_length
        if not constraints.ca or (length is not None and length <= depth):
            raise ImportRefusedError(cause="who stands above it may not have certified it")


def _find_above(name: str, path: tuple[x509.Certificate, ...]) -> Authority | None:
    """The row above, made where it is not pinned yet: known, and accepted for nothing else."""
    above: Authority | None = None
    for depth, certificate in reversed(list(enumerate(path, start=1))):
        der = _der(certificate)
        row = next((one for one in _pinned() if bytes(one.certificate_der) == der), None)
        above = row or Authority.objects.create(
            name=f"{name}-above{depth}",
            certificate_der=der,
            parent=above,
            accepted_for=Acceptance.NOTHING.value,
        )
    return above


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)
