"""Files of keys that can serve, and those that cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs relatome[serve]")

from relatome.errors import UsageError
from relatome.serve.keys import Keys

KEY = "0123456789abcdef"


def test_keys_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# of the lab\n\n  {KEY}  \nanother-key-of-the-lab\n", encoding="utf-8")
    keys = Keys.read(path)
    keys.require({"x-api-key": KEY})
    keys.require({"authorization": "Bearer another-key-of-the-lab"})
    with pytest.raises(UsageError, match="R951"):
        keys.require({"x-api-key": "# of the lab"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it holds none"),
        (b"# none\n", "it holds none"),
        (b"short\n", "too short"),
        (b"\xff" * 20, "UTF-8"),
    ],
)
def test_files_that_cannot_serve(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        Keys.read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        Keys.read(tmp_path / "keys")
