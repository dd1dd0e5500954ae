"""A graph that ONNX Runtime has loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt
import onnxruntime

from relatome.encode.decode import FloatArray
from relatome.errors import (
    DEVICE_MISSING,
    MODEL_GRAPH,
    MODEL_RUN,
    ModelError,
    Place,
    UsageError,
    first_line,
)

Device = Literal["cpu", "cuda"]

_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


class Graph:
    """A loaded graph, whose failures name the model folder; several threads may run it at once."""

    def __init__(self, content: bytes, folder: Path, device: Device = "cpu") -> None:
        """Load a graph.

        Args:
            content: the ONNX file.
            folder: where it is from.
            device: what computes. What CUDA has no code for stays on the processor.

        Raises:
            UsageError: if this build of ONNX Runtime, or this machine, has no such device.
            ModelError: if it is no valid graph.
        """
        if device == "cuda" and _CUDA not in onnxruntime.get_available_providers():
            raise UsageError(DEVICE_MISSING, device=device, weights="float")
        self._place = Place(str(folder))
        options = onnxruntime.SessionOptions()
        # One thread a run: several documents at a time keep the cores busy without waiting for one
        # another inside every layer.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised too
        # An arena keeps the largest buffers ever asked for; with documents of every length that is
        # most of the memory, and it saves no time that can be measured.
        options.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=[*([_CUDA] * (device == "cuda")), _CPU]
            )
        except Exception as error:  # the bindings raise several kinds
            raise ModelError(MODEL_GRAPH, at=self._place, reason=first_line(error)) from None
        # Where its libraries are missing, ONNX Runtime goes on without CUDA and only logs it.
        if device == "cuda" and _CUDA not in self._session.get_providers():
            raise UsageError(DEVICE_MISSING, device=device, weights="float")

    @property
    def outputs(self) -> list[str]:
        """The names of what the graph returns, in its order."""
        return [output.name for output in self._session.get_outputs()]

    def __call__(self, feed: Mapping[str, npt.NDArray[Any]]) -> list[FloatArray]:
        """Its outputs.

        Raises:
            ModelError: if it fails, for lack of memory or because the inputs do not fit.
        """
        try:
            outputs: list[FloatArray] = self._session.run(None, feed)
        except Exception as error:  # as above
            raise ModelError(MODEL_RUN, at=self._place, reason=first_line(error)) from None
        return outputs


def cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
