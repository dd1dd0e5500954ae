"""The application: its addresses, and what stands behind each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from relatome.errors import (
    SERVE_METHOD,
    SERVE_NOT_FOUND,
    SERVE_PARAMETER,
    SERVE_STOPPING,
    SERVE_TYPE,
    RelatomeError,
    UsageError,
    WorkError,
)
from relatome.formats import Problems
from relatome.pipeline import Pipeline
from relatome.serve.answers import Answer, answered, problem, written
from relatome.serve.bodies import (
    Articles,
    Convert,
    Extract,
    decoded,
    documents_to_write,
    plain_text,
)
from relatome.serve.faults import failed
from relatome.serve.gate import Gate
from relatome.serve.graphs import add_graph
from relatome.serve.keys import Keys
from relatome.serve.limits import Limits
from relatome.serve.metrics import CONTENT_TYPE, Metrics
from relatome.serve.openapi import JSON, TEXT, answers, body, description, listing
from relatome.serve.page import INDEX, PageFile, examples, page_files, page_folder
from relatome.serve.schema import Examples, Models, SchemaAnswer, models_of, schema_of
from relatome.serve.service import Extracted, Service
from relatome.serve.threads import in_thread

if TYPE_CHECKING:
    from relatome.graph import Graph

Format = Literal["json", "bioc-json", "bioc-xml", "pubtator", "tsv", "jsonl"]

# Writing fewer documents takes a few milliseconds; a thread for it is not worth while.
_FEW = 10


def create_app(
    pipeline: Pipeline,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    keys: Keys | None = None,
    origins: Sequence[str] = (),
    offline: bool = False,
    graph: Graph | None = None,
    page: Path | None = None,
) -> FastAPI:
    """The service as an ASGI application.

    ``app.state.gate`` holds the `Gate` once it is running, ``app.state.service`` the `Service`.

    Args:
        pipeline: the models.
        limits: of every request; the defaults of `Limits` if not given.
        workers: threads that read documents; one per core if not given.
        keys: one of which every request to ``/v1`` and ``/metrics`` must bring along.
        origins: of pages elsewhere that may ask.
        offline: take articles from what was fetched before, and ask no other service.
        graph: of many documents, to be asked questions.
        page: folder of the page's files, if not the one that comes with relatome.
    """
    limits = limits or Limits()
    metrics = Metrics()
    service = Service(pipeline, limits=limits, metrics=metrics, workers=workers, offline=offline)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        yield
        service.workers.stop()

    app = FastAPI(
        title="relatome",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=running,
        dependencies=[Depends(_only_known_parameters)],
        default_response_class=Response,
    )
    app.state.service = service
    app.add_exception_handler(RelatomeError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _no_route)
    _add_extraction(app, service)
    _add_facts(app, service, metrics, graph is not None)
    add_graph(app, graph, limits)
    _add_page(app, page_files(page or page_folder()))

    def gated(inner: Any) -> Gate:
        app.state.gate = Gate(inner, limits, metrics, keys)
        return app.state.gate  # type: ignore[no-any-return]

    app.add_middleware(gated)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key"],
            expose_headers=["Retry-After", "X-Relatome-Lost", "X-Relatome-Problems"],
        )
    app.openapi = lambda: description(app)  # type: ignore[method-assign]
    return app


def _add_extraction(app: FastAPI, service: Service) -> None:
    @app.post(
        "/v1/extract",
        openapi_extra=body(Extract, plain={"type": "string", "minLength": 1}),
        responses=answers(json=Answer, files=True),
    )
    async def extract(request: Request, format: Format = "json") -> Response:
        """Relations of a text, of documents, or of the content of a file."""
        sent = await request.body()
        media = _media_type(request, JSON, TEXT)
        asked = plain_text(sent) if media == TEXT else decoded(sent, Extract)
        extracted = await service.extract(asked, len(sent), partial(_gone, request))
        return await _answer(extracted, format, service)

    @app.post(
        "/v1/extract/pmids",
        openapi_extra=body(Articles),
        responses=answers(json=Answer, files=True),
    )
    async def articles(request: Request, format: Format = "json") -> Response:
        """Relations of articles of PubMed or PMC, with PubTator3's entities."""
        sent = await request.body()
        _media_type(request, JSON)
        extracted = await service.articles(decoded(sent, Articles), partial(_gone, request))
        return await _answer(extracted, format, service)

    @app.post("/v1/convert", openapi_extra=body(Convert), responses=answers(files=True))
    async def convert(request: Request) -> Response:
        """Documents as they are, in a format to be kept."""
        sent = await request.body()
        _media_type(request, JSON)
        asked = decoded(sent, Convert)
        problems = Problems()

        def file() -> Response:
            return _file(
                documents_to_write(asked, service.limits, problems), asked.format, problems
            )

        return await in_thread(file)


def _add_facts(app: FastAPI, service: Service, metrics: Metrics, graph: bool) -> None:
    pipeline = service.pipeline

    @app.get("/v1/models", responses=answers(json=Models))
    async def models() -> Response:
        """The model that answers, what may be asked of it, and whether there is a graph."""
        return _json(models_of(pipeline, graph=graph))

    @app.get("/v1/schema", responses=answers(json=SchemaAnswer))
    async def schema() -> Response:
        """Entity types, labels, and which types may be related by which."""
        return _json(schema_of(pipeline))

    texts = Examples(examples())

    @app.get("/v1/examples", responses=answers(json=Examples))
    async def example_texts() -> Response:
        """Texts to try the service with."""
        return _json(texts)

    @app.get("/health", responses=answers(media=TEXT))
    async def health() -> Response:
        """Whether the process answers."""
        return Response("ok\n", media_type=TEXT)

    @app.get("/ready", responses=answers(media=TEXT))
    async def ready() -> Response:
        """Whether it takes work: the models are loaded, and it is not being stopped."""
        if not service.workers.alive or app.state.gate.stopping:
            raise WorkError(SERVE_STOPPING)
        return Response("ready\n", media_type=TEXT)

    @app.get("/metrics", responses=answers(media=TEXT))
    async def counts() -> Response:
        """Counts for Prometheus."""
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return _json(description(app))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return Response(listing(app), media_type="text/html")


def _add_page(app: FastAPI, files: dict[str, PageFile]) -> None:
    def file(request: Request, name: str) -> Response:
        found = files.get(name)
        if found is None:
            raise UsageError(SERVE_NOT_FOUND, path=request.url.path)
        headers = {"ETag": found.etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, headers={**headers, "Content-Type": found.media_type})

    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        return file(request, INDEX)

    @app.get("/page/{name:path}", include_in_schema=False)
    async def page(request: Request, name: str) -> Response:
        return file(request, name)


async def _answer(extracted: Extracted, format: Format, service: Service) -> Response:
    documents, summary, problems = extracted

    def response() -> Response:
        if format != "json":
            return _file(documents, format, problems)
        told = [problem(error) for error in problems.errors]
        return _json(Answer([*map(answered, documents)], service.model, summary, told))

    return await in_thread(response) if len(documents) > _FEW else response()


def _file(documents: Sequence[Any], format: str, problems: Problems) -> Response:
    before = problems.count
    content, media_type, headers = written(documents, format, problems)
    if problems.count - before == len(documents) and problems.errors:
        raise problems.errors[0]
    return Response(content, headers={"Content-Type": media_type, **headers})


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)


async def _gone(request: Request) -> None:
    """Comes to an end when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


# --------------------------------------------------------------------------------- what is refused


def _media_type(request: Request, *known: str) -> str:
    """The type of the body.

    Raises:
        UsageError: if it is none of those known, or in another encoding than UTF-8.
    """
    sent = request.headers.get("content-type", "")
    media, _, parameters = sent.partition(";")
    media = media.strip().lower()
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    if media not in known or charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UsageError(SERVE_TYPE, type=f"type {sent!r}" if sent else "no type")
    return media


def _only_known_parameters(request: Request) -> None:
    """Refuse a parameter that the route does not have: a misspelt one must not be passed over."""
    known = {each.alias for each in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            reason = f"there is none of that name here; known: {', '.join(known) or 'none'}"
            raise UsageError(SERVE_PARAMETER, name=name, reason=reason)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, RelatomeError)
    return failed(error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return failed(UsageError(SERVE_PARAMETER, name=first["loc"][-1], reason=first["msg"]))


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        method = request.method
        return failed(
            UsageError(SERVE_METHOD, method=method, path=path, allowed=allowed), Allow=allowed
        )
    return failed(UsageError(SERVE_NOT_FOUND, path=path))
