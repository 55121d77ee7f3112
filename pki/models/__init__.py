"""What is known of authorities and certificates: only what a certificate says about itself.

No user stands here; a certificate is matched to a person by the IIN in its subject.
"""

from pki.models.authority import Acceptance, Authority
from pki.models.certificate import Certificate, CertificateQuerySet
from pki.models.crossing import CrossCertificate
from pki.models.plan import PlannedCertificate, PlanState
from pki.models.publication import ListScope, RevocationList, StatusInquiry
from pki.models.revocation import BlockedKey, HoldRelease, Revocation, is_revoked
from pki.models.service import ServiceCertificate

__all__ = [
    "Acceptance",
    "Authority",
    "BlockedKey",
    "Certificate",
    "CertificateQuerySet",
    "CrossCertificate",
    "HoldRelease",
    "ListScope",
    "PlanState",
    "PlannedCertificate",
    "Revocation",
    "RevocationList",
    "ServiceCertificate",
    "StatusInquiry",
    "is_revoked",
]
