"""What happened, in a chain."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.models.rules import choices
from renewals.events import EventKind
from renewals.models.application import Renewal


class Event(models.Model):
    """What happened. Only ever added; each row carries the digest of the one before it."""

    sequence = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("event"), max_length=40, choices=choices(EventKind))
    actor = models.JSONField(_("actor"))
    actor_iin = models.CharField(_("IIN"), max_length=12, blank=True, db_index=True)
    renewal = models.ForeignKey(
        Renewal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("application"),
    )
    facts = models.JSONField(_("facts"))
    previous_digest = models.CharField(_("digest of the event before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["sequence"]
        indexes = [models.Index(fields=["kind", "at"], name="event_kind_at")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class EventHead(models.Model):
    """The newest link of the chain: the one row that writers wait for."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="event_head_single")]

    def __str__(self) -> str:
        return str(self.sequence)
