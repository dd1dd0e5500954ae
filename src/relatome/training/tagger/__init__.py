"""Training an entity tagger on corpora that annotate different types."""

from relatome.training.tagger.model import Tagger, load_tagger_model, tagger_of
from relatome.training.tagger.run import RULE, train_tagger

__all__ = ["RULE", "Tagger", "load_tagger_model", "tagger_of", "train_tagger"]
