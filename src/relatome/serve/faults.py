"""Every failure in one shape, with the status that HTTP has for it."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from relatome import errors
from relatome.errors import Message, RelatomeError, WorkError
from relatome.serve.answers import Failure, problem

_STATUS: dict[Message, int] = {
    errors.SERVE_HTTP: 400,
    errors.SERVE_KEY: 401,
    errors.SERVE_NOT_FOUND: 404,
    errors.SERVE_NO_GRAPH: 404,
    errors.GRAPH_UNKNOWN: 404,
    errors.ID_UNKNOWN: 404,
    errors.RECORD_EMPTY: 404,
    errors.SERVE_METHOD: 405,
    errors.SERVE_SLOW: 408,
    errors.SERVE_TOO_LARGE: 413,
    errors.SERVE_TOO_MANY: 413,
    errors.SERVE_TOO_LONG: 413,
    errors.SERVE_TYPE: 415,
    errors.SERVE_BUSY: 429,
    errors.SERVE_FAILED: 500,
    errors.MODEL_RUN: 500,
    errors.GRAPH_DAMAGED: 500,
    errors.GRAPH_OUT_OF_MEMORY: 503,
    errors.SERVICE_UNREACHABLE: 502,
    errors.SERVICE_REFUSED: 502,
    errors.SERVICE_ANSWER: 502,
    errors.SERVICE_REDIRECT: 502,
    errors.SERVICE_TOO_LONG: 502,
    errors.SERVICE_BUSY: 502,
    errors.SERVICE_GIVEN_UP: 502,
    errors.RECORD_UNREADABLE: 502,
    errors.NOT_CACHED: 503,
    errors.SERVE_TIMEOUT: 503,
    errors.SERVE_STOPPING: 503,
}
# What is wrong with the request, or a document of it.
_OTHERS = 422


def status_of(error: RelatomeError) -> int:
    """The status of an answer that tells of an error."""
    return _STATUS.get(error.message, _OTHERS)


def failed(error: RelatomeError, **headers: str) -> Response:
    """The answer that tells of an error; `headers` with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if error.message is errors.SERVE_BUSY:
        named["Retry-After"] = str(error.values["seconds"])
    if error.message is errors.SERVE_STOPPING:
        named["Retry-After"] = "5"
    if error.message is errors.SERVE_KEY:
        named["WWW-Authenticate"] = "Bearer"
    return Response(
        msgspec.json.encode(Failure(problem(error))),
        status_of(error),
        named,
        "application/json",
    )


def unexpected(error: BaseException) -> RelatomeError:
    """What is told of an error that nobody foresaw: its kind, and nothing of what was sent."""
    return WorkError(errors.SERVE_FAILED, reason=type(error).__name__)


def origin(error: BaseException) -> str:
    """Where an error arose, for the log, which must not hold what was sent: no message, no text."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
