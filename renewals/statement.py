"""The exact bytes a person signs: text in his language, each purpose with its own line.

Pure text: no database, no clock. The same words are shown and signed, byte for byte.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pki.certificate import Storage


class StatementPurpose(StrEnum):
    """What a signature may be used for. The value stands in the text, in every language."""

    SIGN_IN = "sign-in"
    APPLICATION = "application"
    INSTALLATION = "installation"
    REVOCATION = "revocation"
    APPROVAL = "approval"
    REJECTION = "rejection"
    DELEGATION = "delegation"
    END_OF_MANDATE = "end-of-mandate"
    DISMISSAL = "dismissal"
    CONTACT = "contact"
    EMPLOYEE_REVOCATION = "employee-revocation"
    OFFICE_REVOCATION = "office-revocation"
    PROPOSAL = "proposal"
    CONFIRMATION = "confirmation"


TITLES: dict[StatementPurpose, Promise] = {
    StatementPurpose.SIGN_IN: gettext_lazy("Request to sign in to the cabinet"),
    StatementPurpose.APPLICATION: gettext_lazy("Application to renew a certificate"),
    StatementPurpose.INSTALLATION: gettext_lazy("Proof that the new key works"),
    StatementPurpose.REVOCATION: gettext_lazy("Request to revoke a certificate"),
    StatementPurpose.APPROVAL: gettext_lazy("Approval of applications"),
    StatementPurpose.REJECTION: gettext_lazy("Refusal of applications"),
    StatementPurpose.DELEGATION: gettext_lazy("Delegation of the right to approve"),
    StatementPurpose.END_OF_MANDATE: gettext_lazy("End of the right to approve"),
    StatementPurpose.DISMISSAL: gettext_lazy("Request to revoke an employee's certificates"),
    StatementPurpose.CONTACT: gettext_lazy("Request to change a contact"),
    StatementPurpose.EMPLOYEE_REVOCATION: gettext_lazy(
        "Request to revoke an employee's certificate"
    ),
    StatementPurpose.OFFICE_REVOCATION: gettext_lazy("Revocation by an operator"),
    StatementPurpose.PROPOSAL: gettext_lazy("Proposal of an operator"),
    StatementPurpose.CONFIRMATION: gettext_lazy("Confirmation of a second operator"),
}
PURPOSES: dict[StatementPurpose, Promise] = {
    StatementPurpose.SIGN_IN: gettext_lazy("signing in"),
    StatementPurpose.APPLICATION: gettext_lazy("filing an application"),
    StatementPurpose.INSTALLATION: gettext_lazy("checking the installed key"),
    StatementPurpose.REVOCATION: gettext_lazy("revoking a certificate"),
    StatementPurpose.APPROVAL: gettext_lazy("approving applications"),
    StatementPurpose.REJECTION: gettext_lazy("refusing applications"),
    StatementPurpose.DELEGATION: gettext_lazy("giving the right to approve"),
    StatementPurpose.END_OF_MANDATE: gettext_lazy("taking the right to approve"),
    StatementPurpose.DISMISSAL: gettext_lazy("revoking an employee's certificates"),
    StatementPurpose.CONTACT: gettext_lazy("changing a contact"),
    StatementPurpose.EMPLOYEE_REVOCATION: gettext_lazy("revoking an employee's certificate"),
    StatementPurpose.OFFICE_REVOCATION: gettext_lazy("revoking a certificate by an operator"),
    StatementPurpose.PROPOSAL: gettext_lazy("proposing what a second operator confirms"),
    StatementPurpose.CONFIRMATION: gettext_lazy("confirming what another operator proposed"),
}


@dataclass(frozen=True)
class CertificateLine:
    """What a statement says of one certificate. `request_sha256` is hex, '' where none is made."""

    purpose: str
    issuer: str
    serial_hex: str
    not_before: datetime
    not_after: datetime
    new_key: str = ""
    request_sha256: str = ""


@dataclass(frozen=True)
class Frame:
    """What every statement carries. `nonce` is hex, at least 128 bits."""

    purpose: StatementPurpose
    portal: str
    language: str
    nonce: str
    now: datetime


def mask_identifier(digits: str) -> str:
    """`010203300005` → `0102 •••• 0005`; '' stays ''."""
    return f"{digits[:4]} •••• {digits[-4:]}" if len(digits) == 12 else digits


def group_hex(digits: str, size: int = 4) -> str:
    """Hex in groups, for eyes: `4f21c09a` → `4f21 c09a`."""
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))


def write_statement(frame: Frame, lines: Sequence[tuple[str, str]], closing: str = "") -> str:
    """The whole text, LF between lines. Call it inside `speak(frame.language)`.

    `lines` are label and value; an empty pair is an empty line.
    """
    head = write_lines([(_("Portal"), frame.portal), describe_purpose(frame.purpose)])
    made = f"{show_moment(frame.now)} (UTC+5)"
    foot = write_lines([("", ""), (_("Drawn up"), made), (_("Control number"), frame.nonce)])
    body = [write_lines(lines)] if lines else []
    end = ["", closing] if closing else []
    return "\n".join([str(TITLES[frame.purpose]), "", head, *body, *end, foot]) + "\n"


def write_lines(lines: Sequence[tuple[str, str]]) -> str:
    """Label and value, each pair one line whatever stands in it; an empty pair an empty line."""
    return "\n".join(
        f"{label}: {put_on_one_line(value)}" if label else "" for label, value in lines
    )


def says(text: str, lines: Sequence[tuple[str, str]]) -> bool:
    """Whether these lines stand in a statement, one after the other, in the same language."""
    return f"\n{write_lines(lines)}\n" in text


def describe_purpose(purpose: StatementPurpose) -> tuple[str, str]:
    """The line that keeps a signature from being used for anything else."""
    return _("Purpose of the signature"), f"{PURPOSES[purpose]} ({purpose.value})"


def put_on_one_line(text: str) -> str:
    """Without breaks and without what is not seen.

    A name or a note must not look like a line of ours, nor turn the letters of one around
    (UAX 9, UTR 36). Control characters and separators become spaces; marks of direction, other
    format characters and halves of characters are left out.
    """
    return text if text.isprintable() else "".join(_seen(character) for character in text)


def _seen(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs":
            return ""
    return character


def speak(language: str) -> translation.override:
    """Write in `language` while the context lasts."""
    return translation.override(language)


def show_moment(moment: datetime) -> str:
    """`23 November 2026, 10:14`, Asia/Almaty."""
    return date_format(timezone.localtime(moment), "j E Y, H:i")


def show_day(day: date) -> str:
    """`23 November 2026`."""
    return date_format(day, "j E Y")


STORAGES: dict[str, Promise] = {
    Storage.FILE.value: gettext_lazy("file on the computer"),
    Storage.TOKEN.value: gettext_lazy("token"),
    Storage.ID_CARD.value: gettext_lazy("identity card"),
}


def show_storage(storage: str) -> str:
    """The storage's name in the language that is spoken."""
    return str(STORAGES.get(storage, storage))


def describe_certificate(certificate: CertificateLine) -> list[tuple[str, str]]:
    """The lines about one certificate that is renewed, revoked or checked."""
    term = _("from %(start)s to %(end)s") % {
        "start": show_moment(certificate.not_before),
        "end": show_moment(certificate.not_after),
    }
    lines = [
        ("", ""),
        (_("Certificate"), f"№ {group_hex(certificate.serial_hex)} ({certificate.purpose})"),
        (_("Issuer"), certificate.issuer),
        (_("Term"), term),
    ]
    if certificate.request_sha256:
        lines.append((_("New key"), certificate.new_key))
        lines.append((_("Digest of the request (SHA-256)"), group_hex(certificate.request_sha256)))
    return lines
