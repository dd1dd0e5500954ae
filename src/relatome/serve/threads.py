"""Work that would keep the event loop from answering others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

_Result = TypeVar("_Result")


async def in_thread(
    work: Callable[[], _Result], ended: Callable[[], object] = lambda: None
) -> _Result:
    """What `work` returns or raises, computed in a thread of its own.

    The thread is a daemon, and nobody waits for it once the caller has gone: neither the end of the
    loop nor that of the process, as they would for those of `asyncio.to_thread`.

    Args:
        work: to be done.
        ended: called in the loop once it is, even if the caller has gone: only then is its place
            free for another.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[_Result] = loop.create_future()

    def tell(value: _Result | None, failure: Exception | None) -> None:
        ended()
        if result.done():
            return
        if failure is not None:
            result.set_exception(failure)
        else:
            result.set_result(value)  # type: ignore[arg-type]

    def run() -> None:
        value, failure = None, None
        try:
            value = work()
        except Exception as error:  # raised where it is awaited
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, value, failure)

    Thread(target=run, daemon=True).start()
    return await result
