"""What the matrix needs, packed for a machine without network; and what it measured, brought back.

    python benchmarks/bundle.py pack [RECIPE...] [--bundle DIR] [--runs DIR] [--corpora DIR]
    python benchmarks/bundle.py unpack [--bundle DIR] [--runs DIR]
    python benchmarks/bundle.py merge RESULTS

``pack`` writes an archive for each encoder that the recipes start from (by default those of the
matrix): its weights as float16 and the splits, pools and earlier stages' splits that these recipes
name. Any of them is enough for its recipes, so they can travel one at a time. ``unpack`` puts
adapted encoders into the folder of runs, corpora into ``DIR/corpora`` and encoders of the hub into
``DIR/hub``, laid out as the hub's cache, and leaves alone what is there already. ``merge`` takes
the results that the matrix wrote on the other machine (``--results``) into ``benchmarks/results``,
but none over a result of more seeds. ``make gpu-results`` unpacks and measures.

The archives hold texts of corpora under the licences of these: they are for one's own machines.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import keep
from matrix import recipes_in_order
from safetensors.numpy import load_file, save_file

from relatome.corpora import load, parts
from relatome.corpora.own import is_own, own_corpus
from relatome.corpora.registry import Copy, copies
from relatome.corpora.unpack import unpack as unpack_zip
from relatome.models.encoder import locate_encoder
from relatome.recipes import Combination, MaskedEntities, Recipe, load_any
from relatome.training.adaptation import ENCODER_FOLDER, evaluation_splits, require_preparable
from relatome.training.adaptation.stage import adaptation_named
from relatome.training.folder import PROVENANCE_FILE, RECIPE_FILE
from relatome.training.run import stages

BUNDLE = Path("bundle")
MOST_MB = 60
CORPORA = "corpora.tar.xz"
WEIGHTS, HALVES = "model.safetensors", "halves.safetensors"
# Files of an encoder that hold neither weights in other formats nor what is done with vectors.
ENCODER_FILES = ("*.json", "vocab.txt", "README.md", "spm.model")
COMMIT = "0" * 40  # stands for that of the encoder in the layout of the hub's cache


def main() -> None:
    """Pack, unpack or merge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("what", choices=("pack", "unpack", "merge"))
    parser.add_argument("names", nargs="*", metavar="RECIPE|RESULTS")
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    if options.what == "pack":
        names = options.names or recipes_in_order()
        pack(names, options.bundle, options.runs, options.corpora)
    elif options.what == "unpack":
        for archive in sorted(options.bundle.glob("*.zip")):
            unpack(archive, options.bundle, options.runs)
    else:
        for folder in options.names:
            merge(Path(folder))


def pack(names: Iterable[str], bundle: Path, runs: Path, directory: Path | None) -> list[Path]:
    """Write an archive for each encoder that recipes start from.

    Args:
        names: of the recipes.
        bundle: the folder to write into.
        runs: where adapted encoders lie.
        directory: where corpora lie; the usual places if None.
    """
    splits: dict[str, set[str]] = {}
    for recipe in _every(names, directory):
        encoder, adapting = _beginning(recipe.encoder.name)
        needed = splits.setdefault(encoder, set())
        data = recipe.data
        needed |= {*data.train, *data.source, data.test, *_named(data.dev)}
        if recipe.distillation:
            needed |= set(recipe.distillation.documents)
        for adaptation in adapting:
            judged = (split.name for split in evaluation_splits(directory, adaptation.train))
            needed |= {*adaptation.train, *judged}
    bundle.mkdir(parents=True, exist_ok=True)
    return [
        _archive(encoder, sorted(needed), bundle, runs, directory)
        for encoder, needed in splits.items()
    ]


def _every(names: Iterable[str], directory: Path | None) -> Iterator[Recipe]:
    """Recipes of a single run: those named, those they build upon, those they combine."""
    for name in names:
        recipe = load_any(name)
        if isinstance(recipe, Combination):
            groups = (*recipe.relation, *recipe.novelty)
            yield from _every(dict.fromkeys(group.recipe for group in groups), directory)
        elif isinstance(recipe, Recipe):
            yield from stages(recipe, directory)
            if recipe.distillation:
                yield from _every([recipe.distillation.teacher], directory)


def _beginning(name: str) -> tuple[str, list[MaskedEntities]]:
    """The encoder to pack for one that a recipe names, and what is adapted from it there."""
    adapting = []
    while isinstance(adaptation := adaptation_named(name), MaskedEntities):
        adapting.append(adaptation)
        name = adaptation.encoder.name
    return name, adapting


def _named(dev: object) -> tuple[str, ...]:
    return (dev,) if isinstance(dev, str) else ()


def _archive(
    encoder: str, splits: list[str], bundle: Path, runs: Path, directory: Path | None
) -> Path:
    archive = bundle / f"{encoder.rpartition('/')[2]}.zip"
    with (
        tempfile.TemporaryDirectory() as temporary,
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for path, content in _encoder(encoder, runs, Path(temporary)):
            written.write(content, path)
        own = [name for name in splits if is_own(name.rpartition(":")[0])]
        for path, content in _own_files(own, runs):
            written.write(content, path)
        texts = Path(temporary) / CORPORA
        with tarfile.open(texts, "w:xz", preset=3) as tar:
            published = [name for name in splits if name not in own]
            for path, content in sorted(_files(published, directory, Path(temporary)).items()):
                tar.add(content, path)
        written.write(texts, CORPORA, zipfile.ZIP_STORED)
    size = archive.stat().st_size / 1e6
    print(f"{archive}: {size:.1f} MB; {', '.join(splits)}")
    if size > MOST_MB:
        sys.exit(f"{archive} is larger than {MOST_MB} MB: name fewer recipes.")
    return archive


def _encoder(name: str, runs: Path, temporary: Path) -> Iterator[tuple[str, Path]]:
    """Places in the archive and files of an encoder."""
    if adaptation_named(name) is None:
        source, cached = Path(locate_encoder(name)), f"hub/models--{name.replace('/', '--')}"
        place = f"{cached}/snapshots/{COMMIT}"
        head = temporary / "main"
        head.write_text(COMMIT, encoding="utf-8")
        yield f"{cached}/refs/main", head
    else:
        require_preparable(name, runs)
        source, place = runs / name / ENCODER_FOLDER, f"runs/{name}/{ENCODER_FOLDER}"
        for record in (RECIPE_FILE, PROVENANCE_FILE):
            yield f"runs/{name}/{record}", runs / name / record
    for pattern in ENCODER_FILES:
        for file in sorted(source.glob(pattern)):
            yield f"{place}/{file.name}", file
    halves = temporary / HALVES
    save_file({n: _halved(w) for n, w in load_file(source / WEIGHTS).items()}, halves)
    yield f"{place}/{HALVES}", halves


def _halved(weights: np.ndarray) -> np.ndarray:
    """Weights as float16, ``(2, ...)`` bytes: the high ones, alike, pack well beside each other."""
    if weights.dtype != np.float32:
        return weights
    half = weights.astype("<f2")
    assert np.isfinite(half).all()
    bits = half.view("<u2")
    return np.stack([bits >> 8, bits & 255]).astype(np.uint8)


def _whole(halved: np.ndarray) -> np.ndarray:
    if halved.dtype != np.uint8:
        return halved
    high, low = halved.astype("<u2")
    bits: npt.NDArray[np.uint16] = high << 8 | low
    return bits.view("<f2").astype(np.float32)


def _own_files(splits: list[str], runs: Path) -> Iterator[tuple[str, Path]]:
    """Places in the archive and files of corpora that were made in the folder of runs."""
    for name in splits:
        corpus = name.rpartition(":")[0]
        folder = own_corpus(corpus).base
        assert folder is not None
        if folder.resolve().parent != runs.resolve():
            sys.exit(f"{corpus} cannot be packed: it is not in a folder of {runs}.")
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            yield f"runs/{folder.name}/{file.name}", file


def _files(splits: list[str], directory: Path | None, temporary: Path) -> dict[str, Path]:
    """The files of splits, uncompressed, by their places below the folder of corpora."""
    found: dict[str, Path] = {}
    for name in splits:
        entry, (split,) = parts(name, directory)
        if entry.base is not None:
            files = (path for path in entry.base.rglob("*") if path.is_file())
            found |= {f"{entry.base.name}/{path.relative_to(entry.base)}": path for path in files}
            continue
        local = copies(entry, split, directory)
        if local is None:
            load(entry.name, split.name, directory)  # says what is missing
        for file, copy in zip(split.files, local or (), strict=True):
            place = f"{entry.folders[0]}/{file.path}"
            found[place] = temporary / place
            found[place].parent.mkdir(parents=True, exist_ok=True)
            found[place].write_bytes(_content(copy))
    return found


def _content(copy: Copy) -> bytes:
    if copy.member is not None:
        with zipfile.ZipFile(copy.path) as archive:
            return archive.read(copy.member)
    content = copy.path.read_bytes()
    return gzip.decompress(content) if copy.path.suffix == ".gz" else content


def unpack(archive: Path, bundle: Path, runs: Path) -> None:
    """Put what an archive holds where recipes look for it, and leave alone what is there."""
    with tempfile.TemporaryDirectory(dir=bundle, prefix=".unpack-") as temporary:
        unpack_zip(archive, Path(temporary))
        with tarfile.open(Path(temporary) / CORPORA) as tar:
            tar.extractall(Path(temporary) / "corpora", filter="data")
        for halves in Path(temporary).rglob(HALVES):
            weights = {name: _whole(each) for name, each in load_file(halves).items()}
            save_file(weights, halves.with_name(WEIGHTS), {"format": "pt"})
            halves.unlink()
        places = {"corpora": bundle / "corpora", "runs": runs, "hub": bundle / "hub"}
        for kind, target in places.items():
            for file in sorted((Path(temporary) / kind).rglob("*")):
                place = target / file.relative_to(Path(temporary) / kind)
                if file.is_file() and not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(file, place)
    print(f"Unpacked {archive}")


def merge(folder: Path) -> None:
    """Take over results of another machine, recipe by recipe and idea by idea."""
    for path in sorted(folder.glob("*/*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        keep(f"{path.parent.name}/{path.stem}", result)


if __name__ == "__main__":
    main()
