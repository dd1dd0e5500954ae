"""The files of the page, and the examples it offers: read once, known by name."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from relatome.formats.text import text_document

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
INDEX = "index.html"


class PageFile(NamedTuple):
    """A file of the page."""

    content: bytes
    media_type: str
    etag: str


class Example(msgspec.Struct, frozen=True):
    """A text to try the service with; written for relatome."""

    id: str
    title: str
    text: str


def page_folder() -> Path:
    """Where the page's files are."""
    return _folder("page")


def page_files(folder: Path) -> dict[str, PageFile]:
    """The files of the page by their path in the folder; those of other types are not served."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _TYPES:
            content = path.read_bytes()
            etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
            name = path.relative_to(folder).as_posix()
            found[name] = PageFile(content, _TYPES[path.suffix], etag)
    return found


def examples() -> list[Example]:
    """The example texts, in the order of their names."""
    found = []
    for path in sorted(_folder("examples").glob("*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        title = text_document(text).passages[0].text
        found.append(Example(path.stem, title, text))
    return found


def _folder(name: str) -> Path:
    return Path(str(resources.files("relatome.serve"))) / name
