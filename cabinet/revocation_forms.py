"""What is asked when a certificate is to be revoked or released: shape only, never a judgement."""

from collections.abc import Iterable

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.grounds import (
    ASKED_BY,
    GROUNDS,
    IDENTIFIED,
    AskedBy,
    Door,
    Ground,
    Identified,
    grounds_at,
)
from renewals.services.asking import NOTE_LENGTH, Asking

TOO_LONG = _("Write %(limit_value)d characters at most, now there are %(show_value)d.")


class GroundForm(forms.Form):
    """Why. The choices are those of the door."""

    ground = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the reason."),
            "invalid_choice": _("Choose one of the reasons below."),
        },
    )
    door = Door.HOLDER

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        grounds = [(one.value, GROUNDS[one].words) for one in grounds_at(self.door)]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]

    @property
    def grounds(self) -> Iterable[tuple[str, Promise, Promise]]:
        """Value, words, what follows: for the page."""
        return [
            (one.value, GROUNDS[one].words, GROUNDS[one].follows) for one in grounds_at(self.door)
        ]

    def asking(self, certificate_ids: tuple[int, ...]) -> Asking:
        """Of a valid form."""
        return Asking(Ground(self.cleaned_data["ground"]), certificate_ids)


class EmployeeGroundForm(GroundForm):
    """The same for the head."""

    door = Door.HEAD


class AskedForm(forms.Form):
    """Who came to the operator, how he was known, by which paper."""

    asked_by = forms.ChoiceField(
        label=_("Asked for by"),
        choices=[(one.value, words) for one, words in ASKED_BY.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who asked for it.")},
    )
    identified = forms.ChoiceField(
        label=_("How he was known to you"),
        choices=[(one.value, words) for one, words in IDENTIFIED.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how he was known to you.")},
    )
    note = forms.CharField(
        label=_("Paper and note"),
        help_text=_("Number of the identity card or of the paper, and what was asked for."),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 36}),
        error_messages={
            "required": _("Write by which paper he was known."),
            "max_length": TOO_LONG,
        },
    )


class OfficeForm(AskedForm, GroundForm):
    """The whole of it, at the desk."""

    door = Door.OPERATOR
    field_order = ("ground", "asked_by", "identified", "note")

    def asking(self, certificate_ids: tuple[int, ...]) -> Asking:
        """Of a valid form."""
        return Asking(
            Ground(self.cleaned_data["ground"]),
            certificate_ids,
            AskedBy(self.cleaned_data["asked_by"]),
            Identified(self.cleaned_data["identified"]),
            self.cleaned_data["note"],
        )
