"""Keys that look like keys: each has the weakness that the test gave it."""

from math import gcd, prod

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pki import weak_keys
from pki.errors import PKIError
from pki.policy import DEFAULT_KEYS
from pki.weak_keys import ROCA_GENERATOR, ROCA_MARKS, SMALL_PRIMES_PRODUCT, require_sound_key
from tests.pki.factories import key


class Fake:
    """Numbers that the library would not take for a key."""

    key_size = 2048

    def __init__(self, modulus: int, exponent: int) -> None:
        self._numbers = (exponent, modulus)

    def public_numbers(self) -> rsa.RSAPublicNumbers:
        return rsa.RSAPublicNumbers(*self._numbers)


rsa.RSAPublicKey.register(Fake)


def code_of(modulus: int, exponent: int = 65537) -> str:
    with pytest.raises(PKIError) as refused:
        require_sound_key(Fake(modulus, exponent), b"", DEFAULT_KEYS)  # type: ignore[arg-type]
    return refused.value.code


def sound_modulus() -> int:
    own = key("RSA-2048")
    assert isinstance(own, rsa.RSAPrivateKey)
    return own.public_key().public_numbers().n


def without_small_factors(start: int) -> int:
    while gcd(start, SMALL_PRIMES_PRODUCT) != 1:
        start += 2
    return start


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_fresh_keys_are_sound(kind: str, number: int) -> None:
    public = key(kind, number).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    require_sound_key(public, spki, DEFAULT_KEYS)


@pytest.mark.parametrize("factor", [3, 5, 751, 9973])
def test_a_small_factor_is_found(factor: int) -> None:
    other = without_small_factors((1 << 2040) + 1)
    assert code_of(factor * other) == "key.small_factor"


def test_an_even_modulus_has_a_small_factor() -> None:
    assert code_of(1 << 2047) == "key.small_factor"


@pytest.mark.parametrize("distance", [0, 2, 10**6, 1 << 500])
def test_close_primes_are_found(distance: int) -> None:
    first = without_small_factors((3 << 1022) + 1)
    second = without_small_factors(first + distance)
    assert code_of(first * second) == "key.close_primes"


def test_primes_apart_are_not_close() -> None:
    assert not weak_keys._has_close_primes(sound_modulus())


def test_the_broken_generators_keys_are_found() -> None:
    # By the Chinese remainder theorem a power of the generator modulo all marked primes.
    product = prod(ROCA_MARKS)
    base = pow(ROCA_GENERATOR, 123_456, product) + product * ((1 << 2047) // product + 1)
    while base % 2 == 0 or gcd(base, SMALL_PRIMES_PRODUCT) != 1:
        base += product
    assert code_of(base) == "key.roca"


def test_marks_are_those_of_the_paper() -> None:
    # The public detector tests 17 of the first 39 primes that 65537 does not generate wholly.
    assert {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157} <= set(
        ROCA_MARKS
    )
    for prime, powers in ROCA_MARKS.items():
        assert powers == {pow(ROCA_GENERATOR, power, prime) for power in range(prime)}


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 17, 65535, 65536, 65538, 2**256, 2**256 + 1])
def test_exponents_outside_the_rules_are_refused(exponent: int) -> None:
    assert code_of(sound_modulus(), exponent) == "key.exponent"


@pytest.mark.parametrize("exponent", [65537, 65539, 2**256 - 1])
def test_exponents_inside_the_rules_are_taken(exponent: int) -> None:
    fake = Fake(sound_modulus(), exponent)
    require_sound_key(fake, b"", DEFAULT_KEYS)  # type: ignore[arg-type]


@pytest.mark.parametrize("bits", [2047, 2049, 2052, 4097, 1024])
def test_sizes_are_whole_octets_within_the_policy(bits: int) -> None:
    with pytest.raises(PKIError) as refused:
        weak_keys.require_size(bits, DEFAULT_KEYS)
    assert refused.value.code == "key.size"


def test_other_curves_are_refused() -> None:
    public = ec.generate_private_key(ec.SECP521R1()).public_key()
    with pytest.raises(PKIError) as refused:
        require_sound_key(public, b"", DEFAULT_KEYS)
    assert refused.value.code == "key.type"
