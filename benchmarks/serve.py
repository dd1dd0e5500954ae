"""The service under load: 64 clients at once, one abstract a request, on this machine.

    python benchmarks/serve.py [--model small] [--texts DIR] [--requests 2000] [--clients 64]

Abstracts are a sample of a folder of JSON Lines with ``title`` and ``abstract``, such as
``../shared/text/plain``. The service runs as a process of its own, and so that its throughput can
be compared on a noisy machine, the offline pipeline reads one half of the same abstracts before it
and the other half after it. Writes ``benchmarks/results/serve.json``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

import msgspec

from relatome.corpora import data_hash
from relatome.data import Document
from relatome.formats import text_document
from relatome.pipeline import Pipeline, load

SEED = 13
FIRST = 1_000  # requests after which memory is looked at
IDLE = 40  # requests, one after the other
BUSY = 429


class Met(NamedTuple):
    """What a client met with one request: seconds and status, how often it was sent away before."""

    seconds: float
    status: str
    refused: int


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--texts", type=Path, default=Path("../shared/text/plain"))
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--clients", type=int, default=64)
    options = parser.parse_args()
    documents = abstracts(options.texts, options.requests)
    middle = len(documents) // 2
    pipeline = load(options.model)
    seconds(pipeline, documents[:4])  # what is loaded late is loaded now
    offline = [seconds(pipeline, documents[:middle])]
    with service(options.model) as (address, process):
        before = memory(process)
        first = load_of(address, documents[:FIRST], options.clients)
        after_first = memory(process)
        rest = load_of(address, documents[FIRST:], options.clients)
        at_end = memory(process)
        idle = [ask(HTTPConnection(address), each) for each in documents[:IDLE]]
    offline.append(seconds(pipeline, documents[middle:]))
    answers = [*first.answers, *rest.answers]
    errors = Counter(met.status for met in answers if met.status != "200")
    rate = len(answers) / (first.seconds + rest.seconds)
    offline_rate = len(documents) / sum(offline)
    times = [met.seconds for met in answers]
    result = {
        "requests": len(answers),
        "clients": options.clients,
        "errors": dict(errors),
        "refused_with_429": sum(met.refused for met in answers),
        "abstracts_per_second": rate,
        "offline_abstracts_per_second": offline_rate,
        "share_of_offline": rate / offline_rate,
        "seconds": {"p50": percentile(times, 50), "p99": percentile(times, 99)},
        "idle_seconds": {
            "p50": percentile([met.seconds for met in idle], 50),
            "p99": percentile([met.seconds for met in idle], 99),
        },
        "memory_mb": {"idle": before, f"after_{len(first.answers)}": after_first, "end": at_end},
    }
    print(json.dumps(result, indent=2))
    # Here, because what describes the machine brings torch along, which would slow the rest.
    from common import machine, write_result

    write_result(
        "serve",
        {
            "command": f"python benchmarks/serve.py --requests {options.requests}",
            "protocol": "one abstract a request, kept connections, loopback; offline on the same "
            "abstracts, half before and half after",
            "data": {"abstracts": data_hash(documents)},
            **result,
            "machine": machine(),
        },
    )


def abstracts(folder: Path, count: int) -> list[Document]:
    """A sample of the abstracts of a folder, the same each time."""
    texts = sorted({text for path in sorted(folder.glob("*.jsonl.gz")) for text in _texts(path)})
    if not texts:
        sys.exit(f"There are no abstracts in {folder}; name a folder with --texts.")
    random.Random(SEED).shuffle(texts)
    chosen = [texts[number % len(texts)] for number in range(count)]
    return [text_document(text, str(number)) for number, text in enumerate(chosen)]


def _texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["title"].strip() and record["abstract"].strip():
                yield f"{record['title'].strip()}\n\n{record['abstract'].strip()}"


def seconds(pipeline: Pipeline, documents: Sequence[Document]) -> float:
    """What the offline pipeline takes."""
    started = time.perf_counter()
    for _ in pipeline(documents):
        pass
    return time.perf_counter() - started


@contextmanager
def service(model: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The service as a process; it must end well."""
    command = [sys.executable, "-m", "relatome", "serve", "--port", "0", "--model", model]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://(\S+)", process.stdout.readline())
        if found is None:
            sys.exit("The service did not start.")
        yield found[1], process
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


class Load(NamedTuple):
    """What all clients met, and how long it took."""

    answers: list[Met]
    seconds: float


def load_of(address: str, documents: Sequence[Document], clients: int) -> Load:
    """So many clients, each with one request at a time, until all are answered."""
    started = time.perf_counter()
    left = iter(documents)  # next() of a list's iterator is one step for all threads

    def client(_: int) -> list[Met]:
        connection = HTTPConnection(address, timeout=300)
        return [ask(connection, document) for document in left]

    with ThreadPoolExecutor(clients) as pool:
        answers = [met for part in pool.map(client, range(clients)) for met in part]
    return Load(answers, time.perf_counter() - started)


def ask(connection: HTTPConnection, document: Document) -> Met:
    """One request, as often as the service wants it to be sent."""
    body = msgspec.json.encode({"documents": [document]})
    started = time.perf_counter()
    refused = 0
    while True:
        try:
            connection.request("POST", "/v1/extract", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            return Met(time.perf_counter() - started, type(error).__name__, refused)
        if response.status != BUSY:
            break
        refused += 1
        time.sleep(float(response.headers["Retry-After"]))
    status = str(response.status)
    if status == "200" and json.loads(answer)["documents"][0]["id"] != document.id:
        status = "another's answer"
    return Met(time.perf_counter() - started, status, refused)


def memory(process: subprocess.Popen[str]) -> float:
    """Resident memory of a process, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return float(status.split("VmRSS:")[1].split()[0]) / 1024


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile; the only value if there is one."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
