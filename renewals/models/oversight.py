"""What guards the authority: proposals that need two, checkpoints of the chain, troubles."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pki.models.rules import choices, one_of
from renewals.models.statement import Signature


class ProposalKind(StrEnum):
    """What one operator proposes and another confirms."""

    RELEASE = "release"
    TRUST = "trust"


class ProposalState(StrEnum):
    """`WAITING` for the second signature, until it is confirmed, refused or too old."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Proposal(models.Model):
    """Something that takes effect only when two operators have signed it."""

    kind = models.CharField(_("kind"), max_length=20, choices=choices(ProposalKind))
    # What it is about, for one open proposal per thing: "release:12", "trust:nca".
    subject = models.CharField(_("subject"), max_length=100)
    # What will be done, as data; both signed texts say the same in words.
    terms = models.JSONField(default=dict)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(ProposalState),
        default=ProposalState.WAITING.value,
    )
    first = models.ForeignKey(Signature, models.PROTECT, related_name="+")
    second = models.ForeignKey(Signature, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(_("proposed"))
    expires_at = models.DateTimeField(_("until"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # Who refused it, and why.
    refused_by = models.CharField(_("refused by"), max_length=250, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-id"]
        constraints = [
            one_of("proposal", "kind", ProposalKind),
            one_of("proposal", "state", ProposalState),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state=ProposalState.WAITING.value),
                name="proposal_once_per_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED.value) | Q(second__isnull=False),
                name="proposal_confirmed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=models.F("first")), name="proposal_two_hands"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING.value, settled_at=None)
                | (~Q(state=ProposalState.WAITING.value) & Q(settled_at__isnull=False)),
                name="proposal_settled",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REFUSED.value) | ~Q(reason=""),
                name="proposal_refusal_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class Checkpoint(models.Model):
    """The head of the chain of events at a moment, signed, to be kept elsewhere."""

    sequence = models.PositiveBigIntegerField(_("number of the last event"))
    digest = models.CharField(_("digest of the last event"), max_length=64)
    count = models.PositiveBigIntegerField(_("number of events"))
    # Whole seconds, and one each: of two workers at the same moment one makes it.
    at = models.DateTimeField(_("time"), unique=True)
    # The text with these facts and the authority's signature over it (CMS, attached).
    cms_der = models.BinaryField()
    # Under which name it was written to the second place; empty until it was.
    name = models.CharField(_("file"), max_length=100, blank=True)
    written_at = models.DateTimeField(_("written"), null=True, blank=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.at:%Y-%m-%d %H:%M}"


class Trouble(models.Model):
    """Something of the authority's that is not as it must be; operators are told once."""

    # "keys", "list:ec:full", "checkpoint", "trust:nca": one open trouble each.
    subject = models.CharField(_("subject"), max_length=100)
    code = models.CharField(_("code"), max_length=60)
    facts = models.JSONField(_("facts"), default=dict)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("trouble")
        verbose_name_plural = _("troubles")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at=None), name="trouble_once_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"
