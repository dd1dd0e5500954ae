"""A bill of materials is a part of the whole that stands for itself."""

from __future__ import annotations

from typing import Any

from relatome import __version__
from release.sbom import part

WHOLE: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "metadata": {
        "component": {"bom-ref": "root", "name": "relatome"},
        "tools": {"components": [{"name": "tool", "externalReferences": [{"url": "http://x"}]}]},
    },
    "components": [
        {"bom-ref": "A==1", "name": "A_a", "externalReferences": [{"url": "file:///somewhere"}]},
        {"bom-ref": "B==1", "name": "b"},
        {"bom-ref": "C==1", "name": "c"},
    ],
    "dependencies": [
        {"ref": "root", "dependsOn": ["A==1", "C==1"]},
        {"ref": "A==1", "dependsOn": ["B==1", "C==1"]},
        {"ref": "B==1"},
        {"ref": "C==1"},
    ],
}


def test_a_part() -> None:
    assert part(WHOLE, {"a-a", "b"}, {"a-a"}) == {
        "bomFormat": "CycloneDX",
        "metadata": {
            "component": {"bom-ref": "root", "name": "relatome", "version": __version__},
            "tools": {"components": [{"name": "tool"}]},
        },
        "components": [{"bom-ref": "A==1", "name": "A_a"}, {"bom-ref": "B==1", "name": "b"}],
        "dependencies": [
            {"ref": "root", "dependsOn": ["A==1"]},
            {"ref": "A==1", "dependsOn": ["B==1"]},
            {"ref": "B==1", "dependsOn": []},
        ],
    }
