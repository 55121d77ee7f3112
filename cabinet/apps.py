"""Django's record of the app, and of the admin that signs in by certificate."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class CabinetConfig(AppConfig):
    """The `cabinet` app."""

    name = "cabinet"
    verbose_name = _("Portal")
    default = True
    default_auto_field = "django.db.models.BigAutoField"


class CabinetAdminConfig(admin_apps.AdminConfig):
    """Django's admin, on a site without a password form."""

    default = False
    default_site = "cabinet.admin_site.CabinetAdminSite"
