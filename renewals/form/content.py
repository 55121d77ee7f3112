"""What stands on the paper, section by section: labels in both languages, values once.

Pure: facts in, words out. Where it stands and how it looks is for `pdf`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from renewals.form import words
from renewals.form.facts import (
    AttachedDocument,
    DecisionFacts,
    FormFacts,
    RenewedCertificate,
    SignedStatement,
)
from renewals.form.words import Words, words_for
from renewals.machine import State
from renewals.statement import group_hex


@dataclass(frozen=True)
class Digest:
    """A SHA-256, hex."""

    sha256: str


Value = str | Words | Digest


@dataclass(frozen=True)
class Row:
    """A label and what stands beside it, one under the other."""

    label: Words
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Verdict:
    """A decision in one word; it carries its colour."""

    words: Words
    is_good: bool


@dataclass(frozen=True)
class Frame:
    """Room for a hand to sign, and what it signs."""

    text: Words
    digest: Row


@dataclass(frozen=True)
class Section:
    """A heading and what is under it, in this order."""

    title: Words
    verdict: Verdict | None = None
    paragraph: Words | None = None
    rows: tuple[Row, ...] = ()
    frame: Frame | None = None


def sections_of(facts: FormFacts) -> Iterator[Section]:
    """The whole paper below its head."""
    yield _applicant(facts)
    for certificate in facts.certificates:
        yield _certificate(certificate)
    yield Section(words.ASKED, paragraph=words.ASKING)
    yield Section(words.SIGNATURE, rows=_signature_rows(facts.signature, words.SIGNED_TEXT))
    if facts.documents:
        yield Section(words.DOCUMENTS, rows=tuple(_document(row) for row in facts.documents))
    if facts.decision is not None:
        yield _decision(facts.decision)
    if facts.refusal:
        reason = Row(words.REASON, (facts.refusal,))
        verdict = Verdict(words.REJECTED, is_good=False)
        yield Section(words.OPERATOR_DECISION, verdict=verdict, rows=(reason,))
    if facts.state is State.AWAITING_APPROVAL:
        yield Section(words.ON_PAPER, paragraph=words.FOR_WHOM, frame=_frame(facts))


def summary_of(facts: FormFacts) -> tuple[Row, ...]:
    """The head of the paper: which application, since when, how it stands."""
    return (
        Row(words.NUMBER, (f"№ {facts.number}",)),
        Row(words.SUBMITTED, (show_moment(facts.submitted_at),)),
        Row(words.STATE, (words.STATES[facts.state],)),
    )


def check_of(facts: FormFacts) -> Row:
    """Where the paper can be checked."""
    return Row(words.CHECK, (facts.verify_address,))


def foot_of(facts: FormFacts) -> str:
    """What stands at the foot of every page: whose it is, so that a lost one finds its way
    back, and of when.
    """
    number = words.PAGE.fill(number=f"№ {facts.number}")
    as_of = f"{words.AS_OF.kk} / {words.AS_OF.ru} {show_moment(facts.as_of)}"
    return f"{number.kk} / {number.ru}, {as_of}"


def show_moment(moment: datetime) -> str:
    """`23.11.2026, 10:14 (UTC+5)`: read alike in both languages. In the portal's own time."""
    local = timezone.localtime(moment)
    offset = local.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return f"{local:%d.%m.%Y, %H:%M} (UTC{hours:+d})"


def show_day(day: date) -> str:
    """`23.11.2026`."""
    return f"{day:%d.%m.%Y}"


def show_size(size: int) -> str:
    """`640 КБ`, `1,2 МБ`: the same in both languages."""
    kilobytes = max(round(size / 1024), 1)
    if kilobytes < 1024:
        return f"{kilobytes} КБ"
    return f"{size / 1024 / 1024:.1f} МБ".replace(".", ",")


def _applicant(facts: FormFacts) -> Section:
    rows = [
        Row(words.NAME, (facts.holder,)),
        Row(words.IIN, (facts.holder_identifier,)),
    ]
    if facts.bin:
        rows += [Row(words.ORGANISATION, (facts.organisation,)), Row(words.BIN, (facts.bin,))]
        if facts.role:
            rows.append(Row(words.ROLE, (words_for(words.ROLES, facts.role),)))
    else:
        rows.append(Row(words.ROLE, (words.INDIVIDUAL,)))
    rows.append(Row(words.STORAGE, (words_for(words.STORAGES, facts.storage),)))
    return Section(words.APPLICANT, rows=tuple(rows))


def _certificate(certificate: RenewedCertificate) -> Section:
    purpose = words_for(words.PURPOSES, certificate.purpose)
    title = Words(
        words.CERTIFICATE.kk.format(purpose=purpose.kk),
        words.CERTIFICATE.ru.format(purpose=purpose.ru),
    )
    rows = [
        Row(words.ISSUER, (certificate.issuer,)),
        Row(words.SERIAL, (f"№ {group_hex(certificate.serial_hex)}",)),
        Row(words.TERM, (_term(certificate.not_before, certificate.not_after),)),
        Row(words.NEW_KEY, (certificate.new_key,)),
        Row(words.REQUEST, (Digest(certificate.request_sha256),)),
    ]
    issued = certificate.issued
    if issued is not None:
        rows += [
            Row(words.NEW_SERIAL, (f"№ {group_hex(issued.serial_hex)}",)),
            Row(words.NEW_TERM, (_term(issued.not_before, issued.not_after),)),
        ]
    return Section(title, rows=tuple(rows))


def _term(start: datetime, end: datetime) -> str:
    return f"{show_moment(start)} – {show_moment(end)}"


def _signature_rows(signature: SignedStatement, text_label: Words) -> tuple[Row, ...]:
    return (
        Row(words.SIGNER, (signature.signer,)),
        Row(words.VERIFIED, (show_moment(signature.verified_at),)),
        Row(text_label, (Digest(signature.content_sha256),)),
        Row(words.CMS, (Digest(signature.cms_sha256),)),
    )


def _frame(facts: FormFacts) -> Frame:
    text = words.CONFIRMING.fill(number=facts.number, name=facts.holder)
    return Frame(text, Row(words.SIGNED_TEXT, (Digest(facts.signature.content_sha256),)))


def _document(document: AttachedDocument) -> Row:
    name = f"{document.name} ({show_size(document.size)})"
    return Row(words_for(words.KINDS, document.kind), (name, Digest(document.sha256)))


def _decision(decision: DecisionFacts) -> Section:
    until = show_day(decision.ends_on) if decision.ends_on else ""
    right = words_for(words.RIGHTS, decision.right).fill(giver=decision.giver, until=until)
    rows = [
        Row(words.DECIDER, (decision.approver,)),
        Row(words.RIGHT, (right,)),
        Row(words.DECIDED, (show_moment(decision.decided_at),)),
    ]
    if decision.reason:
        rows.append(Row(words.REASON, (words_for(words.REASONS, decision.reason),)))
    if decision.note:
        rows.append(Row(words.NOTE, (decision.note,)))
    signature = decision.signature
    rows += [
        Row(words.SIGNED_LIST, (Digest(signature.content_sha256),)),
        Row(words.CMS, (Digest(signature.cms_sha256),)),
    ]
    verdict = words.APPROVED if decision.is_approval else words.REJECTED
    return Section(
        words.DECISION, verdict=Verdict(verdict, is_good=decision.is_approval), rows=tuple(rows)
    )
