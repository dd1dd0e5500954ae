"""The device a graph runs on: a dry run of CUDA, without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import onnxruntime
import pytest

from relatome.errors import UsageError
from relatome.pipeline import find_model, load
from relatome.runtime import Model
from relatome.runtime.graph import Graph

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


class Session:
    """Stands for a session of ONNX Runtime's build for CUDA."""

    asked: ClassVar[list[tuple[bytes, list[str]]]] = []
    missing = False

    def __init__(self, content: bytes, options: Any, providers: list[str]) -> None:
        self.asked.append((content, providers))
        self._providers = providers

    def get_providers(self) -> list[str]:
        return [CPU] if self.missing else self._providers


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> type[Session]:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    monkeypatch.setattr(Session, "asked", [])
    return Session


def test_cuda_is_asked_for_with_float_weights(cuda: type[Session]) -> None:
    onnx = pytest.importorskip("onnx")
    extract = load(device="cuda")
    _ = extract.tagger
    assert [providers for _, providers in cuda.asked] == [[CUDA, CPU]] * 3
    for content, _ in cuda.asked:
        operators = {node.op_type for node in onnx.load_from_string(content).graph.node}
        assert "MatMul" in operators
        assert "MatMulInteger" not in operators


def test_libraries_that_are_missing_are_said(
    cuda: type[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX Runtime itself goes on with the processor."""
    monkeypatch.setattr(cuda, "missing", True)
    with pytest.raises(UsageError, match="R914"):
        Graph(b"", Path("m"), "cuda")


def test_a_build_without_cuda_and_weights_for_processors_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CPU])
    with pytest.raises(UsageError, match=r"R914.*onnxruntime-gpu"):
        Graph(b"", Path("m"), "cuda")
    with pytest.raises(UsageError, match=r"R914.*bf16"):
        Model(find_model("small"), "bf16", device="cuda")
