"""``relatome graph``: scans as one knowledge graph, its exports, and questions to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.errors import EXTRA_MISSING, GRAPH_OPTIONS, MissingExtraError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relatome.graph import Graph
    from relatome.graph.answers import Answer
    from relatome.graph.query import Edge, Evidence, GraphPath, Neighbourhood

graph = typer.Typer(
    no_args_is_help=True,
    help="Build a knowledge graph from scans, export it, and ask it.",
)

Built = Annotated[
    Path, typer.Argument(metavar="KG", help="A folder that relatome graph build wrote.")
]

_CLIPPED = 100  # characters of a sentence in a table


@graph.command()
def build(
    scans: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCAN...",
            help="Folders that relatome scan wrote; records of later ones replace those of "
            "earlier ones.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="KG", help="The folder to write.")],
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="What the process may take; the rest goes to disk.")
    ] = "1GB",
) -> None:
    """Build a knowledge graph: relations of many documents, with their evidence.

    Of several records of a document the current one counts; retracted articles are left out.

    Example:

    relatome graph build scan --out kg
    """
    try:
        from relatome.graph import build as build_graph
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="scale") from None
    counts = build_graph(scans, out, memory=memory).counts
    typer.echo(
        f"{_number(counts.records, 'record')} of {_number(counts.shards, 'shard')}: "
        f"{_number(counts.documents, 'document')} used, {counts.superseded:,} superseded, "
        f"{counts.deleted:,} deleted, {counts.retracted:,} retracted and left out."
    )
    if missing := counts.unfinished_shards:
        are = "shard of the scan is" if missing == 1 else "shards of the scan are"
        typer.echo(f"{missing:,} {are} not done and not in the graph.", err=True)
    typer.echo(
        f"Wrote {out}: {counts.nodes:,} entities ({counts.local_nodes:,} named by the text "
        f"alone), {counts.edges:,} relations, from {counts.relations:,} in single documents. "
        f"Try: relatome graph query {out}"
    )


@graph.command()
def export(
    built: Built,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="A new folder; for graphml, a file."),
    ],
    format: Annotated[
        Literal["kgx-tsv", "kgx-jsonl", "graphml", "neo4j"],
        typer.Option(help="KGX is in the terms of the Biolink model; neo4j is CSV to import."),
    ] = "kgx-tsv",
) -> None:
    """Write a graph in the files of others.

    Example:

    relatome graph export kg --format graphml --out kg.graphml
    """
    with _open(built) as opened:
        from relatome.graph import export as export_graph

        export_graph(opened, format, out)
    typer.echo(f"Wrote {out}")


@graph.command()
def query(
    built: Built,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="ENTITY",
            help="A name or an identifier. Of relations without direction, either end.",
        ),
    ] = None,
    tail: Annotated[
        str | None, typer.Option(metavar="ENTITY", help="The other end, likewise.")
    ] = None,
    type: Annotated[str | None, typer.Option(help="Only relations of this type.")] = None,
    min_probability: Annotated[
        float, typer.Option(min=0, max=1, help="Only relations with at least this.")
    ] = 0.0,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Relations (50 by default), neighbours (50) or paths (5)."),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            min=1, max=4, help="All relations among the neighbours of --head, so many steps away."
        ),
    ] = None,
    path_to: Annotated[
        str | None,
        typer.Option(metavar="ENTITY", help="The shortest ways from --head to another entity."),
    ] = None,
    evidence: Annotated[int, typer.Option(min=0, help="Documents to show for each relation.")] = 1,
    format: Annotated[
        Literal["table", "tsv", "jsonl"],
        typer.Option(help="A table to read; a line per relation and document; or JSON Lines."),
    ] = "table",
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the neighbourhood of --head as a page instead."),
    ] = None,
) -> None:
    """Ask a graph: relations with their evidence, neighbours, paths.

    Example:

    relatome graph query kg --head aspirin --type Negative_Correlation
    """
    if head is None and (depth or path_to is not None or html):
        _refuse("--depth, --path-to and --html begin at an entity", "Add --head.")
    if path_to is not None and (tail is not None or depth or html):
        _refuse("--path-to asks for paths only", "Leave --tail, --depth and --html out.")
    if tail is not None and (depth or html):
        _refuse("--depth and --html ask for all neighbours", "Leave --tail out.")
    if html and format != "table":
        _refuse("--html writes a page", "Leave --format out.")
    with _open(built) as opened:
        from relatome.graph.answers import Answer

        if head is not None:
            _say_who_else(opened, head)
        if path_to is not None:
            found = opened.paths(
                str(head), path_to, limit=limit or 5, type=type, min_probability=min_probability
            )
            return _show_paths(found, format)
        if depth or html is not None:
            around = opened.neighbours(
                str(head), depth or 1, limit or 50, type, min_probability=min_probability
            )
            if html is not None:
                return _write_page(opened, around, html, evidence)
            edges: Sequence[Edge] = around.edges
            left_out = _number(around.left_out, "more neighbour") if around.left_out else ""
        else:
            wanted = limit or 50
            edges = opened.relations(head, tail, type, min_probability, wanted + 1)
            left_out = "more relations" if len(edges) > wanted else ""
            edges = edges[:wanted]
        answers = [Answer(edge, opened.evidence(edge, evidence)) for edge in edges]
        _show(answers, format)
        if left_out:
            typer.echo(f"Not shown: {left_out}; ask for more with --limit.", err=True)
    return None


def _open(path: Path) -> Graph:
    try:
        from relatome.graph import Graph
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="scale") from None
    return Graph(path)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _refuse(what: str, instead: str) -> None:
    raise UsageError(GRAPH_OPTIONS, what=what, instead=instead)


def _say_who_else(opened: Graph, name: str) -> None:
    """Name the others that a name might mean."""
    from relatome.graph.answers import one_line

    meant = opened.resolve(name)
    others = [node for node in opened.find(name, limit=6) if node != meant]
    if others:
        listed = ", ".join(f"{node.id} ({one_line(node.name)})" for node in others)
        typer.echo(f"{name} is read as {meant.id}; it also names {listed}", err=True)


def _show(answers: Sequence[Answer], format: str) -> None:
    from relatome.graph.answers import as_jsonl, as_tsv

    if format != "table":
        for line in (as_tsv if format == "tsv" else as_jsonl)(answers):
            typer.echo(line)
        return
    from rich.table import Table
    from rich.text import Text

    from relatome.cli._terminal import console
    from relatome.graph.answers import one_line
    from relatome.graph.page import years

    table = Table("entity", "relation", "entity", "probability", "documents", "years", "evidence")
    for edge, evidence in answers:
        said = "\n".join(_quoted(each) for each in evidence)
        cells = (
            edge.head.name,
            f"{edge.type} {'→' if edge.directed else '–'}",
            edge.tail.name,
            f"{edge.probability:.3f}",
            f"{edge.documents:,}",
            years(edge),
        )
        table.add_row(*(Text(one_line(cell)) for cell in cells), Text(said))
    console().print(table)


def _quoted(evidence: Evidence) -> str:
    from relatome.graph.answers import one_line

    text = one_line(" ".join(sentence.text for sentence in evidence.sentences))
    if len(text) > _CLIPPED:
        text = text[: _CLIPPED - 1] + "…"
    return f"{one_line(evidence.document)}: {text}"


def _show_paths(paths: Sequence[GraphPath], format: str) -> None:
    from relatome.graph.answers import one_line, paths_as_jsonl, paths_as_tsv

    if format != "table":
        for line in (paths_as_tsv if format == "tsv" else paths_as_jsonl)(paths):
            typer.echo(line)
        return
    if not paths:
        typer.echo("No path of up to 4 relations.", err=True)
    for path in paths:
        shown = one_line(path.nodes[0].name)
        for here, there, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False):
            ahead = "→" if edge.directed and edge.head == here else "–"
            back = "←" if edge.directed and edge.head != here else "–"
            shown += f" {back} {one_line(edge.type)} {edge.probability:.3f} {ahead} "
            shown += one_line(there.name)
        typer.echo(f"{path.probability:.3f}  {shown}")


def _write_page(opened: Graph, found: Neighbourhood, path: Path, evidence: int) -> None:
    from relatome.formats.target import replaced
    from relatome.graph.page import neighbourhood_page

    said = {edge.number: opened.evidence(edge, evidence) for edge in found.edges}
    page = neighbourhood_page(found, said)
    with replaced(path) as stream:
        stream.write(page.encode())
    typer.echo(f"Wrote {path}")
