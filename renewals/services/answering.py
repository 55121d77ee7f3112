"""What the issuers of certificates say of them at the moment when a container is made.

Of our own the authority itself answers, from our records, signed by its key; of others the
newest list of theirs that is kept here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pki.certificate import parse_certificate
from pki.errors import StatusUnknownError
from pki.issuer.answers import answer_about
from pki.issuer.keys import KeyBackend
from pki.models import Authority
from pki.records import revocations_of_serials
from renewals.evidence.ingredients import Answer
from renewals.evidence.material import Material
from renewals.evidence.names import SEAL
from renewals.evidence.pinned import Pinned

# A list that is longer is not carried along: a container holds no more than 2 MB a file.
LIST_BYTES = 1024 * 1024


def answer_all(
    material: Material,
    sealer: Sequence[bytes],
    *,
    pinned: Pinned,
    keys: KeyBackend,
    now: datetime,
) -> dict[str, Answer]:
    """An answer about every signer, every new certificate and the seal, by name.

    `sealer` is the seal's certificate with its path, DER. Raises what the keys raise,
    `StatusUnknownError` for a certificate of an authority that is not pinned.
    """
    found: dict[str, Answer] = {}
    chains = {**dict(material.chains()), SEAL: sealer}
    for issuer_der in {chain[1] for chain in chains.values()}:
        authority = pinned.find(issuer_der)
        if authority is None:
            raise StatusUnknownError
        of_it = {name: chain[0] for name, chain in chains.items() if chain[1] == issuer_der}
        if authority.is_ours:
            found |= _answer_ourselves(authority, of_it, keys=keys, now=now)
        else:
            found |= _carry_list(authority, of_it)
    return found


def _answer_ourselves(
    authority: Authority, certificates: Mapping[str, bytes], *, keys: KeyBackend, now: datetime
) -> dict[str, Answer]:
    serials = {name: parse_certificate(der).serial_hex for name, der in certificates.items()}
    facts = revocations_of_serials(authority, list(serials.values()), now=now)
    return {
        name: Answer(
            "ocsp",
            answer_about(serial, facts[serial], issuer=authority.issuer_facts, keys=keys, now=now),
        )
        for name, serial in serials.items()
    }


def _carry_list(authority: Authority, certificates: Iterable[str]) -> dict[str, Answer]:
    listed = bytes(authority.crl_der or b"")
    if not 0 < len(listed) <= LIST_BYTES:
        return {}
    return {name: Answer("crl", listed) for name in certificates}
