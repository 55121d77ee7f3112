"""What the pages of documents send: shape only. What a file is, is judged by its bytes."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from cabinet.organisation_forms import USUAL_TERM, DayField
from renewals.document_kinds import KINDS

ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class DocumentField(forms.FileField):
    """One file, of whatever content; its input has a name, unlike those of key files."""

    widget = forms.FileInput(attrs={"class": "input", "accept": ACCEPT})

    def __init__(self) -> None:
        super().__init__(
            max_length=1000,
            # Said beside the field; a name belongs to the input so that it is read out.
            help_text=_("PDF, JPEG or PNG, 10 MB at most"),
            error_messages={
                "required": _("Choose a file."),
                "invalid": _("Choose a file."),
                "missing": _("Choose a file."),
                "empty": _("Choose a file. The one that arrived is empty."),
                "max_length": _("The name of this file is too long. Give it a shorter one."),
            },
        )


class DocumentForm(forms.Form):
    """Which kind of document, and the file."""

    kind = forms.ChoiceField(
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what kind of document it is."),
            "invalid_choice": _("Choose what kind of document it is."),
        },
    )
    file = DocumentField()


class PowerForm(forms.Form):
    """The days of a power of attorney, and its paper."""

    starts_on = DayField(_("Choose the first day."))
    ends_on = DayField(_("Choose the last day."))
    file = DocumentField()

    @classmethod
    def blank(cls, today: date) -> "PowerForm":
        """For a month from today on."""
        days = {"starts_on": today.isoformat(), "ends_on": (today + USUAL_TERM).isoformat()}
        return cls(initial=days)
