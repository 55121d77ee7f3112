"""Time stamps (RFC 3161, RFC 5816): a question is read, a token is judged. Pure.

A token is trusted by pinned authorities at its own moment; whoever reads it says what it stamps.
"""

import hashlib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki import policy
from pki.ber import encode
from pki.cades import encode_signed_data, encode_signer, signed_attributes
from pki.certificate import UNREADABLE, CertificateFacts, load_certificate
from pki.chain import Usage, validate_path
from pki.cms import MAX_BYTES, SignatureFacts, verify_cms
from pki.cms_structures import ContentInfo, SignedData, SignerInfo
from pki.errors import PKIError
from pki.timestamp_errors import (
    StampContentError,
    StampMalformedError,
    StampQueryError,
    StampSignerError,
)
from pki.timestamp_structures import (
    Accuracy,
    MessageImprint,
    SigningCertificateV1,
    TimeStampReq,
    TSTInfo,
    decode_der,
)

QUERY_BYTES = 4096
TST_INFO = "1.2.840.113549.1.9.16.1.4"
TST_INFO_DER = bytes.fromhex("060b2a864886f70d0109100104")
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
HASHES = {oid: kind() for oid, kind in policy.DIGESTS.items()}
# 2.4.2: seconds always, fractions without zeros behind them.
GENERALIZED_TIME = 0x18
MOMENT = re.compile(rb"(\d{14})(?:\.(\d{0,5}[1-9]))?Z")
# A nonce is some 64 bits; nobody needs more than these.
NONCE_BITS = 256


@dataclass(frozen=True)
class Query:
    """A question that can be answered. `imprint` goes back as it came; `policy` is '' for any."""

    imprint: MessageImprint
    policy: str
    nonce: int | None
    wants_certificate: bool


@dataclass(frozen=True)
class StampFacts:
    """A token that holds. `stamped_at` is aware, UTC; `chain` is from the signer to the anchor."""

    signer: CertificateFacts
    chain: tuple[bytes, ...]
    stamped_at: datetime
    accuracy: timedelta
    policy: str
    serial: int


def read_query(data: bytes) -> Query:
    """Strictly, in DER. Raises `StampQueryError` with what to answer."""
    if len(data) > QUERY_BYTES:
        raise StampQueryError(failure="badDataFormat")
    try:
        found = decode_der(TimeStampReq, data)
    except UNREADABLE as error:
        raise StampQueryError(failure="badDataFormat") from error
    if found.version != 1:
        raise StampQueryError(failure="badRequest")
    oid = found.imprint.algorithm.oid.dotted_string
    if oid not in HASHES:
        raise StampQueryError(failure="badAlg")
    if len(found.imprint.digest) != HASHES[oid].digest_size:
        raise StampQueryError(failure="badDataFormat")
    if found.nonce is not None and found.nonce.bit_length() > NONCE_BITS:
        raise StampQueryError(failure="badDataFormat")
    if found.extensions is not None:
        # 2.4.1: one that is not known, critical or not.
        raise StampQueryError(failure="unacceptedExtension")
    return Query(
        imprint=found.imprint,
        policy=found.policy.dotted_string if found.policy else "",
        nonce=found.nonce,
        wants_certificate=found.wants_certificate,
    )


def verify_token(
    token: bytes,
    *,
    data: bytes,
    intermediates: Sequence[bytes],
    anchors: Sequence[bytes],
    nonce: int | None = None,
) -> StampFacts:
    """Judge a token over `data`, by pinned authorities (RFC 3161, 2.4.2; RFC 5816, 2.2).

    `nonce` is that of the question, where there was one. Raises `StampMalformedError`,
    `StampContentError`, `StampSignerError`.
    """
    with warnings.catch_warnings():
        # Odd serial numbers are refused further down; the library only grumbles at them.
        warnings.simplefilter("ignore")
        signed, signer, told, content = _take_apart(token)
        try:
            facts = verify_cms(token, content=content, content_type=TST_INFO)
        except PKIError as error:
            raise StampMalformedError(what=error.code) from error
    _require_named(facts, signer)
    _require_stamper(facts.signer.der)
    if signed.version != 3 or told.version != 1:
        raise StampMalformedError(what="version")
    _require_content(told, data, nonce)
    stamped_at = _moment(bytes(told.gen_time.tag_bytes), bytes(told.gen_time.data))
    try:
        path = validate_path(
            facts.signer.der,
            intermediates=intermediates,
            anchors=anchors,
            moment=stamped_at,
            usage=Usage.SERVICE,
        )
    except PKIError as error:
        raise StampSignerError(what=error.code) from error
    return StampFacts(
        signer=facts.signer,
        chain=path.chain,
        stamped_at=stamped_at,
        accuracy=_accuracy(told.accuracy),
        policy=told.policy.dotted_string,
        serial=told.serial,
    )


def assemble_token(
    certificate_der: bytes,
    *,
    content: bytes,
    attributes: bytes,
    signature: bytes,
    with_certificate: bool,
) -> bytes:
    """A token in the one encoding of ours. `content` is a TSTInfo, DER."""
    return encode_signed_data(
        version=b"\x03",
        content=TST_INFO_DER + encode(b"\xa0", encode(b"\x04", content)),
        certificates=(certificate_der,) if with_certificate else (),
        signer=encode_signer(certificate_der, attributes=attributes, signature=signature),
    )


def require_own_encoding(token: bytes) -> None:
    """A token of ours, with its certificate: no byte is another. Raises `StampMalformedError`.

    For one that `verify_token` has let through.
    """
    signed, signer, _told, content = _take_apart(token)
    facts = verify_cms(token, content=content, content_type=TST_INFO)
    if facts.signing_time is None:
        raise StampMalformedError(what="time")
    der = facts.signer.der
    attributes = stamp_attributes(der, content=content, now=facts.signing_time)
    written = assemble_token(
        der,
        content=content,
        attributes=attributes,
        signature=signer.signature,
        with_certificate=signed.certificates is not None,
    )
    if written != token:
        raise StampMalformedError(what="encoding")


def stamp_attributes(certificate_der: bytes, *, content: bytes, now: datetime) -> bytes:
    """What is signed of a token of ours: the attributes as a SET."""
    return signed_attributes(
        certificate_der, content=content, sealed_at=now, content_type=TST_INFO_DER
    )


def _take_apart(token: bytes) -> tuple[SignedData, SignerInfo, TSTInfo, bytes]:
    if len(token) > MAX_BYTES:
        raise StampMalformedError(what="size")
    try:
        signed = decode_der(ContentInfo, token).content
        (signer,) = signed.signers.as_list()
        content = signed.content.content
        if content is None:
            raise StampMalformedError(what="detached")
        return signed, signer, decode_der(TSTInfo, content), content
    except UNREADABLE as error:
        raise StampMalformedError(what="unreadable") from error


def _require_named(facts: SignatureFacts, signer: SignerInfo) -> None:
    """The signer's certificate is named by what was signed, by SHA-1 or better."""
    if facts.signing_certificate_checked:
        return
    certificate = load_certificate(facts.signer.der)
    rows = signer.signed_attributes.as_list() if signer.signed_attributes else []
    for row in rows:
        if row.type.dotted_string != SIGNING_CERTIFICATE:
            continue
        try:
            reference = row.values.as_list()[0].parse(SigningCertificateV1).certificates[0]
        except (*UNREADABLE, IndexError) as error:
            raise StampMalformedError(what="reference") from error
        # RFC 5035, 5.4: it is SHA-1 there. It names the certificate, whose path proves it.
        if reference.certificate_hash == certificate.fingerprint(hashes.SHA1()):  # noqa: S303
            return
    raise StampSignerError(what="reference")


def _require_stamper(certificate_der: bytes) -> None:
    """2.3: for time stamps and nothing else, and said so in a critical extension."""
    extensions = load_certificate(certificate_der).extensions
    try:
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise StampSignerError(what="usage") from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampSignerError(what="usage")


def _require_content(told: TSTInfo, data: bytes, nonce: int | None) -> None:
    known = HASHES.get(told.imprint.algorithm.oid.dotted_string)
    if known is None:
        raise StampContentError
    if hashlib.new(known.name, data).digest() != told.imprint.digest:
        raise StampContentError
    if nonce is not None and told.nonce != nonce:
        raise StampContentError
    if told.extensions is not None:
        raise StampMalformedError(what="extensions")


def _moment(tag: bytes, text: bytes) -> datetime:
    match = MOMENT.fullmatch(text)
    if tag != bytes((GENERALIZED_TIME,)) or match is None:
        raise StampMalformedError(what="time")
    fraction = (match[2] or b"0").decode().ljust(6, "0")
    try:
        whole = datetime.strptime(f"{match[1].decode()}+0000", "%Y%m%d%H%M%S%z")
    except ValueError as error:
        raise StampMalformedError(what="time") from error
    return whole.astimezone(UTC).replace(microsecond=int(fraction))


def _accuracy(found: Accuracy | None) -> timedelta:
    """2.4.2: what is missing is zero."""
    if found is None:
        return timedelta()
    return timedelta(
        seconds=found.seconds or 0,
        milliseconds=found.millis or 0,
        microseconds=found.micros or 0,
    )


def split_pins(pins: Sequence[bytes]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Of certificates that are all trusted: those that have signed themselves, and the others."""
    loaded = {der: load_certificate(der) for der in pins}
    anchors = tuple(der for der, row in loaded.items() if row.issuer == row.subject)
    return anchors, tuple(der for der in pins if der not in anchors)
