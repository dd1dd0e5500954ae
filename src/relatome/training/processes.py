"""Training in several processes (``accelerate launch``): who writes, and who waits."""

from __future__ import annotations

import torch
from accelerate import PartialState

from relatome.errors import BATCH_PARTS, UsageError


def main_process() -> bool:
    """Whether this is the process that writes; the only one, where there is one."""
    return bool(_state().is_main_process)


def wait_for_all() -> None:
    """Wait until every process has come here."""
    _state().wait_for_everyone()


def processes() -> int:
    """How many there are."""
    return int(_state().num_processes)


def part_of_batch(batch_size: int, accumulation: int = 1) -> int:
    """Examples of a step's batch that each process reads at once.

    Args:
        batch_size: examples of the whole batch.
        accumulation: parts that each process reads one after the other.

    Raises:
        UsageError: if the batch cannot be divided so.
    """
    parts = accumulation * processes()
    if batch_size % parts:
        raise UsageError(BATCH_PARTS, batch_size=batch_size, parts=parts)
    return batch_size // parts


def _state() -> PartialState:
    # As the trainer itself asks for it: without an accelerator, processes share processors.
    return PartialState(cpu=not torch.cuda.is_available())
