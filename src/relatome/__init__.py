"""relatome: typed, scored, novelty-labelled relations from biomedical text.

>>> import relatome
>>> extract = relatome.load()
>>> for document in extract(relatome.read("annotated.pubtator")):  # doctest: +SKIP
...     print(document.id, document.relations)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relatome.data import Document, Entity, Mention, Passage, Relation, Schema
    from relatome.errors import RelatomeError
    from relatome.formats import read, write
    from relatome.pipeline import Pipeline, load
    from relatome.scoring import score

__version__ = "0.1.0"

__all__ = [
    "Document",
    "Entity",
    "Mention",
    "Passage",
    "Pipeline",
    "Relation",
    "RelatomeError",
    "Schema",
    "load",
    "read",
    "score",
    "write",
]

_HOMES = {
    "relatome.data": ("Document", "Entity", "Mention", "Passage", "Relation", "Schema"),
    "relatome.errors": ("RelatomeError",),
    "relatome.formats": ("read", "write"),
    "relatome.pipeline": ("Pipeline", "load"),
    "relatome.scoring": ("score",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    # Imported when first asked for: `import relatome` alone costs nothing.
    if name not in _HOME_OF:
        raise AttributeError(f"module 'relatome' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
