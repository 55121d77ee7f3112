"""Two operators at the desk accept an authority of others, change it and take it away."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from cabinet.sentences import sentence
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Event, Proposal, Statement
from renewals.statement import group_hex
from tests.cabinet.colleagues import Colleague, Reply, hire
from tests.cabinet.document_steps import strict
from tests.renewals.outside import Outside
from tests.renewals.people import enrol_holder, iin_of

pytestmark = pytest.mark.django_db
URL = "http://pki.example/list.crl"


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.TRUST_HOSTS = ["pki.example"]


def at_the_desk(authority: Authority, number: int) -> Colleague:
    call_command("operators", "add", iin_of(number), verbosity=0)
    return Colleague(enrol_holder(authority, iin=iin_of(number))).sign_in()


@pytest.fixture
def first(authority: Authority) -> Colleague:
    return at_the_desk(authority, 71)


@pytest.fixture
def second(authority: Authority) -> Colleague:
    return at_the_desk(authority, 72)


@pytest.fixture
def outside() -> Outside:
    return Outside()


def address(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def opened(person: Colleague, name: str, *args: object) -> Reply:
    return person.client.get(address(name, *args), secure=True)


def sent(person: Colleague, place: str, /, *args: object, **fields: object) -> Reply:
    return person.client.post(address(place, *args), fields, secure=True)


def new(person: Colleague, outside: Outside, **changed: object) -> Reply:
    """The form for a new one."""
    fields = {
        "name": "national",
        "pem": outside.pem.decode(),
        "accepted_for": "both",
        "crl_url": URL,
        "ocsp_url": "",
    }
    return sent(person, "pki_authority_add", **{**fields, **changed})


def proposed(person: Colleague, outside: Outside, **changed: object) -> Proposal:
    reply = person.sign(person.read(new(person, outside, **changed)))
    assert reply.json()["location"] == address("renewals_proposal_changelist")
    return Proposal.objects.latest("id")


def confirm(person: Colleague, proposal: Proposal) -> Reply:
    """Press the button, read, sign."""
    text = person.read(sent(person, "renewals_proposal_confirm", proposal.pk))
    return person.sign(text)


def told(reply: Reply, code: str, **facts: str) -> None:
    """The sentence stands on the page."""
    page = reply.content.decode()
    assert english(code, **facts).replace("'", "&#x27;") in page


def english(code: str, **facts: str) -> str:
    with translation.override("en"):
        return sentence(code, facts)


def test_two_operators_accept_an_authority(
    first: Colleague, second: Colleague, outside: Outside
) -> None:
    page = opened(first, "pki_authority_add").content.decode()
    assert 'value="nothing"' not in page
    text = first.read(new(first, outside))
    fingerprint = group_hex(outside.certificate.fingerprint(hashes.SHA256()).hex())
    assert f"SHA-256: {fingerprint}" in text.text
    assert first.sign(text).status_code == 200
    proposal = Proposal.objects.get()
    assert not Authority.objects.filter(name="national").exists()
    listed = opened(second, "renewals_proposal_changelist").content.decode()
    assert "trust:national" in listed
    assert "waits for a second operator" in listed
    page = opened(second, "renewals_proposal_change", proposal.pk).content.decode()
    for words in (fingerprint, URL, "signing in and signatures", proposal.first.signer_name):
        assert words in page
    assert address("renewals_proposal_confirm", proposal.pk) in page
    assert confirm(second, proposal).status_code == 200
    row = Authority.objects.get(name="national")
    assert (row.accepted_for, row.crl_url) == ("both", URL)
    listed = opened(first, "pki_authority_changelist").content.decode()
    assert "signing in and signatures" in listed
    page = opened(first, "pki_authority_change", row.pk).content.decode()
    assert fingerprint in page
    assert "not yet" in page
    page = opened(first, "renewals_proposal_change", proposal.pk).content.decode()
    assert "Confirmed by" in page
    assert address("renewals_proposal_confirm", proposal.pk) not in page


def test_a_file_does_as_well_pem_or_der(first: Colleague, outside: Outside) -> None:
    for data in (outside.der, outside.pem):
        file = SimpleUploadedFile("ca.cer", data)
        assert first.read(new(first, outside, pem="", file=file)).purpose == "proposal"


def test_who_proposed_it_is_offered_no_confirmation(
    first: Colleague, second: Colleague, outside: Outside
) -> None:
    proposal = proposed(first, outside)
    page = opened(first, "renewals_proposal_change", proposal.pk).content.decode()
    assert "another operator has to confirm it" in page
    assert address("renewals_proposal_confirm", proposal.pk) not in page
    reply = sent(first, "renewals_proposal_confirm", proposal.pk)
    assert reply.status_code == 403
    told(reply, "proposal.own")
    # Opened instead of posted to.
    reply = opened(second, "renewals_proposal_confirm", proposal.pk)
    assert reply["Location"] == address("renewals_proposal_change", proposal.pk)
    # The text of the second is nobody else's.
    text = second.read(sent(second, "renewals_proposal_confirm", proposal.pk))
    assert first.sign(text).status_code == 404
    assert first.get("sign", text.pk).status_code == 404


def test_a_refusal_needs_a_reason(first: Colleague, second: Colleague, outside: Outside) -> None:
    proposal = proposed(first, outside)
    reply = sent(second, "renewals_proposal_change", proposal.pk, reason=" ")
    assert reply.status_code == 400
    told(reply, "renewal.reason")
    reply = sent(second, "renewals_proposal_change", proposal.pk, reason="Another fingerprint")
    assert reply.status_code == 302
    page = opened(first, "renewals_proposal_change", proposal.pk).content.decode()
    assert "Another fingerprint" in page
    for refused in (
        sent(second, "renewals_proposal_confirm", proposal.pk),
        sent(second, "renewals_proposal_change", proposal.pk, reason="x"),
    ):
        assert refused.status_code == 409
        told(refused, "proposal.over")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    first: Colleague, outside: Outside, settings: Settings
) -> None:
    settings.TRUST_HOSTS = ["pki.example", "10.0.0.1"]
    leaf = outside.issue().certificate.public_bytes(Encoding.PEM).decode()
    for changed, field, code in (
        ({"name": "Nat ional"}, "name", "trust.name"),
        ({"pem": "x"}, "pem", "outside.malformed"),
        ({"pem": outside.pem.decode() * 2}, "pem", "outside.malformed"),
        ({"pem": leaf}, "pem", "outside.rights"),
        ({"crl_url": "pki.example"}, "crl_url", "trust.address"),
        ({"ocsp_url": "ftp://pki.example"}, "ocsp_url", "trust.address"),
        ({"crl_url": "http://evil.example/"}, "crl_url", "trust.host"),
        ({"ocsp_url": "http://10.0.0.1/"}, "ocsp_url", "trust.private"),
    ):
        reply = new(first, outside, **changed)
        assert reply.status_code == 400
        form = reply.context["form"]
        said = {name: str(errors[0]) for name, errors in form.errors.items()}
        host = next(one for one in ("evil.example", "10.0.0.1", "") if one in str(changed))
        assert said == {field: english(code, host=host)}, changed
        page = reply.content.decode()
        assert 'value="both"' in page
        if "name" not in changed:
            assert 'value="national"' in page
    reply = new(first, outside, pem="", accepted_for="")
    assert set(reply.context["form"].errors) == {"file", "accepted_for"}
    assert not Statement.objects.filter(purpose="proposal").exists()


def test_a_file_that_was_read_comes_back_as_text(first: Colleague, outside: Outside) -> None:
    file = SimpleUploadedFile("ca.cer", outside.der)
    reply = new(first, outside, pem="", file=file, crl_url="no address")
    assert outside.pem.decode().split()[5] in reply.content.decode()


def test_a_file_that_is_too_large_is_turned_away(first: Colleague, outside: Outside) -> None:
    reply = new(first, outside, file=SimpleUploadedFile("ca.cer", b"x" * 200_000))
    assert reply.status_code == 413
    assert 'value="national"' in reply.content.decode()


def test_the_form_with_a_file_needs_its_token(first: Colleague, outside: Outside) -> None:
    client = strict(first)
    fields = {"name": "national", "pem": outside.pem.decode(), "accepted_for": "both"}
    place = address("pki_authority_add")
    assert client.post(place, fields, secure=True).status_code == 403
    page = client.get(place, secure=True)
    fields["csrfmiddlewaretoken"] = str(page.context["csrf_token"])
    assert client.post(place, fields, secure=True).status_code == 302


def test_an_authority_is_changed_and_taken_away_by_two(
    first: Colleague, second: Colleague, outside: Outside
) -> None:
    row = outside.pin(crl_url=URL)
    place = ("pki_authority_change", row.pk)
    same = {"accepted_for": "both", "crl_url": URL, "ocsp_url": ""}
    reply = sent(first, *place, **same)
    assert reply.status_code == 400
    told(reply, "trust.changed")
    reply = sent(first, *place, **{**same, "crl_url": "http://evil.example/"})
    assert list(reply.context["form"].errors) == ["crl_url"]
    assert first.sign(first.read(sent(first, *place, accepted_for="nothing"))).status_code == 200
    proposal = Proposal.objects.get()
    page = opened(second, *place).content.decode()
    assert address("renewals_proposal_change", proposal.pk) in page
    # One open change at a time.
    reply = sent(second, *place, **{**same, "accepted_for": "sign_in"})
    assert reply.status_code == 409
    told(reply, "proposal.open")
    assert confirm(second, proposal).status_code == 200
    row.refresh_from_db()
    assert (row.accepted_for, row.crl_url) == ("nothing", "")
    assert Event.objects.filter(kind="trust.changed").count() == 1


def test_the_doors_are_for_operators_alone(
    authority: Authority, first: Colleague, second: Colleague, outside: Outside
) -> None:
    row = outside.pin(crl_url=URL)
    proposal = proposed(first, Outside("other"), name="other")
    text = second.read(sent(second, "renewals_proposal_confirm", proposal.pk))
    others = [
        hire(authority, iin_of(81), Role.HEAD).sign_in(),
        hire(authority, iin_of(82), Role.EMPLOYEE).sign_in(),
        Colleague(enrol_holder(authority, iin=iin_of(83))).sign_in(),
    ]
    places = [
        address("pki_authority_changelist"),
        address("pki_authority_add"),
        address("pki_authority_change", row.pk),
        address("renewals_proposal_changelist"),
        address("renewals_proposal_change", proposal.pk),
        address("renewals_proposal_confirm", proposal.pk),
        reverse("sign", args=[text.pk]),
    ]
    for other in others:
        for place in places:
            for method in (other.client.get, other.client.post):
                reply = method(place, secure=True)
                assert reply.status_code in {302, 404}, place
                if reply.status_code == 302:
                    target = other.client.get(reply["Location"], secure=True)
                    assert target.status_code == 404, place
    # Nobody is an operator any longer than the group says so.
    call_command("operators", "remove", second.iin, verbosity=0)
    assert second.sign(text).status_code == 404
    assert second.get("sign", text.pk).status_code == 404
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    # And operators delete nothing.
    for name, pk in (("pki_authority_delete", row.pk), ("renewals_proposal_delete", proposal.pk)):
        assert sent(first, name, pk, post="yes").status_code == 403


def test_our_own_authorities_are_not_changed_here(authority: Authority, first: Colleague) -> None:
    reply = opened(first, "pki_authority_change", authority.pk)
    assert reply.status_code == 404
    assert sent(first, "pki_authority_change", authority.pk, accepted_for="nothing").status_code
    authority.refresh_from_db()
    assert authority.accepted_for == "both"


def test_looks_are_recorded(first: Colleague, outside: Outside) -> None:
    row = outside.pin()
    opened(first, "pki_authority_change", row.pk)
    look = Event.objects.get(kind="record.viewed")
    assert look.facts == {"record": "authority", "id": str(row.pk)}
