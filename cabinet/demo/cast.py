"""The cast of `make run`: people with real certificates of the local test authority.

Their key files and passwords are for looking at the product, never for anything else.
"""

from dataclasses import dataclass
from datetime import timedelta

from pki.certificate import Purpose, Role

INDIVIDUAL = (Role.INDIVIDUAL,)
OPERATOR = (Role.INDIVIDUAL, Role.OPERATOR)
TERM = timedelta(days=365)
# An organisation that does not exist; its number is well-formed.
ORGANISATION = ("ТОО «Сарыарқа Логистик»", "260140000005")


@dataclass(frozen=True)
class Person:
    """One of the cast. `days_left` may be negative: the certificate has expired then.

    With a role in a legal entity it is a certificate of the organisation.
    """

    slug: str
    surname: str
    given_name: str
    patronymic: str
    iin: str
    password: str
    authority: str
    purposes: tuple[Purpose, ...]
    days_left: int
    what: str
    roles: tuple[Role, ...] = INDIVIDUAL
    is_revoked: bool = False
    is_operator: bool = False
    # Where this person is written to: an address, a mobile number, or nothing yet.
    email: str = ""
    phone: str = ""

    @property
    def organisation(self) -> tuple[str, str]:
        """Name and BIN; two empty strings for an individual."""
        return ORGANISATION if Role.LEGAL_ENTITY in self.roles else ("", "")


def _employee(  # the organisation's people differ in little
    slug: str,
    name: str,
    iin: str,
    role: Role,
    days_left: int,
    what: str,
    phone: str = "",
) -> Person:
    surname, given_name, *patronymic = name.split()
    return Person(
        slug=slug,
        surname=surname,
        given_name=given_name,
        patronymic=" ".join(patronymic),
        iin=iin,
        password=f"{slug.capitalize()}2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=days_left,
        what=what,
        roles=(Role.LEGAL_ENTITY, role),
        email=f"{slug}@saryarqa.example",
        phone=phone,
    )


INDIVIDUALS = (
    Person(
        slug="aigul",
        surname="СЕЙТҚАЛИ",
        given_name="АЙГҮЛ",
        patronymic="МАРАТҚЫЗЫ",
        iin="010203300005",
        password="Aigul2026",
        authority="rsa",
        purposes=(Purpose.AUTH, Purpose.SIGN),
        days_left=12,
        what="an AUTH + SIGN pair (RSA) that ends in 12 days",
        email="aigul@mail.example",
        phone="+77010000001",
    ),
    Person(
        slug="daniyar",
        surname="ОСПАНОВ",
        given_name="ДАНИЯР",
        patronymic="СЕРІКҰЛЫ",
        iin="050607650004",
        password="Daniyar2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=40,
        what="a single key (P-256) that ends in 40 days",
    ),
    Person(
        slug="olga",
        surname="ПЕТРОВА",
        given_name="ОЛЬГА",
        patronymic="ИВАНОВНА",
        iin="020304600005",
        password="Olga2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=-9,
        what="a single key that expired 9 days ago",
        email="olga@mail.example",
    ),
    Person(
        slug="timur",
        surname="ЖҮНІСОВ",
        given_name="ТИМУР",
        patronymic="",
        iin="030405500012",
        password="Timur2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=200,
        what="a single key that was revoked",
        is_revoked=True,
    ),
    Person(
        slug="operator",
        surname="ӘБЕНОВА",
        given_name="САУЛЕ",
        patronymic="НҰРЛАНҚЫЗЫ",
        iin="040506600027",
        password="Operator2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=300,
        what="an operator",
        roles=OPERATOR,
        is_operator=True,
        email="saule@cabinet.example",
    ),
    Person(
        slug="second",
        surname="ҚАСЫМОВ",
        given_name="ДӘУРЕН",
        patronymic="",
        iin="060708500032",
        password="Second2026",
        authority="ec",
        purposes=(Purpose.COMBINED,),
        days_left=280,
        what="a second operator: confirms what the first one proposes",
        roles=OPERATOR,
        is_operator=True,
    ),
)
STAFF = (
    _employee(
        "nurlan",
        "ӘБЕНОВ НҰРЛАН ҚАЙРАТҰЛЫ",
        "800512300010",
        Role.HEAD,
        200,
        "first head: approves, delegates, dismisses, looks after the people; has just renewed",
    ),
    _employee(
        "gulnur",
        "ӨМІРБЕК ГҮЛНҰР АСҚАРҚЫЗЫ",
        "880923400016",
        Role.HR,
        150,
        "HR employee: approves, too; has a draft of her own",
    ),
    _employee(
        "viktor",
        "КИМ ВИКТОР СЕРГЕЕВИЧ",
        "910214300013",
        Role.SIGNING_RIGHT,
        75,
        "may sign for the organisation: approves by the head's delegation for 30 days; his own "
        "application is approved",
    ),
    _employee(
        "erlan",
        "ЖҰМАБЕК ЕРЛАН ҚАЙРАТҰЛЫ",
        "950703300019",
        Role.EMPLOYEE,
        9,
        "employee, expiring: apply here, let the head approve, install",
        phone="+77010000002",
    ),
    _employee(
        "marat",
        "ТӨЛЕУОВ МАРАТ БОЛАТҰЛЫ",
        "870130300017",
        Role.EMPLOYEE,
        -4,
        "employee, expired: cannot sign in; his application could not be issued",
    ),
    _employee(
        "saltanat",
        "САДЫҚОВА САЛТАНАТ ЕРБОЛҚЫЗЫ",
        "920818400015",
        Role.EMPLOYEE,
        120,
        "employee, dismissed: her certificate is revoked, her application has ended",
    ),
    _employee(
        "dana",
        "СЕРІКБАЕВА ДАНА НҰРБЕКҚЫЗЫ",
        "990611400012",
        Role.EMPLOYEE,
        14,
        "employee: her application waits for the head; an earlier one is withdrawn",
    ),
    _employee(
        "askar",
        "ПЕТРЕНКО АСҚАР ОЛЕГҰЛЫ",
        "930405300015",
        Role.EMPLOYEE,
        21,
        "employee: refused once, now issued and to be installed with the waiting file",
    ),
    _employee(
        "asel",
        "НҰРҒАЛИЕВА ӘСЕЛ МАҚСАТҚЫЗЫ",
        "850919400019",
        Role.FINANCIAL_RIGHT,
        28,
        "may sign financial documents: her certificate is being issued",
    ),
)
CAST = INDIVIDUALS + STAFF
