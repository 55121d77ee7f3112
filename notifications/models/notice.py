"""What is told and what became of it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import DeliveryState, MessageKind, Topic
from notifications.models.contact import ADDRESS_LENGTH, Address, Verification
from pki.models.rules import choices, one_of


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Named filters."""

    def for_iin(self, iin: str) -> Self:
        """The inbox of one person; nobody without an IIN has any."""
        return self.filter(iin=iin) if iin else self.none()

    def unread(self) -> Self:
        """Not opened yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing told to one person: a row of the inbox, whatever other channels do.

    No words stand here. They are written when they are read or sent, from what is true then.
    """

    # What keeps it from being told twice: the event or the day, the message, the person.
    key = models.CharField(max_length=120)
    number = models.CharField(_("number"), max_length=12)
    iin = models.CharField(_("IIN"), max_length=12)
    kind = models.CharField(_("message"), max_length=30, choices=choices(MessageKind))
    topic = models.CharField(_("topic"), max_length=20, choices=choices(Topic))
    renewal = models.ForeignKey(
        "renewals.Renewal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application"),
    )
    # Ids and small facts: see each message in `notifications.telling.messages`.
    facts = models.JSONField(_("facts"), default=dict)
    created_at = models.DateTimeField(_("told"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [
            # Not `unique=True`: that brings an index for `LIKE`, which nobody asks.
            models.UniqueConstraint(fields=["key"], name="notice_key_once"),
            models.UniqueConstraint(fields=["number"], name="notice_number_once"),
            one_of("notice", "kind", MessageKind),
            one_of("notice", "topic", Topic),
            models.CheckConstraint(condition=~Q(iin=""), name="notice_has_reader"),
        ]
        indexes = [
            models.Index(fields=["iin", "-id"], name="notice_inbox"),
            # The count in the header of every page.
            models.Index(fields=["iin"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named filters."""

    def due(self, now: datetime) -> Self:
        """Waiting and on time, or left by a worker whose lease is over; what is due first first."""
        return self.filter(
            state__in=[DeliveryState.WAITING.value, DeliveryState.SENDING.value], due_at__lte=now
        ).order_by("due_at", "id")


class Delivery(models.Model):
    """One notice (or one code) on its way to one address.

    `due_at` is when it may be taken; while it is being sent, it is the end of the lease.
    """

    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    verification = models.OneToOneField(
        Verification, models.CASCADE, null=True, blank=True, related_name="delivery"
    )
    channel = models.CharField(_("channel"), max_length=20)
    address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    # As it was then: an address may be replaced while something is on its way.
    to = models.CharField(_("to"), max_length=ADDRESS_LENGTH)
    language = models.CharField(_("language"), max_length=5)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(DeliveryState),
        default=DeliveryState.WAITING.value,
    )
    created_at = models.DateTimeField(_("planned"))
    due_at = models.DateTimeField(_("due"))
    # What it tells of ends then, so that it cannot wait longer; None: it can.
    ends_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tried_at = models.DateTimeField(_("first attempt"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    provider_id = models.CharField(_("the provider's number"), max_length=100, blank=True)
    # What was sent, blanked after `NOTICE_BODY_LIFETIME`.
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body = models.TextField(_("text"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "to"], name="delivery_once"),
            one_of("delivery", "state", DeliveryState),
            models.CheckConstraint(
                condition=Q(notice=None, verification__isnull=False)
                | Q(notice__isnull=False, verification=None),
                name="delivery_of_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state__in=[DeliveryState.WAITING.value, DeliveryState.SENDING.value]),
                name="delivery_due",
            ),
            models.Index(
                fields=["channel", "provider_id"],
                condition=~Q(provider_id=""),
                name="delivery_provider",
            ),
            models.Index(fields=["sent_at"], condition=~Q(body=""), name="delivery_blank"),
            models.Index(fields=["state", "-id"], name="delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"


class Countdown(models.Model):
    """How far a certificate's holder was told of its end. Made when it comes near."""

    certificate = models.OneToOneField("pki.Certificate", models.CASCADE, related_name="countdown")
    # The smallest threshold, in days, that was told or passed over; None: none yet.
    told_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether the head of the organisation was told by name.
    is_head_told = models.BooleanField(default=False)
    # When there is something to look at again; None: never more.
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("countdown")
        verbose_name_plural = _("countdowns")
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="countdown_next"
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.told_days}"


class FanOut(models.Model):
    """How far a source was worked off: the chain of events by its sequence, digests by week."""

    source = models.CharField(max_length=20, unique=True)
    position = models.CharField(max_length=40, default="0")

    def __str__(self) -> str:
        return f"{self.source} {self.position}"


class Provider(models.Model):
    """A channel's circuit breaker: after too many failures in a row it waits."""

    channel = models.CharField(max_length=20, unique=True)
    failures = models.PositiveIntegerField(default=0)
    # Nothing is taken for this channel before; None: it works.
    waits_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.failures}"
