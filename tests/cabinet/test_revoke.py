"""The old signature after a renewal: revoked by a signed request, or kept."""

import pytest
from django.urls import reverse

from pki.models import Revocation
from renewals.models import Renewal
from tests.cabinet.holder import Holder, pair, row_of, single
from tests.cabinet.people import Issuer, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("main")


def ask_for_it(holder: Holder, renewal: Renewal, signer: Person) -> dict[str, str]:
    page = holder.get("revoke", renewal.number)
    statement = page.context["statement"]  # type: ignore[attr-defined]
    cms = signer.sign(statement.text)
    reply = holder.ask("revoke", renewal.number, statement=statement.pk, cms=cms)
    return reply.json()  # type: ignore[attr-defined, no-any-return]


def revoked() -> set[str]:
    return set(Revocation.objects.values_list("serial_hex", flat=True))


def test_the_new_key_revokes_both_old_certificates_and_ends_the_session(issuer: Issuer) -> None:
    holder = pair(issuer)
    renewal, issued = holder.renew()
    page = holder.get("revoke", renewal.number).content.decode()
    assert "You will be signed out" in page
    data = ask_for_it(holder, renewal, issued["SIGN"])
    assert data == {"location": reverse("revoked")}
    assert revoked() == {row_of(holder.person).serial_hex, row_of(holder.signer).serial_hex}
    assert set(Revocation.objects.values_list("reason", flat=True)) == {"superseded"}
    assert holder.get("my").headers["Location"].startswith(reverse("sign-in"))
    assert "Sign in with another file" in holder.get("revoked").content.decode()


def test_signed_in_with_the_new_certificate_the_session_goes_on(issuer: Issuer) -> None:
    holder = single(issuer)
    renewal, issued = holder.renew()
    holder.client.logout()
    holder.sign_in(issued["COMBINED"])
    assert "You will be signed out" not in holder.get("revoke", renewal.number).content.decode()
    data = ask_for_it(holder, renewal, holder.signer)  # the old key works, too
    assert data == {"location": reverse("installed", args=[renewal.number])}
    page = holder.get("installed", renewal.number).content.decode()
    assert "It is no longer in force" in page
    reply = holder.get("revoke", renewal.number)
    assert reply.headers["Location"] == reverse("installed", args=[renewal.number])


def test_the_key_for_signing_in_cannot_revoke(issuer: Issuer) -> None:
    holder = pair(issuer)
    renewal, issued = holder.renew()
    assert ask_for_it(holder, renewal, issued["AUTH"])["code"] == "certificate.key_usage"
    assert not revoked()


def test_somebody_elses_key_cannot_revoke(issuer: Issuer) -> None:
    holder = pair(issuer)
    renewal, _issued = holder.renew()
    stranger = single(issuer, iin="050607650004")
    assert ask_for_it(holder, renewal, stranger.signer)["code"] == "renewal.not_holder"
    assert not revoked()


def test_before_the_installation_there_is_nothing_to_revoke(issuer: Issuer) -> None:
    holder = pair(issuer)
    renewal = holder.apply()
    holder.issue(renewal)
    reply = holder.get("revoke", renewal.number)
    assert reply.headers["Location"] == reverse("installed", args=[renewal.number])


def test_asking_twice_is_harmless(issuer: Issuer) -> None:
    holder = single(issuer)
    renewal, issued = holder.renew()
    holder.client.logout()
    holder.sign_in(issued["COMBINED"])
    statement = holder.get("revoke", renewal.number).context["statement"]  # type: ignore[attr-defined]
    fields = {"statement": statement.pk, "cms": issued["COMBINED"].sign(statement.text)}
    for _ in range(2):
        assert holder.ask("revoke", renewal.number, **fields).status_code == 200
    assert len(revoked()) == 1
