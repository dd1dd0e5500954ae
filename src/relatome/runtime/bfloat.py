"""Graphs in bfloat16 with OpenVINO: about twice as fast as int8 where the processor has the
instructions (AMX, AVX-512 BF16). Needs the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock, local
from typing import Any

import numpy as np
import numpy.typing as npt

from relatome.encode.decode import FloatArray
from relatome.errors import (
    EXTRA_MISSING,
    MODEL_GRAPH,
    MODEL_RUN,
    MissingExtraError,
    ModelError,
    Place,
    first_line,
)
from relatome.runtime.graph import cores

# Two threads that hand over inputs at once wait for each other for ever (OpenVINO 2026.4).
_HANDING_OVER = Lock()


class BFloatGraph:
    """A graph that OpenVINO has compiled; used like `relatome.runtime.graph.Graph`."""

    def __init__(self, content: bytes, folder: Path) -> None:
        """Compile a graph.

        Args:
            content: the ONNX file, of float weights or of int8 weights as `quantize` writes them.
            folder: where it is from.

        Raises:
            MissingExtraError: if the extra is not installed.
            ModelError: if it is no valid graph.
        """
        self._place = Place(str(folder))
        try:
            import openvino
        except ModuleNotFoundError as error:
            raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="fast") from None
        settings = {"INFERENCE_PRECISION_HINT": "bf16", "NUM_STREAMS": str(cores())}
        try:
            core = openvino.Core()
            model = core.read_model(with_float_weights(content))
            self._compiled = core.compile_model(model, "CPU", settings)
        except MissingExtraError:
            raise
        except Exception as error:  # the bindings raise several kinds
            raise ModelError(MODEL_GRAPH, at=self._place, reason=first_line(error)) from None
        self._tensor = openvino.Tensor
        self._of_thread = local()

    @property
    def outputs(self) -> list[str]:
        """The names of what the graph returns, in its order."""
        return [output.get_any_name() for output in self._compiled.outputs]

    def __call__(self, feed: Mapping[str, npt.NDArray[Any]]) -> list[FloatArray]:
        """Its outputs.

        Raises:
            ModelError: if it fails, for lack of memory or because the inputs do not fit.
        """
        try:
            if not hasattr(self._of_thread, "request"):
                self._of_thread.request = self._compiled.create_infer_request()
            request = self._of_thread.request
            with _HANDING_OVER:
                for name, array in feed.items():
                    request.set_tensor(name, self._tensor(array))
            request.infer()
            with _HANDING_OVER:
                # The buffers are the request's own, and used again.
                return [np.array(request.get_tensor(name).data) for name in self.outputs]
        except Exception as error:  # as above
            raise ModelError(MODEL_RUN, at=self._place, reason=first_line(error)) from None


def with_float_weights(content: bytes) -> bytes:
    """A graph whose matrix products are of floats: quantized weights are turned back.

    ONNX Runtime's dynamic quantization makes of each product ``x W`` a product of int8 numbers,
    ``Q(x) (W / s)``, and a scaling. What stands for it here is ``x (s W)``, with the same rounded
    weights and activations that are not rounded. A graph that is not quantized stays as it is.
    """
    try:
        import onnx
        from onnx import helper, numpy_helper
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="fast") from None
    model = onnx.load_from_string(content)
    graph = model.graph
    made_by = {output: node for node in graph.node for output in node.output}
    read_by: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            read_by.setdefault(name, []).append(node)
    weights = {each.name: each for each in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMulInteger"]
    if not products:
        return content
    gone: set[int] = set()
    for product in products:
        quantized = made_by[product.input[0]]
        (cast,) = read_by[product.output[0]]
        (scaled,) = read_by[cast.output[0]]
        scales = made_by[next(name for name in scaled.input if name != cast.output[0])]
        scale = next(name for name in scales.input if name in weights)
        matrix = numpy_helper.to_array(weights[product.input[1]]).astype(np.float32)
        zero = numpy_helper.to_array(weights[product.input[3]]).astype(np.float32)
        whole = (matrix - zero) * numpy_helper.to_array(weights[scale])
        name = f"{product.input[1]}_float"
        graph.initializer.append(numpy_helper.from_array(whole, name))
        node = helper.make_node("MatMul", [quantized.input[0], name], [scaled.output[0]])
        graph.node.insert(list(graph.node).index(scaled), node)
        gone |= {id(each) for each in (product, cast, scaled, scales, quantized)}
    kept = [node for node in graph.node if id(node) not in gone]
    del graph.node[:]
    graph.node.extend(kept)
    used = {name for node in kept for name in node.input}
    floats = [each for each in graph.initializer if each.name in used]
    del graph.initializer[:]
    graph.initializer.extend(floats)
    result: bytes = model.SerializeToString()
    return result
