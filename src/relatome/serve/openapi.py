"""The description of the service, and the same as a page without scripts."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from relatome import __version__
from relatome.serve.answers import MEDIA_TYPES, Answer, Failure
from relatome.serve.bodies import Articles, Convert, Extract
from relatome.serve.schema import Examples, Models, SchemaAnswer

JSON = "application/json"
TEXT = "text/plain"

_REFERENCE = "#/components/schemas/{name}"
_STRUCTS = (Extract, Articles, Convert, Answer, Failure, Models, SchemaAnswer, Examples)
_ONE_OF = ("text", "documents", "content")


def reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    """A reference to the schema of a struct."""
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def body(kind: type[msgspec.Struct], **others: dict[str, Any]) -> dict[str, Any]:
    """What a route says of its body; `others` are media types of the group ``text``."""
    content = {JSON: {"schema": reference(kind)}}
    content |= {f"text/{name}": {"schema": schema} for name, schema in others.items()}
    return {"requestBody": {"required": True, "content": content}}


def answers(*, files: bool = False, **kinds: Any) -> dict[int | str, dict[str, Any]]:
    """What a route says of its answers.

    Args:
        files: whether documents may come in a format.
        kinds: ``json``, a struct, of an answer in JSON; ``media``, a type, of any other.
    """
    content: dict[str, Any] = {}
    if "json" in kinds:
        content[JSON] = {"schema": reference(kinds["json"])}
    if "media" in kinds:
        kind = "object" if kinds["media"] == JSON else "string"
        content[kinds["media"]] = {"schema": {"type": kind}}
    if files:
        for media in MEDIA_TYPES.values():
            content.setdefault(media, {"schema": {} if media == JSON else {"type": "string"}})
        if JSON in content and "json" in kinds:
            # Of BioC JSON, which has a schema of its own.
            content[JSON] = {"schema": {"anyOf": [reference(kinds["json"]), {"type": "object"}]}}
    failure = {"content": {JSON: {"schema": reference(Failure)}}}
    return {
        200: {"description": "The answer.", "content": content},
        "4XX": {"description": "The request cannot be answered; why, and what to do.", **failure},
        "5XX": {"description": "The service, or one it asks, has failed.", **failure},
    }


def description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI's description of the service."""
    if app.openapi_schema is None:
        _, components = msgspec.json.schema_components(_STRUCTS, ref_template=_REFERENCE)
        components["Extract"]["oneOf"] = [{"required": [name]} for name in _ONE_OF]
        found = get_openapi(
            title="relatome",
            version=__version__,
            description="Typed, scored, novelty-labelled relations between identified entities, "
            "from biomedical text.",
            routes=app.routes,
        )
        found.setdefault("components", {})["schemas"] = components
        app.openapi_schema = found
    return app.openapi_schema


def listing(app: FastAPI) -> str:
    """The routes and their parameters as HTML."""
    rows = []
    for path, methods in description(app)["paths"].items():
        for method, route in methods.items():
            parameters = [each["name"] for each in route.get("parameters", ())]
            query = f"?{'&'.join(f'{name}=' for name in parameters)}" if parameters else ""
            rows.append(
                f"<dt><code>{method.upper()} {escape(path + query)}</code></dt>"
                f"<dd>{escape(route.get('description') or route['summary'])}</dd>"
            )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>relatome: API</title></head>'
        f"<body><h1>relatome {escape(__version__)}: API</h1><dl>{''.join(rows)}</dl>"
        '<p>Bodies and answers: <a href="/openapi.json">openapi.json</a></p></body></html>'
    )
