"""The operators' desk: by certificate, read-only, every look recorded, no second door."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from cabinet.models import OPERATORS, Text, User
from pki.certificate import parse_certificate
from pki.models import Authority, Certificate
from renewals.actor import Actor, ActorKind
from renewals.models import Event, Mandate, Proposal, Renewal
from renewals.services import opening
from tests.cabinet.people import Issuer, Person
from tests.cabinet.visitor import Visitor
from tests.renewals.people import NOW

pytestmark = pytest.mark.django_db

OPERATOR_IIN = "040506600027"
LISTS = (
    *("renewals_renewal", "renewals_event", "renewals_signature", "pki_certificate"),
    *("pki_revocation", "cabinet_user", "cabinet_text", "pki_holdrelease", "pki_blockedkey"),
    *("pki_revocationlist", "pki_servicecertificate", "renewals_trouble", "renewals_checkpoint"),
)


@pytest.fixture
def holder(issuer: Issuer) -> Person:
    return issuer.issue()


@pytest.fixture
def operator(issuer: Issuer, visitor: Visitor) -> Client:
    """Signed in by certificate, and in the group."""
    call_command("operators", "add", OPERATOR_IIN, verbosity=0)
    person = issuer.issue("ӘБЕНОВА САУЛЕ", iin=OPERATOR_IIN)
    assert visitor.sign_in(person).status_code == 200
    return visitor.client


def failed_renewal(holder: Person) -> Renewal:
    """An application that stopped while it was issued."""
    facts = parse_certificate(holder.der)
    row = Certificate.objects.get(fingerprint=facts.fingerprint)
    actor = Actor.from_certificate(facts, ActorKind.HOLDER)
    renewal = opening.open_renewal(actor=actor, certificate=row, now=NOW)
    Renewal.objects.filter(pk=renewal.pk).update(state="failed", reason="issuer.lint")
    renewal.refresh_from_db()
    return renewal


def get(client: Client, name: str, *args: object) -> HttpResponse:
    return client.get(reverse(f"admin:{name}", args=args), secure=True)  # type: ignore[return-value]


@pytest.mark.parametrize("name", LISTS)
def test_an_operator_sees_every_list(operator: Client, holder: Person, name: str) -> None:
    failed_renewal(holder)
    assert get(operator, f"{name}_changelist").status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_holder_finds_no_desk(visitor: Visitor, holder: Person, name: str) -> None:
    visitor.sign_in(holder)
    assert get(visitor.client, f"{name}_changelist").status_code in {302, 404}
    assert get(visitor.client, "login").status_code == 404


@pytest.mark.parametrize("name", [name for name in LISTS if name != "cabinet_text"])
def test_nothing_is_added_or_deleted_here(operator: Client, name: str) -> None:
    assert get(operator, f"{name}_add").status_code == 403


def test_an_application_shows_its_timeline_and_the_look_is_recorded(
    operator: Client, holder: Person
) -> None:
    renewal = failed_renewal(holder)
    page = get(operator, "renewals_renewal_change", renewal.pk)
    assert page.status_code == 200
    assert "renewal.opened" in page.content.decode()
    look = Event.objects.get(kind="record.viewed")
    assert (look.actor_iin, look.facts["id"]) == (OPERATOR_IIN, str(renewal.pk))


@pytest.mark.parametrize("words", ["010203300005", "СЕЙТҚАЛИ", "number"])
def test_it_is_found_by_iin_name_and_number(operator: Client, holder: Person, words: str) -> None:
    renewal = failed_renewal(holder)
    query = renewal.number if words == "number" else words
    address = reverse("admin:renewals_renewal_changelist")
    found = operator.get(address, {"q": query}, secure=True).content.decode()
    assert renewal.number in found
    missed = operator.get(address, {"q": "999999999999"}, secure=True).content.decode()
    assert renewal.number not in missed


def test_a_failed_application_is_sent_again_through_the_service(
    operator: Client, holder: Person
) -> None:
    renewal = failed_renewal(holder)
    fields = {"action": "retry", "_selected_action": renewal.pk}
    address = reverse("admin:renewals_renewal_changelist")
    operator.post(address, fields, secure=True)
    renewal.refresh_from_db()
    assert renewal.state == "approved"
    assert Event.objects.get(kind="renewal.retried").actor_iin == OPERATOR_IIN
    operator.post(address, fields, secure=True)
    assert Event.objects.filter(kind="renewal.refused").count() == 1


def test_a_text_is_written_and_the_writing_recorded(operator: Client) -> None:
    fields = {"slug": "expired", "language": "ru", "body": "Приходите в ЦОН № 5."}
    operator.post(reverse("admin:cabinet_text_add"), fields, secure=True)
    assert Text.objects.get().body == "Приходите в ЦОН № 5."
    assert Event.objects.get(kind="text.changed").facts["slug"] == "expired"


def test_who_is_taken_out_of_the_group_is_out_at_once(operator: Client) -> None:
    call_command("operators", "remove", OPERATOR_IIN, verbosity=0)
    assert get(operator, "index").status_code in {302, 404}
    assert not User.objects.get(iin=OPERATOR_IIN).is_staff
    assert Group.objects.filter(name=OPERATORS).exists()


def test_its_way_out_ends_the_session(operator: Client) -> None:
    operator.post(reverse("admin:logout"), secure=True)
    assert Event.objects.filter(kind="sign_in.ended", actor_iin=OPERATOR_IIN).exists()
    assert operator.get(reverse("my"), secure=True).status_code == 302


def test_there_is_no_password_to_change(operator: Client) -> None:
    assert "password" not in get(operator, "index").content.decode()
    assert get(operator, "password_change").status_code == 404


# Their pages are our own; what they say is sentences.
OWN_PAGES = {Mandate, Proposal, Authority}


def test_every_column_and_every_field_is_named_in_the_operators_language(
    operator: Client, rf: RequestFactory
) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.get()
    named = 0
    for model, desk in admin.site._registry.items():
        fields = () if model in OWN_PAGES else desk.get_fields(request)
        inlines = [
            (one.model, one.get_fields(request), one) for one in desk.get_inline_instances(request)
        ]
        for kind, names, of in [(model, (*desk.list_display, *fields), desk), *inlines]:
            for name in names:
                with override("kk"):
                    label = str(label_for_field(str(name), kind, of))
                # What is written in Latin letters alone was forgotten, but for this one.
                assert not label.isascii() or label == "SHA-256", (kind, name, label)
                named += 1
    assert named > 150
