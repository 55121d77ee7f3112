"""Our own rules for a person's certificate. Each reads the certificate, not how it was made."""

from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from pki import der
from pki.issuer.keys import signature_hash
from pki.issuer.pattern import key_identifier, leaf_extensions, material_of
from pki.issuer.prepare import SECOND, SERIAL_LENGTH, Plan

Rule = Callable[[Plan, x509.Certificate], Iterator[str]]

# RFC 5280, 4.1: fields of TBSCertificate.
SERIAL, ISSUER, SUBJECT, KEY = 1, 3, 5, 6
FIELD_COUNT = 8
UNREADABLE = (ValueError, TypeError, IndexError, x509.InvalidVersion, x509.DuplicateExtension)


def broken_rules(plan: Plan, certificate_der: bytes) -> list[str]:
    """Every rule of ours that the certificate breaks, in words."""
    try:
        # Before it is parsed: a serial that is not positive must not reach the parser.
        if findings := list(_bad_serial(plan, der.children(certificate_der)[0])):
            return findings
        certificate = x509.load_der_x509_certificate(certificate_der)
        return [words for rule in RULES for words in rule(plan, certificate)]
    except UNREADABLE as error:
        return [f"it cannot be read: {error}"]


def _says_what_was_given(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """Subject and key are the given bytes, the issuer's name is its own."""
    fields = der.children(certificate.tbs_certificate_bytes)
    if len(fields) != FIELD_COUNT or certificate.version is not x509.Version.v3:
        yield "not a version 3 certificate without unique identifiers"
        return
    if fields[SUBJECT] != plan.subject_der:
        yield "the subject is not the given one"
    if fields[KEY] != plan.spki_der:
        yield "the key is not the given one"
    if fields[ISSUER] != material_of(plan.issuer).subject_der:
        yield "the issuer is named differently than in its certificate"


def _bad_serial(plan: Plan, tbs_der: bytes) -> Iterator[str]:
    """Positive, 20 octets (RFC 5280, 4.1.2.2), the planned one."""
    octets = der.content(der.children(tbs_der)[SERIAL])
    if len(octets) != SERIAL_LENGTH or octets[0] & 0x80:
        yield "the serial number is not positive and 20 octets long"
    if octets.hex() != plan.serial_hex:
        yield "the serial number is not the planned one"


def _keeps_terms(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """As long as the profile says, within the issuer's term."""
    issuer = material_of(plan.issuer)
    not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if (not_before, not_after) != (plan.not_before, plan.not_after):
        yield "the term is not the planned one"
    if not_after - not_before + SECOND != plan.profile.term:
        yield "the term is not the profile's"
    if not_before < issuer.not_before or not_after > issuer.not_after:
        yield "the term is not within the issuer's"


def _is_signed_by_strong_algorithm(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """SHA-256 or SHA-384, inside as outside; never SHA-1."""
    wanted = signature_hash(material_of(plan.issuer).public_key)
    found = certificate.signature_hash_algorithm
    if found is None or found.name != wanted.name:
        yield "the signature does not use the issuer's hash"


def _certifies_allowed_key(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    key = certificate.public_key()
    if plan.key_kind not in plan.profile.key_kinds:
        yield "the profile does not certify keys of this kind"
    if isinstance(key, rsa.RSAPublicKey) and key.public_numbers().e < 65537:
        yield "the public exponent is too small"
    if key == material_of(plan.issuer).public_key:
        yield "the key is the issuer's own"


def _carries_profile_extensions(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """Exactly the profile's extensions with the profile's values, and a given address."""
    use = plan.profile.key_use(plan.key_kind)
    wanted: dict[x509.ObjectIdentifier, tuple[x509.ExtensionType, bool]] = {
        value.oid: (value, is_critical)
        for value, is_critical in leaf_extensions(
            plan.issuer,
            plan.profile,
            use,
            key_identifier(plan.spki_der),
            plan.issuer.part_of(plan.serial_hex),
        )
    }
    if plan.email:
        address = x509.SubjectAlternativeName([x509.RFC822Name(plan.email)])
        wanted[address.oid] = (address, False)
    found = {one.oid: (one.value, one.critical) for one in certificate.extensions}
    for oid in wanted.keys() - found.keys():
        yield f"the extension {oid.dotted_string} is missing"
    for oid in found.keys() - wanted.keys():
        yield f"the extension {oid.dotted_string} is not of the profile"
    for oid in found.keys() & wanted.keys():
        if found[oid] != wanted[oid]:
            yield f"the extension {oid.dotted_string} differs from the profile"


def _names_its_list(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """Said once more by the number itself: in another list it would never be found revoked."""
    issuer, number = plan.issuer, certificate.serial_number
    wanted = f"{issuer.base_url}/{issuer.name}.crl"
    if issuer.partitions:
        wanted = f"{issuer.base_url}/{issuer.name}/{number % issuer.partitions}.crl"
    points = [
        name.value
        for extension in certificate.extensions
        if isinstance(extension.value, x509.CRLDistributionPoints)
        for point in extension.value
        for name in point.full_name or ()
    ]
    if points != ([] if plan.profile.is_unchecked else [wanted]):
        yield "it does not name the list in which its serial number would stand"


def _is_no_authority(plan: Plan, certificate: x509.Certificate) -> Iterator[str]:
    """Said once more without the profile, so that no profile can make an authority."""
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints)
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        yield f"the extension {error.oid.dotted_string} is missing"
        return
    if constraints.value.ca or usage.value.key_cert_sign or usage.value.crl_sign:
        yield "it would make an authority"
    if not usage.critical:
        yield "the key usage is not critical"
    if ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in extended.value:
        yield "the key may be used for anything"
    if any(one.oid == ExtensionOID.NAME_CONSTRAINTS for one in extensions):
        yield "only authorities constrain names"


RULES: tuple[Rule, ...] = (
    _says_what_was_given,
    _keeps_terms,
    _is_signed_by_strong_algorithm,
    _certifies_allowed_key,
    _carries_profile_extensions,
    _names_its_list,
    _is_no_authority,
)
