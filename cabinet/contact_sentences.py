"""What is said when a contact is not taken, a code does not fit or a choice is not possible."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTACTS: dict[str, Promise] = {
    "notice.error": _("This is not possible now. Reload the page and try again."),
    "contact.address": _("We cannot write to this address. Check it and type it again."),
    "contact.email": _(
        "This is not an e-mail address. Type it in Latin letters, without spaces, like "
        "name@example.kz."
    ),
    "contact.homoglyph": _(
        "There are letters in this address that only look like others: %(letters)s. Type the whole "
        "address on one keyboard."
    ),
    "contact.phone": _(
        "This is not a mobile number. Type all its digits, like +7 701 123 45 67. Landlines "
        "receive no SMS."
    ),
    "contact.phone_region": _(
        "We do not send SMS to this country. Type a number of Kazakhstan, or use e-mail."
    ),
    "contact.same": _("This is your address already. Nothing has to be changed."),
    "contact.unsigned": _(
        "You have an address here already. Whoever replaces or removes it has to sign that with "
        "his key file."
    ),
    "contact.too_many_codes": _(
        "Three codes were sent within an hour. Wait an hour and ask for a new one."
    ),
    "contact.code": _(
        "This is not the code that we sent. Look at the last message and type its six digits. "
        "Tries left: %(left)s."
    ),
    "contact.code_over": _(
        "This code is not valid any more: it is older than ten minutes, was used, or was typed "
        "wrong five times. Ask for a new one."
    ),
    "contact.none": _("There is no address here any more. Reload the page."),
    "contact.last_security": _(
        "Security messages stay on here, because they would reach you nowhere else. First add "
        "another contact or switch them on there."
    ),
    "notice.link": _(
        "This link is too old or not whole. Sign in to choose what you want to hear, or open the "
        "link of a newer message."
    ),
}
