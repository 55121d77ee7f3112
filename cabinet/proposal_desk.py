"""What one operator has proposed, for another to confirm or to refuse."""

from http import HTTPStatus
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cabinet.middleware import CabinetRequest
from cabinet.read_only import ReadOnly
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.own import READING, language_of_reader
from pki.errors import PKIError
from renewals.errors import ReasonError, RenewalError, StatementError
from renewals.models import Proposal, ProposalKind, ProposalState
from renewals.services.proposals.table import PROPOSED_ACTS
from renewals.services.proposals.texts import describe
from renewals.services.proposing import REASON_LENGTH, refuse, state_confirmation

CONFIRM = "renewals_proposal_confirm"
STATES: dict[ProposalState, Promise] = {
    ProposalState.WAITING: _("waits for a second operator"),
    ProposalState.CONFIRMED: _("confirmed and done"),
    ProposalState.REFUSED: _("refused"),
    ProposalState.LAPSED: _("nobody confirmed it in time"),
}


class StateFilter(admin.SimpleListFilter):
    """What waits, and what became of the rest."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Proposal]
    ) -> list[tuple[str, str]]:
        """The four of the table."""
        return [(state.value, str(words)) for state, words in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        """Those in the chosen one."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class RefusalForm(forms.Form):
    """Why it is refused."""

    reason = forms.CharField(
        label=_("Why you refuse it"),
        help_text=_("Who proposed it reads this."),
        max_length=REASON_LENGTH,
        # Whether one is needed, the service says: its sentence is the same on every door.
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 66}),
    )


class ProposalAdmin(ReadOnly[Proposal]):
    """Proposals, what waits in front."""

    list_display = ("kind_words", "subject", "state_words", "proposed_by", "created_at")
    list_filter = (StateFilter,)
    list_select_related = ("first",)
    search_fields = ("subject", "first__signer_name")

    @admin.display(description=_("what"))
    def kind_words(self, proposal: Proposal) -> Promise:
        """In the operator's language."""
        return PROPOSED_ACTS[ProposalKind(proposal.kind)].title

    @admin.display(description=_("state"))
    def state_words(self, proposal: Proposal) -> Promise:
        """The same."""
        return STATES[ProposalState(proposal.state)]

    @admin.display(description=_("proposed by"))
    def proposed_by(self, proposal: Proposal) -> str:
        """Whose signature is the first."""
        return proposal.first.signer_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """With who signed."""
        rows = super().get_queryset(request)
        return rows.select_related("first__statement", "second").order_by("settled_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Drawing the second text, besides the pages."""
        draw = self.admin_site.admin_view(self.confirm)
        return [path("<int:pk>/confirm/", draw, name=CONFIRM), *super().get_urls()]

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Draw the text for the second signature; its page shows it, word by word."""
        reader = cast(CabinetRequest, request)
        proposal = self.get_object(request, str(pk))
        if proposal is None:
            raise Http404
        if request.method in READING:
            return redirect("admin:renewals_proposal_change", pk)
        try:
            text = state_confirmation(
                proposal=proposal,
                actor=reader.actor,
                language=language_of_reader(),
                now=timezone.now(),
            )
        except (PKIError, RenewalError) as error:
            refusal = sentence_for(error)
            form = RefusalForm()
            return self._show(reader, proposal, form, refusal=refusal, status=status_of(error))
        return redirect("sign", text.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """What it will do and who proposed it; while it waits, both ways on."""
        reader = cast(CabinetRequest, request)
        proposal = self.get_object(request, unquote(object_id))
        if proposal is None or not self.has_view_permission(request, proposal):
            raise Http404
        if request.method == "POST":
            return self._refuse(reader, proposal)
        self.record_look(request, object_id)
        return self._show(reader, proposal, RefusalForm())

    def _refuse(self, request: CabinetRequest, proposal: Proposal) -> HttpResponse:
        form = RefusalForm(request.POST)
        if not form.is_valid():
            return self._show(request, proposal, form, status=HTTPStatus.BAD_REQUEST)
        reason = form.cleaned_data["reason"]
        try:
            refuse(actor=request.actor, proposal=proposal, reason=reason, now=timezone.now())
        except RenewalError as error:
            field = "reason" if isinstance(error, ReasonError) else None
            form.add_error(field, sentence_for(error))
            proposal.refresh_from_db()
            return self._show(request, proposal, form, status=status_of(error))
        self.message_user(request, _("Refused. Nothing was changed."), messages.SUCCESS)
        return redirect("admin:renewals_proposal_changelist")

    def _show(
        self,
        request: CabinetRequest,
        proposal: Proposal,
        form: RefusalForm,
        *,
        refusal: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        is_open = proposal.state == ProposalState.WAITING.value
        context = {
            **self.admin_site.each_context(request),
            "title": self.kind_words(proposal),
            "opts": self.opts,
            "proposal": proposal,
            "lines": _lines(proposal),
            "state": self.state_words(proposal),
            "is_open": is_open and proposal.expires_at > timezone.now(),
            "is_own": proposal.first.signer_iin == request.actor.iin,
            "form": form,
            "refusal": refusal,
        }
        return TemplateResponse(request, "admin/proposal.html", context, status=status)


def _lines(proposal: Proposal) -> list[tuple[str, str]]:
    """What it does, in the operator's language; nothing where the row cannot be read."""
    try:
        return [one for one in describe(ProposalKind(proposal.kind), proposal.terms) if one[0]]
    except StatementError:
        return []
