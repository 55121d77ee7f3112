"""What the operators' desk is made of: rows to look at, each look recorded, no script."""

from typing import TypeVar, cast

from django.contrib import admin
from django.db.models import Model
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst

from cabinet.middleware import CabinetRequest
from renewals.events import EventKind
from renewals.services import journal

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class WithoutScript:
    """No jQuery: it writes HTML, which the policy of this site forbids on every page."""

    @property
    def media(self) -> Media:
        """Nothing; the desk works by plain forms."""
        return Media()


class ReadOnly(WithoutScript, admin.ModelAdmin[Row]):
    """Operators look; the look itself is recorded."""

    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Nothing is deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Operators see everything here."""
        return request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Operators see everything here."""
        return request.user.is_staff

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the row and record who looked."""
        own = {"title": capfirst(str(self.opts.verbose_name))}
        context = {**own, **(extra_context or {})}
        response = super().change_view(request, object_id, form_url, context)
        self.record_look(request, object_id)
        return response

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """Headed by what is listed: Django's own heading is not there in every language."""
        own = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def record_look(self, request: HttpRequest, object_id: str) -> None:
        """Who looked at which row."""
        journal.record(
            EventKind.RECORD_VIEWED,
            actor=cast(CabinetRequest, request).actor,
            now=timezone.now(),
            facts={"record": self.opts.model_name, "id": object_id[:40]},
        )


class ReadOnlyInline(WithoutScript, admin.TabularInline[Row, Parent]):
    """Rows of an application, to look at."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        """As the application itself."""
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        """Rows come from services."""
        return False

    has_change_permission = has_add_permission
