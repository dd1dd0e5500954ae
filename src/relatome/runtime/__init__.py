"""Running trained models without torch: model folders, ONNX Runtime."""

from relatome.runtime.folder import ModelFolder, Precision
from relatome.runtime.model import Model, PairScores

__all__ = ["Model", "ModelFolder", "PairScores", "Precision"]
