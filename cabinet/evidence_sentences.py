"""What is said of a container that does not prove what it says, and why one is not there yet."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVIDENCE: dict[str, Promise] = {
    "container.malformed": _(
        "This file is not an archive as this portal writes it. It may be something else, cut off, "
        "or unpacked and packed again by another program."
    ),
    "container.damaged": _("The file “%(name)s” inside cannot be read whole."),
    "container.name": _(
        "A file inside is called “%(name)s”. No file of ours has such a name: it may lead out of "
        "the container or be taken for something else."
    ),
    "container.doubled": _(
        "Two files inside are called “%(name)s”, and different programs would show different ones."
    ),
    "container.too_large": _("This file is larger than 5 MB. No container of ours is."),
    "container.bomb": _(
        "Unpacked it would take more room than any container of ours. We did not unpack it."
    ),
    "container.encrypted": _("The archive is protected by a password. No container of ours is."),
    "container.type": _("This is an archive, but not a container with evidence (ASiC-E)."),
    "container.manifest": _("The list of files inside is missing or damaged."),
    "container.list": _("The file “%(name)s” is missing, or it is not on the sealed list."),
    "container.digest": _("The file “%(name)s” was changed after the container was sealed."),
    "container.algorithm": _(
        "The digest of the file “%(name)s” is of a kind that can be forged. We do not rely on it."
    ),
    "container.seal": _("The seal does not hold: it, or the list that it seals, was changed."),
    "container.sealer": _("It was sealed by a certificate that is not one for seals."),
    "ocsp.malformed": _("An answer about a certificate inside is damaged."),
    "ocsp.signature": _("An answer about a certificate inside is not the issuer's own."),
    "ocsp.certificate": _("An answer inside is about another certificate than the one used."),
    "ocsp.stale": _("An answer about a certificate inside is of another moment."),
    "evidence.error": _("The parts of this container do not belong together."),
    "evidence.files": _("The file “%(name)s” is missing, or does not belong into this container."),
    "evidence.record": _("The portal's record inside says something else than what was signed."),
    "evidence.statement": _(
        "The file “%(name)s” is not the signed text that belongs to application № %(number)s."
    ),
    "evidence.approval": _(
        "The decision inside is about other applications: it does not name № %(number)s with the "
        "text that was signed."
    ),
    "evidence.approver": _(
        "Whoever decided had no right to, by his certificate: %(name)s. It has to be another "
        "person of the same organisation whose certificate fits."
    ),
    "evidence.certificate": _(
        "The new certificate is not for the person and the key that were asked for: %(name)s."
    ),
    "evidence.form": _("The form inside is that of another application, or was changed."),
    "evidence.moment": _("Something inside is said to be younger than the container itself."),
    "evidence.seal_unknown": _("It was sealed by somebody whom this portal does not know."),
    "evidence.seal_term": _(
        "It was sealed at a moment when the certificate of the seal was not in force."
    ),
    "evidence.seal_revoked": _("The certificate of the seal is revoked, or was never issued here."),
    "evidence.early": _(
        "There is no evidence yet. It is made when the certificate is issued or the application "
        "ends."
    ),
    "evidence.awaited": _(
        "The evidence is being made. It takes a few seconds: wait a little and open this page "
        "again."
    ),
    "evidence.altered": _(
        "The evidence of application № %(number)s cannot be given out: what is kept is not what "
        "was made. Write to support, the text and the signature can be downloaded as before."
    ),
    # What was not said to signers but is to readers: by the beginning of the code.
    "verify.signature": _(
        "A signature inside does not belong to its text: one of them was changed."
    ),
    "verify.certificate": _(
        "A certificate inside is not to be trusted: it is false, or it was not in force when it "
        "was used."
    ),
    "verify.unknown": _(
        "Whether a certificate inside was revoked cannot be told from what is in the container."
    ),
}
