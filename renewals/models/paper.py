"""Papers: what people upload, and the evidence of a whole application. The bytes are in storage."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.models.rules import choices, one_of
from renewals.models.application import Renewal
from renewals.models.decision import Mandate


class DocumentKind(StrEnum):
    """What a document is (`story.md` S13)."""

    APPLICATION_FORM = "application_form"
    IDENTITY_CARD = "identity_card"
    POWER_OF_ATTORNEY = "power_of_attorney"
    REGISTRATION = "registration"
    OTHER = "other"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Named filters."""

    def arrived(self) -> "DocumentQuerySet":
        """Wholly in storage; what is not may still be arriving, or was interrupted."""
        return self.filter(stored_at__isnull=False)


class Document(models.Model):
    """A file of an application or of a mandate, under a name of our own, with its hash.

    Written down before its bytes are stored, so that a row tells of every file there may be.
    """

    renewal = models.ForeignKey(
        Renewal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("application"),
    )
    mandate = models.ForeignKey(
        Mandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("right to approve"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=choices(DocumentKind))
    # As its sender called it, for people; never a path.
    name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    storage_name = models.CharField(max_length=100, unique=True)
    sender_iin = models.CharField(_("IIN"), max_length=12)
    created_at = models.DateTimeField(_("sent"))
    stored_at = models.DateTimeField(_("stored"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["id"]
        constraints = [
            one_of("document", "kind", DocumentKind),
            models.CheckConstraint(
                condition=Q(renewal__isnull=False, mandate__isnull=True)
                | Q(renewal__isnull=True, mandate__isnull=False),
                name="document_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """The container with everything that proves an application: made once, never changed."""

    renewal = models.OneToOneField(Renewal, models.PROTECT, related_name="evidence")
    storage_name = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.storage_name
