"""The tree of errors: three branches, codes that stay what they are."""

import re

import pytest

from pki.errors import (
    BadError,
    CMSContentError,
    ExpiredError,
    IndeterminateError,
    NotAllowedError,
    PKIError,
    StatusUnknownError,
    all_codes,
)


def test_every_error_has_a_code_of_its_own() -> None:
    found: list[type[PKIError]] = []
    waiting: list[type[PKIError]] = [PKIError]
    while waiting:
        error = waiting.pop()
        found.append(error)
        waiting.extend(error.__subclasses__())
    assert len(all_codes()) == len(found)
    assert set(all_codes().values()) == set(found)


def test_codes_are_an_area_and_a_name() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9_]+", code) for code in all_codes())


@pytest.mark.parametrize(
    ("error", "branch"),
    [
        (CMSContentError, BadError),
        (ExpiredError, NotAllowedError),
        (StatusUnknownError, IndeterminateError),
    ],
)
def test_an_error_says_by_its_branch_what_to_do(
    error: type[PKIError], branch: type[PKIError]
) -> None:
    assert issubclass(error, branch)


def test_every_leaf_belongs_to_exactly_one_branch() -> None:
    branches = (BadError, NotAllowedError, IndeterminateError)
    for error in all_codes().values():
        if error is not PKIError:
            assert sum(issubclass(error, branch) for branch in branches) == 1


def test_facts_are_kept_and_shown() -> None:
    error = ExpiredError(not_after="2026-11-23T00:00:00+00:00")
    assert error.facts == {"not_after": "2026-11-23T00:00:00+00:00"}
    assert "certificate.expired" in str(error)
    assert "2026-11-23" in str(error)
