"""What we issue, as the national authority does: tables of frozen facts, nothing is done here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache

from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.certificate import COMPANY_ROLES, DOCUMENT_SIGNING, Purpose, Role, Storage
from pki.errors import NotPlannedError

FILE_TERM = timedelta(days=365)
SERVICE_TERM = timedelta(days=3 * 365)
# Nobody can ask what became of it, so it is soon over.
OCSP_TERM = timedelta(days=30)
# Tokens and the ID card: three years of 365 days, as the authority's certificates run.
DEVICE_TERM = timedelta(days=3 * 365)
LEAF_KEY_KINDS = ("RSA-2048", "P-256")

# What stands in the extension in which the authority says where the key is kept.
STORAGE_OIDS = {
    Storage.FILE: ObjectIdentifier("1.2.398.3.3.5.1.1"),
    # Our own choice: the authority's numbers for devices are not published.
    Storage.TOKEN: ObjectIdentifier("1.2.398.3.3.5.1.2"),
    Storage.ID_CARD: ObjectIdentifier("1.2.398.3.3.5.1.3"),
}


@dataclass(frozen=True)
class KeyUse:
    """Which bits of the key usage extension (RFC 5280, 4.2.1.3) stand in a certificate."""

    digital_signature: bool = False
    non_repudiation: bool = False
    key_encipherment: bool = False
    key_agreement: bool = False
    certificate_sign: bool = False
    crl_sign: bool = False


@dataclass(frozen=True)
class LeafProfile:
    """A certificate of a person: for what, how long, with which words about the person.

    One for a service of the authority says nothing of a storage, and of no person.
    """

    purpose: Purpose
    storage: Storage | None
    roles: tuple[Role, ...]
    term: timedelta
    policy: ObjectIdentifier
    standard_usages: tuple[ObjectIdentifier, ...]
    key_uses: tuple[tuple[str, KeyUse], ...]
    # RFC 3161, 2.3: who stamps the time says so critically.
    is_usage_critical: bool = False
    # RFC 6960, 4.2.2.2.1: who answers about others is not asked about; then it names no lists.
    is_unchecked: bool = False

    @property
    def key_kinds(self) -> tuple[str, ...]:
        """The kinds of key that may be certified."""
        return tuple(kind for kind, _use in self.key_uses)

    def key_use(self, key_kind: str) -> KeyUse:
        """The key usage for a kind of key. Raises `issuer.not_planned` for other kinds."""
        try:
            return dict(self.key_uses)[key_kind]
        except KeyError as error:
            raise NotPlannedError(purpose=self.purpose.value, key_kind=key_kind) from error

    @property
    def extended_usages(self) -> tuple[ObjectIdentifier, ...]:
        """The standard usages first, then who the person is."""
        return (*self.standard_usages, *(ObjectIdentifier(role.oid) for role in self.roles))


@dataclass(frozen=True)
class AuthorityProfile:
    """A root and the authority under it, made together."""

    root_key_kind: str
    issuing_key_kind: str
    # Named as the national authorities are, with TEST, so that nobody mistakes them.
    root_common_name: str
    issuing_common_name: str
    organisation: str
    root_term: timedelta = timedelta(days=20 * 365)
    issuing_term: timedelta = timedelta(days=10 * 365)


# The authority under the root may issue under every policy of ours.
ANY_POLICY = ObjectIdentifier("2.5.29.32.0")
AUTHORITY_USE = KeyUse(certificate_sign=True, crl_sign=True)
_AUTH_USE = KeyUse(digital_signature=True)
_SIGN_USE = KeyUse(digital_signature=True, non_repudiation=True)

_PURPOSES: dict[Purpose, LeafProfile] = {
    Purpose.AUTH: LeafProfile(
        purpose=Purpose.AUTH,
        storage=Storage.FILE,
        roles=(),
        term=FILE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2.4"),
        standard_usages=(ExtendedKeyUsageOID.CLIENT_AUTH,),
        key_uses=(
            ("RSA-2048", replace(_AUTH_USE, key_encipherment=True)),
            ("P-256", _AUTH_USE),
        ),
    ),
    Purpose.SIGN: LeafProfile(
        purpose=Purpose.SIGN,
        storage=Storage.FILE,
        roles=(),
        term=FILE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2.3"),
        standard_usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        key_uses=(("RSA-2048", _SIGN_USE), ("P-256", _SIGN_USE)),
    ),
    Purpose.COMBINED: LeafProfile(
        purpose=Purpose.COMBINED,
        storage=Storage.FILE,
        roles=(),
        term=FILE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2"),
        standard_usages=(ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION),
        key_uses=(("RSA-2048", _SIGN_USE), ("P-256", replace(_SIGN_USE, key_agreement=True))),
    ),
}

LEAF_PROFILES: dict[tuple[Purpose, Storage], LeafProfile] = {
    (purpose, storage): replace(
        profile,
        storage=storage,
        term=FILE_TERM if storage is Storage.FILE else DEVICE_TERM,
    )
    for purpose, profile in _PURPOSES.items()
    for storage in STORAGE_OIDS
}


def _is_person(roles: frozenset[Role]) -> bool:
    """Somebody for himself or for an organisation; either may be an operator of ours."""
    own = roles - {Role.OPERATOR}
    if Role.INDIVIDUAL in own:
        return own == {Role.INDIVIDUAL}
    # `LEGAL_ENTITY` never stands without one of the others.
    company = own - {Role.LEGAL_ENTITY}
    return Role.LEGAL_ENTITY in own and bool(company) and company <= frozenset(COMPANY_ROLES)


@cache
def _profile(purpose: Purpose, storage: Storage, roles: frozenset[Role]) -> LeafProfile:
    base = LEAF_PROFILES.get((purpose, storage))
    if base is None or not _is_person(roles):
        raise NotPlannedError(
            purpose=purpose.value,
            storage=storage.value,
            roles=" ".join(sorted(role.value for role in roles)),
        )
    return replace(base, roles=tuple(role for role in Role if role in roles))


def leaf_profile(purpose: Purpose, storage: Storage, roles: Iterable[Role]) -> LeafProfile:
    """What is issued for a purpose, a place for the key and who the person is.

    Raises `issuer.not_planned` for what we do not issue.
    """
    return _profile(purpose, storage, frozenset(roles))


class ServiceKind(StrEnum):
    """What a certificate of the authority's own is for, besides issuing."""

    SEAL = "seal"
    MAIL = "mail"
    OCSP = "ocsp"
    TIMESTAMP = "timestamp"


SERVICE_PROFILES: dict[ServiceKind, LeafProfile] = {
    ServiceKind.SEAL: LeafProfile(
        purpose=Purpose.OTHER,
        storage=None,
        roles=(),
        term=SERVICE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2"),
        # RFC 9336. Nothing that a person's certificate has, so that neither passes for the other.
        standard_usages=(DOCUMENT_SIGNING,),
        key_uses=(("RSA-2048", _SIGN_USE), ("P-256", _SIGN_USE)),
    ),
    ServiceKind.MAIL: LeafProfile(
        purpose=Purpose.OTHER,
        storage=None,
        roles=(),
        term=SERVICE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2"),
        # RFC 8550, 4.4. A person's certificate for signing says this, too, but never without
        # non-repudiation: a letter is shown to be ours, nobody is bound by it.
        standard_usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        key_uses=(("RSA-2048", _AUTH_USE), ("P-256", _AUTH_USE)),
    ),
    ServiceKind.OCSP: LeafProfile(
        purpose=Purpose.OTHER,
        storage=None,
        roles=(),
        term=OCSP_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2"),
        standard_usages=(ExtendedKeyUsageOID.OCSP_SIGNING,),
        key_uses=(("RSA-2048", _AUTH_USE), ("P-256", _AUTH_USE)),
        is_unchecked=True,
    ),
    ServiceKind.TIMESTAMP: LeafProfile(
        purpose=Purpose.OTHER,
        storage=None,
        roles=(),
        term=SERVICE_TERM,
        policy=ObjectIdentifier("1.2.398.3.3.2"),
        standard_usages=(ExtendedKeyUsageOID.TIME_STAMPING,),
        key_uses=(("RSA-2048", _SIGN_USE), ("P-256", _SIGN_USE)),
        is_usage_critical=True,
    ),
}
# A new one is made so long before the present one ends.
SERVICE_AHEAD: dict[ServiceKind, timedelta] = {
    ServiceKind.SEAL: timedelta(days=90),
    ServiceKind.MAIL: timedelta(days=90),
    ServiceKind.OCSP: timedelta(days=10),
    ServiceKind.TIMESTAMP: timedelta(days=90),
}
# Those by which the process that answers the world signs: their keys lie where it can read them,
# apart from the authority's.
STATUS_SERVICES = frozenset({ServiceKind.OCSP, ServiceKind.TIMESTAMP})
# Named as the authority is, with TEST.
SERVICE_NAMES: dict[ServiceKind, str] = {
    ServiceKind.SEAL: "ДӘЛЕЛ МӨРІ ({name}) TEST",
    ServiceKind.MAIL: "ХАТ МӨРІ ({name}) TEST",
    ServiceKind.OCSP: "OCSP ({name}) TEST",
    ServiceKind.TIMESTAMP: "УАҚЫТ БЕЛГІСІ ({name}) TEST",
}


def service_profile(kind: ServiceKind, *, longest: timedelta) -> LeafProfile:
    """What is issued for a service, as long as it may, and never longer than `longest`."""
    profile = SERVICE_PROFILES[kind]
    return replace(profile, term=min(profile.term, longest))


AUTHORITY_PROFILES: dict[str, AuthorityProfile] = {
    name: AuthorityProfile(
        root_key_kind=root_kind,
        issuing_key_kind=issuing_kind,
        root_common_name="НЕГІЗГІ КО ({name}) TEST",
        issuing_common_name="ҰКО ({name}) TEST",
        organisation="TEST AUTHORITY, NOT FOR REAL USE",
    )
    for name, root_kind, issuing_kind in (
        ("ec", "P-384", "P-256"),
        ("rsa", "RSA-4096", "RSA-2048"),
    )
}
