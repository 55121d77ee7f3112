"""People of an organisation in the tests of the site: real certificates, signed in by HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from pki.certificate import Purpose, Role
from pki.models import Authority
from renewals.models import Renewal, Statement
from tests.renewals.people import Holder, as_base64, enrol_holder

ORGANISATION = ('ТОО "Сарыарқа Логистик"', "260140000005")
OTHER_ORGANISATION = ("АО «Басқа»", "260140000015")
# Who is who, wherever the tests meet an organisation.
HEAD, HR, SIGNER, EMPLOYEE, STRANGER = (
    *("800512300010", "880923400016", "910214300013"),
    *("950703300019", "870130300017"),
)
DAY = timedelta(days=1)
JSON = {"Accept": "application/json"}
# Answers of the test client have `json` and `context`, which its type does not say.
Reply = Any


@dataclass
class Colleague:
    """Somebody with a certificate and a browser."""

    holder: Holder
    client: Client = field(default_factory=lambda: Client(headers={"Accept-Language": "en"}))

    @property
    def iin(self) -> str:
        """Twelve digits."""
        return self.holder.iin

    def sign_in(self) -> "Colleague":
        """The two posts of the sign-in page, by the certificate that may sign in."""
        challenge = self.client.post(reverse("challenge"), headers=JSON, secure=True).json()
        statement = Statement.objects.get(pk=challenge["statement"])
        purpose = next(one for one in self.holder.certificates if one is not Purpose.SIGN)
        cms = as_base64(self.holder.sign(statement, purpose))
        reply = self.client.post(
            reverse("enter"), {"statement": statement.pk, "cms": cms}, headers=JSON, secure=True
        )
        assert reply.status_code == 200, reply.content
        return self

    def get(self, name: str, *args: object, **query: str) -> Reply:
        """Open a page."""
        return self.client.get(reverse(name, args=args), query, secure=True)

    def post(self, name: str, *args: object, **fields: object) -> Reply:
        """What a form of the page sends."""
        return self.client.post(reverse(name, args=args), fields, secure=True)

    def ask(self, name: str, *args: object, **fields: object) -> Reply:
        """What a script of the page sends."""
        return self.client.post(reverse(name, args=args), fields, headers=JSON, secure=True)

    def read(self, reply: Reply) -> Statement:
        """The statement whose page a form has led to."""
        assert reply.status_code == 302, reply.content
        page = self.client.get(reply["Location"], secure=True)
        assert page.status_code == 200, page
        statement: Statement = page.context["statement"]
        return statement

    def sign(self, statement: Statement, purpose: Purpose | None = None) -> Reply:
        """What the page's script sends after signing."""
        cms = as_base64(self.holder.sign(statement, purpose))
        return self.ask("sign", statement.pk, statement=statement.pk, cms=cms)

    def approve(self, *renewals: Renewal) -> Reply:
        """Choose, read, sign."""
        numbers = [renewal.number for renewal in renewals]
        return self.sign(self.read(self.post("approve", number=numbers)))

    def refuse(self, *renewals: Renewal, reason: str = "documents", note: str = "") -> Reply:
        """Choose, say why, read, sign."""
        numbers = [renewal.number for renewal in renewals]
        fields = {"number": numbers, "reason_asked": "1", "reason": reason, "note": note}
        return self.sign(self.read(self.post("refuse", **fields)))


def hire(
    authority: Authority,
    iin: str,
    *roles: Role,
    organisation: tuple[str, str] = ORGANISATION,
    days_left: timedelta = timedelta(days=200),
    purposes: tuple[Purpose, ...] = (Purpose.COMBINED,),
) -> Colleague:
    """Somebody of the organisation, not signed in yet."""
    holder = enrol_holder(
        authority,
        iin=iin,
        roles=(Role.LEGAL_ENTITY, *roles),
        organisation=organisation,
        days_left=days_left,
        purposes=purposes,
    )
    return Colleague(holder)
