"""Facts of applications as they come onto paper, without a database behind them."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pki.certificate import Purpose, Role, Storage
from renewals.form import words
from renewals.form.facts import (
    AttachedDocument,
    DecisionFacts,
    FormFacts,
    IssuedCertificate,
    RenewedCertificate,
    SignedStatement,
)
from renewals.machine import State

NUMBER = "2026-00004817"
SUBMITTED = datetime(2026, 11, 23, 5, 14, tzinfo=UTC)
LETTERS = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
ORGANISATION = "«Сарыарқа Логистик» жауапкершілігі шектеулі серіктестігі"


def digest_of(text: str) -> str:
    """Some SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


def signed(signer: str, name: str, at: datetime = SUBMITTED) -> SignedStatement:
    """A signature by somebody, its digests made from `name`."""
    return SignedStatement(signer, at, digest_of(f"{name} text"), digest_of(f"{name} cms"))


def certificate(purpose: Purpose, *, is_issued: bool = False) -> RenewedCertificate:
    """One that ends twelve days after the application; its new one holds for a year."""
    serial = digest_of(purpose.value)[:40]
    issued = IssuedCertificate(
        serial_hex=digest_of(f"new {purpose.value}")[:40],
        not_before=SUBMITTED + timedelta(hours=2),
        not_after=SUBMITTED + timedelta(days=365, hours=2),
    )
    return RenewedCertificate(
        purpose=purpose.value,
        issuer="ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA)",
        serial_hex=serial,
        not_before=SUBMITTED - timedelta(days=353),
        not_after=SUBMITTED + timedelta(days=12),
        new_key="P-256",
        request_sha256=digest_of(f"request {purpose.value}"),
        issued=issued if is_issued else None,
    )


def individual(state: State = State.APPROVED) -> FormFacts:
    """A person for himself, one certificate."""
    return FormFacts(
        portal="cabinet.example",
        verify_address=f"https://cabinet.example/verify/?number={NUMBER}",
        number=NUMBER,
        state=state,
        as_of=SUBMITTED,
        holder="СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ",
        holder_identifier="0102 •••• 0005",
        storage=Storage.FILE.value,
        submitted_at=SUBMITTED,
        signature=signed("СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ", "applicant"),
        certificates=(certificate(Purpose.COMBINED),),
    )


def employee(state: State = State.AWAITING_APPROVAL, *, is_issued: bool = False) -> FormFacts:
    """Somebody of an organisation, a pair."""
    return replace(
        individual(state),
        organisation=ORGANISATION,
        bin="190540000017",
        role=Role.SIGNING_RIGHT.value,
        certificates=(
            certificate(Purpose.AUTH, is_issued=is_issued),
            certificate(Purpose.SIGN, is_issued=is_issued),
        ),
    )


def documents(count: int) -> tuple[AttachedDocument, ...]:
    """Of every kind in turn, with names as phones and scanners give them."""
    kinds = list(words.KINDS)
    return tuple(
        AttachedDocument(
            kind=kinds[at % len(kinds)],
            name=f"Скан_{at + 1} «Сарыарқа», приказ о назначении от 05.11.2026 (подписан).pdf",
            size=640 * 1024 + at * 333_333,
            sha256=digest_of(f"document {at}"),
        )
        for at in range(count)
    )


def approval(right: str = "head") -> DecisionFacts:
    """Two hours after the application."""
    decided_at = SUBMITTED + timedelta(hours=2)
    is_given = right in {"delegation", "power_of_attorney"}
    return DecisionFacts(
        is_approval=True,
        approver="ӘБЕНОВ НҰРЛАН СЕРІКҰЛЫ",
        right=right,
        decided_at=decided_at,
        signature=signed("ӘБЕНОВ НҰРЛАН СЕРІКҰЛЫ", "approver", decided_at),
        giver="ҚАСЫМОВ ІЛИЯС" if right == "delegation" else "",
        ends_on=date(2027, 3, 31) if is_given else None,
    )


def rejection(reason: str = "wrong_data", note: str = "") -> DecisionFacts:
    """The same person refuses."""
    return replace(approval(), is_approval=False, reason=reason, note=note)
