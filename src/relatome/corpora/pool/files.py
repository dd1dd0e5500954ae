"""A pool's schema and description as TOML files that `relatome.corpora.own` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from relatome.corpora.pool.source import Pool
from relatome.data import Schema


def write_schema(schema: Schema, path: Path) -> None:
    """Write a schema as `relatome.corpora.find_schema` reads it."""
    plain = msgspec.to_builtins(schema)
    tables = {"entity_types", "pairs", "negatives"}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items() if key not in tables]
    lines += ["", "[entity_types]"]
    lines += [f"{_key(name)} = {_value(names)}" for name, names in plain["entity_types"].items()]
    for table in ("pairs", "negatives"):
        for row in plain[table]:
            lines += ["", f"[[{table}]]", *(f"{key} = {_value(v)}" for key, v in row.items())]
    _write(lines, path)


def write_description(
    pool: Pool, roles: Mapping[str, str], files: Mapping[str, Sequence[str]], path: Path
) -> None:
    """Write the description of a corpus.

    Args:
        pool: for its name and title.
        roles: what each split may be used for.
        files: the files of each split.
        path: where to.
    """
    lines = [
        f"name = {_value(pool.name)}",
        f"title = {_value(pool.title)}",
        'schema = "schema.toml"',
    ]
    for split, names in files.items():
        lines += ["", f"[splits.{_key(split)}]", f"role = {_value(roles[split])}"]
        lines += [f"files = {_value(names)}"]
    _write(lines, path)


def _write(lines: Iterable[str], path: Path) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _value(value: object) -> str:
    """A string, truth value or list of strings; JSON writes these as TOML does."""
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    """A key, in quotes where TOML asks for them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)
