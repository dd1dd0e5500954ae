"""Bills of materials in CycloneDX for the core and for each extra, and docs/licences.md.

    python -m release.sbom CYCLONEDX_PY

CYCLONEDX_PY is the program of cyclonedx-bom, in an environment of its own, so that it does not list
itself. It lists what is installed here; of that list each bill has what the core or an extra needs,
in `dist/`. Nothing in a bill depends on the hour or the machine it was made on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from relatome import __version__
from release import licences
from release.dependencies import CORE, direct, extras, name_of, needed

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"


def main() -> None:
    """Write the bills and the page of licences."""
    whole = _installed(sys.argv[1])
    DIST.mkdir(exist_ok=True)
    for extra in (CORE, *extras()):
        name = "relatome" if extra == CORE else f"relatome-{extra}"
        path = DIST / f"{name}-{__version__}.cdx.json"
        bill = part(whole, {*needed(), *needed(extra)}, direct(extra))
        path.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"Wrote {path.relative_to(ROOT)}: {len(bill['components'])} components")
    licences.main()


def _installed(program: str) -> dict[str, Any]:
    """The bill of everything that is installed beside this interpreter."""
    command = [program, "environment", sys.executable, "--output-reproducible", "--short-PURLs"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    whole: dict[str, Any] = json.loads(done.stdout)
    return whole


def part(whole: dict[str, Any], names: set[str], asked: set[str]) -> dict[str, Any]:
    """The bill with some components alone.

    Addresses are left out: they may be those of the machine a distribution came to.

    Args:
        whole: the bill of everything.
        names: of the components to keep.
        asked: those of them that relatome itself asks for.
    """
    root = whole["metadata"]["component"]
    components = [each for each in whole["components"] if name_of(each["name"]) in names]
    kept = {each["bom-ref"]: name_of(each["name"]) for each in components}
    dependencies = [
        {**each, "dependsOn": [ref for ref in each.get("dependsOn", ()) if ref in kept]}
        for each in whole["dependencies"]
        if each["ref"] in kept
    ]
    own = sorted(ref for ref, name in kept.items() if name in asked)
    bill: dict[str, Any] = _without_addresses(
        {
            **whole,
            "metadata": {**whole["metadata"], "component": {**root, "version": __version__}},
            "components": components,
            "dependencies": [{"ref": root["bom-ref"], "dependsOn": own}, *dependencies],
        }
    )
    return bill


def _without_addresses(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_addresses(each) for each in value]
    if isinstance(value, dict):
        return {
            key: _without_addresses(each)
            for key, each in value.items()
            if key != "externalReferences"
        }
    return value


if __name__ == "__main__":
    main()
