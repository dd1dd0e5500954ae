"""A process that is killed in the middle of its work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import wraps
from typing import Any


def killed(owner: type, method: str, call: int, work: Callable[[], object]) -> None:
    """Do `work` in another process, which is killed as it calls a method for the so-many-th time.

    Args:
        owner: the class whose method it is.
        method: its name.
        call: the call that it does not survive, counted from 1.
        work: what to do.
    """
    child = os.fork()  # spares importing torch again
    if not child:
        calls = 0
        whole = getattr(owner, method)

        @wraps(whole)  # the trainer looks at what a model's forward takes
        def dying(self: Any, *arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return whole(self, *arguments, **named)

        try:
            setattr(owner, method, dying)
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
