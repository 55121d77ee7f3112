"""What the desk sends about authorities of others: shape only, never a judgement."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cabinet.sentences import sentence_for
from pki.certificate import MAX_BYTES
from pki.errors import PKIError
from pki.models import Acceptance
from pki.outside import read_one
from renewals.services.trust.addresses import LONGEST
from renewals.services.trust.changes import ACCEPTANCES, Standing

CHOOSE = _("Choose for what its certificates are accepted.")


class AddressField(forms.CharField):
    """An address, or nothing."""

    def __init__(self, label: object, help_text: object) -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]  # lazy texts
            help_text=help_text,  # type: ignore[arg-type]
            required=False,
            max_length=LONGEST,
            widget=forms.TextInput(attrs={"size": 60, "inputmode": "url", "autocomplete": "off"}),
        )


class StandingForm(forms.Form):
    """For what an authority is accepted, and where it tells of revocations."""

    accepted_for = forms.ChoiceField(
        label=_("Accepted for"),
        choices=[(one.value, words) for one, words in ACCEPTANCES.items()],
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    crl_url = AddressField(
        _("Address of its list"),
        _("Where its list of revoked certificates is. It is fetched every hour."),
    )
    ocsp_url = AddressField(
        _("Address of its answers"),
        _("Where it answers about single certificates (OCSP). Asked only where there is no list."),
    )

    @property
    def standing(self) -> Standing:
        """What was chosen."""
        data = self.cleaned_data
        return Standing(Acceptance(data["accepted_for"]), data["crl_url"], data["ocsp_url"])


class AuthorityForm(StandingForm):
    """A new one: its name here and its certificate, as a file or as text."""

    name = forms.CharField(
        label=_("Short name"),
        help_text=_("As it is called here: small Latin letters, digits, hyphens."),
        max_length=40,
        error_messages={"required": _("Give it a short name.")},
    )
    file = forms.FileField(
        label=_("File with its certificate"),
        help_text=_("PEM or DER, often with the ending .cer, .crt or .pem."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".cer,.crt,.pem,.der"}),
    )
    pem = forms.CharField(
        label=_("Or its text"),
        help_text=_("Instead of the file: from BEGIN CERTIFICATE to END CERTIFICATE."),
        required=False,
        max_length=2 * MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 66, "spellcheck": "false"}),
    )
    field_order = ("name", "file", "pem", "accepted_for", "crl_url", "ocsp_url")

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own signature
        choices = [(one.value, words) for one, words in ACCEPTANCES.items()]
        nothing = Acceptance.NOTHING.value
        field = self.fields["accepted_for"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [one for one in choices if one[0] != nothing]

    def clean(self) -> dict[str, object]:
        """Just one certificate, as DER in `certificate`."""
        data: dict[str, object] = dict(super().clean() or {})
        file, text = data.get("file"), str(data.get("pem") or "")
        place = "file" if isinstance(file, UploadedFile) else "pem"
        if "pem" in self.errors or "file" in self.errors:
            return data
        brought = file.read() if isinstance(file, UploadedFile) else text.encode()
        if not brought:
            self.add_error("file", _("Choose the file with its certificate, or paste its text."))
            return data
        try:
            data["certificate"] = read_one(brought)
        except PKIError as error:
            self.add_error(place, sentence_for(error))
        return data
