"""What relatome's own fields are called in BRAT, and other names that both directions use."""

from __future__ import annotations

import re
from pathlib import Path

TEXT, ANNOTATIONS = ".txt", ".ann"

ARGUMENTS = ("Arg1", "Arg2")
ROLES = "arguments"  # infon: the names of the arguments where they are others
NOTES = "AnnotatorNotes"
NOTE_INFON = "note"
OWN_RESOURCE = "ID:"  # stands before identifiers that name no resource themselves

# relatome's own fields as attributes of relations, and of entities.
RELATION_FIELDS = ("Novelty", "Score", "NoveltyScore", "Subject", "Evidence")
FINE_TYPE = "FineType"

BREAKS = re.compile(r"[\t\r\n]")  # written as spaces


def file_of(stem: Path, ending: str) -> Path:
    """One of a document's two files."""
    return stem.with_name(stem.name + ending)
