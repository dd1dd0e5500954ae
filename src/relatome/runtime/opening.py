"""Graphs opened by what computes with their weights on a device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relatome.errors import DEVICE_MISSING, UsageError
from relatome.runtime.folder import Weights
from relatome.runtime.graph import Device, Graph

if TYPE_CHECKING:
    from relatome.runtime.bfloat import BFloatGraph


def open_graph(
    content: bytes, weights: Weights, folder: Path, device: Device = "cpu"
) -> Graph | BFloatGraph:
    """A graph, loaded by what computes with such weights on such a device.

    Quantized weights are turned back for CUDA, which has no fast products of int8 in ONNX Runtime.

    Raises:
        UsageError: if there is no such device, or not for these weights.
        MissingExtraError: if that comes with an extra that is not installed.
        ModelError: if it is no valid graph.
    """
    if device == "cuda":
        if weights == "bf16":
            raise UsageError(DEVICE_MISSING, device=device, weights=weights)
        if weights == "int8":
            from relatome.runtime.bfloat import with_float_weights

            content = with_float_weights(content)
        return Graph(content, folder, device)
    if weights != "bf16":
        return Graph(content, folder)
    from relatome.runtime.bfloat import BFloatGraph

    return BFloatGraph(content, folder)
