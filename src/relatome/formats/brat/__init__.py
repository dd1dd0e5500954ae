"""BRAT standoff: the text of a document in ``NAME.txt``, its annotations in ``NAME.ann``.

::

    T1⇥Chemical 0 10⇥Glumipride                an entity; ``0 4;9 12`` where it has gaps
    N1⇥Reference T1 MESH:C000001⇥glumipride    its identifier (normalization)
    R1⇥Lowers Arg1:T1 Arg2:T2                  a relation
    A1⇥Novelty R1 Novel                        an attribute of a relation or an entity
    #1⇥AnnotatorNotes T1⇥as a salt             a note on one

A folder is a corpus; the id of a document is the path of its files below the folder, without the
ending. Offsets count the characters of the text file, line breaks included. Every line of the text
is a passage.

BRAT relates entities of the text (``T``). Where the task relates concepts (the schema's unit, or
without a schema a document that has ``N`` lines), a relation holds between the identifiers of its
arguments. Otherwise every ``T`` is an entity of its own. Events and equivalences are not held by
relatome's documents: each is reported, and the rest of the document is read.
"""

from relatome.formats.brat.reading import is_brat, read, require_documents
from relatome.formats.brat.writing import write

__all__ = ["is_brat", "read", "require_documents", "write"]
