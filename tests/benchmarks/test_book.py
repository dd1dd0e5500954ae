"""The book of results: sections that have no result say how to measure it, others show it."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch")

MACHINE = {
    "processor": "Abacus",
    "cores": 2,
    "memory_gib": 1,
    "accelerator": "none",
    "python": "3",
    "libraries": {"numpy": "2"},
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of results."""
    for name in ("book_parts", "book_origins"):
        monkeypatch.setattr(importlib.import_module(name), "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def book(results: Path) -> ModuleType:
    return importlib.import_module("book")


def sections(page: str) -> dict[str, str]:
    return dict(re.findall(r"^## \d\. (.*?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))


def write(results: Path, name: str, result: dict[str, Any]) -> None:
    path = results / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"machine": MACHINE, "code": "1"} | result)
    path.write_text(text, encoding="utf-8")


def recipe(name: str, f1: float) -> dict[str, Any]:
    """A result of one seed with the same F1 everywhere."""
    scores = dict.fromkeys(("pair", "pair+type", "pair+novelty", "all"), f1)
    interval = {name: [f1 - 0.1, f1 + 0.1] for name in scores}
    return {
        "command": f"python benchmarks/recipes.py {name} --seeds 13",
        "recipe": name,
        "protocol": "biored-8",
        "primary": "all",
        "test": {"split": "biored:test", "sha256": "0" * 64},
        "seeds": [
            {
                "seed": 13,
                "data": {"biored:train": "1" * 64},
                "dev": {"f1": scores},
                "test": {"f1": scores, "interval_95": interval, "macro_f1": {}},
            }
        ],
        "mean": {"dev": scores, "test": scores},
        "machine": MACHINE,
        "code": "1",
    }


def test_without_results_every_section_says_how_to_measure(book: ModuleType) -> None:
    found = sections(book.page([], []))
    assert len(found) == 7
    commands = {
        "Recipes by corpus and protocol": "python benchmarks/recipes.py flagship-pool",
        "Peers, side by side": "python benchmarks/recipes.py peer-biorex-minilm",
        "Speed": "python benchmarks/ways_of_reading.py",
        "Few documents": "python benchmarks/low_resource.py",
        "How far scores can be believed": "python benchmarks/calibration.py",
        "From raw text": "python benchmarks/raw_text.py",
        "Where the figures come from": "python benchmarks/recipes.py c-joint",
    }
    for section, command in commands.items():
        assert command in found[section], section
        assert re.search("not measured here", found[section], re.IGNORECASE), section


def test_what_teaches_the_flagship_is_shown_with_the_best_first(
    book: ModuleType, results: Path
) -> None:
    sets = [
        {"members": members, "f1": dict.fromkeys(("pair", "all"), f1)}
        for members, f1 in ((["one"], 0.2), (["one", "two"], 0.4))
    ]
    study = {"command": "python benchmarks/teachers.py", "protocol": "biored-8", "sets": sets}
    write(results, "teachers", study)
    page = book.page([], [])
    assert "| `one`, `two` | 40.0 | 40.0 |\n| `one` | 20.0 | 20.0 |" in page


def test_the_flagship_and_the_peers_stand_in_sections_of_their_own(book: ModuleType) -> None:
    names = ("flagship-pool", "peer-atlop-minilm", "c-baseline-minilm")
    measured = [recipe(name, 0.2 + 0.1 * number) for number, name in enumerate(names)]
    found = sections(book.page(measured, []))
    recipes = found["Recipes by corpus and protocol"]
    flagship, others = recipes.split("### biored\n")
    assert "| `flagship-pool` | `biored-8`, all | 1 | 20.0 | 20.0 (10.0–30.0) |" in flagship
    assert "`flagship-biolinkbert`: not measured here;*" in flagship
    assert "| `flagship-pool`" not in others
    peers = found["Peers, side by side"]
    assert "| `peer-atlop-minilm` | 1 | " + " | ".join(["30.0 (20.0–40.0)"] * 4) in peers
    assert "`peer-biorex-minilm`: not measured here;*" in peers
    lacking = found["Where the figures come from"].partition("### Not measured here")[2]
    assert "`peer-biorex-minilm`" in lacking
    assert "`peer-atlop-minilm`" not in lacking


def test_speed_and_time_are_shown_where_they_were_measured(book: ModuleType, results: Path) -> None:
    way = {
        "encoding": "pair",
        "recipe": "peer-biorex-minilm",
        "weights": "int8",
        "cores": 1,
        "documents_per_second": 0.25,
        "start_seconds": 1.5,
        "peak_mb": 321.0,
        "documents": 10,
    }
    write(
        results,
        "ways_of_reading",
        {"command": "python benchmarks/ways_of_reading.py A B", "protocol": "some", "ways": [way]},
    )
    run = {
        "run": "c-baseline-minilm-13",
        "encoding": "document",
        "machine": MACHINE,
        "seconds_to_reach": 90.4,
        "seconds": 200.0,
        "best": 0.36,
    }
    write(
        results,
        "training_time",
        {
            "command": "python benchmarks/training_time.py A",
            "protocol": "biored-8",
            "score": "all",
            "reach": 0.3,
            "runs": [run, run | {"seconds_to_reach": None}],
        },
    )
    speed = sections(book.page([], []))["Speed"]
    assert "| pair (`peer-biorex-minilm`) | int8 | 1 | 0.25 | 1.50 | 321 | 10 |" in speed
    assert "seconds to 30.0" in speed
    assert "| `c-baseline-minilm-13` | document | none | 90 | 200 | 36.0 |" in speed
    assert "| `c-baseline-minilm-13` | document | none | – | 200 | 36.0 |" in speed


def test_the_low_resource_curve_is_in_order(book: ModuleType, results: Path) -> None:
    def point(name: str, share: str, f1: float) -> dict[str, Any]:
        spread = {"all": {"mean": f1, "deviation": None, "least": f1 - 0.1, "most": f1 + 0.1}}
        rows = [{"seed": 13, "documents": round(400 * float(share)), "f1": {"all": f1}}]
        values = {"recipe": name, "data.fraction": share}
        return {"values": values, "seeds": rows, "scores": spread}

    write(
        results,
        "low_resource",
        {
            "command": "python benchmarks/low_resource.py one two",
            "protocol": "biored-8",
            "score": "all",
            "grid": {"recipe": ["one", "two"], "data.fraction": ["0.05", "1"]},
            "points": [point("two", "1", 0.5), point("one", "1", 0.4), point("one", "0.05", 0.2)],
        },
    )
    rows = re.findall(r"^\| `(.*)$", sections(book.page([], []))["Few documents"], re.MULTILINE)
    assert rows == [
        "one` | 5 % | 20 | 1 | 20.0 (10.0–30.0) |",
        "one` | 100 % | 400 | 1 | 40.0 (30.0–50.0) |",
        "two` | 100 % | 400 | 1 | 50.0 (40.0–60.0) |",
    ]
