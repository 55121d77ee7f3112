"""What people read for each code: what is wrong, and what to do next. Words only, no logic.

`%(…)s` are facts of the error. Codes of the server's errors and of the browser's are together,
because people meet them in the same place.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cabinet.audit_sentences import AUDIT
from cabinet.authority_sentences import CEREMONIES
from cabinet.contact_sentences import CONTACTS
from cabinet.evidence_sentences import EVIDENCE
from cabinet.organisation_sentences import APPROVALS
from cabinet.oversight_sentences import OVERSIGHT
from cabinet.paper_sentences import DOCUMENTS

SIGNATURES: dict[str, Promise] = {
    "cms.malformed": _("The signature arrived damaged. Try again."),
    "cms.too_large": _("The signature is too large. Try again with another key file."),
    "cms.signers": _("Exactly one person must sign. Sign again with one key."),
    "cms.no_signed_attributes": _(
        "The signature does not say what was signed and when. Sign again on this page."
    ),
    "cms.attribute": _("The signature is not complete. Sign again on this page."),
    "cms.content_type": _("Something else was signed, not our text. Sign again on this page."),
    "cms.content": _(
        "The signed text differs from the one we showed. Nothing was accepted: reload the page, "
        "read the text and sign again."
    ),
    "cms.weak_hash": _(
        "The signature was made with SHA-1 or MD5, which can be forged. Sign on this page: "
        "it uses SHA-256."
    ),
    "cms.unsupported_algorithm": _(
        "We cannot check signatures of this kind. Use a key file with an RSA or elliptic curve key."
    ),
    "cms.no_certificate": _("The certificate is missing from the signature. Sign again."),
    "cms.signing_certificate": _(
        "The signature names another certificate than the one it carries. Sign again on this page."
    ),
    "cms.signature": _(
        "The signature does not match the text. Nothing was accepted: try again from the beginning."
    ),
}

CERTIFICATES: dict[str, Promise] = {
    "certificate.malformed": _("The certificate in this file is damaged. Choose another key file."),
    "certificate.expired": _(
        "The term of this certificate ended on %(not_after)s. An expired certificate cannot be "
        "renewed online; a new one is issued at a public service centre."
    ),
    "certificate.not_yet_valid": _(
        "The term of this certificate begins on %(not_before)s. Use the certificate that is valid "
        "today."
    ),
    "certificate.unknown_issuer": _(
        "This certificate was issued by an authority that this portal does not trust. Choose "
        "the key file that the National Certification Authority gave you."
    ),
    "certificate.self_signed": _(
        "Nobody vouches for this certificate: it was signed by its own key. Choose the key file "
        "that the National Certification Authority gave you."
    ),
    "certificate.weak_hash": _(
        "This certificate was signed with SHA-1 or MD5, which can be forged. A new one is issued "
        "at a public service centre."
    ),
    "certificate.unsupported_algorithm": _(
        "This is a GOST certificate, and we cannot check it here yet. Use a key file with an RSA "
        "or elliptic curve key, or go to a public service centre."
    ),
    "certificate.key_usage": _(
        "This key is not meant for this. Signing in needs the key for authentication, its file "
        "often begins with AUTH; statements need the key for signing. Choose the other file."
    ),
    "certificate.path": _(
        "The chain from this certificate to its authority does not hold. Choose another key file "
        "or write to support."
    ),
    "certificate.revoked": _(
        "This certificate was revoked on %(revoked_at)s and is no longer valid. If you did not ask "
        "for this, write to support; a new one is issued at a public service centre."
    ),
    "certificate.status_unknown": _(
        "We could not find out whether this certificate was revoked, so we do not accept it now. "
        "Try again in a few minutes."
    ),
    "crl.malformed": _("The list of revoked certificates is damaged. Try again later."),
    "crl.signature": _("The list of revoked certificates cannot be trusted. Try again later."),
    "crl.stale": _("The list of revoked certificates is too old. Try again later."),
    "crl.issuer": _("The list of revoked certificates is from another authority. Try again later."),
    "crl.extension": _("The list of revoked certificates cannot be read. Try again later."),
    "identifier.iin": _("There is a mistake in the IIN. Check its 12 digits."),
    "identifier.bin": _("There is a mistake in the BIN. Check its 12 digits."),
}

REQUESTS: dict[str, Promise] = {
    "request.malformed": _("The request for the new certificate is damaged. Make the key again."),
    "request.too_large": _("The request for the new certificate is too large. Make the key again."),
    "request.key_store": _(
        "A key file was sent to us instead of a request. We did not keep it, but treat this key as "
        "seen by others: have its certificate revoked and make a new key."
    ),
    "request.private_key": _(
        "A private key was sent to us instead of a request. We did not keep it, but treat this key "
        "as seen by others: have its certificate revoked and make a new key."
    ),
    "request.signature": _(
        "The request does not prove that you have the new key. Make the key again."
    ),
    "request.weak_hash": _(
        "The request was signed with SHA-1 or MD5, which can be forged. Make the key again on "
        "this page."
    ),
    "key.type": _("Keys of this kind are not accepted. Make the key again on this page."),
    "key.size": _("The new key is too short or too long. Make the key again on this page."),
    "key.exponent": _("The new key is weak. Make the key again on this page."),
    "key.small_factor": _("The new key is weak. Make the key again on this page."),
    "key.close_primes": _("The new key is weak. Make the key again on this page."),
    "key.roca": _("The new key has a known weakness. Make the key again on this page."),
    "key.published": _("This key was published and anybody has it. Make the key again."),
    "key.blocked": _(
        "This key is blocked: a certificate of it was revoked because somebody else may have it. "
        "Make a new key."
    ),
    "key.reused": _("This key has been used before. Every certificate needs a key of its own."),
}

AUTHORITY: dict[str, Promise] = {
    "list.late": _("The list of revoked certificates has not been made anew for too long."),
    "list.busy": _("The lists of this authority are just being made. Try again in a minute."),
    "list.write": _("The list of revoked certificates could not be written to %(path)s."),
    "issuer.lint": _(
        "The certificate was not issued: it would have broken a rule. Our operator knows of it."
    ),
    "issuer.key_missing": _("The authority's key is not available. Our operator knows of it."),
    "issuer.key_rights": _("The authority's key is not kept as it must be. No key was used."),
    "issuer.key_mismatch": _("The authority's key and certificate do not belong together."),
    "issuer.passphrase": _("The authority's key cannot be opened. Our operator knows of it."),
    "issuer.token_absent": _(
        "The device with the authority's key is away. Our operator knows of it; try later."
    ),
    "issuer.pin": _("The device with the authority's key cannot be opened. Our operator knows."),
    "issuer.key_module": _(
        "The device with the authority's key does not work. Our operator knows of it; try later."
    ),
    "issuer.key_kind": _("No authority of ours may have a key of this kind."),
    "issuer.ca_term": _(
        "The authority's own certificate ends too soon to issue yours. Our operator knows of it."
    ),
    "issuer.not_planned": _(
        "The certificate was not issued: it differed from what was planned. Our operator knows of "
        "it."
    ),
    "status.request": _("The question about a certificate is damaged. Ask again."),
    "issuing.attempts": _(
        "The certificate could not be issued, although we tried several times. Our operator knows "
        "of it; you do not have to do anything now."
    ),
    "form.fonts": _(
        "The form cannot be made right now: a part of the portal is missing. Your application is "
        "not affected. Try again in an hour, or write to support."
    ),
}

RENEWALS: dict[str, Promise] = {
    "renewal.move_refused": _(
        "This step is not possible any more: the application has moved on. Open its page to see "
        "what happens now."
    ),
    "renewal.not_renewable": _(
        "This certificate cannot be renewed online. A new one is issued at a public service centre."
    ),
    "renewal.storage": _("Choose where the new key will be kept. Now only a file is possible."),
    "renewal.not_confirmed": _("Tick both confirmations if they are true for you."),
    "renewal.requests": _("A new key is needed for each certificate that is renewed. Make them."),
    "renewal.incomplete": _("The step before this one is not finished. Go back and finish it."),
    "renewal.wrong_certificate": _(
        "This is another certificate than the one needed here. Choose the key file of the "
        "certificate %(serial)s (%(purpose)s)."
    ),
    "renewal.reason": _("Write the reason, so that the person knows what to do."),
    "renewal.not_holder": _("We found no such application among yours. Check its number."),
    "renewal.not_operator": _("Only operators can do this."),
    "renewal.subject": _(
        "The certificate does not say whose it is: it has no IIN. Choose another key file."
    ),
    "statement.unknown": _(
        "This is not the text that we gave you to sign. Reload the page and sign again."
    ),
    "statement.expired": _("The text to sign was given out too long ago. Try once more."),
    "statement.spent": _("This text has been signed already. Try once more to get a new one."),
    "sign_in.too_many": _(
        "There were too many attempts that failed. Your key file is safe. Wait 15 minutes and try "
        "again."
    ),
    "sign_in.inactive": _("An operator has closed your access. Write to support to learn why."),
}

KEY_FILES: dict[str, Promise] = {
    "keystore.password": _(
        "The password does not fit this file, or the file is damaged. Type the password again."
    ),
    "keystore.not_keystore": _(
        "This is not a key file. Choose the file that ends in .p12; its name often begins with "
        "AUTH or RSA."
    ),
    "keystore.gost": _(
        "There is a GOST key in this file, and browsers cannot use it. Choose a file with an RSA "
        "or elliptic curve key. If you have only this one, go to a public service centre."
    ),
    "keystore.no_key": _("There is no key in this file, only certificates. Choose another file."),
    "keystore.too_large": _("This file is too large for a key file. Choose the file .p12."),
    "keystore.iterations": _(
        "This file asks for too much computing and was not opened. Choose another key file."
    ),
    "keystore.key_mismatch": _(
        "This is another key than the one the certificate was issued for. Choose the file that was "
        "saved with this application."
    ),
    "keystore.unsupported_key": _(
        "Browsers cannot use a key of this kind. Choose a file with an RSA or elliptic curve key."
    ),
    "keystore.cancelled": _("You stopped it. You can start again."),
    "keystore.failed": _(
        "The browser could not do this. Nothing was sent. Reload the page and try again; if it "
        "happens again, try a current version of another browser."
    ),
}

PAGES: dict[str, Promise] = {
    "ui.error_title": _("Error: %(title)s"),
    "ui.failed": _("Something went wrong on our side. Nothing is lost: try again in a minute."),
    "ui.reference": _(
        "Something went wrong on our side. Nothing is lost: try again in a minute. If it happens "
        "again, tell support this number: %(reference)s."
    ),
    "ui.offline": _("There is no connection to the portal. Check the network and try again."),
    "ui.timeout": _("The portal did not answer for 30 seconds. Try again."),
    "ui.cancelled": _("You stopped it. You can start again."),
    "ui.session_over": _(
        "Your session is over: it ends after 15 minutes without work. Sign in again, what you did "
        "is saved."
    ),
    "ui.csrf": _("This page was open for too long. Reload it and try again."),
    "ui.form": _("The request arrived incomplete or damaged. Reload the page and try again."),
    "ui.too_large": _("More was sent than this page accepts. Reload the page and try again."),
    "ui.not_allowed": _("You are not allowed to do this."),
    "ui.not_found": _("There is no such page, or it is not yours."),
    "ui.file_missing": _("Choose the key file."),
    "ui.file_size": _("%(size)s KB"),
    "ui.file_term": _("%(size)s KB, valid until %(until)s"),
    "ui.password_missing": _("Type the password of the file."),
    "ui.choose_key": _("There are several keys in this file. Choose the one to use."),
    "ui.key_choice": _("%(name)s, %(purpose)s, valid until %(until)s"),
    "ui.purpose_AUTH": _("for signing in"),
    "ui.purpose_SIGN": _("for signing"),
    "ui.purpose_COMBINED": _("for signing in and signing"),
    "ui.purpose_OTHER": _("for another purpose"),
    "ui.keyboard_latin": _("Keyboard: ENG. Caps Lock is off"),
    "ui.keyboard_cyrillic": _("Keyboard: Russian or Kazakh letters. Caps Lock is off"),
    "ui.keyboard_caps": _("Caps Lock is on"),
    "ui.keyboard_latin_caps": _("Keyboard: ENG. Caps Lock is on"),
    "ui.keyboard_cyrillic_caps": _("Keyboard: Russian or Kazakh letters. Caps Lock is on"),
    "ui.opening": _("Opening the key file…"),
    "ui.signing": _("Signing…"),
    "ui.signing_in": _("Signing in…"),
    "ui.sending": _("Sending…"),
    "ui.generating": _("Making the new key. This may take a minute on an old computer…"),
    "ui.saving": _("Saving the new key…"),
    "ui.reopening": _("Checking that the saved file opens…"),
    "ui.fetching": _("Fetching the new certificate…"),
    "ui.finishing": _("Joining the key and the certificate…"),
    "ui.checking": _("Checking that the new key works…"),
    "ui.waiting": _("Waiting for the certificate…"),
    "ui.updated": _("The application has moved on. The page shows it now."),
    "ui.poll_stopped": _("The page no longer updates by itself. Reload it to see what is new."),
    "ui.password_length": _("From 8 to 32 characters"),
    "ui.password_lower": _("A small Latin letter"),
    "ui.password_upper": _("A capital Latin letter"),
    "ui.password_digit": _("A digit"),
    "ui.password_ascii": _("Only Latin letters, digits and common signs"),
    "ui.password_rules": _("The password does not meet every rule in the list. Change it."),
    "ui.password_repeat": _("The two passwords differ. Type the same one twice."),
    "ui.rule_met": _("done"),
    "ui.rule_open": _("not yet"),
    "ui.key_not_saved": _("First save the file with the new key and open it once."),
    "ui.pending_missing": _(
        "The new key is not in this browser. Choose the file that you saved when you made it."
    ),
    "ui.other_file": _("This is another file than the one needed. Choose %(name)s."),
    "ui.final_cleared": _("The copy is removed from this browser."),
    "ui.confirm_missing": _("Tick the confirmation if it is true for you."),
}

GENERAL: dict[str, Promise] = {
    "pki.bad": _("The signature or certificate is damaged or false. Try again from the beginning."),
    "pki.not_allowed": _(
        "The signature or certificate is of a kind that we do not accept. Use another key file."
    ),
    "pki.indeterminate": _("We could not check this now. Try again in a few minutes."),
    "pki.error": _("The signature or certificate was refused. Try again or write to support."),
    "renewal.error": _("This is not possible now. Reload the page to see what happens next."),
}

SENTENCES: dict[str, Promise] = {
    **GENERAL,
    **SIGNATURES,
    **CERTIFICATES,
    **REQUESTS,
    **AUTHORITY,
    **CEREMONIES,
    **RENEWALS,
    **APPROVALS,
    **DOCUMENTS,
    **EVIDENCE,
    **AUDIT,
    **OVERSIGHT,
    **CONTACTS,
    **KEY_FILES,
    **PAGES,
}
