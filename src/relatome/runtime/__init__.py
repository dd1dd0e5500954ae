"""Running trained models without torch: model folders, ONNX Runtime."""

from relatome.runtime.folder import ModelFolder, Weights
from relatome.runtime.graph import Device, cores
from relatome.runtime.model import Coreferent, Model, PairScores, Reading
from relatome.runtime.parallel import in_order
from relatome.runtime.tagger import Tagger

__all__ = [
    "Coreferent",
    "Device",
    "Model",
    "ModelFolder",
    "PairScores",
    "Reading",
    "Tagger",
    "Weights",
    "cores",
    "in_order",
]
