"""The time stamp over a seal (EN 319 122-1, 5.3): when the seal was there at the latest."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pki.asic import Container
from pki.cades import SealFacts
from pki.timestamp import StampFacts, require_own_encoding, split_pins, verify_token
from pki.timestamp_errors import StampSignerError
from renewals.evidence.errors import EvidenceFilesError, EvidenceMomentError
from renewals.evidence.names import STAMPERS
from renewals.evidence.trust import Trust

# A seal is stamped at once. One that is stamped much later was made up to look older.
MOST_DELAY = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def judge_stamp(container: Container, seal: SealFacts, trust: Trust) -> StampFacts | None:
    """None where neither the list nor the seal tells of one: nobody can take it away alone.

    Raises `PKIError`.
    """
    if (STAMPERS in container.files) != (seal.token is not None):
        raise EvidenceFilesError(name=STAMPERS)
    if seal.token is None:
        return None
    anchors, intermediates = split_pins(trust.stampers)
    stamp = verify_token(
        seal.token,
        data=seal.signature,
        intermediates=(*trust.intermediates, *intermediates),
        anchors=(*trust.anchors, *anchors),
    )
    carried, needed = set(_carried(container.files[STAMPERS])), set(stamp.chain[1:])
    if stamp.chain[1] in trust.sealers:
        # Ours is written in one way: no byte of it can be another.
        require_own_encoding(seal.token)
        is_carried = carried == needed
    elif stamp.chain[-1] in trust.stampers:
        # What its operator gave us is carried whole, for a chain that we may not foresee.
        is_carried = needed <= carried
    else:
        raise StampSignerError(what="not pinned")
    if not is_carried:
        raise EvidenceFilesError(name=STAMPERS)
    latest = stamp.stamped_at + stamp.accuracy + SECOND
    if latest < seal.sealed_at or stamp.stamped_at > seal.sealed_at + MOST_DELAY:
        raise EvidenceMomentError
    return stamp


def _carried(pem: bytes) -> list[bytes]:
    """The certificates in the file, DER."""
    try:
        rows = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise EvidenceFilesError(name=STAMPERS) from error
    return [row.public_bytes(Encoding.DER) for row in rows]
