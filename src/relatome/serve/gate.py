"""What every request passes: its size and speed, its key, the headers of its answer, the counts.

A middleware of ASGI. What comes after it has the whole body at hand, within bounds.
"""

from __future__ import annotations

import asyncio
import time
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relatome.errors import (
    SERVE_BUSY,
    SERVE_SLOW,
    SERVE_TOO_LARGE,
    SERVE_TYPE,
    RelatomeError,
    UsageError,
    WorkError,
)
from relatome.serve import log
from relatome.serve.faults import failed, unexpected
from relatome.serve.keys import Keys
from relatome.serve.limits import MIB, Limits
from relatome.serve.metrics import Metrics

# Everything of documents is data: no script but the page's own files, nothing from elsewhere.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_GUARDED = ("/v1/", "/metrics")

# A client that sends too much hears so only if it is listened to for a while.
_MOST_DISCARDED = 64 * MIB
_DISCARD_SECONDS = 5.0


class Gate:
    """Bounds, counts and logs requests to an application.

    Attributes:
        accepted: requests taken in.
        open: requests that have no whole answer yet.
        stopping: whether connections are to be closed after their answer.
    """

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics, keys: Keys | None) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._keys = keys
        self._held = 0  # bytes of bodies
        self.accepted = 0
        self.open = 0
        self.stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.accepted += 1
        self.open += 1
        try:
            await _Passage(self, scope, receive, send).through()
        finally:
            self.open -= 1


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate = gate
        self._limits = gate._limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = Headers(scope=scope)
        self._status = 0
        self._sent = 0
        self._held = 0
        self._whole = False  # whether all of the body has come

    async def through(self) -> None:
        started = time.perf_counter()
        try:
            await self._answer()
        except ClientDisconnect:
            pass  # nobody is there to hear of it
        except Exception as error:
            log.failure("failed", error, path=self._scope["path"])
            if not self._status:
                await failed(unexpected(error))(self._scope, self._receive, self._answered)
        finally:
            self._gate._held -= self._held
            self._tell(time.perf_counter() - started)

    async def _answer(self) -> None:
        try:
            if self._gate._keys is not None and self._scope["path"].startswith(_GUARDED):
                self._gate._keys.require(self._headers)
            body = await self._body()
        except RelatomeError as error:
            if error.message is not SERVE_SLOW:
                await self._discard()
            await failed(error, Connection="close")(self._scope, self._receive, self._answered)
            return
        await self._gate._app(self._scope, self._replayed(body), self._answered)

    def _replayed(self, body: bytes) -> Receive:
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else await self._receive()

        return receive

    async def _answered(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self._gate.stopping:
                headers["Connection"] = "close"
        else:
            self._sent += len(message.get("body", b""))
        await self._send(message)

    # --------------------------------------------------------------------------------- the body

    async def _body(self) -> bytes:
        """The whole body.

        Raises:
            UsageError: if it is too large, compressed, or slow.
            WorkError: if the service holds too much already.
            ClientDisconnect: if it ends in the middle.
        """
        declared = self._headers.get("content-length", "0")
        if int(declared) > self._limits.body:  # the server has seen to it that it is a number
            raise self._too_large()
        if self._headers.get("content-encoding", "identity").lower() != "identity":
            raise UsageError(SERVE_TYPE, type=f"encoding {self._headers['content-encoding']!r}")
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._collected()
        except TimeoutError:
            limits = self._limits
            raise UsageError(
                SERVE_SLOW, seconds=limits.body_seconds, pause=limits.pause_seconds
            ) from None

    async def _collected(self) -> bytes:
        pieces: list[bytes] = []
        while True:
            piece = await asyncio.wait_for(self._piece(), self._limits.pause_seconds)
            self._held += len(piece)
            self._gate._held += len(piece)
            pieces.append(piece)
            if self._held > self._limits.body:
                pieces.clear()
                raise self._too_large()
            if self._gate._held > self._limits.bodies:
                pieces.clear()
                raise WorkError(SERVE_BUSY, what="large requests", seconds=10)
            if self._whole:
                return b"".join(pieces)

    async def _piece(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self._whole = not message.get("more_body", False)
        return cast(bytes, message.get("body", b""))

    async def _discard(self) -> None:
        """Take the rest of a body and forget it: who still sends does not read the answer."""
        left = _MOST_DISCARDED
        try:
            async with asyncio.timeout(_DISCARD_SECONDS):
                while left > 0 and not self._whole:
                    left -= len(await self._piece())
        except TimeoutError:
            return

    def _too_large(self) -> UsageError:
        return UsageError(SERVE_TOO_LARGE, limit=f"{self._limits.body / MIB:g} MiB")

    # ------------------------------------------------------------------------------- what is told

    def _tell(self, seconds: float) -> None:
        scope = self._scope
        route = getattr(scope.get("route"), "path", "none")
        known = scope["method"] if scope["method"] in ("GET", "POST", "OPTIONS") else "other"
        self._gate._metrics.request(route, known, self._status, seconds)
        log.event(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=self._status,
            ms=round(1000 * seconds),
            received=self._held,
            sent=self._sent,
        )
