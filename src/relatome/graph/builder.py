"""Scans to a knowledge graph: relations of many documents as edges, with their evidence.

Everything large is done by DuckDB on disk, so that a graph of any size is built within given
memory. Shards are read one after the other; what they say is first brought under one name for each
entity (`relatome.graph.identifiers`), then counted.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from relatome.errors import SHARD_ROWS, InputError, Place
from relatome.formats.target import new_folder
from relatome.graph.current import select_current
from relatome.graph.engine import (
    FOLDED,
    connect_to_build,
    parse_memory,
    reading,
    require_plain,
    writing,
)
from relatome.graph.folder import DATABASE, FORMULA, Counts, Provenance, Scanned, write_manifest
from relatome.graph.identifiers import canonical_type, curie
from relatome.graph.scan import Scans, Shard, open_scans
from relatome.graph.tables import DOCUMENTS, ENTITIES, RELATIONS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What one document may add at most; see FORMULA.
HIGHEST_SCORE = 0.999
# Logarithms are added as whole numbers of this size: the sum is then the same in any order.
_SCALE = 10**12


def build(scans: Sequence[Path | str], out: Path | str, *, memory: str = "1GB") -> Provenance:
    """Build a knowledge graph from the folders of scans.

    Edges are relations of one type between two entities, over all documents that assert them:
    relations without a direction have their two ends in the order of their identifiers, others the
    one that acts as head. How documents are combined into one probability is said by
    `relatome.graph.folder.FORMULA`. The graph does not depend on the order in which documents stand
    in shards.

    Args:
        scans: folders that ``relatome scan`` wrote; records of later ones replace those of earlier
            ones.
        out: the folder to write, which must not be there yet; it appears when it is whole.
        memory: what the process may take, such as ``1GB``; the rest goes to the disk beside `out`.

    Returns:
        What the graph was made of, which is also in its ``graph.json``.

    Raises:
        UsageError: if a folder is no scan, `out` is there already, or the memory is too little.
        InputError: if a table of a scan is missing, damaged, or of another version.
        WorkError: if the graph cannot be written.
    """
    size = parse_memory(memory)
    opened = open_scans([Path(folder) for folder in scans])
    target = Path(out)
    require_plain(target)
    with new_folder(target) as folder, writing(target):
        work = folder / "work"
        work.mkdir()
        connection = connect_to_build(work, size)
        try:
            connection.execute("ATTACH ? AS kg", [str(folder / DATABASE)])
            made = _build(connection, opened)
        finally:
            connection.close()
        shutil.rmtree(work)
        write_manifest(folder, made)
    return made


def _build(connection: DuckDBPyConnection, scans: Scans) -> Provenance:
    records = select_current(connection, scans.shards)
    connection.execute("""
        CREATE TABLE typed (id VARCHAR, type VARCHAR, documents BIGINT);
        CREATE TABLE counted (id VARCHAR, documents BIGINT, mentions BIGINT);
        CREATE TABLE named (id VARCHAR, name VARCHAR, mentions BIGINT);
        CREATE TABLE spelled (id VARCHAR, identifier VARCHAR);
        CREATE TABLE asserted (
            record BIGINT, document VARCHAR, year SMALLINT, head VARCHAR, tail VARCHAR,
            type VARCHAR, directed BOOLEAN, score FLOAT, novel BOOLEAN, novel_score FLOAT,
            sentences STRUCT("start" INTEGER, "end" INTEGER, text VARCHAR)[])""")
    for shard in scans.shards:
        _stage(connection, shard)
        _add_entities(connection)
        _add_relations(connection, shard)
    _make_nodes(connection)
    _make_edges(connection)
    return Provenance(
        scans=[Scanned(manifest.relatome, manifest.work) for manifest in scans.manifests],
        counts=_counts(connection, scans, records._asdict()),
        formula=FORMULA,
    )


def _stage(connection: DuckDBPyConnection, shard: Shard) -> None:
    """Read the tables of one shard, and which of its records are current (``mine``)."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE mine AS
        SELECT position, record, document, year FROM current WHERE shard = $shard""",
        {"shard": shard.number},
    )
    with reading(shard.file(DOCUMENTS)) as documents:
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE positions AS
            SELECT position FROM read_parquet($documents)""",
            {"documents": documents},
        )
    with reading(shard.file(ENTITIES)) as source:
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE entities AS
            SELECT position, id, type, name, mentions FROM read_parquet($source)""",
            {"source": source},
        )
    with reading(shard.file(RELATIONS)) as source:
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE relations AS
            SELECT * EXCLUDE (document, version, model, model_version)
            FROM read_parquet($source)""",
            {"source": source},
        )
    _require_whole(connection, shard)


def _add_entities(connection: DuckDBPyConnection) -> None:
    """Count the entities of the current records, and make ``curies`` of all of the shard."""
    # An argument without an entity row is an entity too, of no known mention.
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE arguments AS
        SELECT DISTINCT position, id, type, name FROM (
            SELECT position, head AS id, head_type AS type, head_name AS name FROM relations
            UNION ALL
            SELECT position, tail, tail_type, tail_name FROM relations);
        INSERT INTO entities
        SELECT a.position, a.id, a.type, a.name, []
        FROM arguments a ANTI JOIN entities e
            ON a.position = e.position AND a.id = e.id AND a.type = e.type""")
    _name_entities(connection)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE present AS
        SELECT position, k.id, k.type, e.id AS identifier, name, mentions
        FROM entities e JOIN mine USING (position)
            JOIN curies k ON k.identifier = e.id AND k.spelled = e.type;
        INSERT INTO typed
        SELECT id, type, count(DISTINCT position) FROM present GROUP BY ALL;
        INSERT INTO counted
        SELECT id, count(DISTINCT position), coalesce(sum(len(mentions)), 0)
        FROM present GROUP BY ALL;
        INSERT INTO spelled SELECT DISTINCT id, identifier FROM present;
        INSERT INTO named
        SELECT id, name, count(*) FROM (
            SELECT id, unnest(mentions).text AS name FROM present)
        WHERE trim(name) <> '' GROUP BY ALL;
        INSERT INTO named
        SELECT DISTINCT id, name, 0 FROM present WHERE trim(name) <> ''""")


def _add_relations(connection: DuckDBPyConnection, shard: Shard) -> None:
    """Add the relations of the current records; one without score, an annotation, is certain."""
    connection.execute(
        """INSERT INTO asserted
        SELECT record, document, year,
            CASE WHEN turned THEN t.id ELSE h.id END, CASE WHEN turned THEN h.id ELSE t.id END,
            r.type, directed, coalesce(score, 1), novel, novel_score, coalesce(evidence, [])
        FROM (
            SELECT *, $ordered OR acting AS directed,
                NOT $ordered AND acting AND subject <> head AS turned
            FROM (SELECT *, coalesce(subject IN (head, tail), false) AS acting FROM relations)
        ) r JOIN mine USING (position)
            JOIN curies h ON h.identifier = head AND h.spelled = head_type
            JOIN curies t ON t.identifier = tail AND t.spelled = tail_type""",
        {"ordered": shard.ordered},
    )


def _require_whole(connection: DuckDBPyConnection, shard: Shard) -> None:
    """Refuse rows that would be lost on the way into the graph."""
    lost = "position IS NULL OR position NOT IN (FROM positions)"
    wanted: Iterable[tuple[str, str, str]] = (
        (ENTITIES, "an entity of no document", lost),
        (ENTITIES, "an entity without identifier or type", "id IS NULL OR type IS NULL"),
        (RELATIONS, "a relation of no document", lost),
        (
            RELATIONS,
            "a relation without head, tail or type",
            "head IS NULL OR head_type IS NULL OR tail IS NULL OR tail_type IS NULL "
            "OR type IS NULL",
        ),
        (RELATIONS, "a score that is no probability", "NOT score BETWEEN 0 AND 1"),
    )
    for table, what, wrong in wanted:
        if connection.execute(f"SELECT 1 FROM temp.{table} WHERE {wrong} LIMIT 1").fetchone():
            raise InputError(SHARD_ROWS, at=Place(str(shard.file(table))), what=what)


def _name_entities(connection: DuckDBPyConnection) -> None:
    """Make ``curies``: every identifier and type of the shard, and what they are in the graph."""
    pairs = connection.sql("SELECT DISTINCT id, type FROM entities").to_arrow_table()
    identifiers, types = (pairs.column(name).to_pylist() for name in ("id", "type"))
    made = pa.table(
        {
            "identifier": pairs.column("id"),
            "spelled": pairs.column("type"),
            "id": pa.array(map(curie, identifiers, types), pa.string()),
            "type": pa.array(map(canonical_type, types), pa.string()),
        }
    )
    connection.register("made", made)
    connection.execute("CREATE OR REPLACE TEMP TABLE curies AS FROM made")
    connection.unregister("made")


def _make_nodes(connection: DuckDBPyConnection) -> None:
    """Nodes in the order of their identifiers; of names the most frequent, of types likewise."""
    connection.execute(f"""
        CREATE TABLE names AS
        SELECT id, name, sum(mentions)::BIGINT AS mentions FROM named GROUP BY ALL;
        CREATE TABLE numbered AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id, documents, mentions FROM (
            SELECT id, sum(documents)::BIGINT AS documents, sum(mentions)::BIGINT AS mentions
            FROM counted GROUP BY id);
        CREATE TABLE preferred AS
        SELECT id, min_by(name, (-mentions, name)) AS name FROM names GROUP BY id;
        CREATE TABLE kinds AS
        SELECT id, min_by(type, (-documents, type)) AS type FROM (
            SELECT id, type, sum(documents) AS documents FROM typed GROUP BY ALL)
        GROUP BY id;
        CREATE TABLE kg.nodes AS
        SELECT number, id, type, coalesce(name, id) AS name, documents, mentions
        FROM numbered JOIN kinds USING (id) LEFT JOIN preferred USING (id)
        ORDER BY number;
        CREATE TABLE kg.names AS
        SELECT {FOLDED.format("name")} AS key, number AS node, name, names.mentions AS mentions
        FROM names JOIN numbered USING (id)
        ORDER BY key, node, name;
        CREATE TABLE kg.identifiers AS
        SELECT DISTINCT identifier, number AS node
        FROM (FROM spelled UNION SELECT id, id FROM numbered) s(id, identifier)
            JOIN numbered USING (id)
        ORDER BY identifier, node""")


def _make_edges(connection: DuckDBPyConnection) -> None:
    connection.execute(f"""
        CREATE TABLE placed AS
        SELECT a.rowid AS row, record, year, type, directed, score, novel,
            CASE WHEN directed THEN h.number ELSE least(h.number, t.number) END AS head,
            CASE WHEN directed THEN t.number ELSE greatest(h.number, t.number) END AS tail
        FROM asserted a JOIN numbered h ON h.id = a.head JOIN numbered t ON t.id = a.tail;

        CREATE TABLE by_document AS
        SELECT head, tail, type, directed, record, max(score) AS score, bool_or(novel) AS novel,
            any_value(year) AS year, count(*) AS rows
        FROM placed GROUP BY ALL;

        CREATE TABLE by_edge AS
        SELECT head, tail, type, directed,
            count(*) AS documents, sum(rows)::BIGINT AS relations,
            1 - exp(-sum(weight)::DOUBLE / {_SCALE}) AS probability,
            count(*) FILTER (novel) AS novel, count(*) FILTER (NOT novel) AS known,
            count(*) FILTER (novel IS NULL) AS unjudged,
            min(year) AS first_year, max(year) AS last_year
        FROM (
            SELECT *, round(
                -ln(1 - least(score::DOUBLE, {HIGHEST_SCORE})) * {_SCALE} / row_number() OVER (
                    PARTITION BY head, tail, type, directed ORDER BY score DESC)
                )::HUGEINT AS weight
            FROM by_document)
        GROUP BY ALL;

        CREATE TABLE kg.edges AS
        SELECT row_number() OVER (ORDER BY head, tail, type, directed) - 1 AS number, *
        FROM by_edge ORDER BY number;
        DROP TABLE by_document; DROP TABLE by_edge;

        CREATE TABLE kg.evidence AS
        SELECT e.number AS edge, document, a.year, a.score, a.novel, novel_score, sentences
        FROM placed p JOIN asserted a ON a.rowid = p.row
            JOIN kg.edges e
                ON e.head = p.head AND e.tail = p.tail AND e.type = p.type
                AND e.directed = p.directed
        ORDER BY edge, a.score DESC, document, novel_score, sentences, a.novel""")


def _counts(connection: DuckDBPyConnection, scans: Scans, records: dict[str, int]) -> Counts:
    row = connection.execute("""
        SELECT (SELECT count(*) FROM kg.nodes), (SELECT count(*) FROM kg.edges),
            (SELECT count(*) FROM kg.evidence),
            (SELECT count(*) FROM kg.nodes WHERE starts_with(id, 'relatome.local:'))""").fetchone()
    assert row is not None
    nodes, edges, relations, local = row
    return Counts(
        shards=len(scans.shards),
        unfinished_shards=scans.unfinished,
        records=records["read"],
        superseded=records["superseded"],
        deleted=records["deleted"],
        retracted=records["retracted"],
        documents=records["current"],
        relations=relations,
        nodes=nodes,
        local_nodes=local,
        edges=edges,
    )
