"""Several at a time, and yet in order, lazily, and errors where they stand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from relatome.runtime import in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_order(workers: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    assert list(in_order(work, range(40), workers)) == [n * n for n in range(40)]
    assert list(in_order(work, (), workers)) == []


def test_it_works_at_several_at_once() -> None:
    together = threading.Barrier(3, timeout=20)
    assert list(in_order(lambda _: together.wait() >= 0, range(3), 3)) == [True] * 3


def test_only_a_few_are_taken_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = in_order(str, items(), 2)
    assert next(results) == "0"
    assert len(taken) < 20
    results.close()
    assert len(taken) < 20


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_the_work_comes_where_it_stands(workers: int) -> None:
    results = in_order(lambda number: 1 // (7 - number), range(20), workers)
    assert [next(results) for _ in range(7)] == [1 // (7 - n) for n in range(7)]
    with pytest.raises(ZeroDivisionError):
        next(results)


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_the_items_comes_after_what_was_before(workers: int) -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise KeyError("torn")

    results = in_order(str, items(), workers)
    assert [next(results) for _ in range(5)] == list("01234")
    with pytest.raises(KeyError):
        next(results)
