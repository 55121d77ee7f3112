"""What we issue is what the national authority issues, and nothing else."""

from datetime import timedelta

import pytest

from pki import der
from pki.certificate import STORAGES, Purpose, Role, Storage
from pki.errors import NotPlannedError
from pki.issuer.pattern import oid_der
from pki.profiles import LEAF_PROFILES, STORAGE_OIDS, KeyUse, leaf_profile

SIGNING = {"digital_signature": True, "non_repudiation": True}


@pytest.mark.parametrize(
    ("purpose", "kind", "use", "usages", "policy"),
    [
        (
            Purpose.AUTH,
            "RSA-2048",
            KeyUse(digital_signature=True, key_encipherment=True),
            ["1.3.6.1.5.5.7.3.2"],
            "1.2.398.3.3.2.4",
        ),
        (
            Purpose.AUTH,
            "P-256",
            KeyUse(digital_signature=True),
            ["1.3.6.1.5.5.7.3.2"],
            "1.2.398.3.3.2.4",
        ),
        (
            Purpose.SIGN,
            "RSA-2048",
            KeyUse(**SIGNING),
            ["1.3.6.1.5.5.7.3.4"],
            "1.2.398.3.3.2.3",
        ),
        (
            Purpose.COMBINED,
            "P-256",
            KeyUse(**SIGNING, key_agreement=True),
            ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"],
            "1.2.398.3.3.2",
        ),
    ],
)
def test_a_certificate_for_a_purpose(
    purpose: Purpose, kind: str, use: KeyUse, usages: list[str], policy: str
) -> None:
    profile = leaf_profile(purpose, Storage.FILE, (Role.INDIVIDUAL,))
    assert profile.key_use(kind) == use
    found = [oid.dotted_string for oid in profile.extended_usages]
    assert found == [*usages, "1.2.398.3.3.4.1.1"]
    assert profile.policy.dotted_string == policy


def test_no_profile_lasts_longer_than_a_device_does() -> None:
    assert {profile.term for profile in LEAF_PROFILES.values()} == {
        timedelta(days=365),
        timedelta(days=1095),
    }


def test_what_is_written_of_the_storage_is_what_is_read() -> None:
    written = {
        der.tlv(der.SEQUENCE, oid_der(oid)): storage for storage, oid in STORAGE_OIDS.items()
    }
    assert written == STORAGES


def test_the_order_in_which_roles_are_named_does_not_matter() -> None:
    roles = (Role.HR, Role.LEGAL_ENTITY, Role.EMPLOYEE)
    profile = leaf_profile(Purpose.SIGN, Storage.TOKEN, roles)
    assert profile is leaf_profile(Purpose.SIGN, Storage.TOKEN, reversed(roles))
    assert profile.roles == (Role.LEGAL_ENTITY, Role.HR, Role.EMPLOYEE)


@pytest.mark.parametrize(
    "roles",
    [
        (),
        (Role.LEGAL_ENTITY,),
        (Role.HEAD,),
        (Role.OPERATOR,),
        (Role.INDIVIDUAL, Role.LEGAL_ENTITY, Role.HEAD),
        (Role.INDIVIDUAL, Role.HR),
        (Role.INDIVIDUAL, Role.ADMINISTRATOR),
        (Role.INFORMATION_SYSTEM,),
    ],
)
def test_it_refuses_roles_that_do_not_go_together(roles: tuple[Role, ...]) -> None:
    with pytest.raises(NotPlannedError):
        leaf_profile(Purpose.COMBINED, Storage.FILE, roles)


@pytest.mark.parametrize(
    ("purpose", "storage"),
    [(Purpose.OTHER, Storage.FILE), (Purpose.COMBINED, Storage.UNKNOWN)],
)
def test_it_refuses_what_we_do_not_issue(purpose: Purpose, storage: Storage) -> None:
    with pytest.raises(NotPlannedError):
        leaf_profile(purpose, storage, (Role.INDIVIDUAL,))


def test_it_refuses_other_kinds_of_key() -> None:
    profile = leaf_profile(Purpose.COMBINED, Storage.FILE, (Role.INDIVIDUAL,))
    for kind in ("P-384", "RSA-4096", "GOST-2015-512", ""):
        with pytest.raises(NotPlannedError):
            profile.key_use(kind)
