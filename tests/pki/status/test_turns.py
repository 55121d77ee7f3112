"""Many questions, one thread: they go together, and nobody waits for a thread that hangs."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from pki.status.turns import Turns

PATIENCE_SECONDS = 5.0


class Thread:
    """Answers when it is let; remembers the turns that it was given."""

    def __init__(self) -> None:
        self.turns: list[tuple[list[int], datetime]] = []
        self.gate = threading.Event()
        self.begun = threading.Event()

    def answer(self, questions: Sequence[int], now: datetime) -> list[str]:
        self.turns.append((list(questions), now))
        self.begun.set()
        assert self.gate.wait(PATIENCE_SECONDS)
        if -1 in questions:
            raise ValueError("a fault of ours")
        return [f"{one}!" for one in questions]


def begun(turns: Turns[int, str], *questions: int) -> list["asyncio.Task[str]"]:
    return [asyncio.create_task(turns.ask(one)) for one in questions]


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, PATIENCE_SECONDS)


def test_who_comes_while_the_thread_is_busy_goes_with_the_next_turn() -> None:
    thread = Thread()

    async def run() -> None:
        turns = Turns(thread.answer, late="late")
        first = begun(turns, 1)
        await until(thread.begun)
        rest = begun(turns, 2, 3, 4)
        await asyncio.sleep(0)
        came_at = datetime.now(UTC)
        thread.gate.set()
        assert await asyncio.gather(*first, *rest) == ["1!", "2!", "3!", "4!"]
        assert [questions for questions, _now in thread.turns] == [[1], [2, 3, 4]]
        # The moment of a turn is after all of its questions.
        assert thread.turns[1][1] >= came_at
        turns.close()

    asyncio.run(run())


def test_a_fault_is_told_to_its_own_turn_alone() -> None:
    thread = Thread()
    thread.gate.set()

    async def run() -> None:
        turns = Turns(thread.answer, late="late")
        with pytest.raises(ValueError, match="a fault"):
            await turns.ask(-1)
        assert await turns.ask(1) == "1!"
        turns.close()

    asyncio.run(run())


def test_nobody_waits_for_a_thread_that_hangs_and_it_is_used_again_afterwards() -> None:
    thread = Thread()

    async def run() -> None:
        turns = Turns(thread.answer, late="late", patience_seconds=0.1)
        first = begun(turns, 1)
        await until(thread.begun)
        rest = begun(turns, 2, 3)
        assert await asyncio.gather(*first, *rest) == ["late"] * 3
        assert await turns.ask(4) == "late"
        assert await turns.run(lambda now: now) is None
        thread.gate.set()
        while (said := await turns.ask(5)) == "late":
            await asyncio.sleep(0.01)
        assert said == "5!"
        assert [questions for questions, _now in thread.turns] == [[1], [5]]
        turns.close()

    asyncio.run(run())


def test_who_went_away_hinders_nobody() -> None:
    thread = Thread()

    async def run() -> None:
        turns = Turns(thread.answer, late="late")
        first = begun(turns, 1)
        await until(thread.begun)
        gone, staying = begun(turns, 2, 3)
        await asyncio.sleep(0)
        gone.cancel()
        thread.gate.set()
        assert await asyncio.gather(*first, staying) == ["1!", "3!"]
        turns.close()

    asyncio.run(run())
