"""What operators see of notices: what went out, to whom, what became of it; and sending again.

Addresses are masked in lists. A code on its way is never shown: it is nobody's but its reader's.
"""

from collections.abc import Mapping
from typing import cast

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cabinet.middleware import CabinetRequest
from cabinet.notice_rows import stored_number
from cabinet.read_only import ReadOnly, ReadOnlyInline, Row
from notifications.channels.registry import CHANNELS
from notifications.contacts.book import mask
from notifications.delivering import delivery as delivering
from notifications.kinds import TOPIC_WORDS, DeliveryState, MessageKind
from notifications.models import Address, Delivery, Notice
from notifications.words.numbers import show_number
from renewals.events import EventKind
from renewals.services import journal

# What has come to an end; whatever is on its way comes by itself.
AGAIN = (DeliveryState.FAILED, DeliveryState.DROPPED, DeliveryState.SENT)


# The words of the holder's own page.
STATES: dict[str, Promise] = {
    DeliveryState.WAITING.value: _("is about to be sent"),
    DeliveryState.SENDING.value: _("is being sent"),
    DeliveryState.SENT.value: _("sent"),
    DeliveryState.DELIVERED.value: _("arrived"),
    DeliveryState.FAILED.value: _("could not be delivered"),
    DeliveryState.DROPPED.value: _("not sent: when its time came it was no longer needed"),
}


class WordsFilter(admin.SimpleListFilter):
    """By a column whose values have words."""

    words: Mapping[str, Promise] = {}

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Model]
    ) -> list[tuple[str, str]]:
        """All of them, in the operator's language."""
        return [(value, str(words)) for value, words in self.words.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> QuerySet[Row]:
        """Those with the chosen one."""
        chosen = self.value()
        return queryset.filter(**{str(self.parameter_name): chosen}) if chosen else queryset


class StateFilter(WordsFilter):
    """What became of it."""

    title, parameter_name, words = _("state"), "state", STATES


class TopicFilter(WordsFilter):
    """What a notice is about."""

    title, parameter_name = _("topic"), "topic"
    words = {topic.value: words for topic, words in TOPIC_WORDS.items()}


class DeliveryTopicFilter(TopicFilter):
    """What the notice of a delivery is about."""

    parameter_name = "notice__topic"


class ChannelFilter(admin.SimpleListFilter):
    """By the registry: what stands in millions of rows is not asked for."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[Model]
    ) -> list[tuple[str, str]]:
        """Those that there are."""
        return [(name, str(channel.label)) for name, channel in CHANNELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> QuerySet[Row]:
        """Those of the chosen one."""
        return queryset.filter(channel=self.value()) if self.value() else queryset


class Masked:
    """Columns of deliveries."""

    @admin.display(description=_("to"))
    def masked(self, delivery: Delivery) -> str:
        """Enough to recognise it."""
        return mask(delivery.channel, delivery.to)

    @admin.display(description=_("state"), ordering="state")
    def state_words(self, delivery: Delivery) -> Promise:
        """In the operator's language."""
        return STATES[delivery.state]

    @admin.display(description=_("message"))
    def message(self, delivery: Delivery) -> str:
        """Which of the messages."""
        return delivery.notice.kind if delivery.notice else MessageKind.CONTACT_CODE.value


class DeliveryInline(Masked, ReadOnlyInline[Delivery, Notice]):
    """The ways of a notice."""

    model = Delivery
    fields = ("channel", "masked", "state_words", "due_at", "attempts", "sent_at", "error")
    readonly_fields = fields
    ordering = ("id",)


class DeliveryAdmin(Masked, ReadOnly[Delivery]):
    """Everything that was to go out, the newest first."""

    list_display = (
        *("created_at", "channel", "masked", "message"),
        *("state_words", "attempts", "error"),
    )
    list_filter = (StateFilter, ChannelFilter, DeliveryTopicFilter)
    list_select_related = ("notice",)
    list_per_page = 50
    search_fields = ("=notice__number", "=notice__iin", "=verification__iin")
    search_help_text = _("IIN, or the number of a notice")
    show_full_result_count = False
    ordering = ("-id",)
    fields = (
        *("message", "number", "channel", "to", "language", "state_words"),
        *("created_at", "due_at"),
        *("attempts", "tried_at", "sent_at", "delivered_at", "error", "provider_id"),
        *("sent_subject", "sent_body"),
    )
    readonly_fields = fields
    actions = ("send_again",)

    @admin.display(description=_("number"))
    def number(self, delivery: Delivery) -> str:
        """As its reader has it."""
        return show_number(delivery.notice.number) if delivery.notice else "-"

    @admin.display(description=_("subject"))
    def sent_subject(self, delivery: Delivery) -> str:
        """Of a notice; of a code nothing is shown, whatever stands in the row."""
        return delivery.subject if delivery.notice else "-"

    @admin.display(description=_("text"))
    def sent_body(self, delivery: Delivery) -> str:
        """The same."""
        return delivery.body if delivery.notice else "-"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Numbers are typed as letters show them."""
        return super().get_search_results(
            request, queryset, stored_number(search_term) or search_term
        )

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """What has come to an end; it goes out with the next round of the worker."""
        ended = queryset.filter(state__in=[state.value for state in AGAIN])
        ids = list(ended.values_list("pk", flat=True))
        now = timezone.now()
        count = delivering.resend(ids, now=now)
        journal.record(
            EventKind.RECORD_VIEWED,
            actor=cast(CabinetRequest, request).actor,
            now=now,
            facts={"record": "delivery", "action": "resend", "ids": ids},
        )
        words = ngettext(
            "%(count)d message goes out again.", "%(count)d messages go out again.", count
        ) % {"count": count}
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)


class NoticeAdmin(ReadOnly[Notice]):
    """What was told to whom; the words are made anew for each reading."""

    list_display = ("created_at", "shown_number", "iin", "kind", "topic", "renewal", "read_at")
    list_filter = (TopicFilter, "kind")
    list_select_related = ("renewal",)
    list_per_page = 50
    search_fields = ("=number", "=iin", "=renewal__number")
    search_help_text = _("IIN, the number of a notice or of an application")
    show_full_result_count = False
    ordering = ("-id",)
    fields = ("shown_number", "iin", "kind", "topic", "renewal", "facts", "created_at", "read_at")
    readonly_fields = fields
    inlines = (DeliveryInline,)

    @admin.display(description=_("number"), ordering="number")
    def shown_number(self, notice: Notice) -> str:
        """As its reader has it."""
        return show_number(notice.number)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notice], search_term: str
    ) -> tuple[QuerySet[Notice], bool]:
        """Numbers are typed as letters show them."""
        return super().get_search_results(
            request, queryset, stored_number(search_term) or search_term
        )


class AddressAdmin(ReadOnly[Address]):
    """Where people are reached, and what came back from there."""

    list_display = ("iin", "channel", "masked", "verified_at", "failed_at", "failure", "ended_at")
    list_filter = (ChannelFilter, ("failed_at", admin.EmptyFieldListFilter))
    list_per_page = 50
    search_fields = ("=iin", "=value")
    search_help_text = _("IIN, or the whole address")
    show_full_result_count = False
    ordering = ("-id",)
    fields = ("iin", "channel", "value", "verified_at", "failed_at", "failure", "ended_at")
    readonly_fields = fields

    @admin.display(description=_("address"))
    def masked(self, address: Address) -> str:
        """Enough to recognise it."""
        return mask(address.channel, address.value)
