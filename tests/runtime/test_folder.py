"""Model folders: whatever is missing, altered or unsafe is an error that names the file."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")  # the tiny model is made with it

import msgspec

from relatome.data.schemas import BIORED
from relatome.errors import ModelError, UsageError
from relatome.runtime import Model, ModelFolder

FILES = ("encoder.fp32.onnx", "encoder.int8.onnx", "pairs.onnx", "tokenizer.json")


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model to damage."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    path = folder / "model.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def vouch(folder: Path, name: str, content: bytes) -> None:
    """Replace a file, and have the manifest vouch for it."""
    (folder / name).write_bytes(content)
    rewrite(folder, lambda m: m["files"].update({name: hashlib.sha256(content).hexdigest()}))


def refusal(folder: Path, weights: Any = None) -> ModelError:
    """The error of loading the folder and verifying what loading does not touch."""
    with pytest.raises(ModelError) as caught:
        Model(folder, weights).folder.verify()
    assert str(folder) in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_a_whole_folder(tiny_model: Path) -> None:
    folder = ModelFolder(tiny_model)
    folder.verify()
    assert folder.weights == ["int8", "fp32"]
    assert sorted(folder.manifest.files) == sorted(FILES)
    assert (folder.manifest.name, folder.manifest.version) == ("tiny", "0.0.1")
    assert folder.manifest.settings.schema == BIORED
    assert folder.size == sum((tiny_model / name).stat().st_size for name in FILES)
    assert folder.card().startswith("# tiny")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    error = refusal(folder)
    assert error.code == "R507"
    assert name in str(error)
    with pytest.raises(ModelError, match="R507"):
        _ = ModelFolder(folder).size


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("where", [0, -1], ids=["first byte", "last byte"])
def test_a_changed_byte_is_found(name: str, where: int, folder: Path) -> None:
    content = bytearray((folder / name).read_bytes())
    content[where] ^= 1
    (folder / name).write_bytes(content)
    error = refusal(folder)
    assert error.code == "R510"
    assert name in str(error)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_found(name: str, folder: Path) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    assert refusal(folder).code == "R510"


def test_a_missing_manifest(folder: Path) -> None:
    (folder / "model.json").unlink()
    error = refusal(folder)
    assert error.code == "R507"
    assert "model.json" in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"name": "tiny"}',
        b'{"name": "t\xefny"}',
        b"\xff\xfe",
        b'{"surprise": ' + b"[" * 100_000,
    ],
    ids=["empty", "torn", "list", "null", "lacking", "latin-1", "utf-16", "deep"],
)
def test_a_manifest_that_is_none(content: bytes, folder: Path) -> None:
    (folder / "model.json").write_bytes(content)
    error = refusal(folder)
    assert error.code == "R509"
    assert "model.json" in str(error)


@pytest.mark.parametrize("length", range(100, 3000, 700))
def test_a_truncated_manifest(length: int, folder: Path) -> None:
    path = folder / "model.json"
    path.write_bytes(path.read_bytes()[:length])
    assert refusal(folder).code == "R509"


def test_another_format(folder: Path) -> None:
    rewrite(folder, lambda m: m.update(format=2))
    error = refusal(folder)
    assert error.code == "R509"
    assert "format 2" in str(error)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "sub/x", "..", ".", "", "..\\secret", "C:\\secret"]
)
def test_a_manifest_that_points_elsewhere(name: str, folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_bytes(b"secret")
    rewrite(folder, lambda m: m["files"].update({name: hashlib.sha256(b"secret").hexdigest()}))
    error = refusal(folder)
    assert error.code == "R509"
    assert repr(name) in str(error)


def test_a_file_the_manifest_does_not_list_is_not_read(folder: Path) -> None:
    rewrite(folder, lambda m: m["files"].pop("pairs.onnx"))
    error = refusal(folder)
    assert error.code == "R507"
    assert "pairs.onnx" in str(error)


def test_a_folder_without_any_encoder(folder: Path) -> None:
    rewrite(folder, lambda m: [m["files"].pop(f"encoder.{p}.onnx") for p in ("int8", "fp32")])
    error = refusal(folder)
    assert error.code == "R507"
    assert "encoder.int8.onnx" in str(error)


def test_weights_the_folder_lacks(folder: Path) -> None:
    rewrite(folder, lambda m: m["files"].pop("encoder.int8.onnx"))
    assert ModelFolder(folder).weights == ["fp32"]
    with pytest.raises(UsageError, match=r"R511.*int8.*fp32"):
        Model(folder, "int8")


class _Malicious:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.mkdir, (self.trace,))


@pytest.mark.parametrize(
    "name",
    ["pytorch_model.bin", "model.pt", "model.PTH", "weights.pkl", "w.pickle", "epoch.ckpt"],
)
def test_pickled_weights_are_refused_and_never_opened(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / name).write_bytes(pickle.dumps(_Malicious(tmp_path / "trace")))
    error = refusal(folder)
    assert error.code == "R508"
    assert name in str(error)
    assert not (tmp_path / "trace").exists()


def test_a_pickle_under_another_name_is_no_graph(folder: Path, tmp_path: Path) -> None:
    vouch(folder, "pairs.onnx", pickle.dumps(_Malicious(tmp_path / "trace")))
    assert refusal(folder).code == "R512"
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("name", ["encoder.int8.onnx", "pairs.onnx"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x08\x07"])
def test_a_graph_that_is_none(name: str, content: bytes, folder: Path) -> None:
    vouch(folder, name, content)
    assert refusal(folder).code == "R512"


@pytest.mark.parametrize("location", ["/etc/hostname", "../secret", "pairs.onnx"])
def test_a_graph_cannot_take_its_weights_from_other_files(location: str, folder: Path) -> None:
    onnx = pytest.importorskip("onnx")
    (folder.parent / "secret").write_bytes(bytes(16))
    weights = onnx.TensorProto(name="w", data_type=1, dims=[4], data_location=1)
    entry = weights.external_data.add()
    entry.key, entry.value = "location", location
    given, made = (onnx.helper.make_tensor_value_info(n, 1, [4]) for n in "xy")
    add = onnx.helper.make_node("Add", ["x", "w"], ["y"])
    graph = onnx.helper.make_graph([add], "g", [given], [made], [weights])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])
    model.ir_version = 9
    vouch(folder, "pairs.onnx", model.SerializeToString())
    assert refusal(folder).code == "R512"


@pytest.mark.parametrize("content", [b"{", b"{}", b"\xff\xfe", b'{"model": {"type": "BPE"}}'])
def test_a_tokenizer_that_is_none(content: bytes, folder: Path) -> None:
    vouch(folder, "tokenizer.json", content)
    error = refusal(folder)
    assert error.code in {"R501", "R502"}
    assert "tokenizer.json" in str(error)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R507"):
        ModelFolder(tmp_path / "nowhere")
    with pytest.raises(ModelError, match="R507"):
        ModelFolder(tmp_path)


def test_a_card_is_not_needed_to_run(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"caf\xe9")
    assert ModelFolder(folder).card() == "caf\ufffd"
    (folder / "README.md").unlink()
    Model(folder)
    with pytest.raises(ModelError, match=r"R507.*README\.md"):
        ModelFolder(folder).card()


def _labels(manifest: dict[str, Any]) -> None:
    manifest["settings"]["schema"]["labels"].append("Invented")


def _window(manifest: dict[str, Any]) -> None:
    manifest["settings"]["encoding"]["window"] = 4096


def _types(manifest: dict[str, Any]) -> None:
    types = manifest["settings"]["schema"]["entity_types"]
    invented = {f"Invented{i}": [] for i in range(9)}
    manifest["settings"]["schema"]["entity_types"] = invented | types


@pytest.mark.parametrize("change", [_labels, _window, _types])
def test_settings_that_do_not_fit_the_graphs(
    change: Callable[[dict[str, Any]], None], folder: Path
) -> None:
    from tests.tiny import long_document

    rewrite(folder, change)
    model = Model(folder, "fp32")
    encoded = model.encode(long_document("long", 12))
    assert encoded is not None
    with pytest.raises(ModelError) as caught:
        model.relations(encoded)
    assert caught.value.code == "R515"
    assert str(folder) in str(caught.value)
    assert "document long" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("window", 3), ("overlap", 95), ("overlap", -1), ("surprise", 1), ("window", "wide")],
)
def test_settings_that_make_no_sense(key: str, value: object, folder: Path) -> None:
    rewrite(folder, lambda m: m["settings"]["encoding"].update({key: value}))
    error = refusal(folder)
    assert error.code == "R509"
    assert "settings.encoding" in str(error)


def test_a_manifest_survives_being_read_and_written(tiny_model: Path) -> None:
    manifest = ModelFolder(tiny_model).manifest
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=type(manifest)) == manifest
