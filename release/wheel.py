"""Build the wheel, look into it, and use it in an environment that has nothing else.

    python -m release.wheel [--try]

The wheel goes into `dist/`; built twice from the same commit, it is the same byte for byte. With
``--try`` it is installed into a fresh virtual environment, where `relatome --version`,
`relatome extract` and `relatome check` must say what they say here.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

from relatome import __version__

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"

_NEEDED = (
    "relatome/py.typed",
    "relatome/recipes/small.toml",
    "relatome/runtime/weights/small/encoder.int8.onnx",
    "relatome/runtime/weights/small/pairs.onnx",
    "relatome/runtime/weights/small/tagger.int8.onnx",
    "relatome/serve/page/cytoscape.LICENSE.txt",
    "relatome/serve/page/index.html",
)
# Paths of the repository that an installation has no use for, and endings of corpora.
_UNWANTED = ("tests/", "benchmarks/", "docs/", "examples/", "release/")
_CORPORA = (".pubtator", ".ann", ".gz", ".zip", ".xml", ".safetensors", ".pyc")
_MOST_MEGABYTES = 100

COMMANDS = (
    ("--version",),
    ("extract", "examples/abstract.txt"),
    ("extract", "examples/annotated.pubtator", "--format", "jsonl"),
    ("check", "examples/annotated.pubtator"),
)


def main() -> None:
    """Build and check, and with --try use."""
    wheel = build(DIST)
    problems = faults(wheel)
    if problems:
        sys.exit("\n".join(problems))
    size = wheel.stat().st_size / 1e6
    print(f"Wrote {wheel.relative_to(ROOT)}: {size:.1f} MB, sha256 {digest(wheel)}")
    if "--try" in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            differences = tried(wheel, Path(folder))
        if differences:
            sys.exit("\n".join(differences))
        print(f"Installed, it says what the source tree says: {len(COMMANDS)} commands")


def build(folder: Path) -> Path:
    """Build the wheel of this version into a folder; times in it are that of the last commit."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _last_commit()}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    return folder / f"relatome-{__version__}-py3-none-any.whl"


def _last_commit() -> str:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "315532800"  # 1980, the first year that a zip can name


def faults(wheel: Path) -> list[str]:
    """What is missing from a wheel, or should not be in it, one line each."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    info = f"relatome-{__version__}.dist-info"
    found = [
        f"missing: {name}"
        for name in (*_NEEDED, f"{info}/licenses/LICENSE", f"{info}/entry_points.txt")
        if name not in names
    ]
    found += [
        f"not wanted: {name}"
        for name in names
        if name.startswith(_UNWANTED) or name.endswith(_CORPORA) or "/tests/" in name
    ]
    found += [
        f"neither the package nor about it: {name}"
        for name in names
        if not name.startswith(("relatome/", f"{info}/"))
    ]
    if wheel.stat().st_size > _MOST_MEGABYTES * 1_000_000:
        found.append(f"larger than {_MOST_MEGABYTES} MB, which package indexes refuse: {wheel}")
    return found


def digest(wheel: Path) -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def tried(wheel: Path, folder: Path) -> list[str]:
    """What the installed wheel does otherwise than the source tree, one line for each command."""
    program = install(folder, str(wheel))
    bare = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    bare["PATH"] = str(program.parent)
    source = [sys.executable, "-m", "relatome"]
    found = []
    for command in COMMANDS:
        here, there = (
            subprocess.run([*start, *command], cwd=ROOT, env=env, capture_output=True, check=False)
            for start, env in ((source, dict(os.environ)), ([str(program)], bare))
        )
        if there.returncode != 0 or here.returncode != 0:
            found.append(f"relatome {' '.join(command)}: {there.stderr.decode()[-2000:]}")
        elif here.stdout != there.stdout:
            found.append(f"relatome {' '.join(command)}: other output than from the source tree")
    return found


def index_answers() -> bool:
    """Whether anything can be installed here."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "typer"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*command, "--dest", folder], capture_output=True, check=False)
    return done.returncode == 0


def install(folder: Path, what: str) -> Path:
    """Install a wheel or a checkout of relatome into a fresh environment; where its program is.

    Raises:
        CalledProcessError: if it cannot be, for example without a package index.
    """
    venv.create(folder, with_pip=True, clear=True)
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    options = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    options += ["--constraint", str(ROOT / "constraints.txt")]
    subprocess.run(
        [str(bin_folder / "python"), "-m", "pip", "install", *options, what],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    return bin_folder / "relatome"


if __name__ == "__main__":
    main()
