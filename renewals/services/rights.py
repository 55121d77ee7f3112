"""Who may act on an application. Looked up at the moment of acting, on every door."""

from collections.abc import Iterable

from pki.certificate import CertificateFacts
from pki.models import Certificate
from renewals.actor import Actor, ActorKind
from renewals.errors import NotHolderError, NotOperatorError, WrongCertificateError
from renewals.models import Renewal


def require_holder(renewal: Renewal, actor: Actor) -> None:
    """Raises `NotHolderError` for everybody but the person whose application it is."""
    if not actor.iin or actor.iin != renewal.holder_iin:
        raise NotHolderError


def require_operator(actor: Actor) -> None:
    """Raises `NotOperatorError` for everybody but operators."""
    if actor.kind is not ActorKind.OPERATOR:
        raise NotOperatorError


def require_signer(signer: CertificateFacts, expected: Iterable[Certificate]) -> None:
    """Raises `WrongCertificateError` when none of the expected certificates signed.

    Compared by the whole certificate: another certificate of the same person will not do.
    """
    certificates = list(expected)
    if signer.fingerprint not in {row.fingerprint for row in certificates}:
        wanted = certificates[0]
        raise WrongCertificateError(purpose=wanted.purpose, serial=wanted.serial_hex)
