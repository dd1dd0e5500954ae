"""Fetch a corpus from its official address: bounded, resumed, verified, unpacked.

The standard library is enough here: what matters are `Range`, `Retry-After` and the bound on
size, which the usual download helpers do not offer together.
"""

from __future__ import annotations

import email.utils
import hashlib
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, Protocol

import filelock

from relatome import __version__
from relatome.corpora.corpus import Corpus, Download
from relatome.corpora.places import user_directory
from relatome.corpora.unpack import unpack
from relatome.errors import (
    CANNOT_WRITE,
    DOWNLOAD_CHANGED,
    DOWNLOAD_FAILED,
    DOWNLOAD_REFUSED,
    NO_DOWNLOAD,
    Message,
    Place,
    UsageError,
    WorkError,
)

_CHUNK = 1 << 16
_TIMEOUT = 30.0  # seconds without a byte
_ATTEMPTS = 4  # in a row without a new byte
_LONGEST_WAIT = 120.0  # seconds; a server may ask for more than anybody waits


class Watcher(Protocol):
    """What happens during a download, for whoever shows it."""

    def progress(self, done: int, total: int) -> None:
        """`done` of `total` bytes are on disk."""

    def waiting(self, seconds: float, reason: str) -> None:
        """The next attempt begins in `seconds`, because of `reason`."""


class _Silent:
    def progress(self, done: int, total: int) -> None: ...

    def waiting(self, seconds: float, reason: str) -> None: ...


def fetch(
    entry: Corpus,
    directory: Path | None = None,
    *,
    watcher: Watcher | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download what is missing of a corpus, verify and unpack it.

    A download that was cut off goes on where it stopped, also in a later call. The caller has
    made sure that the user accepts the licence.

    Args:
        entry: the corpus.
        directory: the directory in which the corpus's folder is made; by default the user's data
            folder.
        watcher: told of progress and of waiting.
        sleep: how to wait, in seconds.

    Returns:
        The folder of the corpus.

    Raises:
        UsageError: if the registry knows no address with a checksum for it.
        WorkError: if the server cannot be reached or refuses, if what it sends is not what was
            published, or if it cannot be written.
    """
    folder = (directory if directory is not None else user_directory()) / entry.folders[0]
    if not entry.downloads:
        files = ", ".join(file.path for split in entry.splits for file in split.files)
        raise UsageError(
            NO_DOWNLOAD, name=entry.name, homepage=entry.homepage, files=files, folder=folder
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock"):
            for wanted in entry.downloads:
                target = folder / wanted.name
                if not (target.is_file() and _sha256(target) == wanted.sha256):
                    _Transfer(wanted, target, watcher or _Silent(), sleep).run()
                if target.suffix == ".zip":
                    unpack(target, folder)
    except OSError as error:  # network errors were turned into WorkError where they happened
        raise WorkError(CANNOT_WRITE, path=folder, reason=error.strerror or error) from error
    return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _InterruptedError(Exception):
    """The transfer stopped for a reason that may pass; `wait` is what the server asks for."""

    def __init__(self, reason: object, wait: float | None = None) -> None:
        super().__init__(str(reason))
        self.wait = wait


class _Transfer:
    """One file on its way to disk; the bytes so far lie beside the target as ``.NAME.part``."""

    def __init__(
        self, wanted: Download, target: Path, watcher: Watcher, sleep: Callable[[float], None]
    ) -> None:
        self.wanted = wanted
        self.target = target
        self.part = target.with_name(f".{target.name}.part")
        self.watcher = watcher
        self.sleep = sleep

    def run(self) -> None:
        if self._have() > self.wanted.bytes:
            self.part.unlink()
        resumed = self._have() > 0
        failures = 0
        while True:
            before = self._have()
            try:
                if before < self.wanted.bytes:
                    self._request(before)
            except _InterruptedError as interruption:
                failures = 1 if self._have() > before else failures + 1
                if failures >= _ATTEMPTS:
                    raise self._error(DOWNLOAD_FAILED, reason=interruption) from interruption
                wait = min(interruption.wait or 2.0 ** (failures - 1), _LONGEST_WAIT)
                self.watcher.waiting(wait, str(interruption))
                self.sleep(wait)
                continue
            found = _sha256(self.part)
            if found == self.wanted.sha256:
                self.part.replace(self.target)
                return
            self.part.unlink()
            if not resumed:
                raise self._error(DOWNLOAD_CHANGED, found=f"SHA-256 {found}")
            resumed = False  # the old part may have been of another file: once more, from the start

    def _have(self) -> int:
        try:
            return self.part.stat().st_size
        except FileNotFoundError:
            return 0

    def _request(self, start: int) -> None:
        """Ask for the bytes from `start` on and append them to the part."""
        request = urllib.request.Request(
            self.wanted.url,
            headers={
                "User-Agent": f"relatome/{__version__}",
                # The checksum is of the stored bytes, not of a transfer encoding.
                "Accept-Encoding": "identity",
            },
        )
        if start:
            request.add_header("Range", f"bytes={start}-")
        try:
            response = _opener().open(request, timeout=_TIMEOUT)
        except urllib.error.HTTPError as error:
            self._refused(error)
            return
        except (OSError, http.client.HTTPException) as error:
            raise _InterruptedError(_reason(error)) from error
        with response:
            goes_on = response.status == http.client.PARTIAL_CONTENT and response.headers.get(
                "Content-Range", ""
            ).startswith(f"bytes {start}-")
            if not goes_on:
                start = 0
            self._require_size(response.headers.get("Content-Length"), start)
            with self.part.open("ab" if goes_on else "wb") as part:
                self._copy(response, part, start)

    def _copy(self, response: http.client.HTTPResponse, part: BinaryIO, done: int) -> None:
        total = self.wanted.bytes
        while True:
            try:
                chunk = response.read(_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                raise _InterruptedError(_reason(error)) from error
            if not chunk:
                break
            done += len(chunk)
            if done > total:
                part.close()
                self.part.unlink()
                raise self._error(DOWNLOAD_CHANGED, found=f"more than {total:,} bytes")
            part.write(chunk)
            self.watcher.progress(done, total)
        if done < total:
            raise _InterruptedError(f"the connection closed after {done:,} of {total:,} bytes")

    def _require_size(self, length: str | None, start: int) -> None:
        if length is not None and length.isdigit() and int(length) + start != self.wanted.bytes:
            raise self._error(DOWNLOAD_CHANGED, found=f"{int(length) + start:,} bytes")

    def _refused(self, error: urllib.error.HTTPError) -> None:
        status = f"{error.code} {error.reason}"
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and self._have():
            self.part.unlink()
            raise _InterruptedError(status)
        if error.code == http.client.TOO_MANY_REQUESTS or error.code >= 500:
            raise _InterruptedError(status, _retry_after(error.headers.get("Retry-After")))
        raise self._error(DOWNLOAD_REFUSED, status=status)

    def _error(self, message: Message, **values: object) -> WorkError:
        return WorkError(message, at=Place(self.wanted.url), folder=self.target.parent, **values)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to anything weaker."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urllib.parse.urlsplit(newurl).scheme not in {"https", req.type}:
            msg = f"redirect to {newurl}"
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    # Built by hand: the default opener also answers file:, ftp: and data:.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def _reason(error: Exception) -> object:
    inner = getattr(error, "reason", error)
    return getattr(inner, "strerror", None) or inner


def _retry_after(value: str | None) -> float | None:
    """Seconds a server asks us to wait: a number, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
