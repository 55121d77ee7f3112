"""The holder's steps before signing: data, new keys, statement; then the signed submit."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pki.certificate import Role, Storage
from pki.chain import Usage
from pki.csr import RequestFacts, parse_request
from pki.errors import KeyReusedError
from pki.models import Certificate
from pki.records import require_unblocked
from renewals import doorbell
from renewals.actor import Actor
from renewals.document_kinds import KINDS
from renewals.errors import (
    IncompleteError,
    MoveRefusedError,
    NotConfirmedError,
    RequestsError,
    StatementError,
    StorageError,
)
from renewals.events import EventKind
from renewals.machine import Action, State
from renewals.models import Document, Renewal, Request, Statement
from renewals.new_key import key_kind_for
from renewals.rights import require_holder, require_signer
from renewals.services import journal, statements
from renewals.services.moves import move
from renewals.services.opening import require_role
from renewals.services.verification import judge, keep, verify
from renewals.statement import (
    StatementPurpose,
    describe_certificate,
    group_hex,
    mask_identifier,
    show_storage,
    speak,
)

STATEMENT_LIFETIME = timedelta(hours=24)
SUPPORTED_STORAGES = (Storage.FILE,)


def describe(
    *, actor: Actor, renewal: Renewal, storage: str, confirmed: bool, now: datetime
) -> None:
    """Keep where the new key will live and that the holder confirmed his data and his key."""
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        if storage not in {kind.value for kind in SUPPORTED_STORAGES}:
            raise StorageError
        if not confirmed:
            raise NotConfirmedError
    _change_draft(renewal, storage=storage, confirmed_at=now)


def add_requests(
    *, actor: Actor, renewal: Renewal, requests: Mapping[str, bytes], now: datetime
) -> None:
    """Take the PKCS#10 requests, by purpose, one for each certificate that is renewed.

    Only the public key of each is used. Raises `PKIError`, `RequestsError`,
    `IncompleteError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        if renewal.confirmed_at is None:
            raise IncompleteError
        rows = {row.purpose: row for row in renewal.requests.select_related("old_certificate")}
        if rows.keys() != requests.keys():
            raise RequestsError
        facts = {purpose: parse_request(data) for purpose, data in requests.items()}
        if len({fact.spki_sha256 for fact in facts.values()}) != len(facts):
            raise KeyReusedError
        for purpose, fact in facts.items():
            _require_fitting(rows[purpose], fact)
        _store_requests(actor, renewal, rows, facts, now)


def _require_fitting(row: Request, facts: RequestFacts) -> None:
    if facts.key_kind != key_kind_for(row.old_certificate):
        raise RequestsError
    require_unblocked([facts.spki_sha256])
    if Certificate.objects.filter(spki_sha256=facts.spki_sha256).exists():
        raise KeyReusedError
    others = Request.objects.filter(spki_sha256=facts.spki_sha256).exclude(pk=row.pk)
    if others.exists():
        raise KeyReusedError


def _store_requests(
    actor: Actor,
    renewal: Renewal,
    rows: Mapping[str, Request],
    facts: Mapping[str, RequestFacts],
    now: datetime,
) -> None:
    try:
        with transaction.atomic():
            _change_draft(renewal)
            for purpose, fact in facts.items():
                row = rows[purpose]
                row.csr_der, row.spki_der = fact.der, fact.spki_der
                row.spki_sha256, row.key_kind = fact.spki_sha256, fact.key_kind
                row.save(update_fields=["csr_der", "spki_der", "spki_sha256", "key_kind"])
            journal.record(
                EventKind.RENEWAL_PREPARED,
                actor=actor,
                now=now,
                renewal=renewal,
                facts={purpose: fact.spki_sha256 for purpose, fact in facts.items()},
            )
    except IntegrityError as error:  # the same key, in another open application, just now
        raise KeyReusedError from error


def _change_draft(renewal: Renewal, **changes: object) -> None:
    drafts = Renewal.objects.filter(pk=renewal.pk, state=State.DRAFT.value)
    if drafts.update(state=State.DRAFT.value, **changes) != 1:
        raise MoveRefusedError(action="change", state=renewal.state)
    for name, value in changes.items():
        setattr(renewal, name, value)


def state_application(*, renewal: Renewal, language: str, now: datetime) -> Statement:
    """The statement that the holder reads and signs. Raises `IncompleteError`."""
    rows = list(renewal.requests.select_related("old_certificate"))
    if renewal.confirmed_at is None or not all(row.spki_sha256 for row in rows):
        raise IncompleteError
    standing = statements.find_standing(
        StatementPurpose.APPLICATION,
        renewal=renewal,
        language=language,
        now=now,
        lifetime=STATEMENT_LIFETIME,
        binding=_content_of(renewal, rows),
    )
    return standing or _write_application(renewal, rows, language=language, now=now)


def _write_application(
    renewal: Renewal, rows: Sequence[Request], *, language: str, now: datetime
) -> Statement:
    documents = list(_documents_of(renewal))
    with speak(language):
        lines = [
            (_("Application number"), renewal.number),
            ("", ""),
            (_("Applicant"), renewal.holder_name),
            (_("IIN"), mask_identifier(renewal.holder_iin)),
            *_organisation_lines(renewal),
            (_("Storage of the new key"), show_storage(renewal.storage)),
        ]
        for row in rows:
            line = statements.line_of(
                row.old_certificate.facts,
                new_key=row.key_kind,
                request_sha256=hashlib.sha256(row.csr_der).hexdigest(),
            )
            lines += describe_certificate(line)
        for document in documents:
            lines += _document_lines(document)
        closing = _(
            "I ask for a new certificate in place of each one named above. I confirm that the "
            "data in them is right, and that my present key is in my hands, is not lost and was "
            "not given to anybody."
        )
    return statements.create(
        StatementPurpose.APPLICATION,
        lines=lines,
        closing=closing,
        language=language,
        now=now,
        lifetime=STATEMENT_LIFETIME,
        renewal=renewal,
        binding=_content_of(renewal, rows, documents),
    )


def _organisation_lines(renewal: Renewal) -> list[tuple[str, str]]:
    if not renewal.bin:
        return []
    return [(_("Organisation"), renewal.organisation), (_("BIN"), renewal.bin)]


def _documents_of(renewal: Renewal) -> QuerySet[Document]:
    """Those that its statement names: what came after the signature is not among them."""
    arrived = renewal.documents.arrived()
    signed_at = renewal.submitted_at
    return arrived.filter(stored_at__lte=signed_at) if signed_at else arrived


def _document_lines(document: Document) -> list[tuple[str, str]]:
    """One that is named in the statement is signed for: its kind, its name, its digest."""
    return [
        ("", ""),
        (_("Document"), f"{KINDS[document.kind]}, {document.name}"),
        (_("Digest of the document (SHA-256)"), group_hex(document.sha256)),
    ]


def _content_of(
    renewal: Renewal, rows: Sequence[Request], documents: Iterable[Document] | None = None
) -> str:
    """Binds a statement to its keys and documents: others need a statement made anew."""
    attached = _documents_of(renewal) if documents is None else documents
    keys = [row.spki_sha256 for row in rows]
    return statements.binding_of(" ".join([*keys, *(f"{one.pk}:{one.sha256}" for one in attached)]))


def submit(*, actor: Actor, renewal: Renewal, statement_id: int, cms: bytes, now: datetime) -> None:
    """File the application by the signature of the certificate that is renewed.

    A repetition of the same post changes nothing. Raises `PKIError`, `StatementError`,
    `WrongCertificateError`, `MoveRefusedError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        with statements.repetition(renewal, statement_id):
            _submit_once(actor, renewal, statement_id, cms, now)


def _submit_once(
    actor: Actor, renewal: Renewal, statement_id: int, cms: bytes, now: datetime
) -> None:
    rows = list(renewal.requests.select_related("old_certificate"))
    statement = statements.fetch(
        statement_id,
        StatementPurpose.APPLICATION,
        now=now,
        renewal=renewal,
        binding=_content_of(renewal, rows),
    )
    proof = verify(statement, cms, usage=Usage.ANY, now=now)
    require_signer(proof.signer, [renewal.certificate])
    for row in rows:
        judge(row.old_certificate.facts, usage=Usage.ANY, now=now)
        require_role(row.old_certificate)
    with transaction.atomic():
        # A document may have arrived, or gone, since the statement was looked up.
        Renewal.objects.select_for_update(no_key=True).get(pk=renewal.pk)
        if statement.binding != _content_of(renewal, rows):
            raise StatementError
        statements.spend(statement, now=now)
        signature = keep(statement, proof, now=now)
        move(
            renewal,
            _submission_of(renewal),
            actor=actor,
            now=now,
            facts={"signature": signature.pk, "content_sha256": signature.content_sha256},
            submitted_at=now,
        )
        transaction.on_commit(lambda: doorbell.ring("renewals.issue", [renewal.pk]))


def _submission_of(renewal: Renewal) -> Action:
    """Nobody stands above an individual or a head; everybody else is approved by another."""
    needs_approval = renewal.bin and renewal.certificate.company_role != Role.HEAD.value
    return Action.SUBMIT_FOR_APPROVAL if needs_approval else Action.SUBMIT
