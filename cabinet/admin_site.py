"""Django's admin behind the certificate sign-in: operators only, no password form anywhere."""

from typing import NoReturn

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cabinet.sign_in import leave


class CabinetAdminSite(AdminSite):
    """For operators; for everybody else it does not exist."""

    site_title = site_header = _("Operators' desk")
    index_title = _("What is kept")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators are signed in by certificate like everybody and are in their group."""
        return request.user.is_active and request.user.is_staff

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send strangers to the sign-in; whoever is in but no operator finds nothing here."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(
            request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL
        )

    def logout(  # type: ignore[override]  # a redirect, not a page
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """End the session, as everywhere on the portal."""
        leave(request, now=timezone.now())
        return redirect("start")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> NoReturn:
        """There are no passwords."""
        raise Http404

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> NoReturn:
        """There are no passwords."""
        raise Http404
