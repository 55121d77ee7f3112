"""Role × object × action: every address about an organisation, opened and posted to by everybody.

The table says what each may do with an application that waits, its papers, a person and a right
to approve. An address that is added without a row fails here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from cabinet.models import OPERATORS, User
from cabinet.views import approval_urls, document_urls, organisation_urls
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, DocumentKind, Mandate, Renewal, Statement, Verdict
from renewals.services import deciding
from renewals.services.attaching import attach
from renewals.services.filing import file_with_paper
from tests.cabinet.colleagues import OTHER_ORGANISATION, Colleague, hire
from tests.renewals.people import enrol_holder
from tests.renewals.sent_files import png

pytestmark = pytest.mark.django_db

HOLDER, HEAD, HR, DELEGATE, FORMER, EMPLOYEE, STRANGER, PERSON, OPERATOR, TRUSTED = (
    f"77010130{n:04d}" for n in range(10)
)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """Everything that an address may name."""

    renewal: Renewal
    document: Document
    paper: Document
    mandate: Mandate
    statement: Statement
    certificate_id: int

    def arguments(self, name: str) -> dict[str, object]:
        """For `reverse`, by what the address is about."""
        if name == "power-paper":
            return {"pk": self.paper.pk}
        if name == "give-up-power":
            return {"pk": self.mandate.pk}
        if name in {"sign", "signed"}:
            return {"pk": self.statement.pk}
        if name in {"person", "dismiss", "revoke-employee"}:
            return {"certificate_id": self.certificate_id}
        found: dict[str, object] = {}
        if name in NUMBERED:
            found["number"] = self.renewal.number
        if name in {"document", "remove-document", "approval-document"}:
            found["pk"] = self.document.pk
        return found


NUMBERED = frozenset(
    {"approval", "approval-document", "approval-form", "approval-evidence"}
    | {"documents", "document", "remove-document", "form", "evidence"}
)

# Who is who, in the order of the table's columns.
ROLES = (
    *("holder", "head", "hr", "delegate", "former", "employee", "trusted"),
    *("stranger", "person", "operator"),
)
TABLE = """
approval           get  403 200 200 200 403 403 403 404 404 404
approval-document  get  403 200 200 200 403 403 403 404 404 404
approval-evidence  get  404 404 404 404 404 404 404 404 404 404
approval-form      get  403 200 200 200 403 403 403 404 404 404
approvals          get  403 200 200 200 403 403 403 200 404 404
approve            get  302 302 302 302 302 302 302 302 302 302
dismiss            get  302 302 302 302 302 302 302 302 302 302
document           get  200 404 404 404 404 404 404 404 404 404
documents          get  200 404 404 404 404 404 404 404 404 404
end-mandate        get  302 302 302 302 302 302 302 302 302 302
evidence           get  404 404 404 404 404 404 404 404 404 404
form               get  200 404 404 404 404 404 404 404 404 404
mandates           get  403 200 200 403 403 403 403 200 404 404
organisation       get  200 200 200 200 200 200 200 200 404 404
people-csv         get  403 200 200 403 403 403 403 200 404 404
person             get  403 200 200 403 403 403 403 404 404 404
power              get  200 200 200 200 200 200 200 200 200 200
power-paper        get  404 200 404 404 404 404 200 404 404 200
refuse             get  302 302 302 302 302 302 302 302 302 302
revoke-employee    get  403 200 403 403 403 403 403 404 404 404
remove-document    get  302 404 404 404 404 404 404 404 404 404
sign               get  404 200 404 404 404 404 404 404 404 404
signed             get  404 302 404 404 404 404 404 404 404 404
give-up-power      get  302 302 302 302 302 302 302 302 302 302
approval           post 405 405 405 405 405 405 405 405 405 405
approval-document  post 405 405 405 405 405 405 405 405 405 405
approval-evidence  post 405 405 405 405 405 405 405 405 405 405
approval-form      post 405 405 405 405 405 405 405 405 405 405
approvals          post 405 405 405 405 405 405 405 405 405 405
approve            post 403 400 400 400 403 403 403 400 404 404
dismiss            post 403 302 403 403 403 403 403 404 404 404
document           post 405 405 405 405 405 405 405 405 405 405
documents          post 400 404 404 404 404 404 404 404 404 404
end-mandate        post 403 409 409 403 403 403 403 409 404 404
revoke-employee    post 403 400 403 403 403 403 403 404 404 404
evidence           post 405 405 405 405 405 405 405 405 405 405
form               post 405 405 405 405 405 405 405 405 405 405
mandates           post 403 400 400 403 403 403 403 400 404 404
organisation       post 405 405 405 405 405 405 405 405 405 405
people-csv         post 405 405 405 405 405 405 405 405 405 405
person             post 405 405 405 405 405 405 405 405 405 405
power              post 400 400 400 400 400 400 400 400 403 403
power-paper        post 405 405 405 405 405 405 405 405 405 405
refuse             post 403 400 400 400 403 403 403 400 404 404
remove-document    post 409 404 404 404 404 404 404 404 404 404
sign               post 404 400 404 404 404 404 404 404 404 404
signed             post 405 405 405 405 405 405 405 405 405 405
give-up-power      post 404 404 404 404 404 404 302 404 404 404
"""


@pytest.fixture
def people(authority: Authority) -> dict[str, Colleague]:
    """One of each, signed in; the former head was followed, the delegate has the right."""
    found = {
        "former": hire(authority, FORMER, Role.HEAD, days_left=60 * DAY),
        "head": hire(authority, HEAD, Role.HEAD, days_left=200 * DAY),
        "holder": hire(authority, HOLDER, Role.EMPLOYEE, days_left=12 * DAY),
        "hr": hire(authority, HR, Role.HR),
        "delegate": hire(authority, DELEGATE, Role.SIGNING_RIGHT),
        "employee": hire(authority, EMPLOYEE, Role.EMPLOYEE),
        "trusted": hire(authority, TRUSTED, Role.EMPLOYEE),
        "stranger": hire(authority, STRANGER, Role.HEAD, organisation=OTHER_ORGANISATION),
        "person": Colleague(enrol_holder(authority, iin=PERSON)),
        "operator": Colleague(enrol_holder(authority, iin=OPERATOR)),
    }
    found["head"].holder.delegate(found["delegate"].holder)
    for colleague in found.values():
        colleague.sign_in()
    group, _created = Group.objects.get_or_create(name=OPERATORS)
    User.objects.get(iin=OPERATOR).groups.add(group)
    return found


@pytest.fixture
def world(people: dict[str, Colleague]) -> World:
    now = timezone.now()
    holder, head, trusted = (people[name].holder for name in ("holder", "head", "trusted"))
    renewal = holder.submit()
    today = timezone.localdate()
    mandate = file_with_paper(
        actor=trusted.actor,
        starts_on=today,
        ends_on=today + DAY,
        name="paper.png",
        data=png(),
        now=now,
    )
    return World(
        renewal=renewal,
        document=attach(
            actor=holder.actor,
            target=renewal,
            kind=DocumentKind.OTHER.value,
            name="order.png",
            data=png(),
            now=now,
        ),
        paper=Document.objects.get(mandate=mandate),
        mandate=mandate,
        statement=deciding.state_decision(
            actor=head.actor, renewals=[renewal], verdict=Verdict.APPROVE, language="en", now=now
        ),
        certificate_id=next(iter(people["employee"].holder.certificates.values())).pk,
    )


def rows() -> Mapping[tuple[str, str], tuple[int, ...]]:
    """Address and method → status for each role."""
    found = {}
    for line in TABLE.strip().splitlines():
        name, method, *statuses = line.split()
        found[name, method] = tuple(map(int, statuses))
    return found


def test_every_address_stands_in_the_table() -> None:
    modules = (approval_urls, document_urls, organisation_urls)
    names = {str(one.name) for module in modules for one in module.urlpatterns}
    names |= {"form", "evidence"}
    assert {name for name, _method in rows()} == names
    assert all(len(statuses) == len(ROLES) for statuses in rows().values())


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_just_what_is_his(
    people: dict[str, Colleague], world: World, method: str
) -> None:
    # Nothing is sent with a post: what is refused for its shape has passed the door.
    expected = {name: statuses for (name, how), statuses in rows().items() if how == method}
    found = {}
    for name in expected:
        address = reverse(name, kwargs=world.arguments(name))
        clients = [people[role].client for role in ROLES]
        found[name] = tuple(
            getattr(client, method)(address, secure=True).status_code for client in clients
        )
    assert found == expected


def test_whatever_was_refused_left_the_application_as_it_was(
    people: dict[str, Colleague], world: World
) -> None:
    for name, method in rows():
        if method == "post":
            address = reverse(name, kwargs=world.arguments(name))
            for role in ("former", "employee", "trusted", "stranger", "person", "operator"):
                fields = {"number": world.renewal.number, "statement": world.statement.pk}
                people[role].client.post(address, fields, secure=True)
    world.renewal.refresh_from_db()
    assert world.renewal.state == "awaiting_approval"
    assert Document.objects.filter(pk=world.document.pk).exists()
    assert not Mandate.objects.filter(confirmed_at__isnull=False, kind="power_of_attorney").exists()
