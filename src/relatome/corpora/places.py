"""Where corpora are kept on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ENVIRONMENT = "RELATOME_CORPORA"


def directories(directory: Path | None = None) -> list[Path]:
    """Directories that may hold corpora, in search order.

    1. `directory` (``--corpora`` on the command line),
    2. the environment variable ``RELATOME_CORPORA``,
    3. the user's data folder, where ``relatome corpora get`` and ``build`` store what they make.
    """
    found = [directory] if directory is not None else []
    if os.environ.get(ENVIRONMENT):
        found.append(Path(os.environ[ENVIRONMENT]))
    found.append(user_directory())
    return list(dict.fromkeys(found))


def user_directory() -> Path:
    """Where corpora are stored for this user."""
    return platformdirs.user_data_path("relatome", appauthor=False) / "corpora"
