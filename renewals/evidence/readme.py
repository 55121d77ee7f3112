"""`README.txt`: how anybody checks the container by himself, in three languages.

The commands name the files and moments of this very container; a test runs each of them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from pki.asic import MANIFEST_NAME, SEAL_NAME
from pki.certificate import load_certificate, parse_certificate
from pki.chain import is_issued_by
from renewals.evidence.errors import EvidenceFilesError
from renewals.evidence.names import README, SEAL, STAMPERS, certificate_file
from renewals.evidence.record import (
    Record,
    RecordedCertificate,
    RecordedSignature,
    read_moment,
)
from renewals.statement import group_hex, show_moment, speak

LANGUAGES = ("kk", "ru", "en")
RULE = "=" * 72
# An attribute that `openssl cms -cades` asks for: RFC 5035, 3.
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")


@dataclass(frozen=True)
class Step:
    """What is checked, by which commands, and what has to come out."""

    words: str
    commands: tuple[str, ...]


def write_readme(record: Record, files: Mapping[str, bytes], *, verify_address: str) -> bytes:
    """The text, LF between lines, every language after the other. `files` are all but this."""
    parts = []
    for language in LANGUAGES:
        with speak(language):
            parts.append(_write(record, files, verify_address))
    return f"\n\n{RULE}\n\n\n".join(parts).encode()


def _write(record: Record, files: Mapping[str, bytes], verify_address: str) -> str:
    made = show_moment(read_moment(record.made_at))
    lines = [
        _("Evidence of application № %(number)s") % {"number": record.number},
        "",
        _(
            "This container shows what was asked, by whom, and who agreed. It was made once, on "
            "%(moment)s (UTC+5), by %(portal)s, and is never changed."
        )
        % {"moment": made, "portal": record.portal},
        "",
        _("The quick way: open the page below and choose the container there."),
        f"    {verify_address}",
        "",
        _(
            "The way that needs neither this portal nor a network: OpenSSL 3 or newer. Unpack the "
            "container with any program for ZIP into an empty folder, open a terminal in that "
            "folder and run the commands of each step."
        ),
    ]
    for number, step in enumerate(_steps(record, files), start=1):
        lines += ["", f"{number}. {step.words}", ""]
        lines += [f"    {command}" for command in step.commands]
    return "\n".join(lines) + "\n"


def _steps(record: Record, files: Mapping[str, bytes]) -> Iterator[Step]:
    yield from _trust(record)
    if STAMPERS in files:
        yield _stamp(record)
    yield _digests(files)
    for signature in record.signatures:
        yield _signature(signature, files)
    yield from _decision(record)
    yield from _issued(record, files)
    yield from _answers(record, files)


def _trust(record: Record) -> Iterator[Step]:
    yield Step(
        _(
            "Who is trusted. Compare the digests with those that the authorities publish: without "
            "this step the rest proves nothing."
        ),
        tuple(
            f"openssl x509 -inform DER -in {name} -noout -subject -nameopt oneline,-esc_msb "
            "-fingerprint -sha256"
            for name in record.authorities
        ),
    )
    command = _verify(
        SEAL_NAME, MANIFEST_NAME, read_moment(record.made_at), inform="DER", is_cades=True
    )
    yield Step(
        _(
            "The seal of the portal over the list of files. It has to say: CAdES Verification "
            "successful."
        ),
        (command,),
    )


def _stamp(record: Record) -> Step:
    """The token and what it stamps stand in the seal; where, its own listing says."""
    moment = int(read_moment(record.made_at).timestamp())
    listing = f"openssl asn1parse -inform DER -in {SEAL_NAME}"
    # The one attribute that is not signed; the signature's value stands before it.
    signature = f"{listing} | grep -B 1 'd=5 .*cont \\[ 1 \\]' | head -n 1 | cut -d: -f1"
    token = f"{listing} | grep -A 2 id-smime-aa-timeStampToken | tail -n 1 | cut -d: -f1"
    return Step(
        _(
            "The time stamp over the seal: it shows that the seal was there at the latest then. "
            "Compare the digests of the certificates in timestamp.pem, too. It has to say: "
            "Verification: OK; and the moment stands behind: Time stamp."
        ),
        (
            f"{listing} -noout -strparse $({signature}) -out seal.value",
            f"{listing} -noout -strparse $({token}) -out seal.tst",
            f"openssl ts -verify -token_in -in seal.tst -data seal.value -CAfile {STAMPERS} "
            f"-attime {moment}",
            "openssl ts -reply -token_in -in seal.tst -token_out -text",
        ),
    )


def _digests(files: Mapping[str, bytes]) -> Step:
    return Step(
        _(
            "The files. Each line has to be the DigestValue that stands in the list for this "
            "file, and the list names no other file."
        ),
        tuple(
            f"openssl dgst -sha256 -binary {name} | openssl base64"
            for name in sorted((*files, README))
        ),
    )


def _verify(file: str, content: str, moment: datetime, *, inform: str, is_cades: bool) -> str:
    cades = "-cades " if is_cades else ""
    # OpenSSL takes whole seconds, and a term begins and ends with one.
    seconds = int(moment.timestamp())
    return (
        f"openssl cms -verify {cades}-binary -inform {inform} -in {file} -content {content} "
        f"-CAfile authorities.pem -purpose any -attime {seconds}"
    )


def _signature(signature: RecordedSignature, files: Mapping[str, bytes]) -> Step:
    cms = files[signature.file]
    is_pem = cms.lstrip().startswith(b"-----BEGIN")
    is_cades = SIGNING_CERTIFICATE_V2 in cms
    words = _(
        "The signature of %(name)s, at the moment when the portal took it. The text that was "
        "signed is shown, and below it has to stand: %(result)s."
    ) % {
        "name": signature.signer,
        "result": f"{'CAdES' if is_cades else 'CMS'} Verification successful",
    }
    command = _verify(
        signature.file,
        signature.text,
        read_moment(signature.verified_at),
        inform="PEM" if is_pem else "DER",
        is_cades=is_cades,
    )
    return Step(words, (command,))


def _decision(record: Record) -> Iterator[Step]:
    if record.decision is None:
        return
    decided = record.signatures[1]
    words = _(
        "The decision is about this application. The digest of the statement has to be the one "
        "that stands in %(file)s below the number %(number)s: %(digest)s"
    ) % {
        "file": decided.text,
        "number": record.number,
        "digest": group_hex(record.application_sha256),
    }
    yield Step(words, ("openssl dgst -sha256 statement.txt",))


def _issued(record: Record, files: Mapping[str, bytes]) -> Iterator[Step]:
    for one in record.certificates:
        words = _(
            "The request for the new key (%(purpose)s). Its digest has to be the one that stands "
            "in statement.txt: %(digest)s"
        ) % {
            "purpose": one.purpose,
            "digest": group_hex(hashlib.sha256(files[one.request]).hexdigest()),
        }
        yield Step(words, (f"openssl dgst -sha256 {one.request}",))
        if one.certificate:
            yield _certificate(one, files)


def _certificate(one: RecordedCertificate, files: Mapping[str, bytes]) -> Step:
    moment = int(parse_certificate(files[one.certificate]).not_before.timestamp())
    return Step(
        _(
            "The new certificate (%(purpose)s). The key in the request and in the certificate has "
            "to be the same, and at the end there has to stand: OK."
        )
        % {"purpose": one.purpose},
        (
            f"openssl req -inform DER -in {one.request} -noout -pubkey",
            f"openssl x509 -inform DER -in {one.certificate} -noout -pubkey",
            f"openssl verify -CAfile authorities.pem -purpose any -attime {moment} "
            f"{one.certificate}",
        ),
    )


def _answers(record: Record, files: Mapping[str, bytes]) -> Iterator[Step]:
    """What the issuers said of every certificate when the container was made."""
    rows = [(one.certificate, one.revocation) for one in record.signatures]
    rows += [(one.certificate, one.revocation) for one in record.certificates]
    rows.append((certificate_file(SEAL), record.seal_revocation))
    asked = [row for row in rows if row[1].endswith(".ocsp")]
    moment = int(read_moment(record.made_at).timestamp())
    if asked:
        words = _(
            "What the authority said of each certificate when this container was made. It has to "
            "say: Response verify OK, and good. If it says revoked, the time below it has to be "
            "later than the signature."
        )
        commands = (
            f"openssl ocsp -respin {answer} -sha256 -issuer {_issuer(record, files, certificate)} "
            f"-cert {certificate} -CAfile authorities.pem -no_nonce -attime {moment}"
            for certificate, answer in asked
        )
        yield Step(words, tuple(commands))
    for name in sorted({row[1] for row in rows if row[1].endswith(".crl")}):
        words = _(
            "The list of revoked certificates of another authority. It has to say: verify OK; the "
            "numbers of the certificates must not stand in it with a time before the signature."
        )
        yield Step(
            words, (f"openssl crl -inform DER -in {name} -CAfile authorities.pem -noout -text",)
        )


def _issuer(record: Record, files: Mapping[str, bytes], certificate: str) -> str:
    """The file of the authority whose key has signed this certificate."""
    leaf = load_certificate(files[certificate])
    for name in record.authorities:
        if is_issued_by(leaf, load_certificate(files[name])):
            return name
    raise EvidenceFilesError(name=certificate)
