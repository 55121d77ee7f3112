"""What is said where records of what happened cannot be relied on, and of time stamps."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AUDIT: dict[str, Promise] = {
    "audit.error": _("The records of what happened cannot be relied on."),
    "audit.broken": _(
        "Record %(sequence)s of what happened is not what was written (%(fault)s). No checkpoint "
        "is signed over it: run manage.py audit verify."
    ),
    "audit.checkpoint_bad": _(
        "The checkpoint %(name)s was not signed by this portal, or it was changed."
    ),
    "audit.checkpoint_kept": _(
        "The checkpoint %(name)s could not be written to its second place, or read there. It is "
        "tried again; look at the folder or at the storage service."
    ),
    "timestamp.query": _("This question for a time stamp cannot be answered (%(failure)s)."),
    "timestamp.malformed": _("The time stamp inside is damaged."),
    "timestamp.content": _("The time stamp inside is that of something else."),
    "timestamp.signer": _(
        "The time stamp inside was not made by a service that this portal trusts."
    ),
    "timestamp.away": _(
        "The service for time stamps cannot be reached just now. It is tried again by itself."
    ),
}
