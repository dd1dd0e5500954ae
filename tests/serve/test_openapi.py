"""The service against its own description: whatever is sent, it answers, and as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relatome.pipeline import Pipeline
from relatome.serve.app import create_app

from .conftest import Running, started

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")

from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)


def no_failure(ctx: object, response: Any, case: object) -> None:
    """That an article was not fetched before is all that may be told with a status above 499."""
    assert response.status_code < 500 or response.json()["error"]["code"] == "R305"


CHECKS = [
    no_failure,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OPERATIONS = (
    ("/v1/extract", "POST"),
    ("/v1/extract/pmids", "POST"),
    ("/v1/convert", "POST"),
    ("/v1/models", "GET"),
    ("/v1/schema", "GET"),
    ("/v1/examples", "GET"),
    ("/v1/graph/search", "GET"),
    ("/v1/graph/neighbours", "GET"),
    ("/v1/graph/evidence", "GET"),
    ("/health", "GET"),
    ("/ready", "GET"),
    ("/metrics", "GET"),
)


@pytest.fixture(scope="module")
def offline(
    pipeline: Pipeline, tiny_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A service that asks nobody, and knows no article."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELATOME_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield from started(create_app(pipeline, page=tiny_page, offline=True))


def send(running: Running, path: str, method: str, count: int) -> None:
    """Send so many requests to an address, some as described, some not, and judge the answers."""
    schema = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
    operation = schema[path][method]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    def run(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    run()


def test_every_operation_is_tried(offline: Running) -> None:
    with offline.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    assert {(path, method.upper()) for path in paths for method in paths[path]} == {*OPERATIONS}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_answers_are_as_described(offline: Running, path: str, method: str) -> None:
    send(offline, path, method, 15 if method == "POST" else 3)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS[:3])
def test_many_answers_are_as_described(offline: Running, path: str, method: str) -> None:
    send(offline, path, method, 1000)
