"""Running trained models without torch: model folders, ONNX Runtime."""

from relatome.runtime.folder import ModelFolder, Weights
from relatome.runtime.graph import Device, cores
from relatome.runtime.model import Model, PairScores
from relatome.runtime.parallel import in_order
from relatome.runtime.tagger import Tagger

__all__ = [
    "Device",
    "Model",
    "ModelFolder",
    "PairScores",
    "Tagger",
    "Weights",
    "cores",
    "in_order",
]
