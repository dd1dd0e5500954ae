"""Training: the loop, runs and their folders, checkpoints. Needs the extra `train`."""

from relatome.training.checkpoint import load_model, save_model
from relatome.training.combination import combine
from relatome.training.documents import learning_splits
from relatome.training.members import all_members
from relatome.training.processes import main_process
from relatome.training.run import Outcome, carry_out, preflight, run

__all__ = [
    "Outcome",
    "all_members",
    "carry_out",
    "combine",
    "learning_splits",
    "load_model",
    "main_process",
    "preflight",
    "run",
    "save_model",
]
