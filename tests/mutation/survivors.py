"""The mutants that no test can notice, with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path


def survivors() -> dict[tuple[str, str], str]:
    """The reason of each, by file and name."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        (file, name): group["reason"]
        for file, groups in content.items()
        for group in groups
        for name in group["mutants"]
    }
