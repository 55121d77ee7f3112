"""Django's record of the app."""

from django.apps import AppConfig


class CabinetConfig(AppConfig):
    """The `cabinet` app."""

    name = "cabinet"
    default_auto_field = "django.db.models.BigAutoField"
