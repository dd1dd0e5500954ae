"""A neighbourhood as a page: a drawing, and under it everything it shows as tables.

The page is one file without scripts that loads nothing; it follows the reader's choice of light or
dark. Entities stand on circles around the one in the middle, those of one circle as many edges
away. The same neighbourhood gives the same page, byte for byte.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape
from typing import NamedTuple

from relatome.graph.identifiers import link, publication
from relatome.graph.query import Edge, Evidence, Neighbourhood, Node

# The palette of Okabe and Ito, which colour-blind readers can tell apart, and what it becomes on a
# dark page; shapes say the same to those who see no colour.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7a5c")
_ON_DARK = ("#4ba3dd", "#f08a4b", "#35c79a", "#e3a0c6", "#f0b840", "#8fd0f5", "#b9a98a")
_SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "cross", "star")

_SPACE = 26.0  # between neighbours on a circle, at least
_FIRST, _NEXT = 170.0, 190.0  # radius of the first circle at least, and what the next ones add
_LETTER = 7.5  # width of a letter, about
_LONGEST = 26  # characters of a name in the drawing
_CROWDED = 14  # entities on a circle from which names are turned outwards


class _Placed(NamedTuple):
    node: Node
    x: float
    y: float
    angle: float
    turned: bool


def neighbourhood_page(found: Neighbourhood, evidence: Mapping[int, Sequence[Evidence]]) -> str:
    """The page.

    Args:
        found: what to show.
        evidence: what documents say, by number of the edge.
    """
    centre = found.centre
    types = _legend([node.type for node in found.nodes])
    labels = _legend([edge.type for edge in found.edges])
    title = f"Relations around {_text(centre.name)}"
    more = f" Not shown: {_count(found.left_out, 'more neighbour')}." if found.left_out else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{_identifier(centre.id)} · {_text(_words(centre.type))} · {_count(centre.documents, "document")}.
{_count(len(found.nodes) - 1, "neighbour")}, {_count(len(found.edges), "relation")}.{more}</p>
</header>
<main>
<figure>
{_drawing(found, types, labels)}
<figcaption>{_key(types, labels)}</figcaption>
</figure>
<h2 id="relations">Relations</h2>
<div class="wide">
<table aria-labelledby="relations">
<thead><tr><th scope="col">Entity</th><th scope="col">Relation</th><th scope="col">Entity</th>
<th scope="col" class="n">Probability</th><th scope="col" class="n">Documents</th>
<th scope="col">Years</th><th scope="col">Evidence</th></tr></thead>
<tbody>
{"".join(_relation(edge, evidence.get(edge.number, ())) for edge in found.edges)}</tbody>
</table>
</div>
<h2 id="entities">Entities</h2>
<div class="wide">
<table aria-labelledby="entities">
<thead><tr><th scope="col">Name</th><th scope="col">Identifier</th><th scope="col">Type</th>
<th scope="col" class="n">Steps</th><th scope="col" class="n">Documents</th></tr></thead>
<tbody>
{"".join(map(_entity, found.nodes, found.distances))}</tbody>
</table>
</div>
</main>
</body>
</html>
"""


def _drawing(found: Neighbourhood, types: Mapping[str, int], labels: Mapping[str, int]) -> str:
    placed = _places(found)
    box = _box(placed.values())
    lines = []
    parallel: dict[tuple[str, str], int] = {}
    for edge in sorted(found.edges, key=lambda edge: edge.number):
        pair = (min(edge.head.id, edge.tail.id), max(edge.head.id, edge.tail.id))
        parallel[pair] = parallel.get(pair, -1) + 1
        one, other = placed[edge.head.id], placed[edge.tail.id]
        lines.append(_line(edge, one, other, parallel[pair], labels[edge.type]))
    marks = (_mark(each, types[each.node.type]) for each in placed.values())
    arrows = "".join(
        f'<marker id="a{i}" viewBox="0 0 8 8" refX="14" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" class="f {_colour(i)}"/></marker>'
        for i in labels.values()
    )
    return (
        f'<svg viewBox="{box}" role="img" aria-label="Drawing of the relations in the table below">'
        f"<defs>{arrows}</defs>\n{''.join(lines)}{''.join(marks)}</svg>"
    )


def _places(found: Neighbourhood) -> dict[str, _Placed]:
    """Where entities stand: each circle in the order of what its entities are related to."""
    near: dict[str, list[str]] = {}
    for edge in found.edges:
        near.setdefault(edge.head.id, []).append(edge.tail.id)
        near.setdefault(edge.tail.id, []).append(edge.head.id)
    placed = {found.centre.id: _Placed(found.centre, 0.0, 0.0, 0.0, False)}
    radius = 0.0
    for step in range(1, max(found.distances) + 1):
        circle = [
            node
            for node, distance in zip(found.nodes, found.distances, strict=True)
            if distance == step
        ]

        radius = max(radius + (_NEXT if step > 1 else _FIRST), len(circle) * _SPACE / math.tau)
        around = {}
        for index, node in enumerate(sorted(circle, key=partial(_heading, near, placed))):
            angle = math.tau * index / len(circle)
            if step == 1:
                angle -= math.pi / 2 - math.pi / max(len(circle), 2)
            x, y = radius * math.cos(angle), radius * math.sin(angle)
            around[node.id] = _Placed(node, x, y, angle, len(circle) > _CROWDED)
        placed |= around
    return placed


def _box(placed: Iterable[_Placed]) -> str:
    """What the drawing takes with its names, whose width is estimated."""
    xs, ys = [-60.0, 60.0], [-40.0, 40.0]
    for node, x, y, angle, turned in placed:
        length = 13 + _LETTER * min(len(node.name), _LONGEST)
        if turned:
            xs.append(x + length * math.cos(angle))
            ys.append(y + length * math.sin(angle))
        else:
            xs += [x - length, x + length]
            ys += [y - 26, y + 32]
    left, top = min(xs) - 8, min(ys) - 8
    return f"{left:.0f} {top:.0f} {max(xs) + 8 - left:.0f} {max(ys) + 8 - top:.0f}"


def _heading(
    near: Mapping[str, Sequence[str]], placed: Mapping[str, _Placed], node: Node
) -> tuple[float, str, str]:
    """Where the entities lie that a node is related to; those around the centre have no choice."""
    inner = [placed[id] for id in near.get(node.id, ()) if id in placed]
    x, y = sum(each.x for each in inner), sum(each.y for each in inner)
    outside = any(each.x or each.y for each in inner)
    return (math.atan2(y, x) % math.tau if outside else 0.0, node.type, node.id)


def _line(edge: Edge, one: _Placed, other: _Placed, index: int, label: int) -> str:
    if one.node == other.node:
        path = f"M{one.x:.1f} {one.y:.1f}c-40 -50 40 -50 0 0"
    else:
        # Parallel ones bend to alternate sides: 0, 1, -1, 2, …
        bend = (index + 1) // 2 * (1 if index % 2 else -1) * 34.0
        if one.node.id > other.node.id:
            bend = -bend
        dx, dy = other.x - one.x, other.y - one.y
        length = math.hypot(dx, dy) or 1.0
        x = (one.x + other.x) / 2 - dy / length * bend
        y = (one.y + other.y) / 2 + dx / length * bend
        path = f"M{one.x:.1f} {one.y:.1f}Q{x:.1f} {y:.1f} {other.x:.1f} {other.y:.1f}"
    arrow = f' marker-end="url(#a{label})"' if edge.directed else ""
    return (
        f'<path class="e {_colour(label)}" d="{path}" '
        f'stroke-width="{1 + 2.5 * edge.probability:.2f}"{arrow}>'
        f"<title>{_said(edge)}</title></path>\n"
    )


def _mark(placed: _Placed, type: int) -> str:
    node, x, y, angle, turned = placed
    name = _text(node.name if len(node.name) <= _LONGEST else node.name[: _LONGEST - 1] + "…")
    is_centre = not (x or y)
    left = math.cos(angle) < -1e-9
    beside, anchor = (-13, "end") if left else (13, "start")
    if is_centre:
        place = 'x="0" y="26" text-anchor="middle" class="c"'
    elif turned:
        turn = math.degrees(angle) + (180 if left else 0)
        place = (
            f'transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})" x="{beside}" y="4" '
            f'text-anchor="{anchor}"'
        )
    elif abs(math.cos(angle)) < 0.2:
        below = 24 if math.sin(angle) > 0 else -14
        place = f'x="{x:.1f}" y="{y + below:.1f}" text-anchor="middle"'
    else:
        place = f'x="{x + beside:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"'
    shape = (
        f'<path transform="translate({x:.1f} {y:.1f}) scale({1.5 if is_centre else 1})" '
        f'd="{_shape(type)}" class="f s {_colour(type)}"/>'
    )
    title = f"{_text(node.name)} ({_text(node.id)})"
    return f"<g><title>{title}</title>{shape}<text {place}>{name}</text></g>\n"


def _shape(index: int) -> str:
    """Around the origin, about 14 units wide."""

    def star(corners: int, inner: float, turn: float) -> str:
        points = []
        for i in range(2 * corners if inner else corners):
            radius = 8.0 * (inner if inner and i % 2 else 1.0)
            angle = math.tau * i / (2 * corners if inner else corners) + turn
            points.append(f"{radius * math.cos(angle):.2f} {radius * math.sin(angle):.2f}")
        return f"M{'L'.join(points)}z"

    up = -math.pi / 2
    return {
        "circle": "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z",
        "square": star(4, 0, math.pi / 4),
        "diamond": star(4, 0, 0),
        "triangle": star(3, 0, up),
        "hexagon": star(6, 0, 0),
        "cross": star(4, 0.35, 0),
        "star": star(5, 0.45, up),
    }[_SHAPES[index % len(_SHAPES)]]


def _key(types: Mapping[str, int], labels: Mapping[str, int]) -> str:
    entities = "".join(
        f'<li><svg viewBox="-9 -9 18 18" aria-hidden="true"><path d="{_shape(i)}" '
        f'class="f s {_colour(i)}"/></svg>{_text(_words(type))}</li>'
        for type, i in types.items()
    )
    relations = "".join(
        f'<li><svg viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" '
        f'class="e {_colour(i)}" stroke-width="3"/></svg>{_text(_words(label))}</li>'
        for label, i in labels.items()
    )
    return (
        f"<ul>{entities}</ul><ul>{relations}</ul><p>Thicker lines are more probable; an arrow says "
        "which entity acts.</p>"
    )


def _relation(edge: Edge, evidence: Sequence[Evidence]) -> str:
    arrow = "→" if edge.directed else "–"
    said = "".join(
        f"<li>{''.join(f'<q>{_text(each.text)}</q> ' for each in document.sentences)}"
        f"{_identifier(publication(document.document))}{_year(document.year)}</li>"
        for document in evidence
    )
    more = edge.documents - len({each.document for each in evidence})
    if more > 0:
        said += f"<li>{_count(more, 'more document' if evidence else 'document')}</li>"
    return (
        f'<tr><th scope="row">{_text(edge.head.name)}</th>'
        f"<td>{_text(_words(edge.type))} {arrow}</td><td>{_text(edge.tail.name)}</td>"
        f'<td class="n">{edge.probability:.3f}</td><td class="n">{edge.documents:,}</td>'
        f"<td>{years(edge)}</td><td><ul>{said}</ul></td></tr>\n"
    )


def _entity(node: Node, distance: int) -> str:
    return (
        f'<tr><th scope="row">{_text(node.name)}</th><td>{_identifier(node.id)}</td>'
        f'<td>{_text(_words(node.type))}</td><td class="n">{distance}</td>'
        f'<td class="n">{node.documents:,}</td></tr>\n'
    )


def years(edge: Edge) -> str:
    """First and last year of an edge, or nothing."""
    if edge.first_year is None:
        return ""
    same = edge.first_year == edge.last_year
    return str(edge.first_year) if same else f"{edge.first_year}–{edge.last_year}"


def _said(edge: Edge) -> str:
    arrow = "→" if edge.directed else "–"
    return (
        f"{_text(edge.head.name)} {arrow} {_text(edge.tail.name)}: {_text(_words(edge.type))}, "
        f"{edge.probability:.3f}, {_count(edge.documents, 'document')}"
    )


def _identifier(curie: str) -> str:
    page = link(curie)
    shown = f"<code>{_text(curie)}</code>"
    return f'<a href="{escape(page)}" rel="noreferrer">{shown}</a>' if page else shown


def _legend(values: Sequence[str]) -> dict[str, int]:
    """A number for each value, the same whatever their order."""
    return {value: index for index, value in enumerate(sorted(set(values)))}


def _colour(index: int) -> str:
    """The class of things of this colour."""
    return f"k{index % len(_COLOURS)}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _year(year: int | None) -> str:
    return "" if year is None else f", {year}"


def _text(text: str) -> str:
    """A text as text, its direction kept to itself; without characters that no page may hold."""
    legal = "".join(c if c >= " " and not "\ud800" <= c <= "\udfff" else " " for c in text)
    return escape(legal)


_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f27;--quiet:#5b6472;--paper:#fff;--line:#d9dee6;
  --band:#f5f7fa;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--quiet:#a3adbb;--paper:#15181d;
  --line:#333a45;--band:#1c2027;--link:#7db8f2}}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--paper);color:var(--ink);
  font:16px/1.5 system-ui,sans-serif}
h1{margin:0;font-size:1.6rem;overflow-wrap:anywhere;unicode-bidi:isolate}h2{margin:2rem 0 .5rem;
  font-size:1.15rem}
header p,figcaption{color:var(--quiet)}a{color:var(--link)}
figure{margin:1rem 0;border:1px solid var(--line);border-radius:.5rem;padding:1rem}
figure>svg{display:block;width:100%;max-height:85vh}
figcaption ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;padding:0;
  list-style:none}
figcaption p{margin:.25rem 0}figcaption svg{width:1.5em;height:.9em;margin-right:.35em}
text{font-size:13px;fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke;
  stroke-linejoin:round}
text.c{font-weight:700;font-size:15px}.e{fill:none;stroke:var(--k);opacity:.75}.f{fill:var(--k)}.s{stroke:var(--paper);
  stroke-width:1}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);
  overflow-wrap:break-word;unicode-bidi:isolate}
thead th{color:var(--quiet);font-weight:600;white-space:nowrap;overflow-wrap:normal}
  tbody th{font-weight:600;min-width:6rem}
tbody tr:nth-child(even){background:var(--band)}.n{text-align:right;
  font-variant-numeric:tabular-nums}
td ul{margin:0;padding:0;list-style:none;min-width:16rem}td li+li{margin-top:.3rem}
  code{font-size:.85em;color:inherit}
@media print{figure>svg{max-height:none}}
"""
_STYLE += "".join(f".k{i}{{--k:{colour}}}" for i, colour in enumerate(_COLOURS))
_STYLE += "@media (prefers-color-scheme:dark){"
_STYLE += "".join(f".k{i}{{--k:{colour}}}" for i, colour in enumerate(_ON_DARK)) + "}"
