"""What the pages of contacts send: shape only. Whether it is an address, its channel says."""

import re
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from notifications.channels.base import Channel
from notifications.kinds import Form

# Far more than an address has, so that the channel can say what is wrong with a long one.
LONGEST = 2000
# As people copy a code from a letter.
BETWEEN_DIGITS = re.compile(r"[\s\-‐-―]+")


@dataclass(frozen=True)
class Look:
    """How a channel's field looks: its label, what is typed there, a phone's keyboard for it."""

    label: StrOrPromise
    missing: StrOrPromise
    examples: tuple[str, ...] = ()
    autocomplete: str = "off"
    inputmode: str = "text"


LOOKS: dict[str, Look] = {
    "email": Look(
        label=_("E-mail address"),
        missing=_("Type the e-mail address."),
        examples=("aigul@example.kz",),
        autocomplete="email",
        inputmode="email",
    ),
    "sms": Look(
        label=_("Mobile number"),
        missing=_("Type the mobile number."),
        examples=("8 701 123 45 67", "+7 701 123 45 67"),
        autocomplete="tel",
        inputmode="tel",
    ),
}
OTHER = Look(label=_("Address"), missing=_("Type the address."))
ICONS: dict[Form, str] = {Form.LETTER: "mail", Form.SHORT: "phone"}


def look_of(channel: Channel) -> Look:
    """That of a channel nobody has thought of here is plain."""
    return LOOKS.get(channel.name, OTHER)


class AddressForm(forms.Form):
    """An address, as somebody types it."""

    address = forms.CharField(max_length=LONGEST)

    def __init__(self, channel: Channel, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        look = look_of(channel)
        self.fields["address"].error_messages |= {
            "required": look.missing,
            "max_length": look.missing,
            "null_characters_not_allowed": look.missing,
        }


class CodeForm(forms.Form):
    """Six digits, with whatever stands between them."""

    code = forms.CharField(max_length=60)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        faults = ("required", "max_length", "null_characters_not_allowed", "invalid")
        self.fields["code"].error_messages |= dict.fromkeys(
            faults, _("Type the six digits of the code.")
        )

    def clean_code(self) -> str:
        """Raises `ValidationError` unless six digits are left."""
        code = BETWEEN_DIGITS.sub("", self.cleaned_data["code"])
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise forms.ValidationError(
                self.fields["code"].error_messages["invalid"], code="invalid"
            )
        return code


class LanguageForm(forms.Form):
    """The language of messages."""

    language = forms.ChoiceField(
        choices=settings.LANGUAGES,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the language.")),
    )
