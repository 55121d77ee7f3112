"""Which things need two operators."""

from renewals.models import ProposalKind
from renewals.services.proposals.kinds import ProposedAct
from renewals.services.proposals.release import RELEASE
from renewals.services.proposals.trust import TRUST

PROPOSED_ACTS: dict[ProposalKind, ProposedAct] = {
    ProposalKind.RELEASE: RELEASE,
    ProposalKind.TRUST: TRUST,
}
