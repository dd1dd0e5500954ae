"""Questions to a graph."""

from __future__ import annotations

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from relatome.errors import UsageError
from relatome.graph import Graph, build
from relatome.graph.query import Evidence, Sentence, Synonym
from tests.graph.scans import (
    ASPIRIN,
    CHEMICAL,
    COX1,
    DISEASE,
    GENE,
    HEADACHE,
    ULCER,
    Doc,
    Rel,
    write_scan,
)


def made(folder: Path, *documents: Doc) -> Graph:
    build([write_scan(folder / "scan", [documents])], folder / "kg")
    return Graph(folder / "kg")


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("aspirin", ["MESH:D001241"]),
        ("  ASPIRIN ", ["MESH:D001241"]),
        ("MESH:D001241", ["MESH:D001241"]),
        ("d001241", ["MESH:D001241"]),
        ("mesh:d001241", ["MESH:D001241"]),
        (" ncbigene:5742", ["NCBIGene:5742"]),
        ("5742", ["NCBIGene:5742"]),
        ("ulcers", ["MESH:D014456"]),
        ("ulc", []),
        ("", []),
        ("'; DROP TABLE nodes; --", []),
        ("%", []),
        ("\udcff", []),
        ("a" * 5000, []),
    ],
)
def test_find(graph: Graph, name: str, ids: list[str]) -> None:
    assert [node.id for node in graph.find(name)] == ids


def test_search(graph: Graph) -> None:
    assert [node.name for node in graph.search("Ulc")] == ["ulcer"]
    assert [node.name for node in graph.search("")] == ["aspirin", "headache", "ulcer", "COX-1"]
    assert [node.name for node in graph.search("", limit=1)] == ["aspirin"]
    assert graph.search("%") == []
    assert graph.search("\udcff") == []


def test_synonyms(graph: Graph) -> None:
    assert graph.synonyms("D001241") == [Synonym("aspirin", 4), Synonym("Aspirin", 2)]


def test_unknown_names(graph: Graph) -> None:
    with pytest.raises(UsageError, match=r"R933.*'asprin'.*Names like it: Aspirin\."):
        graph.relations(head="asprin")
    with pytest.raises(UsageError, match=r"R933.*'qqq'\. Write"):
        graph.relations(tail="qqq")
    with pytest.raises(UsageError, match=r"R933.*udcff"):  # and not that the graph is damaged
        graph.relations(head="\udcff")
    with pytest.raises(UsageError, match=r"R935.*Association, Negative_Correlation"):
        graph.relations(type="Bind")


def test_ambiguous_names(tmp_path: Path) -> None:
    mouse = ("1", GENE, "p53", "Trp53", "Trp53")
    human = ("2", GENE, "p53", "p53", "TP53")
    other = ("3", GENE, "p53")
    with made(tmp_path, Doc("1", (mouse, human)), Doc("2", (human,))) as graph:
        assert graph.resolve("p53").id == "NCBIGene:2"  # its most frequent name
        assert [node.id for node in graph.find("p53")] == ["NCBIGene:2", "NCBIGene:1"]
    with (
        made(tmp_path / "more", Doc("1", (mouse, human, other))) as graph,
        pytest.raises(UsageError, match=r"R934.*NCBIGene:2 \(p53, Gene.*, documents: 1\); NCBI"),
    ):
        graph.resolve("P53")


def ends(graph: Graph, **asked: object) -> list[tuple[str, str]]:
    return [(e.head.name, e.tail.name) for e in graph.relations(**asked)]  # type: ignore[arg-type]


def test_relations(graph: Graph) -> None:
    assert ends(graph) == [
        ("aspirin", "headache"),
        ("aspirin", "COX-1"),
        ("ulcer", "COX-1"),
        ("aspirin", "ulcer"),
    ]
    assert ends(graph, limit=2, offset=1) == [("aspirin", "COX-1"), ("ulcer", "COX-1")]
    assert ends(graph, min_probability=0.75) == [("aspirin", "headache"), ("aspirin", "COX-1")]
    assert ends(graph, type="association") == [("ulcer", "COX-1")]


def test_ends_of_relations(graph: Graph) -> None:
    # Without direction either end is the head; with one, only the entity that acts.
    assert ends(graph, head="cox-1") == [("COX-1", "aspirin"), ("COX-1", "ulcer")]
    assert ends(graph, head="ulcer") == [("ulcer", "COX-1")]
    assert ends(graph, tail="ulcer") == [("COX-1", "ulcer"), ("aspirin", "ulcer")]
    assert ends(graph, head="headache", tail="aspirin") == [("headache", "aspirin")]
    assert ends(graph, head="aspirin", tail="headache") == [("aspirin", "headache")]
    assert ends(graph, head="aspirin", tail="ulcer") == [("aspirin", "ulcer")]
    assert ends(graph, head="ulcer", tail="aspirin") == []


def test_evidence(graph: Graph) -> None:
    (edge,) = graph.relations(head="aspirin", tail="headache")
    sentence = Sentence(0, 23, "Aspirin eased headache.")
    first, second = graph.evidence(edge)
    assert first == Evidence("101", 2001, pytest.approx(0.9), True, None, (sentence,))
    assert (second.document, second.novel) == ("102", False)
    assert graph.evidence(edge.number, limit=1, offset=1) == [second]
    assert graph.edge(edge.number) == edge
    assert graph.edge(99) is None
    assert graph.evidence(99) == []


def test_neighbours(graph: Graph) -> None:
    found = graph.neighbours("headache")
    assert [node.name for node in found.nodes] == ["headache", "aspirin"]
    assert found.distances == (0, 1)
    assert [edge.number for edge in found.edges] == [0]
    found = graph.neighbours("headache", depth=3)
    assert [node.name for node in found.nodes] == ["headache", "aspirin", "COX-1", "ulcer"]
    assert found.distances == (0, 1, 2, 2)
    assert len(found.edges) == 4
    assert found.left_out == 0
    found = graph.neighbours("headache", depth=2, limit=2)
    assert [node.name for node in found.nodes] == ["headache", "aspirin", "COX-1"]
    assert found.left_out == 1
    # Two of the three neighbours are left out, and stand in reach of the third too.
    found = graph.neighbours("aspirin", depth=3, limit=1)
    assert [node.name for node in found.nodes] == ["aspirin", "headache"]
    assert found.left_out == 2
    found = graph.neighbours("aspirin", depth=3, limit=2)
    assert [node.name for node in found.nodes] == ["aspirin", "headache", "COX-1"]
    assert found.left_out == 1
    found = graph.neighbours("ulcer", min_probability=0.65)
    assert [node.name for node in found.nodes] == ["ulcer", "COX-1"]


def chain(*links: tuple[str, str, float]) -> Doc:
    """A document in which entities named by letters are related."""
    letters = sorted({end for link in links for end in link[:2]})
    entities = tuple((f"local:{CHEMICAL}:{each}", CHEMICAL, each) for each in letters)
    index = letters.index
    return Doc("1", entities, tuple(Rel(index(a), index(b), "Bind", s) for a, b, s in links))


def test_paths(tmp_path: Path) -> None:
    graph = made(
        tmp_path,
        chain(
            *(("a", "b", 0.5), ("b", "z", 0.5), ("a", "c", 0.9), ("c", "z", 0.8)),
            *(("a", "d", 0.9), ("d", "e", 0.9), ("e", "z", 0.9)),  # longer
            *(("z", "y", 0.5), ("y", "x", 0.5), ("x", "w", 0.5)),
            ("m", "n", 0.5),
        ),
    )
    with graph:

        def ways(one: str, other: str, **more: object) -> list[str]:
            found = graph.paths(one, other, **more)  # type: ignore[arg-type]
            for path in found:
                assert len(path.edges) == len(path.nodes) - 1
            return ["".join(node.name for node in path.nodes) for path in found]

        assert ways("a", "z") == ["acz", "abz"]
        assert ways("z", "a") == ["zca", "zba"]
        assert ways("a", "z", limit=1) == ["acz"]
        assert ways("a", "z", min_probability=0.85) == ["adez"]
        assert ways("a", "z", max_length=1) == []
        assert ways("b", "a") == ["ba"]
        assert ways("b", "x") == ["bzyx"]
        assert ways("b", "w") == ["bzyxw"]
        assert ways("a", "w") == []  # five edges
        assert ways("a", "m") == []
        assert graph.paths("a", "z")[0].probability == pytest.approx(0.72)
        with pytest.raises(UsageError, match="R937"):
            graph.paths("a", "A")


def test_paths_are_those_of_networkx(tmp_path: Path) -> None:
    import random

    import networkx

    draw = random.Random(5)
    letters = [f"n{i}" for i in range(18)]
    links = {tuple(sorted(draw.sample(letters, 2))): draw.random() for _ in range(30)}
    other = networkx.Graph()
    other.add_weighted_edges_from((a, b, w) for (a, b), w in links.items())
    with made(tmp_path, chain(*((a, b, w) for (a, b), w in links.items()))) as graph:
        known = [each for each in letters if graph.find(each)]
        for _ in range(12):
            one, two = draw.sample(known, 2)
            found = graph.paths(one, two, limit=100)
            try:
                wanted = sorted(networkx.all_shortest_paths(other, one, two))
            except networkx.NetworkXNoPath:
                wanted = []
            wanted = [path for path in wanted if len(path) <= 5]
            assert sorted([node.name for node in path.nodes] for path in found) == wanted
            values = [path.probability for path in found]
            assert values == sorted(values, reverse=True)


def test_an_entity_related_to_itself(tmp_path: Path) -> None:
    twice = ("MESH:D001241", "Chemical", "ASA")
    with made(tmp_path, Doc("1", (ASPIRIN, twice), (Rel(0, 1, "Bind"),))) as graph:
        found = graph.neighbours("aspirin")
        assert (len(found.nodes), len(found.edges)) == (1, 1)
        assert len(graph.relations("aspirin", "aspirin")) == 1


def test_several_threads(graph: Graph) -> None:
    def ask(number: int) -> object:
        if number % 2:
            return graph.relations(head="aspirin"), graph.paths("headache", "cox-1")
        return graph.neighbours("ulcer", depth=2), graph.evidence(number % 4)

    expected = [ask(number) for number in range(4)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(24))) == expected * 6


def test_a_folder_that_cannot_be_written(small_graph: Path, tmp_path: Path) -> None:
    kg = tmp_path / "kg"
    shutil.copytree(small_graph, kg)
    before = sorted(path.name for path in kg.iterdir())
    kg.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with Graph(kg) as graph, Graph(kg) as again:
            assert graph.relations() == again.relations()
    finally:
        kg.chmod(stat.S_IRWXU)
    assert sorted(path.name for path in kg.iterdir()) == before


def test_an_empty_graph(tmp_path: Path) -> None:
    with made(tmp_path, Doc("1", (HEADACHE, ULCER, COX1)), Doc("2")) as graph:
        assert graph.relations() == []
        assert graph.neighbours("headache").edges == ()
        assert graph.resolve("headache").type == DISEASE
        assert graph.paths("headache", "ulcer") == []
