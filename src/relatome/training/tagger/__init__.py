"""Training an entity tagger on corpora that annotate different types."""

from relatome.training.tagger.model import Tagger, load_tagger_model
from relatome.training.tagger.run import RULE, train_tagger

__all__ = ["RULE", "Tagger", "load_tagger_model", "train_tagger"]
