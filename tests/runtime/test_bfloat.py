"""Graphs in bf16: quantized weights turned back, and the same relations as in full precision."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")  # the tiny model is made with it
pytest.importorskip("openvino", reason="needs relatome[fast]")

from relatome.encode import encoder_batch
from relatome.errors import MissingExtraError, ModelError
from relatome.pipeline import load
from relatome.runtime import Model, ModelFolder
from relatome.runtime.bfloat import BFloatGraph, with_float_weights
from relatome.runtime.graph import Graph
from tests.tiny import DOCUMENTS, long_document


@pytest.fixture(scope="module")
def feed(tiny_model: Path) -> dict[str, np.ndarray]:
    model = Model(tiny_model, "fp32")
    encoded = model.encode(long_document("long", 9))
    assert encoded is not None
    batch = encoder_batch([encoded], 0)
    return {name: batch[name] for name in ("input_ids", "attention_mask", "type_tags")}


def test_quantized_weights_are_turned_back(tiny_model: Path, feed: dict[str, np.ndarray]) -> None:
    folder = ModelFolder(tiny_model)
    exact = Graph(folder.encoder("fp32"), tiny_model)(feed)[0]
    content = folder.encoder("int8")
    floats = with_float_weights(content)
    assert b"MatMulInteger" not in floats
    turned = Graph(floats, tiny_model)(feed)[0]
    quantized = Graph(content, tiny_model)(feed)[0]
    assert np.abs(turned - exact).max() < 0.1
    assert np.abs(turned - exact).mean() <= np.abs(quantized - exact).mean()


def test_floats_stay_as_they_are(tiny_model: Path) -> None:
    content = ModelFolder(tiny_model).encoder("fp32")
    assert with_float_weights(content) == content


def test_bf16_is_near_full_precision(tiny_model: Path, feed: dict[str, np.ndarray]) -> None:
    folder = ModelFolder(tiny_model)
    exact = Graph(folder.encoder("fp32"), tiny_model)
    fast = BFloatGraph(folder.encoder("bf16"), tiny_model)
    assert fast.outputs == exact.outputs
    assert np.abs(fast(feed)[0] - exact(feed)[0]).mean() < 0.05


def test_several_threads_run_it_at_once(tiny_model: Path, feed: dict[str, np.ndarray]) -> None:
    graph = BFloatGraph(ModelFolder(tiny_model).encoder("bf16"), tiny_model)
    alone = graph(feed)[0]
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(lambda _: graph(feed)[0], range(300)):
            np.testing.assert_array_equal(found, alone)


def test_the_pipeline_computes_in_bf16(tiny_model: Path) -> None:
    exact = list(load(tiny_model, weights="fp32", threads=1)(DOCUMENTS))
    fast = list(load(tiny_model, weights="bf16", threads=2)(DOCUMENTS))
    scores = [
        {(d.id, r.head, r.tail): r.score for d in found for r in d.relations}
        for found in (exact, fast)
    ]
    shared = scores[0].keys() & scores[1].keys()
    assert len(shared) > 0.8 * len(scores[0])
    assert np.mean([abs(scores[0][key] - scores[1][key]) for key in shared]) < 0.1


@pytest.mark.parametrize("missing", ["openvino", "onnx"])
def test_the_extra_is_named(
    missing: str, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match="fast"):
        Model(tiny_model, "bf16")


def test_no_graph_is_refused(tiny_model: Path, feed: dict[str, np.ndarray]) -> None:
    with pytest.raises(ModelError):
        BFloatGraph(b"no graph", tiny_model)
    graph = BFloatGraph(ModelFolder(tiny_model).encoder("bf16"), tiny_model)
    with pytest.raises(ModelError):
        graph({"input_ids": feed["input_ids"]} | {"attention_mask": feed["input_ids"][:, :2]})
