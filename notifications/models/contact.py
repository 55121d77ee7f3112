"""Whom to reach and how. People are known by IIN: many are told before they ever sign in."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Topic
from pki.models.rules import choices, one_of

# RFC 5321, 4.5.3.1: 64 octets, the sign, 255 octets; a path is shorter, but people type.
ADDRESS_LENGTH = 320


class Recipient(models.Model):
    """How a person wants to be spoken to. Without a row: by the portal's own language."""

    iin = models.CharField(_("IIN"), max_length=12, unique=True)
    language = models.CharField(_("language"), max_length=5)
    # Chosen on the page of contacts; otherwise it is the language of the last sign-in.
    is_chosen = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")

    def __str__(self) -> str:
        return f"{self.iin} {self.language}"


class AddressQuerySet(models.QuerySet["Address"]):
    """Named filters."""

    def for_iin(self, iin: str) -> Self:
        """Those of one person; nobody without an IIN has any."""
        return self.filter(iin=iin) if iin else self.none()

    def current(self) -> Self:
        """Verified and not replaced, whether or not they work."""
        return self.filter(ended_at=None)

    def working(self) -> Self:
        """Current, and nothing has come back from there."""
        return self.current().filter(failed_at=None)


class Address(models.Model):
    """A verified contact. One that is replaced or removed keeps its row and gets an end."""

    iin = models.CharField(_("IIN"), max_length=12)
    channel = models.CharField(_("channel"), max_length=20)
    value = models.CharField(_("address"), max_length=ADDRESS_LENGTH)
    verified_at = models.DateTimeField(_("verified"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Something came back for good: not used until its holder verifies it again.
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=100, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["channel", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["iin", "channel"], condition=Q(ended_at=None), name="address_one_current"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="address_not_empty"),
        ]
        indexes = [models.Index(fields=["value"], name="address_value")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    @property
    def works(self) -> bool:
        """Whether anything is sent there."""
        return self.ended_at is None and self.failed_at is None


class Verification(models.Model):
    """A code on its way to an address that somebody says is his.

    The code itself stands nowhere: it is computed from the row by a secret of the portal.
    """

    iin = models.CharField(_("IIN"), max_length=12)
    channel = models.CharField(_("channel"), max_length=20)
    value = models.CharField(_("address"), max_length=ADDRESS_LENGTH)
    nonce = models.CharField(max_length=32)
    language = models.CharField(max_length=5)
    created_at = models.DateTimeField(_("asked for"))
    expires_at = models.DateTimeField(_("valid until"))
    tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    spent_at = models.DateTimeField(null=True, blank=True)
    # Asked for by a signature: what is verified replaces the present address.
    replaces = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["iin", "channel", "created_at"], name="verification_person"),
            models.Index(fields=["value", "created_at"], name="verification_value"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Mute(models.Model):
    """A topic that somebody does not want on a channel. What has no row is told."""

    iin = models.CharField(_("IIN"), max_length=12)
    channel = models.CharField(_("channel"), max_length=20)
    topic = models.CharField(_("topic"), max_length=20, choices=choices(Topic))
    muted_at = models.DateTimeField(_("switched off"))

    class Meta:
        verbose_name = _("switched off")
        verbose_name_plural = _("switched off")
        constraints = [
            models.UniqueConstraint(fields=["iin", "channel", "topic"], name="mute_once"),
            one_of("mute", "topic", Topic),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.topic}"
