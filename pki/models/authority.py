"""Authorities: ours, with the names of their keys, and others that are pinned here."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pki.authority import IssuerFacts
from pki.chain import Usage
from pki.models.rules import choices, one_of


class Acceptance(StrEnum):
    """What certificates of somebody else's authority are accepted for here."""

    NOTHING = "nothing"
    SIGN_IN = "sign_in"
    SIGNATURES = "signatures"
    BOTH = "both"


ACCEPTED: dict[Usage, frozenset[str]] = {
    Usage.SIGN_IN: frozenset({Acceptance.SIGN_IN.value, Acceptance.BOTH.value}),
    Usage.SIGN: frozenset({Acceptance.SIGNATURES.value, Acceptance.BOTH.value}),
    Usage.ANY: frozenset(set(Acceptance) - {Acceptance.NOTHING}),
    # Services of others are never ours.
    Usage.SERVICE: frozenset(),
}


class AuthorityQuerySet(models.QuerySet["Authority"]):
    """Named filters."""

    def issuing(self) -> Self:
        """Those who issue certificates to people, with a key that we hold."""
        return self.filter(is_issuing=True)

    def issuing_at(self, now: datetime) -> Self:
        """Those of them who may issue at `now`: begun, not retired; the newest first."""
        begun = Q(issues_from=None) | Q(issues_from__lte=now)
        active = Q(retired_at=None) | Q(retired_at__gt=now)
        newest_first = models.F("issues_from").desc(nulls_last=True)
        return self.issuing().filter(begun, active).order_by(newest_first, "id")

    def ours(self) -> Self:
        """Those whose key we hold, roots among them."""
        return self.exclude(key_name="")

    def anchors(self) -> Self:
        """Those who are trusted by themselves."""
        return self.filter(parent=None)


class Authority(models.Model):
    """A pinned authority: ours, with the name of its key, or somebody else's, without."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    certificate_der = models.BinaryField()
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    key_name = models.CharField(max_length=60, blank=True)
    is_issuing = models.BooleanField(_("issues certificates"), default=False)
    # The one that it takes over from; certificates of that one are renewed here.
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers"
    )
    # A new one beside the old takes over at this moment; empty: since it exists.
    issues_from = models.DateTimeField(_("issues from"), null=True, blank=True)
    # It issues no more; its lists and answers go on until its end.
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # Into how many parts its list is cut; 0: one whole list. It stands in certificates, so it
    # is never changed.
    crl_partitions = models.PositiveSmallIntegerField(default=0)
    # The last number given to a list, the whole list to which changes are told, and the one to
    # which they will be, when that is old enough for every older one to be out of use.
    crl_number = models.PositiveBigIntegerField(default=0)
    crl_base_number = models.PositiveBigIntegerField(default=0)
    crl_next_base = models.PositiveBigIntegerField(default=0)
    crl_next_base_at = models.DateTimeField(null=True, blank=True)

    # Of somebody else's authority: what it is accepted for, where it tells of revocations, and
    # its newest list.
    accepted_for = models.CharField(
        _("accepted for"),
        max_length=20,
        choices=choices(Acceptance),
        default=Acceptance.BOTH.value,
    )
    crl_url = models.URLField(_("address of its list"), max_length=500, blank=True)
    ocsp_url = models.URLField(_("address of its answers"), max_length=500, blank=True)
    crl_der = models.BinaryField(null=True, blank=True)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    fetch_failed_at = models.DateTimeField(_("fetching failed"), null=True, blank=True)
    fetch_failure = models.CharField(_("why it failed"), max_length=60, blank=True)
    # When its list is fetched again; empty: at once.
    fetch_due_at = models.DateTimeField(null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_issuing=False) | ~Q(key_name=""), name="authority_issuing_has_key"
            ),
            models.UniqueConstraint(
                fields=["key_name"], condition=~Q(key_name=""), name="authority_key_once"
            ),
            one_of("authority", "accepted_for", Acceptance),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ours(self) -> bool:
        """Whether our own records say what became of its certificates."""
        return bool(self.key_name)

    def may_issue(self, now: datetime) -> bool:
        """The same as `issuing_at`, of one row."""
        has_begun = self.issues_from is None or self.issues_from <= now
        is_retired = self.retired_at is not None and self.retired_at <= now
        return self.is_issuing and has_begun and not is_retired

    def accepts(self, usage: Usage) -> bool:
        """Whether certificates of its own are accepted for this; ours always are."""
        return self.is_ours or self.accepted_for in ACCEPTED[usage]

    def is_accepted(self, usage: Usage) -> bool:
        """The same, and of every authority above it."""
        if self.is_ours or not self.accepts(usage):
            return self.is_ours
        return self.parent is None or self.parent.is_accepted(usage)

    @cached_property
    def issuer_facts(self) -> IssuerFacts:
        """What goes into the certificates that it issues."""
        return IssuerFacts(
            name=self.name,
            certificate_der=bytes(self.certificate_der),
            key_name=self.key_name,
            base_url=settings.PKI_BASE_URL.rstrip("/"),
            partitions=self.crl_partitions,
        )
