"""A model folder: what is in it, verified before use; nothing in it can execute."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

import msgspec

from relatome.encode import Settings, Tokenizer
from relatome.errors import (
    MODEL_ALTERED,
    MODEL_FILE_MISSING,
    MODEL_MANIFEST,
    MODEL_PICKLE,
    MODEL_PRECISION,
    ModelError,
    Place,
    UsageError,
)

Precision = Literal["fp32", "int8"]

MANIFEST, TOKENIZER, PAIRS, CARD = "model.json", "tokenizer.json", "pairs.onnx", "README.md"
# The output of the pair graph that tells what the model looked at; models of pair encoding, and
# those exported by relatome 0.1.0, have none.
ATTENTION = "attention"
_FORMAT = 1
# No separators, and nothing that begins with a dot.
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")


def encoder_file(precision: Precision) -> str:
    """Name of the encoder's graph at a precision."""
    return f"encoder.{precision}.onnx"


class Manifest(msgspec.Struct, frozen=True):
    """``model.json``: what the model is, and the SHA-256 of each of its files."""

    name: str
    version: str
    settings: Settings
    files: dict[str, str]
    format: int = _FORMAT


class ModelFolder:
    """A folder of ONNX graphs, tokenizer and manifest, whose every file is checked when read."""

    def __init__(self, path: Path) -> None:
        """Open a model folder.

        Raises:
            UsageError: if there is no such folder.
            ModelError: if it is no model folder, or holds pickled weights instead.
        """
        self.path = path
        self._place = Place(str(path))
        if not (path / MANIFEST).is_file():
            pickles = (f.name for f in _files(path) if f.suffix.lower() in _PICKLES)
            if (pickle := next(pickles, None)) is not None:
                raise ModelError(MODEL_PICKLE, at=self._place, file=pickle)
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=MANIFEST)
        try:
            content = (path / MANIFEST).read_bytes()
            self.manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ModelError(MODEL_MANIFEST, at=self._place, reason=error) from None
        if self.manifest.format != _FORMAT:
            reason = f"format {self.manifest.format}, this version reads {_FORMAT}"
            raise ModelError(MODEL_MANIFEST, at=self._place, reason=reason)
        for name in self.manifest.files:
            if not _FILE_NAME.fullmatch(name):
                reason = f"it lists {name!r}, which is no file of this folder"
                raise ModelError(MODEL_MANIFEST, at=self._place, reason=reason)

    @property
    def precisions(self) -> list[Precision]:
        """The precisions the folder holds, the fastest first; at least one.

        Raises:
            ModelError: if the folder has no encoder at all.
        """
        wanted: tuple[Precision, ...] = ("int8", "fp32")
        found = [p for p in wanted if encoder_file(p) in self.manifest.files]
        if not found:
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=encoder_file(wanted[0]))
        return found

    def tokenizer(self) -> Tokenizer:
        """The tokenizer the model was trained with."""
        return Tokenizer.from_bytes(self.read(TOKENIZER), place=Place(str(self.path / TOKENIZER)))

    def encoder(self, precision: Precision) -> bytes:
        """The encoder's ONNX graph.

        Raises:
            UsageError: if the folder does not hold it at this precision.
        """
        if precision not in self.precisions:
            known = ", ".join(self.precisions)
            raise UsageError(MODEL_PRECISION, at=self._place, precision=precision, known=known)
        return self.read(encoder_file(precision))

    @property
    def size(self) -> int:
        """Bytes of all listed files.

        Raises:
            ModelError: if one is missing.
        """
        return sum(self._listed(name).stat().st_size for name in self.manifest.files)

    def verify(self) -> None:
        """Read and check every listed file.

        Raises:
            ModelError: naming the first that is missing or altered.
        """
        for name in self.manifest.files:
            self.read(name)

    def card(self) -> str:
        """The model card: data, licence, scores, limits.

        Raises:
            ModelError: if the folder has none.
        """
        path = self.path / CARD
        if not path.is_file():
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=CARD)
        # The card is for people to edit, so the manifest does not vouch for it.
        return path.read_text(encoding="utf-8", errors="replace")

    def read(self, name: str) -> bytes:
        """The bytes of one file, if they are those the manifest vouches for.

        Raises:
            ModelError: if the file is missing, not listed, or not what was exported.
        """
        content = self._listed(name).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.manifest.files[name]:
            raise ModelError(MODEL_ALTERED, at=self._place, file=name)
        return content

    def _listed(self, name: str) -> Path:
        path = self.path / name
        if name not in self.manifest.files or not path.is_file():
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=name)
        return path


def write_manifest(folder: Path, name: str, version: str, settings: Settings) -> None:
    """Write ``model.json`` over the graphs and the tokenizer that lie in `folder`."""
    listed = [p for p in _files(folder) if p.suffix == ".onnx" or p.name == TOKENIZER]
    manifest = Manifest(
        name=name,
        version=version,
        settings=settings,
        files={path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in listed},
    )
    pretty = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST).write_bytes(pretty + b"\n")


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(MODEL_FILE_MISSING, at=Place(str(folder)), file=MANIFEST)
    return sorted(path for path in folder.iterdir() if path.is_file())
