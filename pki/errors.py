"""What can be wrong with keys, certificates and signatures: three branches, stable codes.

*Bad* is broken or forged, *not allowed* is sound but refused by our policy, *indeterminate*
means that nobody could tell: try later.
"""

from typing import ClassVar


class PKIError(Exception):
    """`facts` are strings for the sentence that the person reads and for the event row."""

    code: ClassVar[str] = "pki.error"

    def __init__(self, **facts: str) -> None:
        self.facts = facts
        super().__init__(self.code, facts)


class BadError(PKIError):
    """It is wrong, broken or forged."""

    code = "pki.bad"


class NotAllowedError(PKIError):
    """It is well-formed, but our policy refuses it."""

    code = "pki.not_allowed"


class IndeterminateError(PKIError):
    """We could not tell: try later."""

    code = "pki.indeterminate"


# --- PKCS#10 requests -------------------------------------------------------------------


class RequestMalformedError(BadError):
    """Not one PKCS#10 request."""

    code = "request.malformed"


class RequestTooLargeError(BadError):
    """More than 16 kB."""

    code = "request.too_large"


class KeyStoreSentError(BadError):
    """A key store came where a request belongs. Its key must not be used any more."""

    code = "request.key_store"


class PrivateKeySentError(BadError):
    """A private key came where a request belongs. It must not be used any more."""

    code = "request.private_key"


class RequestSignatureError(BadError):
    """The request is not signed by its own key."""

    code = "request.signature"


class RequestWeakHashError(NotAllowedError):
    """Signed with SHA-1, MD5 or older."""

    code = "request.weak_hash"


class KeyTypeError(NotAllowedError):
    """Neither RSA nor ECDSA on P-256 or P-384."""

    code = "key.type"


class KeySizeError(NotAllowedError):
    """RSA shorter than 2048 or longer than 4096 bits. Facts: `bits`."""

    code = "key.size"


class KeyExponentError(NotAllowedError):
    """A public exponent that is even, small or huge."""

    code = "key.exponent"


class KeySmallFactorError(NotAllowedError):
    """The modulus has a small factor."""

    code = "key.small_factor"


class KeyClosePrimesError(NotAllowedError):
    """Fermat's method factors the modulus."""

    code = "key.close_primes"


class KeyROCAError(NotAllowedError):
    """Made by the broken generator of CVE-2017-15361."""

    code = "key.roca"


class KeyPublishedError(NotAllowedError):
    """The private half is public."""

    code = "key.published"


class KeyBlockedError(NotAllowedError):
    """Somebody else may have this key: a certificate of it was revoked for that."""

    code = "key.blocked"


class KeyReusedError(NotAllowedError):
    """Seen before, in a certificate or in another application."""

    code = "key.reused"


# --- CMS signatures ---------------------------------------------------------------------


class CMSMalformedError(BadError):
    """Not one CMS SignedData."""

    code = "cms.malformed"


class CMSTooLargeError(BadError):
    """Larger than any signature over a statement."""

    code = "cms.too_large"


class CMSSignersError(BadError):
    """Not exactly one signer."""

    code = "cms.signers"


class CMSNoSignedAttributesError(BadError):
    """A signature over bare content: it could be read as one over attributes."""

    code = "cms.no_signed_attributes"


class CMSAttributeError(BadError):
    """A signed attribute is missing, doubled or malformed. Facts: `attribute`."""

    code = "cms.attribute"


class CMSContentTypeError(BadError):
    """The signed content type is not that of the content."""

    code = "cms.content_type"


class CMSContentError(BadError):
    """Signed is another text than the one that was given out."""

    code = "cms.content"


class CMSWeakHashError(NotAllowedError):
    """Signed with SHA-1, MD5 or older."""

    code = "cms.weak_hash"


class CMSUnsupportedAlgorithmError(NotAllowedError):
    """An algorithm that is not checked here, GOST among them."""

    code = "cms.unsupported_algorithm"


class CMSNoCertificateError(BadError):
    """The signer's certificate is not in the message."""

    code = "cms.no_certificate"


class CMSSigningCertificateError(BadError):
    """The signed reference names another certificate than the signer's."""

    code = "cms.signing_certificate"


class CMSSignatureError(BadError):
    """The signature does not hold."""

    code = "cms.signature"


# --- certificates -----------------------------------------------------------------------


class CertificateMalformedError(BadError):
    """Not one X.509 certificate."""

    code = "certificate.malformed"


class UnknownIssuerError(BadError):
    """Not issued by an authority that is trusted here."""

    code = "certificate.unknown_issuer"


class SelfSignedError(BadError):
    """Issued by itself."""

    code = "certificate.self_signed"


class PathError(BadError):
    """No valid path to a trusted authority."""

    code = "certificate.path"


class CertificateWeakHashError(NotAllowedError):
    """Signed by its issuer with SHA-1, MD5 or older."""

    code = "certificate.weak_hash"


class CertificateUnsupportedAlgorithmError(NotAllowedError):
    """A key or signature that is not checked here, GOST among them."""

    code = "certificate.unsupported_algorithm"


class NotYetValidError(NotAllowedError):
    """Its term has not begun. Facts: `not_before`, ISO 8601."""

    code = "certificate.not_yet_valid"


class ExpiredError(NotAllowedError):
    """Its term is over. Facts: `not_after`, ISO 8601."""

    code = "certificate.expired"


class KeyUsageError(NotAllowedError):
    """Not made for this. Facts: `wanted`, `found`."""

    code = "certificate.key_usage"


class RevokedError(NotAllowedError):
    """Revoked. Facts: `revoked_at` (ISO 8601), `reason`."""

    code = "certificate.revoked"


class StatusUnknownError(IndeterminateError):
    """Whether it was revoked could not be told."""

    code = "certificate.status_unknown"


# --- lists of revoked certificates ------------------------------------------------------


class CRLMalformedError(BadError):
    """Not one certificate revocation list."""

    code = "crl.malformed"


class CRLSignatureError(BadError):
    """Not signed by its issuer."""

    code = "crl.signature"


class CRLIssuerError(BadError):
    """The list of another authority."""

    code = "crl.issuer"


class CRLStaleError(IndeterminateError):
    """Not of this moment."""

    code = "crl.stale"


class CRLExtensionError(NotAllowedError):
    """Covers something else than all certificates of people, or says what we do not read."""

    code = "crl.extension"


# --- typed identifiers ------------------------------------------------------------------


class IINError(BadError):
    """Not an individual identification number."""

    code = "identifier.iin"


class BINError(BadError):
    """Not a business identification number."""

    code = "identifier.bin"


# --- our own authority ------------------------------------------------------------------


class LintError(NotAllowedError):
    """The planned certificate breaks a rule. Facts: `findings`."""

    code = "issuer.lint"


class KeyMissingError(IndeterminateError):
    """No key where one should be. Facts: `path`."""

    code = "issuer.key_missing"


class KeyRightsError(IndeterminateError):
    """Others may read the key, or it is not ours. Facts: `path`, `wanted`."""

    code = "issuer.key_rights"


class KeyMismatchError(IndeterminateError):
    """The key does not belong to the authority's certificate. Facts: `name`."""

    code = "issuer.key_mismatch"


class PassphraseError(IndeterminateError):
    """The passphrase does not open the key. Facts: `path`."""

    code = "issuer.passphrase"


class AuthorityTermError(NotAllowedError):
    """The authority ends too soon or has not begun. Facts: `not_after`."""

    code = "issuer.ca_term"


class NotPlannedError(NotAllowedError):
    """Something else than what was planned, or a second time."""

    code = "issuer.not_planned"


class StatusRequestError(BadError):
    """Not a question about certificates as RFC 6960 has them. Facts: `what`, for the log."""

    code = "status.request"


def all_codes() -> dict[str, type[PKIError]]:
    """Every code with its class, the branches included."""
    found: dict[str, type[PKIError]] = {}
    waiting: list[type[PKIError]] = [PKIError]
    while waiting:
        error = waiting.pop()
        found[error.code] = error
        waiting.extend(error.__subclasses__())
    return found
