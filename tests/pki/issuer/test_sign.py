"""The authority's key signs a plan once, and exactly that plan."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pki.authority import IssuerFacts
from pki.errors import NotPlannedError
from pki.issuer.sign import assemble, compare, sign
from tests.pki.issuer.conftest import Made


class BrokenKeys:
    """A token that was pulled out."""

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """Never."""
        raise OSError("no token")


def test_it_refuses_to_sign_a_plan_twice(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    sign(plan, ec_made.keys)
    with pytest.raises(NotPlannedError):
        sign(plan, ec_made.keys)


def test_it_refuses_a_second_time_even_if_the_first_failed(
    ec_made: Made, spkis: dict[str, bytes]
) -> None:
    plan = ec_made.plan(spkis["P-256"])
    with pytest.raises(OSError, match="no token"):
        sign(plan, BrokenKeys())
    with pytest.raises(NotPlannedError):
        sign(plan, ec_made.keys)


def test_of_many_threads_one_signs(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])

    def attempt(_number: int) -> bool:
        try:
            sign(plan, ec_made.keys)
        except NotPlannedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(50))) == 1


def test_the_certificate_carries_exactly_the_planned_bytes(
    made: Made, spkis: dict[str, bytes]
) -> None:
    plan = made.plan(spkis["P-256"])
    certificate_der = sign(plan, made.keys)
    assert certificate_der[4 : 4 + len(plan.tbs_der)] == plan.tbs_der
    compare(plan, certificate_der)


def test_it_refuses_a_plan_altered_by_any_one_bit(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    certificate_der = sign(plan, ec_made.keys)
    for position in range(len(plan.tbs_der)):
        altered = bytearray(plan.tbs_der)
        altered[position] ^= 1 << position % 8
        with pytest.raises(NotPlannedError):
            compare(replace(plan, tbs_der=bytes(altered)), certificate_der)


def test_it_refuses_a_certificate_altered_by_any_one_bit(
    ec_made: Made, spkis: dict[str, bytes]
) -> None:
    plan = ec_made.plan(spkis["P-256"])
    certificate_der = sign(plan, ec_made.keys)
    for position in range(len(certificate_der)):
        altered = bytearray(certificate_der)
        altered[position] ^= 1 << position % 8
        with pytest.raises(NotPlannedError):
            compare(plan, bytes(altered))


def test_it_refuses_the_signature_of_another_key(
    authorities: dict[str, Made], spkis: dict[str, bytes]
) -> None:
    plan = authorities["ec"].plan(spkis["P-256"])
    other = authorities["rsa"].keys.sign(authorities["rsa"].issuer, plan.tbs_der)
    with pytest.raises(NotPlannedError):
        compare(plan, assemble(plan.tbs_der, other))
