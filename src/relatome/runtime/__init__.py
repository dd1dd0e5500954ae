"""Running trained models without torch: model folders, ONNX Runtime."""

from relatome.runtime.folder import ModelFolder, Weights
from relatome.runtime.model import Model

__all__ = ["Model", "ModelFolder", "Weights"]
