"""Django's record of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PKIConfig(AppConfig):
    """The `pki` app."""

    name = "pki"
    verbose_name = _("The certification authority")
    default_auto_field = "django.db.models.BigAutoField"
