"""What operators do about certificates: revoke for somebody who came, propose to release a hold."""

from http import HTTPStatus
from typing import cast

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cabinet.middleware import CabinetRequest
from cabinet.read_only import ReadOnly
from cabinet.revocation_forms import AskedForm, OfficeForm
from cabinet.role_words import role_words
from cabinet.sentences import sentence, sentence_for
from cabinet.standing import standing_of
from cabinet.views.answers import status_of
from cabinet.views.own import language_of_reader
from notifications.words.reasons import revocation_words
from pki.certificate import Purpose
from pki.errors import PKIError
from pki.models import BlockedKey, Certificate, HoldRelease, Revocation
from renewals.errors import RenewalError
from renewals.grounds import Door
from renewals.models import ProposalKind, Statement
from renewals.services import asking
from renewals.services.holding import is_held
from renewals.services.proposals.release import terms_of
from renewals.services.proposing import state_proposal
from renewals.statement import group_hex, show_storage

REVOKE, RELEASE = "pki_certificate_revoke", "pki_certificate_release"


class PurposeFilter(admin.SimpleListFilter):
    """Purposes in the operator's words."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Certificate]
    ) -> list[tuple[str, str]]:
        """What a certificate may be for."""
        return [(one.value, sentence(f"ui.purpose_{one.value}")) for one in Purpose]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Certificate]
    ) -> QuerySet[Certificate]:
        """Those for the chosen one."""
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class CertificateAdmin(ReadOnly[Certificate]):
    """Certificates, found by person or serial number."""

    list_display = ("common_name", "iin", "purpose_words", "number", "not_after")
    list_filter = (PurposeFilter,)
    search_fields = ("iin", "bin", "common_name", "serial_hex")
    fields = (
        *("common_name", "iin", "organisation", "bin", "position"),
        *("purpose_words", "storage_words", "not_before", "not_after", "authority"),
        *("number", "fingerprint_groups", "key_kind", "key_groups"),
    )
    readonly_fields = fields
    show_full_result_count = False
    change_form_template = "admin/certificate.html"

    @admin.display(description=_("purpose"), ordering="purpose")
    def purpose_words(self, row: Certificate) -> str:
        """What it is for."""
        return sentence(f"ui.purpose_{row.purpose}")

    @admin.display(description=_("storage"))
    def storage_words(self, row: Certificate) -> str:
        """Where its key is kept."""
        return show_storage(row.storage)

    @admin.display(description=_("role in the organisation"))
    def position(self, row: Certificate) -> str:
        """Who its holder is there."""
        return role_words(row.roles)

    @admin.display(description=_("serial number"), ordering="serial_hex")
    def number(self, row: Certificate) -> str:
        """In groups: for eyes, and so that it fits."""
        return group_hex(row.serial_hex)

    @admin.display(description=_("fingerprint, SHA-256"))
    def fingerprint_groups(self, row: Certificate) -> str:
        """In groups."""
        return group_hex(row.fingerprint)

    @admin.display(description=_("key, SHA-256"))
    def key_groups(self, row: Certificate) -> str:
        """In groups."""
        return group_hex(row.spki_sha256)

    def get_urls(self) -> list[URLPattern]:
        """The two forms, besides the pages."""
        site = self.admin_site
        return [
            path("<int:pk>/revoke/", site.admin_view(self.revoke), name=REVOKE),
            path("<int:pk>/release/", site.admin_view(self.release), name=RELEASE),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """The row, and what can be done about it."""
        row = Certificate.objects.filter(pk=object_id if object_id.isdigit() else 0).first()
        more = _offers(cast(CabinetRequest, request), row) if row else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Why, who asked, how he was known; then the text to sign."""
        reader, row = _fetch(request, pk)
        form = OfficeForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._draw(reader, row, form, REVOKE)
        return self._show(reader, row, form, REVOKE)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who asked and how he was known; then the proposal to sign, for a second operator."""
        reader, row = _fetch(request, pk)
        if not is_held(row):
            raise Http404
        form = AskedForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._draw(reader, row, form, RELEASE)
        return self._show(reader, row, form, RELEASE)

    def _draw(
        self, request: CabinetRequest, row: Certificate, form: AskedForm, act: str
    ) -> HttpResponse:
        try:
            text = _draw(request, row, form)
        except (PKIError, RenewalError) as error:
            form.add_error(None, sentence_for(error))
            return self._show(request, row, form, act, status=status_of(error))
        return redirect("sign", text.pk)

    def _show(
        self,
        request: CabinetRequest,
        row: Certificate,
        form: AskedForm,
        act: str,
        *,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        self.record_look(request, str(row.pk))
        is_release = act == RELEASE
        context = {
            **self.admin_site.each_context(request),
            "title": _("Release a hold") if is_release else _("Revoke or suspend"),
            "opts": self.opts,
            "certificate": row,
            "rows": _unit(row),
            "roles": role_words(row.roles),
            "form": form,
            # The reason has its own row, with what follows from each.
            "asked": [form[name] for name in AskedForm.base_fields],
            "is_release": is_release,
        }
        bad = HTTPStatus.BAD_REQUEST if form.errors and status == HTTPStatus.OK else status
        return TemplateResponse(request, "admin/certificate_act.html", context, status=bad)


def _fetch(request: HttpRequest, pk: int) -> tuple[CabinetRequest, Certificate]:
    return cast(CabinetRequest, request), get_object_or_404(Certificate, pk=pk)


def _unit(row: Certificate) -> list[Certificate]:
    """A pair is one thing: what happens to one file happens to the other."""
    return list(standing_of(row, now=timezone.now()).certificates)


def _offers(request: CabinetRequest, row: Certificate) -> dict[str, object]:
    rows = asking.revocable(Door.OPERATOR, request.actor, now=timezone.now())
    revocation = Revocation.objects.filter(
        authority=row.authority_id, serial_hex=row.serial_hex
    ).first()
    return {
        "can_revoke": rows.filter(pk=row.pk).exists(),
        # In place of the row's own name: its number is too long for a phone.
        "subtitle": row.common_name,
        "can_release": is_held(row),
        "revocation": revocation,
        "reason": revocation_words(revocation.reason) if revocation else "",
        "is_blocked": BlockedKey.objects.filter(pk=row.spki_sha256).exists(),
    }


def _draw(request: CabinetRequest, row: Certificate, form: AskedForm) -> Statement:
    now, language = timezone.now(), language_of_reader()
    if isinstance(form, OfficeForm):
        ids = [one.pk for one in _unit(row)]
        rows = asking.revocable(Door.OPERATOR, request.actor, now=now).filter(pk__in=ids)
        found = tuple(rows.order_by("id").values_list("id", flat=True))
        return asking.state_revocation(
            Door.OPERATOR, form.asking(found), actor=request.actor, language=language, now=now
        )
    terms = terms_of(row, **{name: form.cleaned_data[name] for name in AskedForm.base_fields})
    return state_proposal(
        kind=ProposalKind.RELEASE, terms=terms, actor=request.actor, language=language, now=now
    )


class RevocationAdmin(ReadOnly[Revocation]):
    """What was revoked, when and why."""

    list_display = ("serial_hex", "authority", "reason", "revoked_at", "listed_number")
    list_filter = ("reason", "authority")
    list_select_related = ("authority",)
    search_fields = ("serial_hex",)
    exclude = ("entry_der",)
    show_full_result_count = False


@admin.register(HoldRelease)
class HoldReleaseAdmin(ReadOnly[HoldRelease]):
    """Which holds were taken away."""

    list_display = ("serial_hex", "held_at", "released_at")
    search_fields = ("serial_hex",)


@admin.register(BlockedKey)
class BlockedKeyAdmin(ReadOnly[BlockedKey]):
    """Keys that are never certified again."""

    list_display = ("spki_sha256", "blocked_at")
    search_fields = ("spki_sha256",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlockedKey]:
        """The newest first."""
        return super().get_queryset(request).order_by("-blocked_at")
