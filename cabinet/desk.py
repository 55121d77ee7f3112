"""What operators see of papers: documents with their files, powers of attorney to be checked."""

from collections.abc import Callable
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
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cabinet.document_rows import DocumentRow
from cabinet.middleware import CabinetRequest
from cabinet.read_only import ReadOnly, ReadOnlyInline
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.document_download import give_document
from renewals.document_kinds import KINDS
from renewals.errors import ReasonError, RenewalError
from renewals.models import Document, Mandate, MandateKind, Renewal
from renewals.models.decision import MandateQuerySet
from renewals.services.powers import confirm, refuse
from renewals.statement import group_hex

FILE = "renewals_document_file"


def file_url(document: Document) -> str:
    """Where an operator downloads it; the look is recorded."""
    return reverse(f"admin:{FILE}", args=[document.pk])


class WithFile:
    """Columns for documents."""

    @admin.display(description=_("file"))
    def file(self, document: Document) -> str:
        """A link; while the file is still arriving, its name alone."""
        if document.stored_at is None:
            return document.name
        return format_html('<a href="{}" download>{}</a>', file_url(document), document.name)

    @admin.display(description=_("SHA-256"))
    def digest(self, document: Document) -> str:
        """In groups: for eyes, and so that it fits."""
        return group_hex(document.sha256)

    @admin.display(description=_("kind"))
    def kind_words(self, document: Document) -> Promise:
        """In the operator's language."""
        return KINDS[document.kind]


class DocumentInline(WithFile, ReadOnlyInline[Document, Renewal]):
    """What was added to an application."""

    model = Document
    fields = ("kind_words", "file", "size", "created_at", "digest")
    readonly_fields = fields


@admin.register(Document)
class DocumentAdmin(WithFile, ReadOnly[Document]):
    """Documents of applications and of powers of attorney."""

    list_display = ("name", "kind_words", "renewal", "mandate", "size", "created_at")
    list_filter = ("kind",)
    list_select_related = ("renewal", "mandate")
    search_fields = ("renewal__number", "sender_iin", "sha256")
    fields = (
        *("kind_words", "file", "renewal", "mandate", "media_type"),
        *("size", "digest", "sender_iin", "created_at", "stored_at"),
    )
    readonly_fields = fields
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """The file, besides the pages."""
        give = self.admin_site.admin_view(self.give)
        return [path("<int:pk>/file/", give, name=FILE), *super().get_urls()]

    def give(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As an attachment; the look is recorded."""
        rows = Document.objects.arrived().select_related("renewal", "mandate")
        return give_document(cast(CabinetRequest, request), rows.filter(pk=pk).first())


STATES: dict[str, tuple[Promise, Callable[[MandateQuerySet], QuerySet[Mandate]]]] = {
    "unchecked": (_("waits for check"), lambda rows: rows.unchecked()),
    "confirmed": (
        _("confirmed"),
        lambda rows: rows.filter(confirmed_at__isnull=False, ended_at=None),
    ),
    "refused": (_("refused"), lambda rows: rows.filter(refused_at__isnull=False)),
    "ended": (_("ended"), lambda rows: rows.filter(ended_at__isnull=False)),
}


class StateFilter(admin.SimpleListFilter):
    """What waits for an operator, and what does not."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Mandate]
    ) -> list[tuple[str, str]]:
        """The four of the table."""
        return [(name, str(words)) for name, (words, _rows) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> QuerySet[Mandate]:
        """Those in the chosen state."""
        chosen = STATES.get(self.value() or "")
        return chosen[1](cast(MandateQuerySet, queryset)) if chosen else queryset


class OutcomeForm(forms.Form):
    """What the operator found."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("confirm", _("The paper is right: confirm")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason of a refusal"),
        help_text=_("Its holder reads this. Write what is wrong with the paper and what to do."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )


@admin.register(Mandate)
class MandateAdmin(ReadOnly[Mandate]):
    """Rights to approve in the head's place; a power of attorney is checked here."""

    list_display = ("holder_name", "organisation", "kind", "starts_on", "ends_on", "created_at")
    list_filter = (StateFilter, "kind")
    search_fields = ("holder_iin", "holder_name", "bin", "organisation")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Facts and paper; while it waits for a check, the form for its outcome."""
        mandate = self.get_object(request, unquote(object_id))
        if mandate is None or not self.has_view_permission(request, mandate):
            raise Http404
        if request.method == "POST":
            return self._settle(request, mandate)
        self.record_look(request, object_id)
        return self._show(request, mandate, OutcomeForm())

    def _settle(self, request: HttpRequest, mandate: Mandate) -> HttpResponse:
        form = OutcomeForm(request.POST)
        if not form.is_valid():
            return self._show(request, mandate, form, status=HTTPStatus.BAD_REQUEST)
        actor, now = cast(CabinetRequest, request).actor, timezone.now()
        try:
            if form.cleaned_data["outcome"] == "confirm":
                confirm(actor=actor, mandate=mandate, now=now)
            else:
                reason = form.cleaned_data["reason"]
                refuse(actor=actor, mandate=mandate, reason=reason, now=now)
        except RenewalError as error:
            field = "reason" if isinstance(error, ReasonError) else None
            form.add_error(field, sentence_for(error))
            mandate.refresh_from_db()
            return self._show(request, mandate, form, status=status_of(error))
        self.message_user(request, _("Saved. Its holder sees it."), messages.SUCCESS)
        return redirect("admin:renewals_mandate_changelist")

    def _show(
        self,
        request: HttpRequest,
        mandate: Mandate,
        form: OutcomeForm,
        *,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        papers = [DocumentRow(row, file_url(row)) for row in mandate.documents.arrived()]
        is_power = mandate.kind == MandateKind.POWER_OF_ATTORNEY.value
        waits = Mandate.objects.unchecked().filter(pk=mandate.pk).exists()
        context = {
            **self.admin_site.each_context(request),
            "title": mandate.holder_name,
            "opts": self.opts,
            "mandate": mandate,
            "documents": papers,
            "is_power": is_power,
            "can_settle": is_power and waits and bool(papers),
            "form": form,
        }
        return TemplateResponse(request, "admin/mandate.html", context, status=status)
