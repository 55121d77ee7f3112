"""What operators see and may do here: everything read-only, but for a retry and the texts."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cabinet.authority_desk import (
    CheckpointAdmin,
    RevocationListAdmin,
    ServiceCertificateAdmin,
    TroubleAdmin,
)
from cabinet.certificate_desk import CertificateAdmin, RevocationAdmin
from cabinet.desk import DocumentInline
from cabinet.middleware import CabinetRequest
from cabinet.models import Text, User
from cabinet.notice_desk import AddressAdmin, DeliveryAdmin, NoticeAdmin
from cabinet.proposal_desk import ProposalAdmin
from cabinet.read_only import ReadOnly, ReadOnlyInline, WithoutScript
from cabinet.sentences import sentence_for
from cabinet.trust_desk import AuthorityAdmin
from notifications.models import Address, Delivery, Notice
from pki.models import (
    Authority,
    Certificate,
    Revocation,
    RevocationList,
    ServiceCertificate,
)
from renewals.errors import RenewalError
from renewals.events import EventKind
from renewals.models import Checkpoint, Event, Proposal, Renewal, Request, Signature, Trouble
from renewals.services import ending, journal
from renewals.services.evidencing import has_evidence

admin.site.register(Certificate, CertificateAdmin)
admin.site.register(Trouble, TroubleAdmin)
admin.site.register(RevocationList, RevocationListAdmin)
admin.site.register(ServiceCertificate, ServiceCertificateAdmin)
admin.site.register(Checkpoint, CheckpointAdmin)
admin.site.register(Authority, AuthorityAdmin)
admin.site.register(Proposal, ProposalAdmin)
admin.site.register(Revocation, RevocationAdmin)
admin.site.register(Notice, NoticeAdmin)
admin.site.register(Delivery, DeliveryAdmin)
admin.site.register(Address, AddressAdmin)


class RequestInline(ReadOnlyInline[Request, Renewal]):
    """The certificates of an application."""

    model = Request
    fields = ("purpose", "old_certificate", "key_kind", "certificate", "installed_at")
    readonly_fields = fields


class TimelineInline(ReadOnlyInline[Event, Renewal]):
    """What happened to an application."""

    model = Event
    fields = ("at", "kind", "actor_iin", "facts")
    readonly_fields = fields
    ordering = ("sequence",)


@admin.register(Renewal)
class RenewalAdmin(ReadOnly[Renewal]):
    """Applications with their timeline."""

    list_display = ("number", "holder_name", "state", "state_since", "submitted_at")
    list_filter = ("state",)
    search_fields = ("number", "holder_iin", "holder_name", "requests__old_certificate__serial_hex")
    inlines = (RequestInline, DocumentInline, TimelineInline)
    show_full_result_count = False
    actions = ("retry",)
    readonly_fields = ("container",)
    # What the workers need among themselves.
    exclude = ("told_days", "due_at", "lease_token", "lease_until")

    @admin.display(description=_("evidence"))
    def container(self, renewal: Renewal) -> str:
        """A link to what proves the application; the look is recorded."""
        if not has_evidence(renewal):
            return "-"
        address = reverse("approval-evidence", args=[renewal.number])
        return format_html('<a href="{}" download>{}.asice</a>', address, renewal.number)

    @admin.action(description=_("Send failed applications to the worker again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Renewal]) -> None:
        """Through the service, one by one; each refusal is told with its number."""
        actor = cast(CabinetRequest, request).actor
        for renewal in queryset:
            try:
                ending.retry(actor=actor, renewal=renewal, now=timezone.now())
            except RenewalError as error:
                sentence = sentence_for(error)
                self.message_user(request, f"{renewal.number}: {sentence}", messages.ERROR)
            else:
                self.message_user(request, f"{renewal.number}: {_('sent again')}")


@admin.register(Event)
class EventAdmin(ReadOnly[Event]):
    """Sign-ins, refusals and everything else that happened."""

    list_display = ("sequence", "at", "kind", "actor_iin", "renewal")
    list_filter = ("kind",)
    search_fields = ("actor_iin", "renewal__number")
    ordering = ("-sequence",)
    show_full_result_count = False


@admin.register(Signature)
class SignatureAdmin(ReadOnly[Signature]):
    """Signatures, found by who signed."""

    list_display = ("signer_name", "signer_iin", "statement", "verified_at")
    search_fields = ("signer_iin", "signer_name")
    exclude = ("cms_der", "chain", "revocation")


@admin.register(User)
class UserAdmin(ReadOnly[User]):
    """Who has been here."""

    list_display = ("name", "iin", "last_login")
    search_fields = ("iin", "name")
    exclude = ("user_permissions",)


@admin.register(Text)
class TextAdmin(WithoutScript, admin.ModelAdmin[Text]):
    """The pages' texts that operators write themselves."""

    list_display = ("slug", "language", "changed_at")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Operators."""
        return request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Text | None = None) -> bool:
        """Operators."""
        return request.user.is_staff

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators."""
        return request.user.is_staff

    def save_model(
        self,
        request: HttpRequest,
        obj: Text,
        form: ModelForm[Text],
        change: bool,  # noqa: FBT001  # Django's own signature
    ) -> None:
        """Keep the text and record who wrote it."""
        super().save_model(request, obj, form, change)
        journal.record(
            EventKind.TEXT_CHANGED,
            actor=cast(CabinetRequest, request).actor,
            now=timezone.now(),
            facts={"slug": obj.slug, "language": obj.language, "body": obj.body[:2000]},
        )
