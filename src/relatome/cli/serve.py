"""``relatome serve``: extraction as a service, with a page to look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.errors import EXTRA_MISSING, SERVE_ORIGIN, MissingExtraError, UsageError

if TYPE_CHECKING:
    from relatome.graph import Graph


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0 for other machines too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8000,
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="A shipped model, or a model folder.")
    ] = "small",
    graph: Annotated[
        Path | None,
        typer.Option(metavar="KG", help="A graph made by relatome graph build, to be asked about."),
    ] = None,
    dictionary: Annotated[
        Path | None,
        typer.Option(
            metavar="TSV", help="Identifiers for entities without: id, type, names divided by |."
        ),
    ] = None,
    weights: Annotated[
        Literal["int8", "fp32", "bf16"] | None,
        typer.Option(help="Weights to compute with; default: the fastest the model has."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Documents read at a time; default: all cores.")
    ] = None,
    api_keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answer only those who send one of the keys in it."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Let pages of another origin ask; may be repeated."),
    ] = None,
    max_body: Annotated[
        float, typer.Option(metavar="MIB", min=0.01, max=1024, help="Size of a request at most.")
    ] = 10,
    queue: Annotated[
        int, typer.Option(min=1, help="Documents that may wait before requests are refused.")
    ] = 500,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="Time for an answer at most.")
    ] = 120,
    offline: Annotated[
        bool, typer.Option("--offline", help="Take articles from what was fetched before.")
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
) -> None:
    """Serve extraction over HTTP, with a page to look at it.

    Listens on this machine only, unless told otherwise. Ends at Ctrl-C or SIGTERM, once every
    request that was accepted is answered.

    Examples:

    relatome serve --open

    relatome serve --graph kg

    relatome serve --host 0.0.0.0 --api-keys keys.txt
    """
    try:
        from relatome.serve.app import create_app
        from relatome.serve.server import Server, address, listen
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="serve") from None
    from relatome.pipeline import load
    from relatome.serve import log
    from relatome.serve.keys import Keys
    from relatome.serve.limits import MIB, Limits

    for origin in cors or []:
        _require_origin(origin)
    keys = Keys.read(api_keys) if api_keys is not None else None
    listening = listen(host, port)
    pipeline = load(model, weights=weights, threads=workers)
    if dictionary is not None:
        from relatome.entities import Dictionary

        pipeline.linker = Dictionary.read(dictionary, pipeline.schema.canonical_type)
    log.set_up()
    app = create_app(
        pipeline,
        limits=Limits(body=int(max_body * MIB), queue=queue, seconds=timeout),
        workers=workers,
        keys=keys,
        origins=cors or [],
        offline=offline,
        graph=_opened(graph),
    )
    url = address(listening)

    def ready() -> None:
        typer.echo(f"relatome is at {url} (Ctrl-C ends it)")
        if open_page:
            typer.launch(url)

    Server(app, ready).run([listening])


def _opened(path: Path | None) -> Graph | None:
    if path is None:
        return None
    try:
        from relatome.graph import Graph
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="scale") from None
    return Graph(path)


def _require_origin(origin: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(origin)
        right = parts.scheme in ("http", "https") and origin == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        right = False
    if not right or not parts.netloc:
        raise UsageError(SERVE_ORIGIN, origin=origin)
