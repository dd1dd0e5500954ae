"""Running the service, and stopping it without leaving a request unanswered."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import h11
import msgspec
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from relatome.errors import SERVE_ADDRESS, SERVE_HTTP, UsageError
from relatome.serve import log
from relatome.serve.answers import Failure, problem

# A request on its way when the service is told to stop is still taken, for so many seconds.
_LAST_CALL = 0.25
# What remains to be done when the time of the last request is over.
_TO_SPARE = 5.0
# Seconds that an idle connection is kept, longer than proxies do, who must be the ones to close it.
_KEEP_ALIVE = 75
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Protocol(H11Protocol):
    """HTTP/1.1, whose one answer that is not the application's has the shape of all others."""

    def send_400_response(self, msg: str) -> None:
        content = msgspec.json.encode(Failure(problem(UsageError(SERVE_HTTP))))
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=content),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """Stops in three steps: no new connections, a last call on open ones, the answers."""

    def __init__(self, app: FastAPI, ready: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._ready = ready
        seconds = app.state.service.limits.seconds + _TO_SPARE
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=seconds,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was accepted, then end."""
        gate = self._app.state.gate
        gate.stopping = True
        log.event("stopping", open=gate.open, waiting=self._app.state.service.workers.waiting)
        for server in self.servers:
            server.close()
        await asyncio.sleep(_LAST_CALL)
        await super().shutdown(sockets)
        log.event("stopped", accepted=gate.accepted, unanswered=gate.open)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM and SIGINT, and do not die of them afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a port in use is known before the models are loaded.

    Raises:
        UsageError: if the address cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(SERVE_ADDRESS, host=host, port=port, reason=reason) from None
    return listening


def address(listening: socket.socket) -> str:
    """The address of a socket, as a browser takes it."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
