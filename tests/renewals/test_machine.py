"""The table of states and moves: every pair of state and action is judged."""

import itertools

import pytest

from renewals.machine import (
    CLOSED,
    MOVES,
    NEXT_PARTY,
    OPEN,
    Action,
    Party,
    State,
    allowed_actions,
    is_allowed,
)

# Written down a second time on purpose: a change of the table has to be meant.
ALLOWED = {
    ("draft", "submit", "approved"),
    ("draft", "submit_for_approval", "awaiting_approval"),
    ("awaiting_approval", "approve", "approved"),
    ("approved", "claim", "issuing"),
    ("issuing", "claim", "issuing"),
    ("issuing", "issue", "issued"),
    ("issuing", "fail", "failed"),
    ("issued", "install", "installed"),
    ("failed", "retry", "approved"),
    ("failed", "reject", "rejected"),
    ("awaiting_approval", "reject", "rejected"),
    ("draft", "withdraw", "withdrawn"),
    ("awaiting_approval", "withdraw", "withdrawn"),
    ("issued", "withdraw", "withdrawn"),
    ("draft", "lapse", "lapsed"),
    ("awaiting_approval", "lapse", "lapsed"),
    ("draft", "cancel", "lapsed"),
    ("awaiting_approval", "cancel", "lapsed"),
    ("approved", "cancel", "lapsed"),
    ("issuing", "cancel", "lapsed"),
    ("issued", "cancel", "lapsed"),
    ("failed", "cancel", "lapsed"),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_it_allows_just_the_moves_that_are_meant(state: State, action: Action) -> None:
    expected = (state.value, action.value, MOVES[action].target.value) in ALLOWED
    assert is_allowed(action, state) is expected


def test_it_has_no_move_that_is_not_listed_here() -> None:
    found = {
        (source.value, action.value, move.target.value)
        for action, move in MOVES.items()
        for source in move.sources
    }
    assert found == ALLOWED


def test_every_state_says_who_acts_next() -> None:
    assert NEXT_PARTY.keys() == set(State)


def test_a_state_is_left_by_moves_exactly_if_somebody_acts_next() -> None:
    for state in State:
        assert bool(allowed_actions(state)) is (NEXT_PARTY[state] is not Party.NOBODY)


def test_every_open_state_can_reach_an_end() -> None:
    ending = set(CLOSED)
    for _round in State:
        ending |= {
            source for move in MOVES.values() if move.target in ending for source in move.sources
        }
    assert ending >= OPEN
