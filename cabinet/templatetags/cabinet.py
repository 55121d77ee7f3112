"""Tags and filters of the pages: the year ring, icons, masked numbers. They only present."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from cabinet import role_words as roles
from cabinet.sentences import browser_sentences
from pki import subject
from renewals import statement
from renewals.rejection import REASONS, RejectionReason

register = template.Library()

SOON_DAYS = 30
# Below this many days the point of the last day would cover the whole arc of a small ring.
POINT_HIDES_ARC_DAYS = 20
ICONS = frozenset(
    {"bell", "check", "chev", "clock", "dash", "file", "info"}
    | {"key", "lock", "mail", "next", "phone", "sign", "stop", "warn"}
)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A symbol of `parts/icons.html`, hidden from screen readers; size `s` is the small one."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon {name!r}")
    return format_html(
        '<svg class="i{}" width="24" height="24" aria-hidden="true"><use href="#i-{}"/></svg>',
        " i--s" if size == "s" else "",
        name,
    )


@register.inclusion_tag("cabinet/parts/ring.html")
def ring(days: int, total: int, size: int = 56, *, words: bool = False) -> dict[str, object]:
    """The year ring: of `total` days, `days` are left. With `words` it says so inside.

    Decoration: the page says the same beside it.
    """
    left = min(max(days, 0), max(total, 1))
    percent = 100 * left / max(total, 1)
    return {
        "days": left,
        "size": size,
        "words": words,
        "unit": ngettext("day", "days", left),
        # Attributes of SVG take a full stop in every language.
        "dash": f"{percent:.2f}",
        "turn": f"{270 - percent * 3.6:.2f}",
        "arc": left > 0,
        "soon": left <= SOON_DAYS,
        "point": left >= POINT_HIDES_ARC_DAYS,
    }


@register.simple_tag
def sentences(*prefixes: str) -> SafeString:
    """What the page's script may have to say, as data: `{% sentences "ui." "keystore." %}`."""
    return json_script(browser_sentences(prefixes), "sentences")


@register.filter
def mask_iin(digits: str) -> str:
    """`010203300005` → `0102 •••• 0005`."""
    return statement.mask_identifier(digits)


@register.filter
def group_hex(digits: str) -> str:
    """`4f21c09a` → `4f21 c09a`."""
    return statement.group_hex(digits)


@register.filter
def days_left(moment: datetime) -> int:
    """Calendar days in Almaty from today to the day of `moment`; 0 on the last day."""
    return (timezone.localtime(moment).date() - timezone.localdate()).days


@register.filter
def days_left_words(moment: datetime) -> str:
    """`12 days left`, `Ends today`, `Ended 3 days ago`."""
    days = days_left(moment)
    if moment <= timezone.now():
        if days == 0:
            return gettext("Ended today")
        return ngettext("Ended %(days)d day ago", "Ended %(days)d days ago", -days) % {
            "days": -days
        }
    if days == 0:
        return gettext("Ends today")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


@register.filter
def role_words(names: Iterable[str]) -> str:
    """Who somebody is in his organisation."""
    return roles.role_words(names)


@register.filter
def rejection_words(reason: str) -> str:
    """The reason for which an approver refused."""
    return str(REASONS[RejectionReason(reason)])


@register.filter
def person_name(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ` → `Сейтқали Айгүл Маратқызы`, hyphens kept."""
    return subject.show_name(name)


@register.filter
def initials(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ` → `АС`: given name first, as people call each other."""
    words = name.split()
    return "".join(word[0] for word in reversed(words[:2]))


@register.filter
def short_name(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ ОРАЗҚЫЗЫ` → `Айгүл С.`"""
    return subject.shorten_name(name)
