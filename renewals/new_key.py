"""Which kind of key replaces which: a table, so that page, service and authority agree."""

from pki.models import Certificate

KIND_AFTER = {"RSA-2048": "RSA-2048", "RSA-3072": "RSA-2048", "RSA-4096": "RSA-2048"}
DEFAULT_KIND = "P-256"


def key_kind_for(certificate: Certificate) -> str:
    """The kind of the new key: RSA stays RSA, everything else becomes P-256."""
    return KIND_AFTER.get(certificate.key_kind, DEFAULT_KIND)
