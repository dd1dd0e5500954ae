"""Workers as processes; `test_killed` has whole scans of them."""

from __future__ import annotations

import os
import signal

from relatome.scale.local import LocalEngine
from relatome.scale.schedule import Died, Event, Ready
from tests.scale.stub import StubWork


def test_a_process_that_answers_no_more_can_be_killed_and_replaced() -> None:
    work = StubWork()
    engine = LocalEngine(work, work.identity())

    def next_event() -> Event:
        ((worker, event),) = engine.events(60)
        assert worker == 0
        return event

    try:
        engine.start(0)
        assert next_event() == Ready()
        process, _ = engine._workers[0]
        os.kill(process.pid, signal.SIGSTOP)
        engine.kill(0)
        assert next_event() == Died("was killed by signal 9")
        engine.start(0)
        assert next_event() == Ready()
    finally:
        engine.close()
