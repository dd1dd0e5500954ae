"""The same work on many items, several at a time, in the order given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Items taken ahead of the one that is waited for, per worker: enough that none is idle while a
# long document keeps another busy, few enough that memory stays flat.
_AHEAD = 4


def in_order(
    work: Callable[[_Item], _Result], items: Iterable[_Item], workers: int
) -> Iterator[_Result]:
    """What `work` makes of each item, one after the other.

    An error, of the work or of reading the items, is raised where its item stands: what comes
    before it is given first.

    Args:
        work: is called by several threads at once.
        items: read by the thread that takes the results.
        workers: threads; with one, items are worked on as they are asked for.
    """
    if workers == 1:
        yield from map(work, items)
        return
    source = iter(items)
    failure: Exception | None = None
    pending: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                while failure is None and len(pending) < _AHEAD * workers:
                    try:
                        pending.append(pool.submit(work, next(source)))
                    except Exception as error:  # raised once all before it is given
                        failure = error
                if not pending:
                    break
                yield pending.popleft().result()
        finally:
            for each in pending:
                each.cancel()
    if failure is not None and not isinstance(failure, StopIteration):
        raise failure
