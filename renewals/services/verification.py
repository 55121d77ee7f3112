"""Who signed a statement, and may that certificate be trusted now. Reads, never writes rows
other than the signature it is asked to keep.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from pki.certificate import CertificateFacts
from pki.chain import PathFacts, Usage, validate_path
from pki.cms import SignatureFacts, verify_cms
from pki.models import Authority
from pki.records import revocation_of
from pki.revocation import RevocationFacts, require_good
from renewals.models import Signature, Statement


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

    Only our pinned authorities stand between the certificate and its anchor; nothing that
    came with the message is used. Raises `PKIError`.
    """
    authorities = {bytes(row.certificate_der): row for row in Authority.objects.all()}
    path = validate_path(
        certificate.der,
        intermediates=[der for der, row in authorities.items() if row.parent_id is not None],
        anchors=[der for der, row in authorities.items() if row.parent_id is None],
        moment=now,
        usage=usage,
    )
    revocation = revocation_of(authorities[path.chain[1]], certificate.serial_hex, now=now)
    require_good(revocation)
    return path, revocation


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
