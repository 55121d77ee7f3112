"""Where short messages go as long as there is no provider."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.contact import ADDRESS_LENGTH


class LoggedTextQuerySet(models.QuerySet["LoggedText"]):
    """Named filters."""

    def worded_before(self, moment: datetime) -> Self:
        """Those that are as old and still have their words."""
        return self.filter(logged_at__lt=moment).exclude(text="")


class LoggedText(models.Model):
    """A short message that the gateway `log` took. One for each key, however often it comes."""

    key = models.CharField(max_length=120, unique=True)
    to = models.CharField(_("to"), max_length=ADDRESS_LENGTH)
    sender = models.CharField(_("sender"), max_length=50)
    text = models.TextField(_("text"), blank=True)
    parts = models.PositiveIntegerField(_("parts"))
    logged_at = models.DateTimeField(_("logged"))

    objects = LoggedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("logged text")
        verbose_name_plural = _("logged texts")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key
