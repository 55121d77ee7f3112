"""Authorities of others at the desk: what is accepted, and proposing a change of it."""

import ssl
from http import HTTPStatus
from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from cabinet import uploads
from cabinet.middleware import CabinetRequest
from cabinet.read_only import ReadOnly
from cabinet.sentences import sentence, sentence_for
from cabinet.trust_forms import AuthorityForm, StandingForm
from cabinet.views.answers import status_of
from cabinet.views.own import READING, language_of_reader
from pki.errors import PKIError
from pki.models import Acceptance, Authority
from renewals.errors import RenewalError
from renewals.models import Proposal, ProposalKind, ProposalState, Statement
from renewals.services.proposing import state_proposal
from renewals.services.trust.changes import ACCEPTANCES, Standing, TrustChange
from renewals.services.trust.naming import subject_of

MOST_BYTES = 64 * 1024
# Beside which field a refusal is told; what is about an address says which one.
FIELDS = {"trust.name": "name", "trust.known": "pem", "trust.silent": "crl_url", "outside.": "pem"}


class AuthorityAdmin(ReadOnly[Authority]):
    """Authorities of others; a change waits for a second operator."""

    list_display = ("name", "accepted_words", "crl_url", "ocsp_url", "fetched_at", "failure_words")
    search_fields = ("name",)
    list_per_page = 50

    @admin.display(description=_("accepted for"))
    def accepted_words(self, authority: Authority) -> Promise:
        """In the operator's language."""
        return ACCEPTANCES[Acceptance(authority.accepted_for)]

    @admin.display(description=_("trouble"))
    def failure_words(self, authority: Authority) -> str:
        """Why the last try failed, if it did."""
        return _trouble(authority) or "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authority]:
        """Those whose keys are not ours, without their lists."""
        return super().get_queryset(request).filter(key_name="").defer("crl_der")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators propose; nothing is written by one of them."""
        return request.user.is_staff

    def get_urls(self) -> list[URLPattern]:
        """The form for a new one takes a file, and so comes in its own way."""
        propose = self.admin_site.admin_view(self.propose)
        return [path("add/", propose, name="pki_authority_add"), *super().get_urls()]

    # The token is checked inside: reading it reads the body, and first it must be known how.
    @csrf_exempt
    def propose(self, request: HttpRequest) -> HttpResponse:
        """A new authority: the form, then the text to sign."""
        reader = cast(CabinetRequest, request)
        if request.method in READING:
            return self.show_form(reader, AuthorityForm(initial={"accepted_for": ""}))
        typed = uploads.turn_away(request, most_bytes=MOST_BYTES)
        if typed is not None:
            return self._refuse_large(reader, typed)
        return _take(reader, self)

    def _refuse_large(self, request: CabinetRequest, typed: QueryDict) -> HttpResponse:
        form = AuthorityForm(typed)
        form.errors.pop("file", None)
        form.add_error("file", sentence("outside.malformed"))
        return self.show_form(request, form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def show_form(
        self, request: CabinetRequest, form: AuthorityForm, *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """The form for a new one."""
        context = {"title": _("Propose a new authority"), "form": form, "is_new": True}
        return self._render(request, context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """What is known of one, and the form to propose a change."""
        reader = cast(CabinetRequest, request)
        authority = self.get_object(request, object_id)
        if authority is None or not self.has_view_permission(request, authority):
            raise Http404
        if request.method == "POST":
            return self._change(reader, authority)
        self.record_look(request, object_id)
        return self._show(reader, authority, _form_of(authority))

    def _change(self, request: CabinetRequest, authority: Authority) -> HttpResponse:
        form = StandingForm(request.POST)
        if not form.is_valid():
            return self._show(request, authority, form, status=HTTPStatus.BAD_REQUEST)
        try:
            text = _draw(request, TrustChange.of(authority, form.standing))
        except (PKIError, RenewalError) as error:
            add_refusal(form, error)
            return self._show(request, authority, form, status=status_of(error))
        return redirect("sign", text.pk)

    def _show(
        self,
        request: CabinetRequest,
        authority: Authority,
        form: StandingForm,
        *,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        waiting = Proposal.objects.filter(
            subject=subject_of(authority.name), state=ProposalState.WAITING.value
        )
        change = TrustChange.of(authority, Standing.of(authority))
        context = {
            "title": authority.name,
            "authority": authority,
            "facts": change.facts,
            "accepted": self.accepted_words(authority),
            "trouble": _trouble(authority),
            "waiting": waiting.first(),
            "form": form,
            "is_new": False,
        }
        return self._render(request, context, status=status)

    def _render(
        self, request: CabinetRequest, context: dict[str, object], *, status: int
    ) -> HttpResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, "admin/outside_authority.html", shown, status=status)


@csrf_protect
def _take(request: CabinetRequest, desk: AuthorityAdmin) -> HttpResponse:
    form = AuthorityForm(request.POST, request.FILES)
    if not form.is_valid():
        return desk.show_form(request, _kept(form), status=HTTPStatus.BAD_REQUEST)
    name, der = form.cleaned_data["name"].strip(), form.cleaned_data["certificate"]
    try:
        text = _draw(request, TrustChange(name, der, form.standing))
    except (PKIError, RenewalError) as error:
        add_refusal(form, error)
        return desk.show_form(request, _kept(form), status=status_of(error))
    return redirect("sign", text.pk)


def _kept(form: AuthorityForm) -> AuthorityForm:
    """A file cannot be shown again by a browser, so its certificate comes back as text."""
    der = form.cleaned_data.get("certificate")
    if isinstance(der, bytes):
        form.data = {**dict(form.data.items()), "pem": ssl.DER_cert_to_PEM_cert(der)}
    return form


def _draw(request: CabinetRequest, change: TrustChange) -> Statement:
    return state_proposal(
        kind=ProposalKind.TRUST,
        terms=change.terms,
        actor=request.actor,
        language=language_of_reader(),
        now=timezone.now(),
    )


def add_refusal(form: StandingForm, error: PKIError | RenewalError) -> None:
    """Beside the field that it is about, if there is one."""
    field = next((name for code, name in FIELDS.items() if error.code.startswith(code)), None)
    if "url" in error.facts:
        is_list = error.facts["url"] == form.cleaned_data.get("crl_url")
        field = "crl_url" if is_list else "ocsp_url"
    form.add_error(field if field in form.fields else None, sentence_for(error))


def _form_of(authority: Authority) -> StandingForm:
    return StandingForm(initial=Standing.of(authority).as_terms())


def _trouble(authority: Authority) -> str:
    return sentence(authority.fetch_failure) if authority.fetch_failure else ""
