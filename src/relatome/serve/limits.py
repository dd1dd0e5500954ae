"""What one request may ask for."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds that keep memory and waiting within reason, whatever clients send.

    Attributes:
        body: bytes of a request.
        bodies: bytes of all requests that are being read or worked on.
        body_seconds: for a whole body to arrive.
        pause_seconds: without a byte of it.
        documents: of a request.
        characters: of a document, and of its mentions together.
        mentions: of a document that brings them along.
        entities: of those mentions within one part of a document; their pairs grow as the square.
        ids: of a request for articles.
        queue: documents that wait, of all requests.
        fetches: requests for articles at a time.
        seconds: until a request is answered.
    """

    body: int = 10 * MIB
    bodies: int = 200 * MIB
    body_seconds: float = 60.0
    pause_seconds: float = 10.0
    documents: int = 200
    characters: int = 500_000
    mentions: int = 10_000
    entities: int = 250
    ids: int = 100
    queue: int = 500
    fetches: int = 4
    seconds: float = 120.0
