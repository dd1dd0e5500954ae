"""Which installed distributions relatome and its extras depend on."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator

from packaging.requirements import Requirement

CORE = "core"


def name_of(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def extras() -> tuple[str, ...]:
    """The extras of relatome, sorted."""
    return tuple(
        sorted(importlib.metadata.distribution("relatome").metadata.get_all("Provides-Extra") or ())
    )


def needed(extra: str = CORE) -> dict[str, importlib.metadata.Distribution | None]:
    """All that an installation needs beyond relatome itself, by name; None where it is missing.

    Args:
        extra: ``core`` for relatome alone, or one of `extras`, for what it adds to that.
    """
    core: dict[str, importlib.metadata.Distribution | None] = {}
    _collect("relatome", "", core)
    del core["relatome"]
    if extra == CORE:
        return core
    more: dict[str, importlib.metadata.Distribution | None] = {}
    _collect("relatome", extra, more)
    del more["relatome"]
    return {name: found for name, found in more.items() if name not in core}


def direct(extra: str = CORE) -> set[str]:
    """Names that relatome itself asks for, alone or with an extra."""
    asked = "" if extra == CORE else extra
    return {
        name_of(each.name)
        for each in _requirements(importlib.metadata.distribution("relatome"), asked)
    }


def _collect(
    name: str, extra: str, found: dict[str, importlib.metadata.Distribution | None]
) -> None:
    """Add a distribution and all that it needs, with one of its extras if `extra` is given."""
    key = name_of(name)
    if key in found and not extra:
        return
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        found[key] = None
        return
    found[key] = distribution
    for requirement in _requirements(distribution, extra):
        _collect(requirement.name, "", found)
        for each in requirement.extras:
            _collect(requirement.name, each, found)


def _requirements(
    distribution: importlib.metadata.Distribution, extra: str
) -> Iterator[Requirement]:
    for line in distribution.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement
