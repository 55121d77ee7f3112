"""What the pages of an organisation send: shape only, never a judgement."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from cabinet.fields import RowIdField
from cabinet.people import Group

USUAL_TERM = timedelta(days=30)


class PeopleForm(forms.Form):
    """Whom to list."""

    q = forms.CharField(
        required=False,
        max_length=60,
        error_messages={
            "max_length": _("Type %(limit_value)d characters at most."),
            "null_characters_not_allowed": _("This cannot be part of a name."),
        },
    )
    group = forms.ChoiceField(
        required=False, choices=[(group.value, group.value) for group in Group]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**9)

    @property
    def chosen_group(self) -> Group:
        """Everybody, unless one that exists was asked for."""
        return Group(self.cleaned_data.get("group") or Group.ALL.value)

    @property
    def chosen_page(self) -> int:
        """The first, unless a number was asked for."""
        return int(self.cleaned_data.get("page") or 1)


class DayField(forms.DateField):
    """A day as the browser's own field for it sends it; `required` is said when it is missing."""

    def __init__(self, required: StrOrPromise) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            error_messages={
                "required": required,
                "invalid": _("Write the day as year, month, day, for example 2027-01-31."),
            },
        )


class DelegationForm(forms.Form):
    """To whom the head gives the right, and for which days."""

    person = RowIdField()
    starts_on = DayField(_("Choose the first day."))
    ends_on = DayField(_("Choose the last day."))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own signature
        faults = ("required", "invalid", "min_value", "max_value")
        self.fields["person"].error_messages |= dict.fromkeys(faults, _("Choose the person."))

    @classmethod
    def blank(cls, today: date, person: str = "") -> "DelegationForm":
        """For a month from today on."""
        days = {"starts_on": today.isoformat(), "ends_on": (today + USUAL_TERM).isoformat()}
        return cls(initial={"person": person, **days})


class EndForm(forms.Form):
    """Which right is to be taken back."""

    mandate = RowIdField()
