"""Training in several processes (``accelerate launch``): who writes, and who waits."""

from __future__ import annotations

import torch
from accelerate import PartialState


def main_process() -> bool:
    """Whether this is the process that writes; the only one, where there is one."""
    return bool(_state().is_main_process)


def wait_for_all() -> None:
    """Wait until every process has come here."""
    _state().wait_for_everyone()


def processes() -> int:
    """How many there are."""
    return int(_state().num_processes)


def _state() -> PartialState:
    # As the trainer itself asks for it: without an accelerator, processes share processors.
    return PartialState(cpu=not torch.cuda.is_available())
