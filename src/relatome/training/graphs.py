"""Modules as ONNX graphs, float and quantized."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

_OPSET = 20


def write_graph(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    *,
    inputs: list[str],
    outputs: list[str],
    dynamic: tuple[object, ...],
) -> None:
    """Write a module as an ONNX graph.

    Args:
        module: with positional inputs and outputs.
        example: inputs to trace it with; no dynamic size may be one, nor two be equal.
        path: the file to write.
        inputs: names of the inputs.
        outputs: names of the outputs.
        dynamic: for each input its dynamic axes.
    """
    module.eval()
    with torch.no_grad():
        torch.onnx.export(
            module,
            example,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=dynamic,
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    onnx.checker.check_model(str(path))


def quantize(source: Path, target: Path) -> None:
    """Weights of matrix products and embeddings to int8, activations at run time."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / source.name
        # Shape inference and folding, which the quantizer expects to have been done.
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(target),
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )
