"""The one place where an authority's key signs a certificate, once per plan."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pki import der
from pki.errors import NotPlannedError
from pki.issuer.keys import AuthorityPublicKey, KeyBackend, signature_hash
from pki.issuer.pattern import material_of
from pki.issuer.prepare import Plan


def sign(plan: Plan, keys: KeyBackend) -> bytes:
    """Spend the plan: sign exactly its content. Returns the certificate's DER.

    Raises `issuer.not_planned` the second time, whatever became of the first, and what the keys
    raise (`issuer.key_missing`, `issuer.key_mismatch`, ...).
    """
    plan.spend()
    return assemble(plan.tbs_der, keys.sign(plan.issuer, plan.tbs_der))


def assemble(tbs_der: bytes, signature: bytes) -> bytes:
    """Certificate ::= SEQUENCE { content, algorithm, signature } (RFC 5280, 4.1).

    The algorithm is the one named inside the content: 4.1.1.2 wants them to be the same.
    """
    algorithm = der.children(tbs_der)[2]
    bits = der.tlv(der.BIT_STRING, b"\0" + signature)
    return der.tlv(der.SEQUENCE, tbs_der + algorithm + bits)


def compare(plan: Plan, certificate_der: bytes) -> None:
    """The certificate is what was planned and its issuer's key has signed it.

    Raises `issuer.not_planned`; such a certificate must never leave, and its serial number is
    to be revoked.
    """
    try:
        tbs_der, _algorithm, bits = der.children(certificate_der)
        signature = der.content(bits)[1:]
        # Compared before anything is parsed; put together again, so that nothing is left over.
        if tbs_der != plan.tbs_der or assemble(tbs_der, signature) != certificate_der:
            raise NotPlannedError(serial=plan.serial_hex)
        verify(material_of(plan.issuer).public_key, signature, tbs_der)
    except (ValueError, IndexError, InvalidSignature) as error:
        raise NotPlannedError(serial=plan.serial_hex) from error


def verify(key: AuthorityPublicKey, signature: bytes, data: bytes) -> None:
    """Raises `InvalidSignature`."""
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), signature_hash(key))
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(signature_hash(key)))
