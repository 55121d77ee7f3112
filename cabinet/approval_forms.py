"""What an approver's pages send: shape only, never a judgement."""

import re
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.rejection import REASONS
from renewals.services.ruling import MOST, NOTE_LENGTH

NUMBER = re.compile(r"\d{4}-\d{8}")


class NumbersField(forms.Field):
    """Numbers of applications under one name, each once, in the order of the page."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: object) -> list[str]:
        """What cannot be a number of ours is left out; so is what is more than a list may hold."""
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else []
        numbers = [str(one) for one in values if NUMBER.fullmatch(str(one))]
        return list(dict.fromkeys(numbers))[: MOST + 1]


class ChoiceForm(forms.Form):
    """Which applications are to be decided about."""

    number = NumbersField(
        error_messages={"required": _("Choose at least one application.")},
    )


class RefusalForm(ChoiceForm):
    """Why they are refused; a note is needed where the list has no fitting reason."""

    reason = forms.ChoiceField(
        choices=[(reason.value, words) for reason, words in REASONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    note = forms.CharField(
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea,
        error_messages={
            "max_length": _(
                "Write %(limit_value)d characters at most, now there are %(show_value)d."
            )
        },
    )
