"""One HTTP client for all services: slow enough, patient, and not to be led astray."""

from __future__ import annotations

import email.utils
import functools
import hashlib
import logging
import os
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from relatome import __version__
from relatome.errors import (
    SERVICE_ANSWER,
    SERVICE_BUSY,
    SERVICE_REDIRECT,
    SERVICE_REFUSED,
    SERVICE_TOO_LONG,
    SERVICE_UNREACHABLE,
    SERVICE_URL,
    Message,
    Place,
    UsageError,
    WorkError,
)

if TYPE_CHECKING:
    import httpx2
    import pyrate_limiter

T = TypeVar("T")

REQUESTS_PER_SECOND = 3  # NCBI's limit for PubTator3, and for E-utilities without a key
MAX_ANSWER_BYTES = 64 * 1024 * 1024

_ATTEMPTS = 5
_FIRST_WAIT = 0.5  # seconds; doubled each time
_LONGEST_BACKOFF = 10.0
_LONGEST_WAIT = 120.0  # seconds; a service may ask for more than anybody waits
_TIMEOUT = 30.0  # seconds without a byte
_TIMEOUTS_IN_ALL = 10  # a whole answer may take this many times longer
_MOST_REDIRECTS = 5
_PASSING = frozenset((408, 429, 500, 502, 503, 504))


@dataclass(frozen=True)
class Service:
    """A service: its name, its address, and the environment variable that names another one."""

    name: str
    address: str
    variable: str

    def url(self) -> str:
        """The address to ask."""
        return os.environ.get(self.variable) or self.address


class _PassingError(Exception):
    """A failure that may pass; `wait` is the time the service asks for, in seconds."""

    def __init__(self, final: WorkError, wait: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.wait = wait


class Client:
    """Asks one service, at most three times a second together with all other clients.

    Connections that fail, answers that are cut, unreadable or say "too many" or "error" are asked
    for again, five times in all, and after the time the service asks for if it does
    (``Retry-After``). Redirects are followed on the same server only.
    """

    def __init__(
        self,
        service: Service,
        url: str | None = None,
        *,
        timeout: float = _TIMEOUT,
        limiter: pyrate_limiter.Limiter | None = None,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            service: the service.
            url: its address, if not `Service.url`.
            timeout: seconds to wait for a byte.
            limiter: what keeps the rate; by default one that all clients share.
            on_wait: told of a wait that the service asks for: seconds, and why.

        Raises:
            UsageError: if the address is none.
        """
        self.service = service
        self.url = (url if url is not None else service.url()).rstrip("/")
        self._timeout = timeout
        self._limiter = limiter
        self._on_wait = on_wait
        self._opened: httpx2.Client | None = None
        if not _is_address(self.url):
            raise self._no_address()

    @property
    def key(self) -> str:
        """What tells the records of this address from those of another one."""
        if self.url == self.service.address:
            return ""
        return hashlib.sha256(self.url.encode()).hexdigest()[:8]

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def get(
        self,
        path: str,
        parameters: Mapping[str, str],
        read: Callable[[bytes], T],
        *,
        unknown: bytes,
    ) -> T | None:
        """Ask, and read the answer.

        Args:
            path: below the address.
            parameters: what is asked.
            read: the meaning of a body; a ValueError says that it is not what it should be, and
                is asked for again.
            unknown: what the body of a refusal (status 400) says if none of the ids is known.

        Returns:
            What `read` returns; None where nothing that was asked for is known.

        Raises:
            WorkError: if the service cannot be reached, refuses, or sends no usable answer.
        """
        import stamina

        # Without a handler Python prints the library's own notes of every retry.
        logging.getLogger("stamina").addHandler(logging.NullHandler())
        url = f"{self.url}/{path}"
        try:
            for attempt in stamina.retry_context(
                on=self._again,
                attempts=_ATTEMPTS,
                timeout=None,
                wait_initial=_FIRST_WAIT,
                wait_max=_LONGEST_BACKOFF,
            ):
                with attempt:
                    return self._ask(url, parameters, read, unknown)
        except _PassingError as error:
            raise error.final from None
        raise AssertionError("the last attempt returns or raises")

    def _again(self, error: Exception) -> bool | float:
        """Whether to ask again after `error`, or after how many seconds."""
        if not isinstance(error, _PassingError):
            return False
        if error.wait is None:
            return True
        if self._on_wait is not None:
            self._on_wait(error.wait, error.final.what)
        return error.wait

    def _ask(
        self,
        url: str,
        parameters: Mapping[str, str],
        read: Callable[[bytes], T],
        unknown: bytes,
    ) -> T | None:
        request = self._request(url, parameters)
        for _ in range(_MOST_REDIRECTS):
            response, body = self._send(request, url)
            if response.next_request is None:
                break
            target = response.next_request.url
            if _origin(target) != _origin(request.url):
                raise self._error(
                    SERVICE_REDIRECT, url, target=target.host, variable=self.service.variable
                )
            request = response.next_request
        status = f"{response.status_code} {response.reason_phrase}".strip()
        if response.status_code == 200:
            try:
                return read(body)
            except ValueError as error:
                raise _PassingError(self._error(SERVICE_ANSWER, url, reason=error)) from error
        if response.status_code == 400 and unknown in body:
            return None
        refused = self._error(SERVICE_REFUSED, url, status=status)
        if response.status_code not in _PASSING:
            raise refused
        wait = retry_after(response.headers.get("Retry-After"))
        if wait is not None and wait > _LONGEST_WAIT:
            raise self._error(SERVICE_BUSY, url, seconds=f"{wait:,.0f}")
        raise _PassingError(refused, wait)

    def _request(self, url: str, parameters: Mapping[str, str]) -> httpx2.Request:
        import httpx2

        try:
            return self._http().build_request("GET", url, params=dict(parameters))
        except httpx2.InvalidURL:
            raise self._no_address() from None

    def _send(self, request: httpx2.Request, url: str) -> tuple[httpx2.Response, bytes]:
        """The response, closed, and its body, within the limits of rate, time and size."""
        import httpx2

        limiter = self._limiter if self._limiter is not None else _shared_limiter()
        limiter.try_acquire("requests")
        deadline = time.monotonic() + _TIMEOUTS_IN_ALL * self._timeout
        body = bytearray()
        try:
            response = self._http().send(request, stream=True)
            try:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        limit = f"{MAX_ANSWER_BYTES // 1024**2} MiB"
                        raise self._error(SERVICE_TOO_LONG, url, limit=limit)
                    if time.monotonic() > deadline:
                        raise httpx2.ReadTimeout("it sends too slowly", request=request)
            finally:
                response.close()
        except UnicodeError:  # a host name that cannot be looked up
            raise self._no_address() from None
        except httpx2.TimeoutException as error:
            reason = str(error) or "it does not answer"
            raise _PassingError(self._error(SERVICE_UNREACHABLE, url, reason=reason)) from error
        except httpx2.RequestError as error:
            reason = str(error) or type(error).__name__
            raise _PassingError(self._error(SERVICE_UNREACHABLE, url, reason=reason)) from error
        return response, bytes(body)

    def _http(self) -> httpx2.Client:
        if self._opened is None:
            import httpx2

            self._opened = httpx2.Client(
                headers={"User-Agent": f"relatome/{__version__}"},
                timeout=self._timeout,
                follow_redirects=False,
            )
        return self._opened

    def _no_address(self) -> UsageError:
        return UsageError(SERVICE_URL, url=self.url, variable=self.service.variable)

    def _error(self, message: Message, url: str, **values: object) -> WorkError:
        # Never the whole request: its parameters may hold a key.
        return WorkError(message, at=Place(url), service=self.service.name, **values)


@functools.cache
def _shared_limiter() -> pyrate_limiter.Limiter:
    from pyrate_limiter import Duration, Limiter, Rate

    return Limiter(Rate(REQUESTS_PER_SECOND, Duration.SECOND))


def retry_after(value: str | None) -> float | None:
    """Seconds a service asks us to wait: a number, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _is_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
