"""Is a plan a good certificate? Asked before the authority's key is used, never after.

The very same content is signed with a throw-away key of the same kind and read back by others'
rules (pkilint) and by ours. The authority's key is not needed here.
"""

from collections.abc import Iterator
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkilint import loader, validation
from pkilint.pkix import certificate as pkix_certificate
from pkilint.pkix import extension, name

from pki.errors import LintError
from pki.issuer.keys import AuthorityKey, AuthorityPublicKey, sign_with
from pki.issuer.pattern import material_of
from pki.issuer.prepare import Plan
from pki.issuer.rules import broken_rules
from pki.issuer.sign import assemble

# pkilint counts the other way round: FATAL is 0, INFO is 4.
WORST_ALLOWED = validation.ValidationFindingSeverity.NOTICE
FINDINGS_LENGTH = 1000


def lint(plan: Plan) -> None:
    """Raises `issuer.lint` with what is wrong: `findings`, separated by semicolons."""
    throw_away = _throw_away_key(material_of(plan.issuer).public_key)
    certificate_der = assemble(plan.tbs_der, sign_with(throw_away, plan.tbs_der))
    findings = [*broken_rules(plan, certificate_der), *pkilint_findings(certificate_der)]
    raise_findings(findings, serial=plan.serial_hex)


def raise_findings(findings: list[str], *, serial: str) -> None:
    """Raises `issuer.lint` if there is any finding."""
    if findings:
        raise LintError(serial=serial, findings="; ".join(findings)[:FINDINGS_LENGTH])


def pkilint_findings(certificate_der: bytes) -> list[str]:
    """What pkilint holds against a certificate, from warnings upwards."""
    try:
        document = loader.load_certificate(certificate_der, "plan")
        results = _validators().validate(document.root)
    except (ValueError, TypeError) as error:
        return [f"pkilint cannot read it: {error}"]
    return list(_serious(results))


def _serious(results: list[validation.ValidationResult]) -> Iterator[str]:
    for result in results:
        for described in result.finding_descriptions:
            if described.finding.severity < WORST_ALLOWED:
                yield f"{described.finding.severity.name} {described.finding.code}"


@cache
def _validators() -> validation.ValidatorContainer:
    """RFC 5280 as pkilint knows it; building it takes longer than using it."""
    return pkix_certificate.create_pkix_certificate_validator_container(
        pkix_certificate.create_decoding_validators(
            name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
        ),
        [
            pkix_certificate.create_issuer_validator_container([]),
            pkix_certificate.create_validity_validator_container(),
            pkix_certificate.create_subject_validator_container([]),
            pkix_certificate.create_extensions_validator_container([]),
            pkix_certificate.create_spki_validator_container([]),
        ],
    )


def _throw_away_key(public_key: AuthorityPublicKey) -> AuthorityKey:
    if isinstance(public_key, rsa.RSAPublicKey):
        return _throw_away_rsa(public_key.key_size)
    return _throw_away_ec(public_key.curve.name)


@cache
def _throw_away_rsa(key_size: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, key_size)


@cache
def _throw_away_ec(curve_name: str) -> ec.EllipticCurvePrivateKey:
    curves: dict[str, ec.EllipticCurve] = {
        curve.name: curve for curve in (ec.SECP256R1(), ec.SECP384R1())
    }
    return ec.generate_private_key(curves[curve_name])
