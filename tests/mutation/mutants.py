"""Small changes to a module, one at a time, each of which some test should notice.

Changed are comparisons, arithmetic, boolean operators, conditions, numbers, truth values, words
(strings without a blank; prose is read by people, not computed with), min and max, any and all,
and statements, which are left out. Docstrings and annotations do nothing and are left alone, and
so is `strict` of `zip`, which asks for what holds already.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NOTHING_COMPUTED = ("annotation", "returns", "type_params", "decorator_list")
_AROUND = 40  # characters shown on either side of a change
_SHOWN = 24  # characters of source that tell where in a function a change is


class Mutant(NamedTuple):
    """A module with one change.

    Attributes:
        where: dotted name of the function or class that is changed, or ``module``.
        name: that and the change, the same wherever in the file it stands.
        line: of the change, from 1.
        tree: the changed module, ready to be compiled.
    """

    where: str
    name: str
    line: int
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    count = len(_changes(ast.parse(source)))
    seen: Counter[str] = Counter()
    for number in range(count):
        tree = ast.parse(source)
        change = _changes(tree)[number]
        before = ast.unparse(change.shown)
        change.apply()
        ast.fix_missing_locations(tree)
        name = f"{change.where}: {difference(before, ast.unparse(change.shown))}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" ({seen[name]})"
        yield Mutant(change.where, name, change.line, tree)


def _alike(one: list[str], other: list[str]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


class _Change(NamedTuple):
    where: str
    line: int
    shown: ast.AST
    apply: Callable[[], None]


def difference(before: str, after: str) -> str:
    """Two pieces of source as one line, what differs in braces, with a little around it."""
    old, new = (re.findall(r"\w+|\s+|.", " ".join(each.split())) for each in (before, after))
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    left, right = "".join(old[:start]), "".join(old[len(old) - end :])
    one, other = ("".join(each[start : len(each) - end]).strip() for each in (old, new))
    left = left if len(left) <= _AROUND else "…" + left[-_AROUND:]
    right = right if len(right) <= _AROUND else right[:_AROUND] + "…"
    return f"{left}{{{one} → {other}}}{right}"


def _changes(tree: ast.Module) -> list[_Change]:
    found: list[_Change] = []
    _visit(tree, "", [], found)
    return found


def _visit(node: ast.AST, where: str, above: list[ast.AST], found: list[_Change]) -> None:
    """Collect the changes of a node and of what is in it.

    Args:
        node: the node.
        where: dotted name of the function or class it is in.
        above: the nodes it is in, the nearest last.
        found: the changes, added to.
    """
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        where = f"{where}.{node.name}".lstrip(".")
    above = [*above, node]
    for apply in _of(node, above):
        line = next(each.lineno for each in reversed(above) if hasattr(each, "lineno"))
        found.append(_Change(where or "module", line, _shown(above), apply))
    for field, value in ast.iter_fields(node):
        if field in _NOTHING_COMPUTED or (field == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_docstring(node, field, index, child):
                continue
            if isinstance(child, ast.stmt) and isinstance(value, list):
                found += _dropped(value, index, where)
            _visit(child, where, above, found)


def _is_docstring(node: ast.AST, field: str, index: int, child: ast.AST) -> bool:
    return (
        field == "body"
        and isinstance(child, ast.Expr)
        and isinstance(child.value, ast.Constant)
        and isinstance(child.value.value, str)
    )


def _shown(above: list[ast.AST]) -> ast.AST:
    """The smallest node around a change that tells where it is, within its statement."""
    for node in reversed(above):
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            return node
        if isinstance(node, ast.expr) and len(ast.unparse(node)) >= _SHOWN:
            return node
    return above[-1]


def _dropped(body: list[ast.stmt], index: int, where: str) -> list[_Change]:
    """The change that leaves a statement out."""
    statement = body[index]
    if isinstance(statement, ast.Return):
        if statement.value is None or ast.unparse(statement.value) == "None":
            return []
        replacement: ast.stmt = ast.Return(ast.Constant(None))
    elif isinstance(
        statement,
        ast.Expr | ast.AugAssign | ast.Assign | ast.Raise | ast.Continue | ast.Break,
    ):
        replacement = ast.Pass()
    else:
        return []
    ast.copy_location(replacement, statement)
    holder = ast.Module([statement], [])

    def apply() -> None:
        body[index] = holder.body[0] = replacement

    return [_Change(where or "module", statement.lineno, holder, apply)]


def _of(node: ast.AST, above: list[ast.AST]) -> Iterator[Callable[[], None]]:
    """The changes of one node alone."""
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                for other in _COMPARISONS[type(operator)]:
                    yield lambda index=index, other=other: _set_item(node.ops, index, other())
        case ast.BinOp() | ast.AugAssign():
            other_operator = _OPERATORS[type(node.op)]
            yield lambda: setattr(node, "op", other_operator())
        case ast.BoolOp():
            other_bool = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield lambda: setattr(node, "op", other_bool())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            if isinstance(node.op, ast.USub):
                yield lambda: setattr(node, "op", ast.UAdd())
            else:
                yield lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        case ast.If() | ast.IfExp() | ast.While():
            if not isinstance(node.test, ast.Compare | ast.UnaryOp) and "TYPE_CHECKING" not in (
                ast.unparse(node.test)
            ):
                yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension():
            for index, test in enumerate(node.ifs):
                if not isinstance(test, ast.Compare | ast.UnaryOp):
                    yield lambda index=index, test=test: _set_item(
                        node.ifs, index, ast.UnaryOp(ast.Not(), test)
                    )
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield lambda: setattr(node.func, "id", _CALLS[name])
        case ast.Constant() if not _is_strict(above):
            for value in _others(node.value):
                yield lambda value=value: setattr(node, "value", value)


def _is_strict(above: list[ast.AST]) -> bool:
    parent = above[-2]
    return isinstance(parent, ast.keyword) and parent.arg == "strict"


def _others(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1)
    if isinstance(value, float):
        return (value + 1, value - 1)
    if isinstance(value, str) and value and not any(each.isspace() for each in value):
        return (value + "X",)
    return ()


def _set_item(items: list, index: int, value: object) -> None:  # type: ignore[type-arg]
    items[index] = value
