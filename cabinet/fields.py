"""Form fields for what scripts send: shape only, never a judgement."""

import base64
import binascii

from django import forms
from django.core.exceptions import ValidationError


class Base64Field(forms.Field):
    """Standard base64 → bytes, not empty, at most `max_bytes` of them."""

    def __init__(self, *, max_bytes: int, required: bool = True) -> None:
        super().__init__(required=required)
        self.max_bytes = max_bytes
        self.empty_values = [*self.empty_values, b""]

    def to_python(self, value: object) -> bytes:
        """Raises `ValidationError` for anything but base64 (RFC 4648, 4)."""
        text = value.strip() if isinstance(value, str) else ""
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError("Not base64.", code="invalid") from None
        if len(data) > self.max_bytes:
            raise ValidationError("Too much data.", code="ui.too_large")
        return data


class RowIdField(forms.IntegerField):
    """The id of a row: what fits in a 64-bit column."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1)
