"""Django's record of the app."""

from django.apps import AppConfig


class PKIConfig(AppConfig):
    """The `pki` app."""

    name = "pki"
    default_auto_field = "django.db.models.BigAutoField"
