"""A private key as an encrypted PKCS#8 file, slow to guess. Any OpenSSL opens it.

`cryptography` itself writes 2048 rounds of PBKDF2, which a graphics card tries in no time.
"""

import base64
import os
import textwrap

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SCRYPT = x509.ObjectIdentifier("1.3.6.1.4.1.11591.4.11")
PBES2 = x509.ObjectIdentifier("1.2.840.113549.1.5.13")
AES_256_CBC = x509.ObjectIdentifier("2.16.840.1.101.3.4.1.42")
# 16 MiB and five passes; OpenSSL refuses scrypt with more than 32 MiB.
COST, BLOCK_SIZE, PARALLELIZATION = 2**14, 8, 5


@asn1.sequence
class _ScryptParameters:  # RFC 7914, 7.1
    salt: bytes
    cost: int
    block_size: int
    parallelization: int


@asn1.sequence
class _Derivation:
    algorithm: x509.ObjectIdentifier
    parameters: _ScryptParameters


@asn1.sequence
class _Cipher:
    algorithm: x509.ObjectIdentifier
    initial_vector: bytes


@asn1.sequence
class _PBES2Parameters:  # RFC 8018, A.4
    derivation: _Derivation
    cipher: _Cipher


@asn1.sequence
class _Encryption:
    algorithm: x509.ObjectIdentifier
    parameters: _PBES2Parameters


@asn1.sequence
class _EncryptedPrivateKeyInfo:  # RFC 5958, 3
    encryption: _Encryption
    encrypted: bytes


def seal(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: str) -> bytes:
    """The key as PEM, encrypted with AES-256 under scrypt (RFC 7914)."""
    plain = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    salt, initial_vector = os.urandom(16), os.urandom(16)
    scrypt = Scrypt(salt=salt, length=32, n=COST, r=BLOCK_SIZE, p=PARALLELIZATION)
    parameters = _PBES2Parameters(
        derivation=_Derivation(
            algorithm=SCRYPT,
            parameters=_ScryptParameters(
                salt=salt, cost=COST, block_size=BLOCK_SIZE, parallelization=PARALLELIZATION
            ),
        ),
        cipher=_Cipher(algorithm=AES_256_CBC, initial_vector=initial_vector),
    )
    sealed = _EncryptedPrivateKeyInfo(
        encryption=_Encryption(algorithm=PBES2, parameters=parameters),
        encrypted=_encrypt(plain, scrypt.derive(passphrase.encode()), initial_vector),
    )
    return _as_pem(asn1.encode_der(sealed))


def _encrypt(plain: bytes, secret: bytes, initial_vector: bytes) -> bytes:
    padder = padding.PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(initial_vector)).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return encryptor.update(padded) + encryptor.finalize()


def _as_pem(der: bytes) -> bytes:
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    label = "ENCRYPTED PRIVATE KEY"
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
