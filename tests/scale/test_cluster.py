"""Actors of Ray, with a Ray that is made up; `test_killed` has a real one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from relatome.pipeline import Tally
from relatome.scale.cluster import RayEngine
from relatome.scale.schedule import Died, Ready
from relatome.scale.shard import Counts, ShardRecord, Task

RECORD = ShardRecord("f", 10, 0, "", Counts(), {}, Tally(), {}, 0.0)


class LostError(Exception):
    """What Ray raises of an actor that is gone."""


class Ref:
    """What a call of `begin` will give."""


class Stream:
    """What a call of `do` tells, item by item."""

    def __init__(self, actor: Actor, told: list[ShardRecord]) -> None:
        self._actor, self._told = actor, told

    def __next__(self) -> ShardRecord:
        if not self._actor.alive:
            raise LostError("it is gone")
        if not self._told:
            raise StopIteration
        return self._told.pop(0)


class Actor:
    """An actor that does every shard at once."""

    def __init__(self) -> None:
        self.alive = True
        self.begin = SimpleNamespace(remote=Ref)
        streaming = SimpleNamespace(remote=lambda task: Stream(self, [RECORD]))
        self.do = SimpleNamespace(options=lambda **_: streaming)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> RayEngine:
    made = RayEngine.__new__(RayEngine)

    def get(given: object) -> object:
        return None if isinstance(given, Ref) else given

    ray = SimpleNamespace(
        ObjectRef=Ref,
        exceptions=SimpleNamespace(RayError=LostError),
        wait=lambda awaited, **_: (awaited[:1], awaited[1:]),
        get=get,
        kill=lambda actor: setattr(actor, "alive", False),
    )
    values: dict[str, Any] = {
        "_ray": ray,
        "_actor": SimpleNamespace(remote=lambda work, identity: Actor()),
        "_put": (None, {}),
        "_actors": {},
        "_awaited": {},
    }
    for name, value in values.items():
        monkeypatch.setattr(made, name, value, raising=False)
    return made


def test_an_actor_lost_between_two_shards_is_lost_once(engine: RayEngine) -> None:
    task = Task("s", Path("f"), 10, Path("out"))
    engine.start(0)
    assert engine.events(0) == [(0, Ready())]
    engine.give(0, task)
    assert engine.events(0) == [(0, RECORD)]
    engine.give(0, task)  # and the stream of the first has not ended
    engine._actors[0].alive = False
    ((worker, event),) = engine.events(0)
    assert (worker, event) == (0, Died("was lost: it is gone"))
    engine.start(0)
    assert engine.events(0) == [(0, Ready())]
    assert engine._actors[0].alive
    engine.give(0, task)
    assert engine.events(0) == [(0, RECORD)]


def test_an_actor_that_answers_no_more_can_be_killed(engine: RayEngine) -> None:
    engine.start(0)
    assert engine.events(0) == [(0, Ready())]
    engine.give(0, Task("s", Path("f"), 10, Path("out")))
    engine.kill(0)
    assert engine.events(0) == [(0, Died("was lost: it is gone"))]
