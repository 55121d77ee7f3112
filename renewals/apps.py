"""Django's record of the app."""

from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """The `renewals` app."""

    name = "renewals"
    default_auto_field = "django.db.models.BigAutoField"
