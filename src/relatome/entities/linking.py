"""The plug-in point for knowledge bases: whoever can say which entity a mention names."""

from __future__ import annotations

from typing import Protocol

from relatome.data import Document, Mention


class Linker(Protocol):
    """Names the entities of mentions. `Dictionary` is one; any object with this method is."""

    def link(self, mention: Mention, document: Document) -> tuple[str, ...]:
        """The identifiers of a mention, several for a composite, none where it is not known.

        Args:
            mention: a mention without identifier.
            document: the document it is in.
        """
        ...
