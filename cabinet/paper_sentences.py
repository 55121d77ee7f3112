"""What is said when a document is not taken or cannot be given out."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DOCUMENTS: dict[str, Promise] = {
    "document.error": _("This document was not accepted. Reload the page and try again."),
    "document.unknown": _("There is no such document, or it is not yours."),
    "document.state": _(
        "Documents cannot be added or removed here any more: the application has moved on. Open "
        "its page to see what happens now."
    ),
    "document.kind": _("Choose what kind of document it is."),
    "document.empty": _("Choose a file. The one that arrived is empty."),
    "document.too_large": _(
        "This file is too large: %(most)s MB are possible. Scan the paper again at 150 or 200 dpi, "
        "or take a smaller picture."
    ),
    "document.type": _(
        "This is neither a PDF nor a JPEG nor a PNG, whatever its name says. Save the document as "
        "PDF, or take a picture of it."
    ),
    "document.key": _(
        "This is a key file, not a document. We did not keep it, but treat this key as seen by "
        "others: have its certificate revoked and make a new key."
    ),
    "document.broken": _(
        "This file is damaged or not complete. Open it, save it anew or print it to PDF, and send "
        "the new file."
    ),
    "document.too_big": _(
        "This file takes too much computing to be checked: its picture has too many pixels, or the "
        "PDF too many parts. Scan the paper again, and send only the pages that are needed."
    ),
    "document.encrypted": _(
        "This PDF is protected by a password or by rights. Print it to PDF without protection, and "
        "send the new file."
    ),
    "document.active_content": _(
        "This PDF contains scripts or other things that act by themselves. Print it to PDF, and "
        "send the new file: it looks the same and does nothing."
    ),
    "document.attachments": _(
        "There are other files inside this one, or something is appended to it, as some phones do "
        "with moving pictures. Print it to PDF or take a plain picture, and send the new file."
    ),
    "document.too_many": _(
        "There are %(most)s documents already, and there cannot be more. Put several pages into "
        "one PDF."
    ),
    "document.busy": _(
        "Many documents are being checked just now. Nothing is lost: try again in a minute."
    ),
    "document.infected": _(
        "The virus scanner has found something in this file (%(name)s). It was not kept. Check "
        "your computer, and send a clean copy."
    ),
    "document.scanner_away": _(
        "The virus scanner does not answer, and without it we take no files. Nothing is lost: try "
        "again in a few minutes."
    ),
    "document.storage_away": _(
        "Documents cannot be stored or opened just now. Nothing is lost: try again in a few "
        "minutes."
    ),
    "document.gone": _(
        "The document is recorded here, but its file is not there. Our operator knows of it."
    ),
    "document.altered": _(
        "The document is not the one that was sent: it was changed in our storage, and so we do "
        "not give it out. Our operator knows of it."
    ),
}
