"""Mentions to identified entities: names, abbreviations, grouping, dictionaries.

`group` gives every mention an identifier; a `Linker`, for example a `Dictionary`, says which.
"""

from relatome.entities.dictionary import Dictionary
from relatome.entities.grouping import group, without_groups
from relatome.entities.identifiers import is_local, local_id
from relatome.entities.linking import Linker

__all__ = ["Dictionary", "Linker", "group", "is_local", "local_id", "without_groups"]
