"""Authorities of others are added, changed and taken away, as far as that can be answered for."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pytest_django.fixtures import Settings

from pki.errors import PKIError
from pki.models import Acceptance, Authority
from renewals.errors import RenewalError, StatementError
from renewals.models import Trouble
from renewals.services import troubles
from renewals.services.proposals.trust import TRUST
from renewals.services.trust.accepting import carry_out, require_possible
from renewals.services.trust.changes import Standing, TrustChange, read_change
from tests.renewals.firm import OPERATOR
from tests.renewals.outside import Outside
from tests.renewals.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.data]
URL, OTHER = "http://pki.example/list.crl", "http://pki.example/other.crl"
BOTH = Standing(Acceptance.BOTH, URL)
NOTHING = Standing(Acceptance.NOTHING)


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.TRUST_HOSTS = ["pki.example"]


def code(change: TrustChange) -> str:
    """Asked and done give the same answer."""
    try:
        require_possible(change, now=NOW)
    except (PKIError, RenewalError) as error:
        return error.code
    do(change)
    return ""


def do(change: TrustChange) -> Authority:
    return carry_out(change, actor=OPERATOR, now=NOW, facts={})


def test_a_new_one_is_pinned_below_its_parent() -> None:
    root, below = Outside("root"), Outside("below")
    der = root.certify(below).public_bytes(Encoding.DER)
    change = TrustChange("below", der, BOTH)
    assert code(change) == "outside.parent"
    assert code(TrustChange("root", root.der, Standing(Acceptance.BOTH))) == ""
    assert code(replace(change, after=Standing(Acceptance.BOTH))) == "trust.silent"
    assert code(change) == ""
    row = Authority.objects.get(name="below")
    assert row.parent == Authority.objects.get(name="root")
    assert (row.is_ours, row.is_issuing, row.accepted_for) == (False, False, "both")


def test_a_parent_that_is_not_accepted_any_more_vouches_for_nobody() -> None:
    root, below = Outside("root"), Outside("below")
    root.pin(accepted_for=Acceptance.NOTHING)
    der = root.certify(below).public_bytes(Encoding.DER)
    assert code(TrustChange("below", der, BOTH)) == "outside.parent"


@pytest.mark.parametrize("name", ["", "A", "a b", "a_b", "-a", "é", "a" * 41, "../a", "a\n"])
def test_names_are_short_and_plain(name: str) -> None:
    assert code(TrustChange(name, Outside().der, BOTH)) == "trust.name"


def test_a_name_or_a_certificate_is_used_once() -> None:
    outside = Outside()
    outside.pin()
    assert code(TrustChange("national", Outside().der, BOTH)) == "trust.name"
    assert code(TrustChange("other", outside.der, BOTH)) == "trust.known"
    assert code(TrustChange("third", Outside().der, NOTHING)) == "trust.changed"


def test_a_change_is_of_what_is_there(authority: Authority) -> None:
    outside = Outside()
    row = outside.pin(crl_url=URL)
    change = TrustChange.of(row, Standing(Acceptance.SIGN_IN, URL))
    for wrong, expected in (
        (replace(change, name="absent"), "trust.name"),
        (replace(change, certificate_der=Outside().der), "trust.changed"),
        (replace(change, before=NOTHING), "trust.changed"),
        (replace(change, after=BOTH), "trust.changed"),
        (replace(change, after=Standing(Acceptance.SIGN_IN, "x")), "trust.address"),
        # Never one of ours.
        (TrustChange.of(authority, NOTHING), "trust.name"),
    ):
        assert code(wrong) == expected
    assert code(change) == ""
    assert code(change) == "trust.changed"


def test_taking_away_is_always_possible_and_ends_its_trouble() -> None:
    """Whatever became of its certificate, its host or the list of hosts."""
    outside = Outside()
    row = outside.pin(crl_url="http://gone.example/")
    troubles.begin("trust:national", "fetch.away", {}, NOW)
    assert (
        code(TrustChange.of(row, replace(Standing.of(row), accepted_for=Acceptance.NOTHING))) == ""
    )
    row.refresh_from_db()
    assert (row.accepted_for, row.crl_url) == ("nothing", "http://gone.example/")
    assert Trouble.objects.get().ended_at == NOW
    # The row stays, and it may be accepted again.
    assert code(TrustChange.of(row, BOTH)) == ""


def test_what_was_told_at_another_address_is_forgotten() -> None:
    outside = Outside()
    row = outside.pin(crl_url=URL)
    row.crl_der, row.fetched_at, row.fetch_due_at = outside.list_of(), NOW, NOW
    row.save()
    changed = do(TrustChange.of(row, Standing(Acceptance.SIGN_IN, URL)))
    assert changed.fetched_at == NOW
    assert bytes(changed.crl_der or b"") != b""
    changed = do(TrustChange.of(changed, Standing(Acceptance.SIGN_IN, OTHER)))
    changed.refresh_from_db()
    assert (changed.crl_der, changed.fetched_at, changed.fetch_due_at) == (None, None, None)


def spoil(key: str, value: object) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda terms: {**terms, key: value}


@pytest.mark.parametrize(
    "change",
    [
        lambda _terms: {},
        spoil("certificate", "x"),
        spoil("certificate", ""),
        spoil("after", None),
        spoil("after", {"accepted_for": "all", "crl_url": "", "ocsp_url": ""}),
        spoil("after", {"accepted_for": "both"}),
        spoil("before", []),
    ],
)
def test_terms_that_cannot_be_read_are_no_terms(
    change: Callable[[dict[str, object]], dict[str, object]],
) -> None:
    terms = TrustChange("national", Outside().der, BOTH).terms
    assert read_change(terms).terms == terms
    for act in (TRUST.describe, TRUST.subject, lambda one: TRUST.check(one, NOW)):
        with pytest.raises(StatementError):
            act(change(terms))
