"""The texts of the help pages before any operator has changed them. Words only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFAULTS: dict[str, Promise] = {
    "expired": _(
        "Signing in and renewing need a signature made with a valid certificate. A signature made "
        "with an expired one proves nothing, so no page of this portal can help here. Your key "
        "file is not damaged, and everything you signed before the last day stays valid.\n\n"
        "## What to do\n\n"
        "- Go to a public service centre with your identity card. A new signature is issued there "
        "the same day.\n"
        "- Or get one online at the National Certification Authority: you need your identity "
        "card, a phone number in the Mobile Citizens Base, a camera and the program NCALayer.\n\n"
        "Keep the old key file: it may be needed to read what was encrypted for you."
    ),
    "help": _(
        "## How renewing works\n\n"
        "You sign in with the certificate you have, check your data, make a new key on your own "
        "computer, read and sign the application, and install the new certificate. It takes about "
        "ten minutes, and you can stop at any step and go on later.\n\n"
        "## The file with the key\n\n"
        "It ends in .p12. Its name often begins with AUTH_RSA for signing in and RSA for signing. "
        "Look in the folder where you saved it when the signature was issued, in downloads or on a "
        "memory stick.\n\n"
        "## I forgot the password\n\n"
        "Nobody can restore it: not we, and not the authority that issued the certificate. You may "
        "try as often as you like, the file does not lock. Without the password the signature "
        "cannot be renewed online; a new one is issued at a public service centre.\n\n"
        "## The term is over\n\n"
        "With an expired certificate one cannot sign in. A new signature is issued at a public "
        "service centre.\n\n"
        "## Tokens, identity cards and GOST keys\n\n"
        "This portal opens key files with RSA and elliptic curve keys. Keys on a token or identity "
        "card and GOST keys need the program NCALayer, which this portal does not work with yet: "
        "renew them at a public service centre.\n\n"
        "## Is the message genuine?\n\n"
        "We never ask for your key file or password by mail or phone. Open the portal yourself, by "
        "typing its address."
    ),
    "service-centre": _(
        "A public service centre issues a new signature when the old one is expired, revoked or "
        "its password is forgotten.\n\n"
        "## A person\n\n"
        "- Identity card or passport\n"
        "- A phone number that is yours\n"
        "- A memory stick, token or the identity card itself, for the new key\n\n"
        "## Somebody in your place\n\n"
        "- His identity card\n"
        "- A power of attorney certified by a notary\n\n"
        "## An organisation\n\n"
        "- The application signed by its first head\n"
        "- Identity card of the person who comes\n"
        "- A power of attorney, if it is not the head himself"
    ),
    "privacy": _(
        "## What never reaches us\n\n"
        "Your key file, your private key and your password. The browser opens the file on your "
        "computer and sends only signatures and public keys.\n\n"
        "## What we keep\n\n"
        "- What your certificate says of you: name, IIN, organisation\n"
        "- Your applications, with the texts you signed and the signatures\n"
        "- When and from which network address you signed in\n\n"
        "## What for\n\n"
        "To issue and revoke certificates and to prove later who asked for it. Operators see the "
        "record only for their work, and each look is recorded.\n\n"
        "## Cookies\n\n"
        "One for the session, one against forged requests, one for the language. No other site "
        "learns that you were here."
    ),
    "accessibility": _(
        "The portal is made so that everybody can use it: by keyboard alone, with a screen reader, "
        "with large letters, on a small phone. Our measure is WCAG 2.2, level AA.\n\n"
        "## When something does not work for you\n\n"
        "Write to support and say what you wanted to do and what you use. We answer and repair it."
    ),
}
