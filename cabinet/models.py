"""Who signs in, and the texts that operators may edit."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

OPERATORS = "operators"


class UserManager(BaseUserManager["User"]):
    """Users come from verified certificates alone."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this IIN."""
        return self.get(iin=username)

    def operators(self) -> "models.QuerySet[User]":
        """Everybody who serves the desk."""
        return self.filter(is_active=True, groups__name=OPERATORS)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by the IIN in a verified certificate. There are no passwords."""

    password = None  # type: ignore[assignment]  # the field of the abstract class is taken away
    iin = models.CharField(_("IIN"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=250)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("first sign-in"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "iin"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    def has_usable_password(self) -> bool:
        """Nobody has one."""
        return False

    @cached_property
    def is_staff(self) -> bool:
        """Operators are staff; nobody else is."""
        return self.is_active and self.groups.filter(name=OPERATORS).exists()


class KnownDevice(models.Model):
    """A browser from which a person has signed in; only the digest of its cookie is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    words = models.CharField(_("device"), max_length=100, blank=True)
    seen_at = models.DateTimeField(_("last sign-in"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="device_once_per_user")
        ]

    def __str__(self) -> str:
        return self.words


class Text(models.Model):
    """A page's text in one language, where operators changed it."""

    slug = models.SlugField(_("text"), max_length=40)
    language = models.CharField(_("language"), max_length=5)
    body = models.TextField(_("body"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="text_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"
