"""The scheduler, with workers that are made up."""

from __future__ import annotations

import time
from collections import Counter, deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.errors import SCAN_DISK_FULL, SCAN_UNREADABLE, InputError, WorkError
from relatome.pipeline import Tally
from relatome.scale.schedule import MOST_LOSSES, Died, Event, Ready, Unit, schedule
from relatome.scale.shard import Counts, Progress, ShardRecord, Task
from relatome.scale.state import State
from relatome.scale.worker import Failure

RECORD = ShardRecord("f", 10, 0, "", Counts(documents=5), {}, Tally(), {}, 0.0)
REFUSED = Failure(InputError(SCAN_UNREADABLE, path="f", reason="gone"), fatal=False)
FULL = Failure(WorkError(SCAN_DISK_FULL, path="f", reason="full"), fatal=True)


class MadeUp:
    """Workers that meet every shard with what `fates` says, one after the other, then do it."""

    def __init__(self, fates: dict[str, list[Event]], starts: list[Event] | None = None) -> None:
        self.fates = {name: deque(each) for name, each in fates.items()}
        self.starts = deque(starts or [])
        self.news: list[tuple[int, Event]] = []
        self.busy: set[int] = set()
        self.given: list[str] = []
        self.folders: list[Path] = []

    def start(self, worker: int) -> None:
        assert worker not in self.busy
        self.news.append((worker, self.starts.popleft() if self.starts else Ready()))

    def give(self, worker: int, task: Task) -> None:
        assert worker not in self.busy, "one shard at a time"
        self.busy.add(worker)
        self.given.append(task.name)
        self.folders.append(task.folder)
        fate = self.fates.get(task.name)
        self.news.append((worker, Progress(3, 0, 6, "")))
        self.news.append((worker, fate.popleft() if fate else RECORD))

    def events(self, timeout: float) -> list[tuple[int, Event]]:
        news, self.news = self.news, []
        self.busy -= {worker for worker, event in news if not isinstance(event, Progress)}
        return news

    def close(self) -> None: ...


def units(count: int) -> list[Unit]:
    def unit(name: str) -> Unit:
        return Unit(name, lambda attempt: Task(name, Path("f"), 10, Path(f"{name}.{attempt}")))

    return [unit(str(number)) for number in range(count)]


class Hangs(MadeUp):
    """Workers that say nothing of a shard until they are killed, as often as told."""

    def __init__(self, times: int) -> None:
        super().__init__({})
        self.times = times
        self.killed = 0

    def give(self, worker: int, task: Task) -> None:
        if self.killed < self.times:
            self.busy.add(worker)
        else:
            super().give(worker, task)

    def kill(self, worker: int) -> None:
        self.killed += 1
        self.news.append((worker, Died("was killed by signal 9")))

    def events(self, timeout: float) -> list[tuple[int, Event]]:
        if not self.news:
            time.sleep(0.001)
        return super().events(timeout)


def run(engine: MadeUp, count: int, workers: int = 2) -> tuple[list[str], list[str], State]:
    done: list[str] = []
    state = State(count, 10 * count)
    given_up = schedule(
        units(count),
        engine,
        workers,
        state,
        lambda task, _: done.append(task.name),
        lambda: None,
        patience=0.01,
    )
    return done, [each.name for each in given_up], state


FATES = st.lists(st.sampled_from([Died("was killed"), REFUSED, RECORD]), max_size=2 * MOST_LOSSES)


@given(fates=st.dictionaries(st.sampled_from("01234"), FATES), workers=st.integers(1, 7))
def test_every_shard_is_done_once_or_given_up_once(
    fates: dict[str, list[Event]], workers: int
) -> None:
    engine = MadeUp(fates)
    done, given_up, state = run(engine, 5, workers)
    assert sorted(done + given_up) == list("01234")
    for name in "01234":
        mine = fates.get(name, [])
        losses = next((n for n, f in enumerate(mine) if not isinstance(f, Died)), len(mine))
        ends_well = losses == len(mine) or mine[losses] == RECORD
        assert (name in done) == (losses < MOST_LOSSES and ends_well)
    assert (state.done, state.failed) == (len(done), len(given_up))
    assert state.documents == 5 * len(done)
    assert state.bytes_done == 10 * len(done)


def test_attempts_write_to_places_of_their_own() -> None:
    engine = MadeUp({"0": [Died("was killed")]})
    run(engine, 1)
    assert engine.folders == [Path("0.0"), Path("0.1")]


def test_no_more_workers_start_than_there_are_shards() -> None:
    engine = MadeUp({})
    run(engine, 2, workers=100)
    assert Counter(engine.given) == {"0": 1, "1": 1}
    assert engine.news == []


def test_what_would_befall_every_shard_stops_the_run() -> None:
    with pytest.raises(WorkError, match="R909"):
        run(MadeUp({"1": [FULL]}), 3)


def test_workers_that_die_as_they_start_stop_the_run() -> None:
    run(MadeUp({}, starts=[Died("fell")] * (MOST_LOSSES - 1)), 2, workers=1)
    with pytest.raises(WorkError, match=r"R913.*it fell"):
        run(MadeUp({}, starts=[Died("fell")] * MOST_LOSSES), 2, workers=1)


def test_a_worker_that_hangs_is_killed_and_its_shard_done_by_another() -> None:
    engine = Hangs(MOST_LOSSES - 1)
    done, given_up, state = run(engine, 1, workers=1)
    assert (done, given_up, state.lost) == (["0"], [], MOST_LOSSES - 1)


def test_a_shard_on_which_all_hang_is_given_up_and_it_is_said_why() -> None:
    engine = Hangs(MOST_LOSSES)
    done, given_up, state = run(engine, 2, workers=1)
    assert (done, given_up) == (["1"], ["0"])
    assert "told nothing for" in state.last
