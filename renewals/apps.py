"""Django's record of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RenewalsConfig(AppConfig):
    """The `renewals` app."""

    name = "renewals"
    verbose_name = _("Applications")
    default_auto_field = "django.db.models.BigAutoField"
