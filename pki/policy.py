"""What we accept, as data."""

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

# Dotted OIDs of the digests in which a signature may be made.
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
SHA256_OID = "2.16.840.1.101.3.4.2.1"
# MD2, MD4, MD5, SHA-1, SHA-224: refused by name, so that the sentence can say why.
WEAK_DIGESTS = frozenset(
    {
        "1.2.840.113549.2.2",
        "1.2.840.113549.2.4",
        "1.2.840.113549.2.5",
        "1.3.14.3.2.26",
        "2.16.840.1.101.3.4.2.4",
    }
)
# In CMS the algorithm of the signature may name the digest or leave it to its own field.
RSA_OIDS: dict[str, str | None] = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "2.16.840.1.101.3.4.2.1",
    "1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
    "1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
}
# RSASSA-PSS says the rest in its parameters (RFC 8017, A.2.3). Salts in octets: what absence
# means, and more than the longest that fits into any key.
PSS_OID = "1.2.840.113549.1.1.10"
MGF1_OID = "1.2.840.113549.1.1.8"
PSS_DEFAULT_SALT = 20
PSS_MAX_SALT = 2048
ECDSA_OIDS: dict[str, str | None] = {
    "1.2.840.10045.2.1": None,
    "1.2.840.10045.4.3.2": "2.16.840.1.101.3.4.2.1",
    "1.2.840.10045.4.3.3": "2.16.840.1.101.3.4.2.2",
    "1.2.840.10045.4.3.4": "2.16.840.1.101.3.4.2.3",
}


@dataclass(frozen=True)
class KeyPolicy:
    """Which keys may be certified. Sizes in bits; curves by the library's names."""

    rsa_min_bits: int = 2048
    rsa_max_bits: int = 4096
    exponent_min: int = 65537
    exponent_max: int = 2**256 - 1
    curves: tuple[str, ...] = ("secp256r1", "secp384r1")


DEFAULT_KEYS = KeyPolicy()
