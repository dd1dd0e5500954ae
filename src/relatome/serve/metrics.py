"""What Prometheus asks for."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The counts of one service, since it was started."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "relatome_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "relatome_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._document_seconds = Histogram(
            "relatome_document_seconds",
            "Work on a document.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._documents = Counter(
            "relatome_documents", "Documents answered.", registry=self._registry
        )
        self._relations = Counter(
            "relatome_relations", "Relations answered.", registry=self._registry
        )
        self._problems = Counter(
            "relatome_problems", "Documents left out.", ("code",), registry=self._registry
        )

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """Show what `value` gives whenever somebody asks."""
        Gauge(f"relatome_{name}", what, registry=self._registry).set_function(value)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is as the service declares it, not as the client wrote it."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def document(self, seconds: float) -> None:
        """Count the work on a document."""
        self._document_seconds.observe(seconds)

    def answer(self, documents: int, relations: int, problems: dict[str, int]) -> None:
        """Count what an answer held."""
        self._documents.inc(documents)
        self._relations.inc(relations)
        for code, count in problems.items():
            self._problems.labels(code).inc(count)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
