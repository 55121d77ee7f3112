"""What operators see of the authority itself: troubles, lists, own certificates, checkpoints."""

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cabinet.read_only import ReadOnly
from pki.models import RevocationList, ServiceCertificate
from renewals.models import Checkpoint, Trouble


class OpenFilter(admin.SimpleListFilter):
    """Whether it is over."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Trouble]
    ) -> list[tuple[str, str]]:
        """Open, or over."""
        return [("open", str(_("not over yet"))), ("over", str(_("over")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trouble]) -> QuerySet[Trouble]:
        """Those in the chosen state."""
        if self.value() not in {"open", "over"}:
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "open")


class TroubleAdmin(ReadOnly[Trouble]):
    """What is not as it must be, and what was."""

    list_display = ("subject", "code", "began_at", "ended_at")
    list_filter = (OpenFilter,)
    search_fields = ("subject", "code")


class RevocationListAdmin(ReadOnly[RevocationList]):
    """The newest list of each scope."""

    list_display = ("authority", "scope", "partition", "number", "entries", "next_update")
    list_filter = ("authority", "scope")
    list_select_related = ("authority",)


class ServiceCertificateAdmin(ReadOnly[ServiceCertificate]):
    """By what the authority seals, answers and stamps."""

    list_display = ("authority", "kind", "serial_hex", "not_before", "not_after")
    list_filter = ("authority", "kind")
    list_select_related = ("authority",)
    exclude = ("certificate_der",)


class CheckpointAdmin(ReadOnly[Checkpoint]):
    """The signed heads of the chain, and where each was written."""

    list_display = ("sequence", "at", "count", "name", "written_at")
    exclude = ("cms_der",)
