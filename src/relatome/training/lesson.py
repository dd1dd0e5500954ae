"""What a student learns from a teacher: probabilities beside the gold of corpora."""

from __future__ import annotations

from typing import NamedTuple

from relatome.encode import Asked
from relatome.encode.decode import FloatArray

# Ends the names of what a teacher says of a task, beside the task's gold.
TAUGHT = "_taught"


class Lesson(NamedTuple):
    """What a teacher says of documents.

    Attributes:
        rows: of each document by id, the probabilities of its candidates by task: relation
            ``(P, labels+1)`` and, if teacher and student judge it, novelty ``(P, 2)``.
        unlabelled: ids of the documents of which nothing but that is known.
    """

    rows: dict[str, dict[str, FloatArray]]
    unlabelled: frozenset[str]

    def of(self, asked: Asked) -> dict[str, FloatArray]:
        """What is taught of a document's candidates; nothing if the teacher was not asked."""
        return self.rows.get(asked.document.id, {})
