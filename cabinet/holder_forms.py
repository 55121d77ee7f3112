"""What the holder's pages send: shape only, never a judgement."""

import re
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cabinet.fields import Base64Field, RowIdField
from pki.certificate import Storage

MAX_CMS_BYTES = 24 * 1024
# A little more than a request may have, so that the service says what is wrong with it.
MAX_REQUEST_BYTES = 20 * 1024
NUMBER = re.compile(r"(\d{4})(\d{8})")


class FindForm(forms.Form):
    """The number of an application, as people type it."""

    number = forms.CharField(
        max_length=60, error_messages={"required": _("Type the number of the application.")}
    )

    @property
    def as_stored(self) -> str:
        """`№ 2026 – 4817 0233` → `2026-48170233`; '' when it cannot be a number of ours."""
        digits = re.sub(r"[\s\-‐-―№#N°o.]", "", self.cleaned_data["number"])
        found = NUMBER.fullmatch(digits)
        return f"{found[1]}-{found[2]}" if found else ""


class OpenForm(forms.Form):
    """Which certificate is to be renewed."""

    certificate = RowIdField()


class ApplyForm(forms.Form):
    """Where the new key will live, and the two confirmations, unticked at first."""

    storage = forms.ChoiceField(
        choices=[
            (kind.value, kind.value) for kind in (Storage.FILE, Storage.TOKEN, Storage.ID_CARD)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where the new key will be kept.")},
    )
    data_right = forms.BooleanField(
        error_messages={"required": _("Confirm that the data are right, or see what to do if not.")}
    )
    key_held = forms.BooleanField(
        error_messages={"required": _("Confirm that your present key is in your hands.")}
    )


class RequestsForm(forms.Form):
    """One PKCS#10 request for each purpose of the application."""

    def __init__(self, purposes: Iterable[str], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.purposes = list(purposes)
        for purpose in self.purposes:
            self.fields[f"request_{purpose}"] = Base64Field(max_bytes=MAX_REQUEST_BYTES)

    @property
    def requests(self) -> dict[str, bytes]:
        """Purpose → request."""
        return {purpose: self.cleaned_data[f"request_{purpose}"] for purpose in self.purposes}


class SignedForm(forms.Form):
    """A statement and the signature over it."""

    statement = RowIdField()
    cms = Base64Field(max_bytes=MAX_CMS_BYTES)


class SignaturesField(forms.Field):
    """Several signatures under one name."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: object) -> list[bytes]:
        """Raises `ValidationError` unless every one is base64 of a fitting size."""
        one = Base64Field(max_bytes=MAX_CMS_BYTES)
        values = value if isinstance(value, list) else []
        if len(values) > 2:
            raise ValidationError("Too many signatures.", code="invalid")
        return [one.clean(item) for item in values]


class InstalledForm(forms.Form):
    """The challenge, signed by every new key."""

    statement = RowIdField()
    signatures = SignaturesField()
