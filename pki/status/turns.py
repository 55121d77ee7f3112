"""Brings the questions of all connections to the one thread that answers, many at a time.

Questions that come while the thread is busy wait and go together: one look into the database
serves them all, and it begins after the last of them has come.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

Question = TypeVar("Question")
Reply = TypeVar("Reply")
Result = TypeVar("Result")
MOST_AT_ONCE = 256
# Under load a turn waits so long for those who have just heard the answers of the last one.
GATHER_SECONDS = 0.002
# A thread that takes longer waits for a database that says nothing.
PATIENCE_SECONDS = 5.0


class Turns(Generic[Question, Reply]):
    """`answer` runs in a thread of its own; everything else in the event loop.

    While the thread hangs, `late` is the answer for everybody, at once.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question], datetime], list[Reply]],
        *,
        late: Reply,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._answer = answer
        self._late = late
        self._patience_seconds = patience_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="status")
        self._waiting: list[tuple[Question, asyncio.Future[Reply]]] = []
        self._running: asyncio.Task[None] | None = None
        self._is_stuck = False

    async def ask(self, question: Question) -> Reply:
        """Raises what `answer` raised for the whole turn."""
        if self._is_stuck:
            return self._late
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def run(self, work: Callable[[datetime], Result]) -> Result | None:
        """Something else that belongs to the same thread. None: it took too long."""
        if self._is_stuck:
            return None
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.run_in_executor(
            self._thread, lambda: work(datetime.now(UTC))
        )
        await asyncio.wait({done}, timeout=self._patience_seconds)
        return done.result() if done.done() else None

    def close(self) -> None:
        """No more turns; the thread ends with its present one."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                turn = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
                await self._take(turn)
                if len(turn) > 1:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._running = None

    async def _take(self, turn: list[tuple[Question, asyncio.Future[Reply]]]) -> None:
        questions = [question for question, _future in turn]
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(
            self._thread, lambda: self._answer(questions, datetime.now(UTC))
        )
        if not (await asyncio.wait({done}, timeout=self._patience_seconds))[0]:
            await self._wait_for_the_thread(turn, done)
            return
        error = done.exception()
        for index, (_question, future) in enumerate(turn):
            if future.done():
                continue
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(done.result()[index])

    async def _wait_for_the_thread(
        self,
        turn: list[tuple[Question, asyncio.Future[Reply]]],
        done: "asyncio.Future[list[Reply]]",
    ) -> None:
        """Nobody else waits: neither these, nor those who came meanwhile, nor those to come."""
        logger.critical("nothing was heard of the database for %s s", self._patience_seconds)
        self._is_stuck = True
        for _question, future in (*turn, *self._waiting):
            if not future.done():
                future.set_result(self._late)
        self._waiting.clear()
        await asyncio.wait({done})
        # Said by somebody too late for anybody to hear.
        done.exception()
        self._is_stuck = False
