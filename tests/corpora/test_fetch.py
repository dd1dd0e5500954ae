"""Fetching, against a server of our own on 127.0.0.1."""

from __future__ import annotations

import email.utils
import http.client
import http.server
import io
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import msgspec
import pytest

from relatome.corpora import Corpus, load
from relatome.corpora.corpus import Download
from relatome.corpora.fetch import _Redirects, fetch
from relatome.errors import UsageError, WorkError

from .conftest import sha256, zipped

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(http.server.ThreadingHTTPServer):
    """Gives the answers of `script` in turn, the last one again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Answer] = []
        self.requests: list[dict[str, str]] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests.append({"path": self.path, **dict(self.headers.items())})
        script = self.server.script
        answer = script.pop(0) if len(script) > 1 else script[0]
        answer(self)

    def log_message(self, *_: object) -> None:
        pass


def send(content: bytes, *, claim: int | None = None) -> Answer:
    """The whole file; `claim` is the length announced, if it is not the true one."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content) if claim is None else claim))
        request.end_headers()
        request.wfile.write(content)

    return answer


def endless(request: BaseHTTPRequestHandler) -> None:
    """No length, no end."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b"0" * 65_536)
    except OSError:
        pass


def send_rest(content: bytes) -> Answer:
    """The part of the file that the request asks for."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        request.wfile.write(content[start:])

    return answer


def status(code: int, **headers: str) -> Answer:
    """An empty answer with a status."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def served(tiny: Corpus, server: Server) -> Corpus:
    """The tiny corpus, to be had from the server."""
    (download,) = tiny.downloads
    moved = msgspec.structs.replace(download, url=server.url("TINY.zip"))
    return msgspec.structs.replace(tiny, downloads=(moved,))


class Watching:
    """Remembers what a download reports, and waits no time at all."""

    def __init__(self) -> None:
        self.done: list[tuple[int, int]] = []
        self.reasons: list[str] = []
        self.waits: list[float] = []

    def progress(self, done: int, total: int) -> None:
        self.done.append((done, total))

    def waiting(self, seconds: float, reason: str) -> None:
        self.reasons.append(reason)

    def fetch(self, entry: Corpus, directory: Path) -> Path:
        return fetch(entry, directory, watcher=self, sleep=self.waits.append)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock"}


def test_good_bytes_are_stored_unpacked_and_readable(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [send(archive)]
    watching = Watching()
    folder = watching.fetch(served, tmp_path)
    assert folder == tmp_path / "tiny"
    assert names(folder) == {"TINY.zip", "Tiny"}
    assert names(folder / "Tiny") == {"Train.PubTator", "Test.PubTator"}
    assert watching.done[-1] == (len(archive), len(archive))
    assert server.requests[0]["User-Agent"].startswith("relatome/")
    assert len(load("tiny", "train", tmp_path).documents) == 1


def test_what_is_there_is_not_fetched_again(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [send(archive)]
    fetch(served, tmp_path)
    fetch(served, tmp_path)
    assert len(server.requests) == 1


def test_the_default_place_is_the_users_data_folder(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [send(archive)]
    assert fetch(served) == tmp_path / "data/relatome/corpora/tiny"
    assert len(load("tiny", "test").documents) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda content: bytes(len(content)),  # the right length
        lambda content: content + b"0",
        lambda content: content[:-1],
        lambda content: b"",
    ],
)
def test_wrong_bytes_are_not_stored(
    served: Corpus,
    server: Server,
    archive: bytes,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
) -> None:
    server.script = [send(change(archive))]
    with pytest.raises(WorkError, match=r"R810.*is not the one that was published"):
        Watching().fetch(served, tmp_path)
    assert names(tmp_path / "tiny") == set()


def test_an_endless_answer_is_cut_off(served: Corpus, server: Server, tmp_path: Path) -> None:
    server.script = [endless]
    with pytest.raises(WorkError, match=r"R810.*more than \d+ bytes"):
        Watching().fetch(served, tmp_path)
    assert names(tmp_path / "tiny") == set()


def test_half_a_file_goes_on_where_it_stopped(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    half = len(archive) // 2
    server.script = [send(archive[:half], claim=len(archive)), send_rest(archive)]
    watching = Watching()
    watching.fetch(served, tmp_path)
    assert [request.get("Range") for request in server.requests] == [None, f"bytes={half}-"]
    assert watching.waits == [1.0]
    assert "closed after" in watching.reasons[0]


def test_a_later_call_goes_on_too(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [send(archive[:100], claim=len(archive)), status(503)]
    with pytest.raises(WorkError, match=r"R808.*what has arrived is kept"):
        Watching().fetch(served, tmp_path)
    assert names(tmp_path / "tiny") == {".TINY.zip.part"}
    server.script = [send_rest(archive)]
    Watching().fetch(served, tmp_path)
    assert server.requests[-1]["Range"] == "bytes=100-"
    assert names(tmp_path / "tiny") == {"TINY.zip", "Tiny"}


def test_a_server_without_ranges_is_read_from_the_start(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [send(archive[:100], claim=len(archive)), send(archive)]
    Watching().fetch(served, tmp_path)
    assert (tmp_path / "tiny/TINY.zip").read_bytes() == archive


@pytest.mark.parametrize("stale", [b"other" * 20, b"x" * 100_000])
def test_a_stale_part_is_thrown_away(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path, stale: bytes
) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/.TINY.zip.part").write_bytes(stale)
    server.script = [send_rest(archive) if len(stale) < len(archive) else send(archive)]
    if len(stale) < len(archive):
        server.script.append(send(archive))
    Watching().fetch(served, tmp_path)
    assert (tmp_path / "tiny/TINY.zip").read_bytes() == archive


def test_a_refused_range_starts_over(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/.TINY.zip.part").write_bytes(archive[:50])
    server.script = [status(416), send(archive)]
    Watching().fetch(served, tmp_path)
    assert "Range" not in server.requests[1]


def test_too_many_requests_waits_as_long_as_asked(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    date = email.utils.formatdate(time.time() + 60, usegmt=True)
    server.script = [
        status(429, Retry_After="7"),
        status(503, Retry_After=date),
        status(429, Retry_After="soon"),
        send(archive),
    ]
    watching = Watching()
    watching.fetch(served, tmp_path)
    assert watching.waits[0] == 7.0
    assert 50 < watching.waits[1] <= 60
    assert watching.waits[2] == 4.0
    assert watching.reasons[0] == "429 Too Many Requests"


def test_nobody_waits_for_hours(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [status(503, Retry_After="86400"), send(archive)]
    watching = Watching()
    watching.fetch(served, tmp_path)
    assert watching.waits == [120.0]


def test_a_failing_server_is_given_up(served: Corpus, server: Server, tmp_path: Path) -> None:
    server.script = [status(500)]
    watching = Watching()
    with pytest.raises(WorkError, match=r"R808.*500 Internal Server Error"):
        watching.fetch(served, tmp_path)
    assert watching.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_refusal_is_not_repeated(
    served: Corpus, server: Server, tmp_path: Path, code: int
) -> None:
    server.script = [status(code)]
    with pytest.raises(WorkError, match=rf"R809.*refused: {code}"):
        Watching().fetch(served, tmp_path)
    assert len(server.requests) == 1


def test_a_redirect_is_followed(
    served: Corpus, server: Server, archive: bytes, tmp_path: Path
) -> None:
    server.script = [status(302, Location=server.url("moved")), send(archive)]
    Watching().fetch(served, tmp_path)
    assert [request["path"] for request in server.requests] == ["/TINY.zip", "/moved"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_to_another_kind_of_address_is_refused(
    served: Corpus, server: Server, tmp_path: Path, target: str
) -> None:
    server.script = [status(302, Location=target)]
    with pytest.raises(WorkError, match="R809"):
        Watching().fetch(served, tmp_path)
    assert names(tmp_path / "tiny") == set()


def test_a_loop_of_redirects_is_refused(served: Corpus, server: Server, tmp_path: Path) -> None:
    server.script = [status(302, Location=server.url("TINY.zip"))]
    with pytest.raises(WorkError, match="R809"):
        Watching().fetch(served, tmp_path)


def test_offline_says_so(served: Corpus, tmp_path: Path) -> None:
    (download,) = served.downloads
    unused = msgspec.structs.replace(download, url="http://127.0.0.1:9/TINY.zip")
    entry = msgspec.structs.replace(served, downloads=(unused,))
    with pytest.raises(WorkError, match=r"R808.*Connection refused.*by hand into .*tiny"):
        Watching().fetch(entry, tmp_path)


def test_an_archive_that_leaves_its_folder_is_refused(
    served: Corpus, server: Server, tmp_path: Path
) -> None:
    evil = zipped({"../../evil": b"E"})
    download = Download(server.url("TINY.zip"), sha256(evil), len(evil))
    server.script = [send(evil)]
    with pytest.raises(WorkError, match="R812"):
        Watching().fetch(msgspec.structs.replace(served, downloads=(download,)), tmp_path)
    assert not list(tmp_path.rglob("evil"))


def test_a_place_that_cannot_be_written_is_named(served: Corpus, tmp_path: Path) -> None:
    (tmp_path / "tiny").write_text("a file, not a folder")
    with pytest.raises(WorkError, match=r"R111.*tiny"):
        Watching().fetch(served, tmp_path)


def test_a_corpus_without_address_is_refused(tiny: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"R806.*put Tiny/Train\.PubTator, Tiny/Test\.PubTator"):
        fetch(msgspec.structs.replace(tiny, downloads=()), tmp_path)


def test_a_redirect_never_leaves_https() -> None:
    request = urllib.request.Request("https://example.org/TINY.zip")
    headers = http.client.HTTPMessage()
    ask = _Redirects().redirect_request
    followed = ask(request, io.BytesIO(), 302, "Found", headers, "https://example.com/a.zip")
    assert followed is not None
    with pytest.raises(urllib.error.HTTPError, match=r"redirect to http://example\.com"):
        ask(request, io.BytesIO(), 302, "Found", headers, "http://example.com/a.zip")
