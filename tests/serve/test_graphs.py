"""Questions to a graph, through the service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

pytest.importorskip("duckdb", reason="needs relatome[scale]")

from relatome import graph
from relatome.pipeline import Pipeline
from relatome.serve.limits import Limits
from tests.graph.scans import ASPIRIN, COX1, HEADACHE, ULCER, Doc, Rel, write_scan

from .conftest import Running
from .test_app import error

DOCUMENTS = (
    Doc("PMID:11", (ASPIRIN, HEADACHE), (Rel(0, 1, "Negative_Correlation", 0.9, True),)),
    Doc("PMID:12", (ASPIRIN, HEADACHE), (Rel(0, 1, "Negative_Correlation", 0.6, False),)),
    Doc(
        "PMID:13",
        (ASPIRIN, ULCER, COX1),
        (Rel(0, 1, "Positive_Correlation", 0.8), Rel(0, 2, "Negative_Correlation", 0.7)),
    ),
)


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[graph.Graph]:
    folder = tmp_path_factory.mktemp("graph")
    scan = write_scan(folder / "scan", [DOCUMENTS])
    graph.build([scan], folder / "kg")
    with graph.Graph(folder / "kg") as opened:
        yield opened


@pytest.fixture
def asking(
    serve: Callable[..., Running], pipeline: Pipeline, kg: graph.Graph
) -> Iterator[httpx2.Client]:
    with serve(pipeline, graph=kg).client() as client:
        yield client


def test_a_name_or_its_beginning_or_an_identifier(asking: httpx2.Client) -> None:
    for name in ("aspirin", "ASPI", "D001241", "MESH:D001241"):
        (node,) = asking.get("/v1/graph/search", params={"name": name}).json()["nodes"]
        assert (node["id"], node["name"], node["documents"]) == ("MESH:D001241", "aspirin", 3)
        assert node["url"] == "http://id.nlm.nih.gov/mesh/D001241"
    assert asking.get("/v1/graph/search", params={"name": "zzz"}).json() == {"nodes": []}


def test_it_is_told_that_there_is_a_graph(asking: httpx2.Client) -> None:
    assert asking.get("/v1/models").json()["graph"] is True


def test_a_question_without_end_keeps_its_place(
    serve: Callable[..., Running], pipeline: Pipeline
) -> None:
    free = threading.Event()
    begun: list[str] = []

    class Slow:
        def neighbours(self, id: str, *_: object) -> dict[str, str]:
            begun.append(id)
            assert free.wait(30)
            return {"centre": id}

    service = serve(pipeline, graph=Slow(), limits=Limits(seconds=0.3))
    with service.client() as client:
        # The third does not begin while the first two go on, though nobody waits for them.
        for name in ("a", "b", "c"):
            error(client.get("/v1/graph/neighbours", params={"id": name}), 503, "R950")
        assert begun == ["a", "b"]
        free.set()
        end = time.monotonic() + 20
        while (found := client.get("/v1/graph/neighbours?id=d")).status_code != 200:
            assert time.monotonic() < end
        assert found.json() == {"centre": "d"}


def test_neighbours(asking: httpx2.Client) -> None:
    def around(**parameters: object) -> set[str]:
        found = asking.get("/v1/graph/neighbours", params=parameters).json()
        assert found["centre"] == found["nodes"][0]
        assert len(found["distances"]) == len(found["nodes"])
        ends = {edge["head"]["id"] for edge in found["edges"]}
        assert ends <= {node["id"] for node in found["nodes"]}
        return {node["name"] for node in found["nodes"][1:]}

    assert around(id="aspirin") == {"headache", "ulcer", "COX-1"}
    assert around(id="ulcer") == {"aspirin"}
    assert around(id="ulcer", depth=2) == {"aspirin", "headache", "COX-1"}
    assert around(id="aspirin", type="Positive_Correlation") == {"ulcer"}
    assert around(id="aspirin", min_probability=0.85) == {"headache"}
    assert len(around(id="aspirin", limit=1)) == 1


def test_evidence(asking: httpx2.Client) -> None:
    parameters = {"head": "MESH:D001241", "tail": "MESH:D006261", "type": "Negative_Correlation"}
    found = asking.get("/v1/graph/evidence", params=parameters).json()["evidence"]
    assert [each["document"] for each in found] == ["PMID:11", "PMID:12"]
    assert found[0]["score"] == pytest.approx(0.9)
    assert found[0]["novel"] is True
    assert [each["text"] for each in found[0]["sentences"]] == ["It says so."]
    assert found[0]["url"] == "https://pubmed.ncbi.nlm.nih.gov/11/"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("neighbours?id=nothing", 404, "R933"),
        ("neighbours?id=aspirin&type=Nothing", 422, "R935"),
        ("neighbours?id=aspirin&depth=9", 422, "R946"),
        ("neighbours?id=aspirin&limit=1e9", 422, "R946"),
        ("neighbours?id=aspirin&min_probability=nan", 422, "R946"),
        ("neighbours", 422, "R946"),
        ("search?name=", 422, "R946"),
        ("search?name=a&path=/etc/passwd", 422, "R946"),
        ("evidence?head=aspirin", 422, "R946"),
        ("evidence?head=aspirin&tail=%27%3B--", 404, "R933"),
        ("../../etc/passwd", 404, "R940"),
    ],
)
def test_questions_that_cannot_be_answered(
    asking: httpx2.Client, path: str, status: int, code: str
) -> None:
    error(asking.get(f"/v1/graph/{path}"), status, code)


def test_without_a_graph(client: httpx2.Client) -> None:
    told = error(client.get("/v1/graph/search?name=a"), 404, "R953")
    assert "--graph" in told["next_step"]
