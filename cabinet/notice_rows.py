"""The inbox as its pages list it. Words are made when it is read; nothing is changed here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from cabinet.application_tags import Tag
from notifications.kinds import Topic
from notifications.models import Notice
from notifications.models.notice import NoticeQuerySet
from notifications.words.numbers import ALPHABET, LENGTH, show_number
from notifications.words.situation import gather
from notifications.words.writing import subject_of

PAGE_SIZE = 20
# What people type around a number, and the letters that it has not and digits look like
# (Crockford's base 32).
AROUND = re.compile(r"[\s\-‐-―№#]+")
LOOK_ALIKES = str.maketrans("ILO", "110")
TAGS: dict[Topic, Tag] = {
    Topic.EXPIRY: Tag("warn", "clock", _("Term")),
    Topic.APPLICATION: Tag("", "file", _("Application")),
    Topic.APPROVAL: Tag("", "sign", _("Approval")),
    Topic.ORGANISATION: Tag("", "info", _("My organisation")),
    Topic.SECURITY: Tag("", "lock", _("Security")),
    Topic.OPERATIONS: Tag("", "warn", _("Operation")),
}


@dataclass(frozen=True)
class NoticeRow:
    """One line of the inbox."""

    notice: Notice
    subject: str

    @property
    def is_new(self) -> bool:
        """Whether nobody has opened it."""
        return self.notice.read_at is None

    @property
    def tag(self) -> Tag:
        """What it is about."""
        return TAGS[Topic(self.notice.topic)]

    @property
    def number(self) -> str:
        """As letters carry it."""
        return show_number(self.notice.number)


@dataclass(frozen=True)
class InboxPage:
    """`page` of `pages`, both from 1."""

    rows: list[NoticeRow]
    page: int
    pages: int


def stored_number(typed: str) -> str:
    """`№ 8k3f-22qm-7tx4` → `8K3F22QM7TX4`; '' when it cannot be a number of ours."""
    number = AROUND.sub("", typed).upper().translate(LOOK_ALIKES)
    return number if len(number) == LENGTH and set(number) <= set(ALPHABET) else ""


def inbox_page(notices: NoticeQuerySet, page: int, *, language: str, now: datetime) -> InboxPage:
    """Unread ones first, the newest of each first. A page that is not there is the last one."""
    count = notices.count()
    pages = max(-(-count // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    ordered = notices.order_by(Case(When(read_at=None, then=Value(0)), default=Value(1)), "-id")
    found = list(ordered.select_related("renewal")[start : start + PAGE_SIZE])
    return InboxPage(rows_of(found, language=language, now=now), page, pages)


def newest_unread(
    notices: NoticeQuerySet, most: int, *, language: str, now: datetime
) -> list[NoticeRow]:
    """For the page after the sign-in."""
    found = list(notices.unread().select_related("renewal")[:most])
    return rows_of(found, language=language, now=now)


def rows_of(notices: Sequence[Notice], *, language: str, now: datetime) -> list[NoticeRow]:
    """Each with its subject as it is true now."""
    situations = gather(notices, now=now)
    return [
        NoticeRow(notice, subject_of(notice, situations[notice.pk], language=language, now=now))
        for notice in notices
    ]
