"""Questions to a finished graph: entities by name, relations, neighbours, paths, evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from relatome.errors import (
    GRAPH_AMBIGUOUS,
    GRAPH_PATH_SAME,
    GRAPH_TYPE,
    GRAPH_UNKNOWN,
    UsageError,
)
from relatome.graph.engine import FOLDED, asking, connect_to_read
from relatome.graph.folder import DATABASE, Provenance, read_manifest
from relatome.graph.identifiers import curie

_SHOWN = 5  # names in a message
_ALIKE = 0.8  # Jaro-Winkler similarity from which a name is suggested
_EDGES_PER_NODE = 20  # in a neighbourhood, on average, at most
_FETCHED = 2000  # rows at a time
LONGEST_PATH = 4

# Of an edge `e` with the nodes `h` and `t`; see `edge_of`.
EDGE_COLUMNS = """e.number, h.id, h.type, h.name, h.documents, h.mentions,
    t.id, t.type, t.name, t.documents, t.mentions, e.type, e.directed, e.probability,
    e.documents, e.relations, e.novel, e.known, e.unjudged, e.first_year, e.last_year"""


class Node(msgspec.Struct, frozen=True):
    """An entity.

    Attributes:
        id: its CURIE.
        type: its type, the one most documents give it.
        name: the surface most mentions have.
        documents: that mention it.
        mentions: of it.
    """

    id: str
    type: str
    name: str
    documents: int
    mentions: int


class Synonym(NamedTuple):
    """A surface of an entity, and how many mentions have it."""

    name: str
    mentions: int


class Edge(msgspec.Struct, frozen=True):
    """A relation of one type between two entities, over all documents that assert it.

    Attributes:
        number: of the edge in this graph.
        head: one end; the one that acts, if the edge is directed.
        tail: the other end.
        type: of the relation.
        directed: whether the order of the ends means something.
        probability: that the relation holds (`relatome.graph.folder.FORMULA`).
        documents: that assert it.
        relations: rows of evidence; a document may assert it more than once.
        novel: documents that present it as new.
        known: documents that present it as known.
        unjudged: documents of which that is not known.
        first_year: of the documents, where known.
        last_year: likewise.
    """

    number: int
    head: Node
    tail: Node
    type: str
    directed: bool
    probability: float
    documents: int
    relations: int
    novel: int
    known: int
    unjudged: int
    first_year: int | None
    last_year: int | None


def edge_of(row: tuple[Any, ...]) -> Edge:
    """The edge of a row of `EDGE_COLUMNS`."""
    return Edge(row[0], Node(*row[1:6]), Node(*row[6:11]), *row[11:])


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of a document, as characters of its text."""

    start: int
    end: int
    text: str


class Evidence(msgspec.Struct, frozen=True):
    """What one document says.

    Attributes:
        document: its identifier.
        year: of the document, where known.
        score: the probability that it asserts the relation.
        novel: whether it presents it as new; None where that is not judged.
        novel_score: the probability of that.
        sentences: the weightiest first.
    """

    document: str
    year: int | None
    score: float
    novel: bool | None
    novel_score: float | None
    sentences: tuple[Sentence, ...]


class Neighbourhood(msgspec.Struct, frozen=True):
    """An entity and what is around it.

    Attributes:
        centre: the entity.
        nodes: all entities, the centre first, the nearest before the farther.
        distances: of each node from the centre, in edges.
        edges: between these nodes that were asked for, the most probable; 20 for each node at most.
        left_out: neighbours beyond the limit, at the distance where it was reached.
    """

    centre: Node
    nodes: tuple[Node, ...]
    distances: tuple[int, ...]
    edges: tuple[Edge, ...]
    left_out: int


class GraphPath(msgspec.Struct, frozen=True):
    """A way from one entity to another.

    Attributes:
        nodes: from end to end.
        edges: between each and the next, the most probable of their edges.
        probability: the product of theirs.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    probability: float


class Graph:
    """A finished graph, opened read-only; its methods may be called from several threads at once.

    Entities are named by an identifier (``MESH:D001241``, or as the documents have it,
    ``D001241``), or by a name in any case: the one most mentions have, or else any synonym.

    Example:
        >>> graph = Graph("kg")  # doctest: +SKIP
        >>> graph.relations(head="aspirin", type="Negative_Correlation")  # doctest: +SKIP
    """

    def __init__(self, path: Path | str) -> None:
        """Open a graph.

        Raises:
            UsageError: if the folder holds no finished graph.
            InputError: if the graph is damaged, altered, or of another version.
        """
        self.path = Path(path)
        self.provenance: Provenance = read_manifest(self.path)
        self._connection = connect_to_read(self.path / DATABASE)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, name: str, limit: int = 20) -> list[Node]:
        """Entities with this identifier or name, the best known first; maybe none.

        Those it identifies come first, then those of which it is the most frequent name, then those
        of which it is another name.

        Raises:
            InputError: if the graph is damaged; so do all questions.
        """
        return self._nodes([number for number, _ in self._matches(name)[:limit]])

    def search(self, beginning: str, limit: int = 20) -> list[Node]:
        """Entities of which a name begins so, those of most documents first."""
        rows = self._rows(
            f"""SELECT node FROM (
                SELECT DISTINCT node FROM names WHERE starts_with(key, {FOLDED.format("$name")})
            ) JOIN nodes ON number = node
            ORDER BY documents DESC, number LIMIT $limit""",
            name=_legal(beginning),
            limit=limit,
        )
        return self._nodes([row[0] for row in rows])

    def resolve(self, name: str) -> Node:
        """The one entity with this identifier or name.

        Raises:
            UsageError: if there is none, naming some with a name like it, or several, naming them.
        """
        return self._nodes([self._number(name)])[0]

    def synonyms(self, name: str) -> list[Synonym]:
        """The surfaces of an entity, the most frequent first."""
        rows = self._rows(
            "SELECT name, mentions FROM names WHERE node = $node ORDER BY mentions DESC, name",
            node=self._number(name),
        )
        return [Synonym(*row) for row in rows]

    def types(self) -> dict[str, int]:
        """The types of relations, and how many edges have each."""
        return dict(self._rows("SELECT type, count(*) FROM edges GROUP BY type ORDER BY type"))

    def relations(
        self,
        head: str | None = None,
        tail: str | None = None,
        type: str | None = None,
        min_probability: float = 0.0,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Edge]:
        """Relations between entities, the most probable first.

        Args:
            head: an entity. Where a relation has no direction, it may stand at either end, and is
                returned as the head.
            tail: likewise the other end.
            type: of the relation.
            min_probability: at least.
            limit: so many at most.
            offset: without the first so many.

        Raises:
            UsageError: for an entity or a type that the graph does not have.
        """
        wanted, values = self._wanted(type, min_probability)
        turned = "false"
        if head is not None:
            values["head"] = self._number(head)
            turned = "NOT directed AND head <> $head"
        if tail is not None:
            values["tail"] = self._number(tail)
            if head is None:
                turned = "NOT directed AND tail <> $tail"
        match head is not None, tail is not None:
            case True, True:
                wanted += (
                    " AND (head = $head AND tail = $tail"
                    " OR NOT directed AND head = $tail AND tail = $head)"
                )
            case True, False:
                wanted += " AND (head = $head OR NOT directed AND tail = $head)"
            case False, True:
                wanted += " AND (tail = $tail OR NOT directed AND head = $tail)"
        return self._edges(wanted, values | {"limit": limit, "offset": offset}, turned)

    def edge(self, number: int) -> Edge | None:
        """The edge with this number, if there is one."""
        found = self._edges("number = $number", {"number": number, "limit": 1, "offset": 0})
        return found[0] if found else None

    def evidence(self, edge: Edge | int, limit: int = 20, offset: int = 0) -> list[Evidence]:
        """What documents say of a relation, those with the highest score first."""
        rows = self._rows(
            """SELECT document, year, score, novel, novel_score, sentences FROM evidence
            WHERE edge = $edge ORDER BY score DESC, document, novel_score, sentences, novel
            LIMIT $limit OFFSET $offset""",
            edge=edge if isinstance(edge, int) else edge.number,
            limit=limit,
            offset=offset,
        )
        return [
            Evidence(*(*row[:-1], tuple(Sentence(**sentence) for sentence in row[-1])))
            for row in rows
        ]

    def neighbours(
        self,
        name: str,
        depth: int = 1,
        limit: int = 50,
        type: str | None = None,
        min_probability: float = 0.0,
    ) -> Neighbourhood:
        """What is around an entity, whichever way its relations go.

        Args:
            name: the entity.
            depth: how many edges away.
            limit: entities around it; the nearest first, of these the ones with the most probable
                relations.
            type: only relations of this type.
            min_probability: only relations with at least this.

        Raises:
            UsageError: for an entity or a type that the graph does not have.
        """
        wanted, values = self._wanted(type, min_probability)
        centre = self._number(name)
        distance = {centre: 0}
        frontier = [centre]
        left_out = 0
        for step in range(1, depth + 1):
            room = limit - len(distance) + 1
            rows = self._rows(
                f"""WITH near AS ({_either_way(wanted, "$frontier")})
                SELECT there, count(*) OVER () FROM near
                WHERE there NOT IN (SELECT unnest($seen))
                GROUP BY there
                ORDER BY max(probability) DESC, max(documents) DESC, there
                LIMIT $room""",
                **values,
                frontier=frontier,
                seen=list(distance),
                room=max(room, 1),
            )
            found = [row[0] for row in rows[: max(room, 0)]]
            left_out = (rows[0][1] if rows else 0) - len(found)
            distance |= dict.fromkeys(found, step)
            frontier = found
            # Beyond those that are left out nothing nearer could come.
            if left_out or not frontier:
                break
        numbers = list(distance)
        edges = self._edges(
            f"""{wanted} AND head IN (SELECT unnest($numbers))
                AND tail IN (SELECT unnest($numbers))""",
            values | {"numbers": numbers, "limit": len(numbers) * _EDGES_PER_NODE, "offset": 0},
        )
        nodes = tuple(self._nodes(numbers))
        return Neighbourhood(nodes[0], nodes, tuple(distance.values()), tuple(edges), left_out)

    def paths(
        self,
        one: str,
        other: str,
        max_length: int = LONGEST_PATH,
        limit: int = 5,
        type: str | None = None,
        min_probability: float = 0.0,
    ) -> list[GraphPath]:
        """The shortest ways from one entity to another, whichever way relations go.

        Args:
            one: an entity.
            other: another one.
            max_length: edges on the way, at most; no path is found beyond.
            limit: so many paths, those with the highest product of probabilities first.
            type: only relations of this type.
            min_probability: only relations with at least this.

        Raises:
            UsageError: for an entity or a type that the graph does not have, or one entity twice.
        """
        wanted, values = self._wanted(type, min_probability)
        start, end = self._number(one), self._number(other)
        if start == end:
            raise UsageError(GRAPH_PATH_SAME, name=one)
        layers = self._layers(start, end, max_length, wanted, values)
        # The best ways so far to each entity of a layer: probability, edges, entities.
        best: dict[int, list[tuple[float, tuple[int, ...], tuple[int, ...]]]] = {
            start: [(1.0, (), (start,))]
        }
        for here, there in pairwise(layers):
            further: dict[int, list[tuple[float, tuple[int, ...], tuple[int, ...]]]] = {}
            for source, target, edge, probability in self._links(here, there, wanted, values):
                for so_far, edges, nodes in best.get(source, ()):
                    way = (so_far * probability, (*edges, edge), (*nodes, target))
                    further.setdefault(target, []).append(way)
            best = {
                node: sorted(ways, key=lambda way: (-way[0], way[1:]))[:limit]
                for node, ways in further.items()
            }
        return [self._path(*way) for way in best.get(end, ())] if layers else []

    def _layers(
        self, start: int, end: int, max_length: int, wanted: str, values: dict[str, Any]
    ) -> list[list[int]]:
        """Entities by their distance from `start` on the shortest ways to `end`; or nothing.

        Searched from both ends, always from where there is less to look at. Only the layer where
        both meet is exact; entities of the others may lead nowhere.
        """
        levels = [[[start]], [[end]]]
        seen = [{start}, {end}]
        for _ in range(max_length):
            side = 0 if len(levels[0][-1]) <= len(levels[1][-1]) else 1
            rows = self._rows(
                f"SELECT DISTINCT there FROM ({_either_way(wanted, '$frontier')})",
                **values,
                frontier=levels[side][-1],
            )
            found = {row[0] for row in rows} - seen[side]
            if not found:
                return []
            seen[side] |= found
            levels[side].append(sorted(found))
            if met := found.intersection(levels[1 - side][-1]):
                return [*levels[0][:-1], sorted(met), *reversed(levels[1][:-1])]
        return []

    def _links(
        self, here: list[int], there: list[int], wanted: str, values: dict[str, Any]
    ) -> list[tuple[int, int, int, float]]:
        """Of two sets of entities, every two that are related, with the best of their edges."""
        return self._rows(
            f"""SELECT here, there, max_by(number, (probability, documents, -number)),
                max(probability)
            FROM ({_either_way(wanted, "$here")})
            WHERE there IN (SELECT unnest($there))
            GROUP BY here, there ORDER BY here, there""",
            **values,
            here=here,
            there=there,
        )

    def _path(
        self, probability: float, edges: tuple[int, ...], nodes: tuple[int, ...]
    ) -> GraphPath:
        found = self._edges(
            "number IN (SELECT unnest($numbers))",
            {"numbers": list(edges), "limit": len(edges), "offset": 0},
        )
        by_number = {edge.number: edge for edge in found}
        return GraphPath(
            tuple(self._nodes(nodes)), tuple(by_number[number] for number in edges), probability
        )

    def _wanted(self, type: str | None, min_probability: float) -> tuple[str, dict[str, Any]]:
        """A condition on edges and its values."""
        values: dict[str, Any] = {"least": min_probability}
        if type is None:
            return "probability >= $least", values
        known = self.types()
        named = next((each for each in known if each.lower() == type.lower()), None)
        if named is None:
            raise UsageError(GRAPH_TYPE, type=type, known=", ".join(known))
        return "probability >= $least AND type = $type", values | {"type": named}

    def _matches(self, name: str) -> list[tuple[int, int]]:
        """Numbers of entities with this identifier or name, and how they match: 0 is best."""
        return self._rows(
            f"""WITH found AS (
                SELECT node, 0 AS how FROM identifiers
                WHERE identifier IN ($name, upper($name), $curie)
                UNION ALL
                SELECT node, CASE WHEN {FOLDED.format("nodes.name")} = key THEN 1 ELSE 2 END
                FROM names JOIN nodes ON number = node WHERE key = {FOLDED.format("$name")}
            )
            SELECT node, min(how) AS best FROM found JOIN nodes ON number = node
            GROUP BY node, documents ORDER BY best, documents DESC, node""",
            name=_legal(name),
            curie=curie(name.strip(), ""),
        )

    def _number(self, name: str) -> int:
        """The number of the entity that a name means."""
        found = self._matches(name)
        if not found:
            raise UsageError(GRAPH_UNKNOWN, name=name, close=self._close(name))
        meant = [number for number, how in found if how == found[0][1]]
        if len(meant) > 1:
            listed = [
                f"{node.id} ({node.name}, {node.type}, documents: {node.documents})"
                for node in self._nodes(meant[:_SHOWN])
            ]
            more = ["…"] if len(meant) > _SHOWN else []
            raise UsageError(
                GRAPH_AMBIGUOUS, name=name, count=len(meant), found="; ".join(listed + more)
            )
        return meant[0]

    def _close(self, name: str) -> str:
        rows = self._rows(
            f"""SELECT min(name) FROM (
                SELECT name, key, jaro_winkler_similarity(key, {FOLDED.format("$name")}) AS alike
                FROM names)
            WHERE alike >= {_ALIKE} GROUP BY key ORDER BY max(alike) DESC, key LIMIT {_SHOWN}""",
            name=_legal(name),
        )
        return f" Names like it: {', '.join(row[0] for row in rows)}." if rows else ""

    def _nodes(self, numbers: Sequence[int]) -> list[Node]:
        """Entities by number, in the order asked for."""
        rows = self._rows(
            """SELECT number, id, type, name, documents, mentions FROM nodes
            WHERE number IN (SELECT unnest($numbers))""",
            numbers=list(numbers),
        )
        by_number = {row[0]: Node(*row[1:]) for row in rows}
        return [by_number[number] for number in numbers]

    def _edges(self, wanted: str, values: dict[str, Any], turned: str = "false") -> list[Edge]:
        """Edges under a condition, the most probable first, those that are `turned` reversed."""
        rows = self._rows(
            f"""WITH chosen AS (
                SELECT * REPLACE (
                    CASE WHEN {turned} THEN tail ELSE head END AS head,
                    CASE WHEN {turned} THEN head ELSE tail END AS tail)
                FROM edges WHERE {wanted}
                ORDER BY probability DESC, documents DESC, number LIMIT $limit OFFSET $offset)
            SELECT {EDGE_COLUMNS}
            FROM chosen e JOIN nodes h ON h.number = e.head JOIN nodes t ON t.number = e.tail
            ORDER BY e.probability DESC, e.documents DESC, e.number""",
            **values,
        )
        return [edge_of(row) for row in rows]

    def stream(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The answer to a query in SQL, row by row, however many there are.

        Raises:
            InputError: if the graph is damaged.
        """
        with asking(self.path), self._connection.cursor() as cursor:
            cursor.execute(query, values)
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows

    def _rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """The answer to a query, asked on a cursor of its own: calls do not disturb each other."""
        with asking(self.path), self._connection.cursor() as cursor:
            rows: list[tuple[Any, ...]] = cursor.execute(query, values).fetchall()
        return rows


def _legal(name: str) -> str:
    """A name that a query can hold: what a terminal sends may be no UTF-8."""
    return name.encode("utf-8", "replace").decode()


def _either_way(wanted: str, frontier: str) -> str:
    """Edges that touch given entities, seen from there."""
    return f"""
        SELECT head AS here, tail AS there, number, probability, documents FROM edges
        WHERE {wanted} AND head IN (SELECT unnest({frontier}))
        UNION ALL
        SELECT tail, head, number, probability, documents FROM edges
        WHERE {wanted} AND tail IN (SELECT unnest({frontier}))"""
