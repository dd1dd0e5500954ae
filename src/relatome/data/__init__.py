"""The nouns of relatome: documents, schemas, candidates, splits. Plain values, no I/O."""

from relatome.data.candidates import Candidate, Reach, candidates, reach
from relatome.data.document import Document, Entity, Mention, Passage, Relation, Span
from relatome.data.schema import Negative, PairRule, Schema
from relatome.data.sentences import sentence_of, sentences
from relatome.data.splits import Split, folds, overlap, require_disjoint, require_not_test
from relatome.data.voting import vote

__all__ = [
    "Candidate",
    "Document",
    "Entity",
    "Mention",
    "Negative",
    "PairRule",
    "Passage",
    "Reach",
    "Relation",
    "Schema",
    "Span",
    "Split",
    "candidates",
    "folds",
    "overlap",
    "reach",
    "require_disjoint",
    "require_not_test",
    "sentence_of",
    "sentences",
    "vote",
]
