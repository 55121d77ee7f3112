"""What each kind of document is called, on pages and in statements."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.models import DocumentKind

KINDS: dict[str, Promise] = {
    DocumentKind.APPLICATION_FORM.value: _("Signed application form"),
    DocumentKind.IDENTITY_CARD.value: _("Identity card"),
    DocumentKind.POWER_OF_ATTORNEY.value: _("Power of attorney"),
    DocumentKind.REGISTRATION.value: _("Registration certificate of the organisation"),
    DocumentKind.OTHER.value: _("Other document"),
}
