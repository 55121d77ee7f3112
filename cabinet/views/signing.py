"""Read and sign: one page for every statement about an organisation, or about own contacts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cabinet import contact_book, sign_in
from cabinet.approver import approver_of
from cabinet.holder_forms import SignedForm
from cabinet.list_outcome import outcome_of
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence
from cabinet.views.answers import answers_script, done, refused_form
from pki.models import Certificate
from pki.records import revocation_of_row
from pki.revocation import Status
from renewals.actor import Actor, ActorKind
from renewals.errors import StatementError
from renewals.grounds import Door
from renewals.models import Statement, Verdict
from renewals.organisation import SIGNING
from renewals.services import (
    asking,
    contacting,
    deciding,
    delegating,
    dismissing,
    drawing,
    proposing,
)
from renewals.statement import StatementPurpose


class Service(Protocol):
    """What a signature does."""

    def __call__(self, *, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> object:
        """Raises `PKIError`, `RenewalError`, `NoticeError`."""


@dataclass(frozen=True)
class Act:
    """A kind of statement: what its page says and what signing it does."""

    title: Promise
    lead: Promise
    button: Promise
    perform: Service
    # Where to go instead of signing, and where the reader is told that it is done.
    back: str
    # What that place is called; without it the page begins with the organisation.
    back_title: Promise | None = None
    told: Promise | None = None
    is_final: bool = False
    # For the reader alone: any signing certificate of his will do, of whatever organisation.
    is_personal: bool = False
    section: str = "organisation"


ACTS: dict[StatementPurpose, Act] = {
    StatementPurpose.APPROVAL: Act(
        title=_("Read and sign the approval"),
        lead=_("By signing you say: these people work for us, and they need their signatures."),
        button=_("Sign and approve"),
        perform=partial(deciding.decide, verdict=Verdict.APPROVE),
        back="approvals",
        section="approvals",
    ),
    StatementPurpose.REJECTION: Act(
        title=_("Read and sign the refusal"),
        lead=_("The applicants read the reason and may file new applications."),
        button=_("Sign and refuse"),
        perform=partial(deciding.decide, verdict=Verdict.REJECT),
        back="approvals",
        section="approvals",
        is_final=True,
    ),
    StatementPurpose.DELEGATION: Act(
        title=_("Read and sign the delegation"),
        lead=_("From the first day on this person decides about applications in your place."),
        button=_("Sign and give the right"),
        perform=delegating.give,
        back="mandates",
        told=_("The right to approve is given."),
    ),
    StatementPurpose.END_OF_MANDATE: Act(
        title=_("Read and sign the end of the right"),
        lead=_("It ends at once. What was decided by it before stays."),
        button=_("Sign and take it back"),
        perform=delegating.end,
        back="mandates",
        told=_("The right to approve is taken back."),
        is_final=True,
    ),
    StatementPurpose.DISMISSAL: Act(
        title=_("Read and sign the request"),
        lead=_("The certificates named below are revoked at once. This cannot be undone."),
        button=_("Sign and revoke"),
        perform=dismissing.dismiss,
        back="organisation",
        told=_("The certificates are revoked, open applications of this person have ended."),
        is_final=True,
    ),
    StatementPurpose.REVOCATION: Act(
        title=_("Read and sign the request"),
        lead=_("It is carried out as soon as you have signed it."),
        button=_("Sign and have it done"),
        perform=partial(asking.revoke_asked, Door.HOLDER),
        back="my",
        told=_("Done. Nothing can be signed with it any more."),
        is_final=True,
        is_personal=True,
        back_title=_("My signature"),
        section="my",
    ),
    StatementPurpose.EMPLOYEE_REVOCATION: Act(
        title=_("Read and sign the request"),
        lead=_("It is carried out as soon as you have signed it."),
        button=_("Sign and have it done"),
        perform=partial(asking.revoke_asked, Door.HEAD),
        back="organisation",
        told=_("Done. Nothing can be signed with it any more."),
        is_final=True,
    ),
    StatementPurpose.OFFICE_REVOCATION: Act(
        title=_("Read and sign the revocation"),
        lead=_(
            "It is carried out as soon as you have signed it. Compare name and number once more."
        ),
        button=_("Sign and have it done"),
        perform=partial(asking.revoke_asked, Door.OPERATOR),
        back="admin:pki_certificate_changelist",
        told=_("Done. Its holder is told."),
        is_final=True,
        is_personal=True,
        back_title=_("Operators' desk"),
        section="desk",
    ),
    StatementPurpose.PROPOSAL: Act(
        title=_("Read and sign the proposal"),
        lead=_("Nothing happens before a second operator has checked it and signed, too."),
        button=_("Sign the proposal"),
        perform=proposing.propose,
        back="admin:renewals_proposal_changelist",
        told=_("Signed. Now another operator has to confirm it."),
        is_personal=True,
        back_title=_("Operators' desk"),
        section="desk",
    ),
    StatementPurpose.CONFIRMATION: Act(
        title=_("Read and sign the confirmation"),
        lead=_("Yours is the second signature: it is done as soon as you have signed."),
        button=_("Sign and confirm"),
        perform=proposing.confirm,
        back="admin:renewals_proposal_changelist",
        told=_("Done. Both signatures are kept."),
        is_final=True,
        is_personal=True,
        back_title=_("Operators' desk"),
        section="desk",
    ),
    StatementPurpose.CONTACT: Act(
        title=_("Read and sign the change of your contact"),
        lead=_("Nobody but you can change it, because nobody else has your key."),
        button=_("Sign the change"),
        perform=contact_book.sign_change,
        back="contacts",
        told=_("The address is removed. We write there no more."),
        is_personal=True,
        back_title=_("Contacts and notices"),
        section="contacts",
    ),
}
DECISIONS = frozenset({StatementPurpose.APPROVAL, StatementPurpose.REJECTION})
# For whoever serves the desk now, whatever was drawn for him before.
OFFICE = [one.value for one, act in ACTS.items() if act.section == "desk"]
View = Callable[..., HttpResponse]


def own_statement(view: View) -> View:
    """Fetch among those drawn for this person and, unless personal, organisation, or 404."""

    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        reader = cast(CabinetRequest, request)
        mine = _drawn_for(contacting.binding_of(reader.actor), is_personal=True)
        if reader.actor.kind is not ActorKind.OPERATOR:
            mine &= ~Q(purpose__in=OFFICE)
        if approver_of(reader) is not None:
            mine |= _drawn_for(drawing.binding_of(reader.actor), is_personal=False)
        statement = Statement.objects.filter(mine, pk=pk).first()
        if statement is None:
            raise Http404
        return view(reader, statement)

    return answer


def _drawn_for(binding: str, *, is_personal: bool) -> Q:
    purposes = [one.value for one, act in ACTS.items() if act.is_personal is is_personal]
    return Q(binding=binding, purpose__in=purposes)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_script
@own_statement
def sign(request: CabinetRequest, statement: Statement) -> HttpResponse:
    """Show the text exactly as it is kept; take the signature over it."""
    act = ACTS[StatementPurpose(statement.purpose)]
    if request.method == "POST":
        return _take(request, statement, act)
    if statement.spent_at is not None:
        return redirect("signed", statement.pk)
    if statement.expires_at <= timezone.now():
        messages.warning(request, sentence("statement.expired"))
        return redirect(act.back)
    context = {
        "statement": statement,
        "act": act,
        "signers": _signers(request.actor, act, now=timezone.now()),
        "count": len(statement.terms.get("entries", ())),
        "section": act.section,
    }
    return render(request, "cabinet/approvals/sign.html", context)


def _signers(actor: Actor, act: Act, *, now: datetime) -> list[str]:
    """Serial numbers of the reader's certificates that may sign this, what ends last first."""
    own = Certificate.objects.for_iin(actor.iin).current(now).unrevoked()
    own = own.filter(purpose__in=SIGNING).order_by("-not_after")
    fitting = own if act.is_personal else own.filter(bin=actor.bin)
    return list(fitting.values_list("serial_hex", flat=True))


def _take(request: CabinetRequest, statement: Statement, act: Act) -> HttpResponse:
    form = SignedForm(request.POST)
    if not form.is_valid():
        return refused_form(form)
    if form.cleaned_data["statement"] != statement.pk:
        raise StatementError
    act.perform(
        actor=request.actor,
        statement_id=statement.pk,
        cms=form.cleaned_data["cms"],
        now=timezone.now(),
    )
    if revocation_of_row(request.certificate, now=timezone.now()).status is not Status.GOOD:
        # Signed by the certificate that is revoked now: the session has gone with it.
        sign_in.leave(request, now=timezone.now())
        return done("revoked")
    if act.is_personal and statement.terms.get("new"):
        messages.info(request, str(_("Signed. Now a code goes to the new address.")))
        return done("contact-code", statement.terms["channel"])
    if act.told is None:
        return done("signed", statement.pk)
    messages.success(request, str(act.told))
    return done(resolve_url(act.back))


@require_safe
@own_statement
def signed(request: CabinetRequest, statement: Statement) -> HttpResponse:
    """What became of every application of a signed list; other statements lead to their page."""
    purpose = StatementPurpose(statement.purpose)
    if statement.spent_at is None:
        return redirect("sign", statement.pk)
    if purpose not in DECISIONS:
        return redirect(ACTS[purpose].back)
    outcome = outcome_of(statement)
    context = {
        "statement": statement,
        "outcome": outcome,
        "verdict": Verdict(statement.terms["verdict"]).value,
        "section": "approvals",
    }
    return render(request, "cabinet/approvals/signed.html", context)
