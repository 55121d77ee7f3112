"""Seals a list of files by a service key: CAdES in the one encoding that `pki.cades` reads."""

from datetime import datetime

from pki.authority import IssuerFacts
from pki.cades import assemble_seal, require_sealer, signed_attributes, verify_seal
from pki.errors import NotPlannedError, PKIError
from pki.issuer.keys import KeyBackend


def seal_content(content: bytes, *, sealer: IssuerFacts, keys: KeyBackend, now: datetime) -> bytes:
    """A detached CMS over `content`, DER. `sealer` carries the certificate for sealing.

    What was made is read again before it leaves. Raises `SealerError`, `issuer.not_planned`,
    and what the keys raise.
    """
    require_sealer(sealer.certificate_der)
    attributes = signed_attributes(sealer.certificate_der, content=content, sealed_at=now)
    signature = keys.sign(sealer, attributes)
    made = assemble_seal(sealer.certificate_der, attributes=attributes, signature=signature)
    try:
        verify_seal(made, content=content)
    except PKIError as error:
        raise NotPlannedError(name=sealer.name) from error
    return made
