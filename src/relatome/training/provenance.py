"""Where a figure comes from: code version, machine, library versions."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

import relatome

_LIBRARIES = ("numpy", "torch", "transformers", "tokenizers", "onnxruntime")


def code_version() -> str:
    """The package version, with the commit where it runs from a checkout."""
    try:
        # Installed inside somebody's repository it is no part of that, and its commit says nothing.
        _git("ls-files", "--error-unmatch", Path(__file__).name)
        commit = _git("describe", "--always", "--dirty")
    except (OSError, subprocess.SubprocessError):
        return relatome.__version__
    return f"{relatome.__version__}+{commit}"


def machine() -> dict[str, object]:
    """Processor, cores, memory and library versions; nothing that names the host."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _git(*arguments: str) -> str:
    """What git says in the folder of this file."""
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
