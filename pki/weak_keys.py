"""RSA and EC keys that nobody may certify, although they look like keys."""

import hashlib
from math import gcd, isqrt, prod

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.errors import (
    KeyClosePrimesError,
    KeyExponentError,
    KeyPublishedError,
    KeyROCAError,
    KeySizeError,
    KeySmallFactorError,
    KeyTypeError,
)
from pki.policy import KeyPolicy
from pki.published_keys import PUBLISHED

FERMAT_ROUNDS = 100


def _primes_below(limit: int) -> list[int]:
    sieve = bytearray([1]) * limit
    sieve[:2] = b"\0\0"
    for number in range(2, isqrt(limit) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(limit) if sieve[number]]


SMALL_PRIMES_PRODUCT = prod(_primes_below(10_000))
# CVE-2017-15361: every prime of the broken generator is a power of 65537 modulo these, so the
# modulus is one, too. (Nemec et al., "The Return of Coppersmith's Attack", 2017.)
ROCA_GENERATOR = 65537
ROCA_PRIMES = [prime for prime in _primes_below(168) if prime > 2]


def _powers(prime: int) -> frozenset[int]:
    found, power = set(), 1
    while power not in found:
        found.add(power)
        power = power * ROCA_GENERATOR % prime
    return frozenset(found)


# Primes that 65537 generates wholly tell nothing.
ROCA_MARKS = {prime: powers for prime in ROCA_PRIMES if len(powers := _powers(prime)) < prime - 1}


def require_sound_key(
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, spki_der: bytes, policy: KeyPolicy
) -> None:
    """Raises one of the `key.*` errors. Cheap tests come first; the size before any arithmetic."""
    if isinstance(key, rsa.RSAPublicKey):
        require_size(key.key_size, policy)
        numbers = key.public_numbers()
        _require_exponent(numbers.e, policy)
        _require_modulus(numbers.n)
    elif key.curve.name not in policy.curves:
        raise KeyTypeError
    if hashlib.sha256(spki_der).hexdigest() in PUBLISHED:
        raise KeyPublishedError


def require_size(bits: int, policy: KeyPolicy) -> None:
    """CA/B Baseline Requirements 6.1.5: at least 2048 bits and a multiple of 8."""
    if not policy.rsa_min_bits <= bits <= policy.rsa_max_bits or bits % 8:
        raise KeySizeError(bits=str(bits))


def _require_exponent(exponent: int, policy: KeyPolicy) -> None:
    """Baseline Requirements 6.1.6: odd, from 2^16+1 to 2^256-1."""
    if exponent % 2 == 0 or not policy.exponent_min <= exponent <= policy.exponent_max:
        raise KeyExponentError


def _require_modulus(modulus: int) -> None:
    if gcd(modulus, SMALL_PRIMES_PRODUCT) != 1:
        raise KeySmallFactorError
    if _has_close_primes(modulus):
        raise KeyClosePrimesError
    if all(modulus % prime in powers for prime, powers in ROCA_MARKS.items()):
        raise KeyROCAError


def _has_close_primes(modulus: int) -> bool:
    """Fermat's method, a hundred rounds: finds primes that share their upper half."""
    middle = isqrt(modulus)
    if middle * middle < modulus:
        middle += 1
    for _round in range(FERMAT_ROUNDS):
        square = middle * middle - modulus
        root = isqrt(square)
        if root * root == square:
            return True
        middle += 1
    return False
