"""Django's record of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The `notifications` app."""

    name = "notifications"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The checks know models, which are not there when this module is read."""
        import_module("notifications.checks")
