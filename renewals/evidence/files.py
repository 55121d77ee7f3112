"""The files of a container: from what was read of an application, byte for byte."""

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives.serialization import Encoding

from pki.certificate import load_certificate
from renewals.evidence.ingredients import Ingredients
from renewals.evidence.names import (
    AUTHORITIES,
    FORM,
    README,
    RECORD,
    SEAL,
    STAMPERS,
    authority_file,
    certificate_file,
    cms_file,
    request_file,
    text_file,
)
from renewals.evidence.readme import write_readme
from renewals.evidence.record import write_record
from renewals.evidence.recording import record_of


def write_files(given: Ingredients) -> dict[str, bytes]:
    """Everything that the manifest will name."""
    authorities = list_authorities([chain for _name, chain in given.chains()])
    revocations = _revocations(given, authorities)
    files = {
        FORM: given.form,
        AUTHORITIES: write_pem(authorities),
        certificate_file(SEAL): given.sealer[0],
    }
    if given.stampers:
        files[STAMPERS] = write_pem(given.stampers)
    for number, der in enumerate(authorities, start=1):
        files[authority_file(number)] = der
    for name, chain in given.material.chains():
        files[certificate_file(name)] = chain[0]
    for name, path in revocations.items():
        files[path] = given.answers[name].data
    for signed in given.material.signed:
        files[text_file(signed.purpose)] = signed.text
        files[cms_file(signed.purpose)] = signed.cms
    for requested in given.material.requested:
        files[request_file(requested.purpose)] = requested.csr_der
    record = record_of(given, authorities=len(authorities), revocations=revocations)
    files[RECORD] = write_record(record)
    files[README] = write_readme(record, files, verify_address=given.verify_address)
    return files


def list_authorities(chains: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Those above all leaves, each once; an anchor before what it has issued."""
    deepest: dict[bytes, int] = {}
    for chain in chains:
        for depth, der in enumerate(reversed(chain[1:])):
            deepest[der] = max(depth, deepest.get(der, 0))
    return sorted(deepest, key=lambda der: (deepest[der], hashlib.sha256(der).digest()))


def write_pem(certificates: Sequence[bytes]) -> bytes:
    """One after the other, as OpenSSL reads them."""
    return b"".join(load_certificate(der).public_bytes(Encoding.PEM) for der in certificates)


def _revocations(given: Ingredients, authorities: Sequence[bytes]) -> dict[str, str]:
    """The file of each answer, by the name of its certificate. A list serves many."""
    found = {}
    for name, chain in given.chains():
        answer = given.answers.get(name)
        if answer is not None:
            of_authority = f"authority-{authorities.index(chain[1]) + 1}"
            stem = of_authority if answer.kind == "crl" else name
            found[name] = f"revocation/{stem}.{answer.kind}"
    return found
