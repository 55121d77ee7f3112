"""Asks somebody else's service for a time stamp, by HTTP (RFC 3161, 3.4). For the worker alone.

Its host has to be among those that may be asked, its certificates are pinned by the settings.
"""

from dataclasses import dataclass

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from pki.timestamp import split_pins, verify_token
from pki.timestamp_errors import StampAwayError
from renewals.errors import RenewalError
from renewals.services.trust.fetching import fetch

QUERY_TYPE = "application/timestamp-query"
ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class OutsideStamper:
    """`chain` are its pinned certificates, DER, roots among them."""

    url: str
    chain: tuple[bytes, ...]

    def stamp(self, signature: bytes) -> bytes:
        """A token that two readers believe: the library, and ours that reads the container later.

        Raises `StampAwayError` for anything else, and `timestamp.*` errors.
        """
        query = TimestampRequestBuilder().data(signature).hash_algorithm(HashAlgorithm.SHA256)
        asked = query.build()
        try:
            answer = fetch(
                self.url, most_bytes=ANSWER_BYTES, body=asked.as_bytes(), media_type=QUERY_TYPE
            )
        except RenewalError as error:
            raise StampAwayError(what=error.code) from error
        try:
            response = decode_timestamp_response(answer)
            self._verify(asked, response, signature)
        except (VerificationError, ValueError) as error:
            raise StampAwayError(what=str(error)[:100]) from error
        token = bytes(response.time_stamp_token())
        anchors, intermediates = split_pins(self.chain)
        verify_token(
            token,
            data=signature,
            intermediates=intermediates,
            anchors=anchors,
            nonce=asked.nonce,
        )
        return token

    def _verify(
        self, asked: TimeStampRequest, response: TimeStampResponse, signature: bytes
    ) -> None:
        anchors, intermediates = split_pins(self.chain)
        builder = VerifierBuilder.from_request(asked)
        for der in anchors:
            builder = builder.add_root_certificate(x509.load_der_x509_certificate(der))
        for der in intermediates:
            builder = builder.add_intermediate_certificate(x509.load_der_x509_certificate(der))
        builder.build().verify_message(response, signature)
