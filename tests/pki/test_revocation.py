"""What is not known never passes for good."""

import pytest
from cryptography import x509

from pki.errors import IndeterminateError, RevokedError, StatusUnknownError
from pki.revocation import Reason, RevocationFacts, Status, require_good
from tests.pki.factories import NOW


@pytest.mark.parametrize("source", ["records", "crl"])
def test_good_is_let_through(source: str) -> None:
    require_good(RevocationFacts(Status.GOOD, source, NOW))


def test_revoked_says_when_and_why() -> None:
    facts = RevocationFacts(Status.REVOKED, "records", NOW, NOW, Reason.SUPERSEDED)
    with pytest.raises(RevokedError) as refused:
        require_good(facts)
    assert refused.value.code == "certificate.revoked"
    assert refused.value.facts == {"revoked_at": NOW.isoformat(), "reason": "superseded"}


def test_revoked_without_more_is_still_revoked() -> None:
    with pytest.raises(RevokedError) as refused:
        require_good(RevocationFacts(Status.REVOKED, "crl", NOW))
    assert refused.value.facts == {"revoked_at": "", "reason": ""}


def test_unknown_is_not_good() -> None:
    with pytest.raises(StatusUnknownError) as refused:
        require_good(RevocationFacts(Status.UNKNOWN, "crl", NOW))
    assert refused.value.code == "certificate.status_unknown"
    assert isinstance(refused.value, IndeterminateError)


def test_reasons_have_the_names_that_others_use() -> None:
    assert {reason.value for reason in Reason} == {flag.value for flag in x509.ReasonFlags}
