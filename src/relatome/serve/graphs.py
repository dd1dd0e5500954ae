"""Questions to a graph of many documents, where the service was started with one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from fastapi import FastAPI, Query
from starlette.responses import Response

from relatome.entities.links import article_link
from relatome.errors import SERVE_NO_GRAPH, SERVE_TIMEOUT, UsageError, WorkError
from relatome.graph.identifiers import link
from relatome.serve.limits import Limits
from relatome.serve.openapi import JSON, answers
from relatome.serve.threads import in_thread

if TYPE_CHECKING:
    from relatome.graph import Graph

_Found = TypeVar("_Found")

# A question may keep several cores busy, which extraction wants too.
_AT_ONCE = 2
_EVIDENCE = 50  # documents, those with the highest scores

_Name = Annotated[str, Query(min_length=1, max_length=500)]
_Type = Annotated[str | None, Query(max_length=100)]
_Depth = Annotated[int, Query(ge=1, le=3)]
_Limit = Annotated[int, Query(ge=1, le=500)]
_Probability = Annotated[float, Query(ge=0, le=1)]


def add_graph(app: FastAPI, graph: Graph | None, limits: Limits) -> None:
    """Add the questions; without a graph each is refused with the reason."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def asked(question: Callable[[Graph], _Found]) -> Response:
        if graph is None:
            raise UsageError(SERVE_NO_GRAPH)
        try:
            async with asyncio.timeout(limits.seconds):
                await places.acquire()
                found = await in_thread(lambda: question(graph), places.release)
        except TimeoutError:
            raise WorkError(SERVE_TIMEOUT, seconds=limits.seconds) from None
        return Response(msgspec.json.encode(found), media_type=JSON)

    @app.get("/v1/graph/search", responses=answers(media=JSON))
    async def search(name: _Name, limit: _Limit = 20) -> Response:
        """Entities with a name or identifier, then those of which a name begins so."""

        def nodes(graph: Graph) -> dict[str, object]:
            found = [*graph.find(name, limit), *graph.search(name, limit)]
            once = [*{node.id: node for node in found}.values()][:limit]
            return {"nodes": [msgspec.to_builtins(node) | {"url": link(node.id)} for node in once]}

        return await asked(nodes)

    @app.get("/v1/graph/neighbours", responses=answers(media=JSON))
    async def neighbours(
        id: _Name,
        depth: _Depth = 1,
        type: _Type = None,
        min_probability: _Probability = 0.0,
        limit: _Limit = 50,
    ) -> Response:
        """What is around an entity."""
        return await asked(lambda graph: graph.neighbours(id, depth, limit, type, min_probability))

    @app.get("/v1/graph/evidence", responses=answers(media=JSON))
    async def evidence(head: _Name, tail: _Name, type: _Type = None) -> Response:
        """What documents say of the relations between two entities, the surest first."""

        def sentences(graph: Graph) -> dict[str, object]:
            found = [
                msgspec.to_builtins(each) | {"type": edge.type, "url": article_link(each.document)}
                for edge in graph.relations(head, tail, type)
                for each in graph.evidence(edge, _EVIDENCE)
            ]
            return {"evidence": found}

        return await asked(sentences)
