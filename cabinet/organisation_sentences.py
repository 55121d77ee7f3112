"""What is said when something about an organisation is refused: approving, mandates, dismissal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

APPROVALS: dict[str, Promise] = {
    "approval.other_organisation": _(
        "This application is of another organisation than the certificate that you use."
    ),
    "approval.no_right": _(
        "Your certificate gives no right to approve for this organisation. The first head, an HR "
        "employee with the right to confirm, or somebody with a delegation or a power of attorney "
        "can do this."
    ),
    "approval.former_head": _(
        "Your certificate says that you are the first head, but a newer one names another: "
        "%(name)s. Only the present head can do this."
    ),
    "approval.mandate_ended": _(
        "Your right to approve holds from %(starts_on)s until %(ends_on)s, and not today. Ask the "
        "head for a new delegation."
    ),
    "approval.mandate_taken": _(
        "Your right to approve was taken back, or the head who gave it is no longer the head. Ask "
        "the present head for a new delegation."
    ),
    "approval.mandate_unchecked": _(
        "Our operator has not checked your power of attorney yet. Until then you cannot approve."
    ),
    "approval.not_head": _("Only the first head of the organisation can do this."),
    "approval.own": _(
        "Nobody approves his own application, whichever certificate he uses. Another approver of "
        "your organisation has to do it."
    ),
    "approval.decided": _(
        "Application № %(number)s has been decided already: by %(name)s on %(decided_at)s. Your "
        "signature changed nothing."
    ),
    "approval.not_awaiting": _(
        "Application № %(number)s does not wait for a decision any more. Open the list to see "
        "what does."
    ),
    "approval.void": _(
        "Whoever approved this application has lost the right to do so before the certificate was "
        "issued. Our operator closes it; then file a new one."
    ),
    "approval.list": _("Choose at least one application, and %(most)s at most."),
    "mandate.days": _(
        "Choose days from today on, the last not before the first, %(most)s days at most."
    ),
    "mandate.delegate": _(
        "The right can be given only to somebody of your organisation whose certificate is in "
        "force and says that he may sign for it. Choose one from the list."
    ),
    "mandate.over": _("This right has ended or has been decided already. Reload the page."),
    "revocation.nothing": _(
        "There is nothing to revoke: it is revoked already, or its term is over. Look at the list "
        "again."
    ),
    "revocation.ground": _(
        "Choose one of the reasons that are given here, and fill in everything that is asked."
    ),
    "revocation.not_held": _(
        "This certificate is not suspended any more, so there is nothing to release. Look at the "
        "list again."
    ),
    "dismissal.person": _(
        "There is nobody to dismiss: this person has no certificate of your organisation that is "
        "in force. A head cannot dismiss himself."
    ),
    "statement.signer": _(
        "This was signed with a certificate of somebody else or of another organisation. Choose "
        "your own key file, the one of this organisation."
    ),
}
