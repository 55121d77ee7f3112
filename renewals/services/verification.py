"""Who signed a statement, and may that certificate be trusted now. Writes nothing but the
signature that it is asked to keep, and questions for the worker.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pki.certificate import CertificateFacts, parse_certificate
from pki.chain import PathFacts, Usage, validate_path
from pki.cms import SignatureFacts, verify_cms
from pki.models import Authority
from pki.records import end_of_authority, require_unblocked, revocation_of
from pki.revocation import RevocationFacts, require_good
from renewals.models import Signature, Statement
from renewals.services.trust import inquiring


@dataclass(frozen=True)
class Proof:
    """A signature that holds, the path of its certificate and what the issuer said of it."""

    signature: SignatureFacts
    path: PathFacts
    revocation: RevocationFacts

    @property
    def signer(self) -> CertificateFacts:
        """The certificate that signed."""
        return self.signature.signer


def verify(statement: Statement, cms: bytes, *, usage: Usage, now: datetime) -> Proof:
    """Verify a signature over the statement's exact bytes. Raises `PKIError`."""
    signature = read_signature(statement, cms)
    return Proof(signature, *judge(signature.signer, usage=usage, now=now))


def read_signature(statement: Statement, cms: bytes) -> SignatureFacts:
    """Whose key signed the statement's exact bytes; whether to trust him is `judge`'s part."""
    return verify_cms(cms, content=statement.text.encode())


def judge(
    certificate: CertificateFacts, *, usage: Usage, now: datetime
) -> tuple[PathFacts, RevocationFacts]:
    """Whether a certificate is trusted at this moment: path, term, usage, revocation.

    Only pinned authorities that are accepted for this stand between the certificate and its
    anchor; nothing that came with the message is used. Call it outside of transactions: a
    question to another authority must outlive the refusal. Raises `PKIError`.
    """
    # Their lists are large, and not what is looked for here.
    rows = [row for row in Authority.objects.defer("crl_der") if row.accepts(usage)]
    authorities = {bytes(row.certificate_der): row for row in rows}
    path = validate_path(
        certificate.der,
        intermediates=[der for der, row in authorities.items() if row.parent_id is not None],
        anchors=[der for der, row in authorities.items() if row.parent_id is None],
        moment=now,
        usage=usage,
    )
    issuers = [authorities[der] for der in path.chain[1:]]
    _require_authorities_good(issuers, now=now)
    revocation = _require_good(issuers[0], certificate.serial_hex, now=now)
    # Of a compromised key we revoke our own certificates; those of others are refused by it.
    require_unblocked([certificate.spki_sha256])
    return path, revocation


def _require_authorities_good(issuers: Sequence[Authority], *, now: datetime) -> None:
    """What is said of authorities by those above them, where they say anything."""
    for issued, issuer in pairwise(issuers):
        if issuer.is_ours:
            # Our records name authorities only when they are revoked.
            revoked = end_of_authority(issued, now=now)
            if revoked is not None:
                require_good(revoked)
        elif issuer.crl_url or issuer.ocsp_url:
            facts = parse_certificate(bytes(issued.certificate_der))
            _require_good(issuer, facts.serial_hex, now=now)


def _require_good(authority: Authority, serial_hex: str, *, now: datetime) -> RevocationFacts:
    """Where another authority has to be asked, the question is left for the worker."""
    found = revocation_of(authority, serial_hex, now=now)
    inquiring.leave(authority, found, serial_hex, now=now)
    require_good(found)
    return found


def keep(statement: Statement, proof: Proof, *, now: datetime) -> Signature:
    """Store the signature as received, with everything that proved it."""
    return Signature.objects.create(
        statement=statement,
        cms_der=proof.signature.der,
        content_sha256=proof.signature.content_sha256,
        signer_iin=proof.signer.subject.iin,
        signer_name=proof.signer.subject.full_name,
        signer_fingerprint=proof.signer.fingerprint,
        chain=[base64.b64encode(der).decode() for der in proof.path.chain],
        revocation={
            "status": proof.revocation.status.value,
            "source": proof.revocation.source,
            "checked_at": now.isoformat(),
        },
        signed_at=proof.signature.signing_time,
        verified_at=now,
    )
