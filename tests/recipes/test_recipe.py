"""Recipes: every key is written out, and what is wrong is refused by its name."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")  # the losses are its

from relatome.errors import UsageError
from relatome.losses import LOSSES
from relatome.recipes import Recipe, load_recipe, shipped, source, to_plain

each_recipe = pytest.mark.parametrize("name", shipped())


@pytest.fixture
def plain() -> dict[str, Any]:
    """The recipe `small` as plain values, to be spoiled."""
    return tomllib.loads(source("small").read_text(encoding="utf-8"))


def refusal(plain: dict[str, Any], folder: Path) -> str:
    path = folder / "recipe.toml"
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_recipe(str(path))
    assert caught.value.code == "R603"
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_small_is_shipped() -> None:
    assert "small" in shipped()
    assert all(path.suffix == ".toml" for path in shipped().values())


@each_recipe
def test_a_shipped_recipe_loads_under_its_own_name(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    assert recipe.title
    for published in recipe.published:
        assert published.source
        assert published.protocol
        assert all(0 < value <= 100 for value in published.scores.values())


# What a recipe may leave out, by its struct: parts that it then does without.
OPTIONAL = {
    "Recipe": {
        "tasks",
        "narrowing",
        "definitions",
        "fine_types",
        "start",
        "losses",
        "adversarial",
        "distillation",
        "published",
    },
    "Data": {"source"},
    "Model": {"hidden", "readers"},
    "Distillation": {"documents"},
    "Tasks": {"novelty", "direction", "typing", "coreference", "pair_typing", "tagging"},
    "DocumentEncoding": {"types"},
    "Training": {"accumulation"},
    "Narrowing": {"interval"},
    "Published": {"note"},
}


def structs(annotation: Any) -> list[type[msgspec.Struct]]:
    """The structs in a type, among others or within lists."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [kind for inner in get_args(annotation) for kind in structs(inner)]


def unwritten(kind: type[msgspec.Struct], written: Any, at: str = "") -> list[str]:
    """Keys of a struct that the file does not write out, but those that may lack."""
    lacking = []
    for field in msgspec.structs.fields(kind):
        path = f"{at}.{field.name}".lstrip(".")
        if field.encode_name not in written:
            if field.name not in OPTIONAL.get(kind.__name__, ()):
                lacking.append(path)
            continue
        inner = written[field.name]
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict):
                for of in structs(field.type):
                    if each.get("kind") == of.__struct_config__.tag:
                        lacking += unwritten(of, each, path)
    return lacking


@each_recipe
def test_a_shipped_recipe_writes_every_key_out(name: str) -> None:
    raw = tomllib.loads(source(name).read_text(encoding="utf-8"))
    assert unwritten(Recipe, raw) == []
    for loss, table in raw.get("losses", {}).items():
        assert set(table) == {"weight", *LOSSES[loss].options}


def test_only_what_may_lack_has_a_default() -> None:
    found: dict[str, set[str]] = {}

    def look(kind: type[msgspec.Struct]) -> None:
        for field in msgspec.structs.fields(kind):
            if not field.required:
                found.setdefault(kind.__name__, set()).add(field.name)
            for inner in structs(field.type):
                look(inner)

    look(Recipe)
    assert found == OPTIONAL


@each_recipe
def test_a_recipe_survives_being_written_and_read(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    path = tmp_path / "again.toml"
    path.write_text(tomli_w.dumps(to_plain(recipe)), encoding="utf-8")
    assert load_recipe(str(path)) == recipe


def paths(table: dict[str, Any]) -> list[tuple[str, ...]]:
    """Paths of all keys of a recipe, tables included."""
    found: list[tuple[str, ...]] = []
    for key, value in table.items():
        found.append((key,))
        if isinstance(value, dict):
            found += [(key, *rest) for rest in paths(value)]
    return found


SMALL = tomllib.loads(source("small").read_text(encoding="utf-8"))
# Which losses there must be is not for the reader of recipes to know.
REQUIRED = [p for p in paths(SMALL) if p[-1] not in OPTIONAL["Recipe"] | OPTIONAL["Tasks"]]
REQUIRED = [p for p in REQUIRED if p[:1] != ("losses",) or len(p) == 1]


@pytest.mark.parametrize("path", REQUIRED, ids=".".join)
def test_a_missing_key_is_named(
    path: tuple[str, ...], plain: dict[str, Any], tmp_path: Path
) -> None:
    table = plain
    for key in path[:-1]:
        table = table[key]
    del table[path[-1]]
    assert f"`{path[-1]}`" in refusal(plain, tmp_path)


# Of a loss's options preflight knows.
CLOSED = [p for p in paths(SMALL) if p[0] not in ("losses", "published")]


@pytest.mark.parametrize("path", [(), *CLOSED])
def test_an_unknown_key_is_named(
    path: tuple[str, ...], plain: dict[str, Any], tmp_path: Path
) -> None:
    table = plain
    for key in path:
        table = table[key]
    if not isinstance(table, dict):
        return
    table["surprise"] = 1
    message = refusal(plain, tmp_path)
    assert "`surprise`" in message
    assert ".".join(("$", *path)) in message or not path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.seed", -1),
        ("training.seed", 1.5),
        ("training.epochs", 0),
        ("training.patience", 0),
        ("training.batch_size", 0),
        ("training.encoder_learning_rate", 0.0),
        ("training.head_learning_rate", -1e-4),
        ("training.warmup", 1.0),
        ("training.weight_decay", -0.1),
        ("training.max_gradient_norm", 0.0),
        ("training.mask_entities", 1.0),
        ("training.mask_entities", -0.1),
        ("training.precision", "fp16"),
        ("training.epochs", "many"),
        ("model.dropout", 1.0),
        ("model.dropout", "much"),
        ("encoding.kind", "telepathy"),
        ("encoding.window", "wide"),
        ("encoding.overlap", 0.5),
        ("data.train", []),
        ("data.train", "biored:train"),
        ("data.fraction", 0.0),
        ("data.fraction", 1.5),
        ("data.fraction", "half"),
        ("data.negatives", 0.0),
        ("data.negatives", 1.01),
        ("data.dev", ["biored:dev"]),
        ("data.dev", 1.0),
        ("data.dev", -0.1),
        ("data.test", 0.1),
        ("data.source", "biored:train"),
        ("data.dev", {"fold": 0, "of": 3}),
        ("data.dev", {"fold": 1, "of": 1}),
        ("losses.cross_entropy", 1.0),
        ("losses.cross_entropy.weight", "much"),
        ("losses.cross_entropy.weight", True),
        ("tasks.novelty.weight", -1.0),
        ("tasks.typing", {"balance": 1.01}),
        ("tasks.typing", {"balance": -0.1}),
        ("tasks.typing", {"weight": 0.1}),
        ("training.evaluations", 0),
        ("narrowing", {"sentence": True}),
        ("narrowing", {"everywhere": True, "sentence": 1}),
        ("narrowing", {"everywhere": True, "sentence": False, "interval": [1]}),
        ("narrowing", {"everywhere": True, "sentence": False, "interval": [16, -10]}),
        ("definitions.labels.Bind", 1),
        ("start", 1),
        ("adversarial", {"epsilon": 0.0}),
        ("tasks.coreference", {"weight": -1.0}),
        ("training.accumulation", 0),
        ("model.hidden", -1),
        ("name", 7),
        ("published", "none"),
    ],
)
def test_an_impossible_value_is_refused_by_its_key(
    key: str, value: Any, plain: dict[str, Any], tmp_path: Path
) -> None:
    *tables, last = key.split(".")
    table = plain
    for name in tables:
        table = table.setdefault(name, {})
    table[last] = value
    plain.get("definitions", {}).setdefault("source", "us")
    assert f"$.{key}" in refusal(plain, tmp_path)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("training.seed=7", 7),
        ("training.seed = 7", 7),
        ("training.encoder_learning_rate=5e-5", 5e-5),
        ("training.mask_entities=0.25", 0.25),
        ('data.train=["biored:train", "own:train"]', ["biored:train", "own:train"]),
        ("data.dev=biored:dev", "biored:dev"),
        ("data.fraction=0.05", 0.05),
        ('data.dev="biored:dev"', "biored:dev"),
        ("encoder.name=some/encoder=v2", "some/encoder=v2"),
        ("encoder.name=../folder with spaces/it's", "../folder with spaces/it's"),
        ("data.dev=0.1", 0.1),
        ("tasks.novelty.weight=2.0", 2.0),
        ("losses.cross_entropy.weight=2.0", 2.0),
        ("losses.focal.gamma=2.5", 2.5),
        ("title=a = b # c", "a = b # c"),
    ],
)
def test_overrides(override: str, expected: object) -> None:
    value: Any = load_recipe("small", (override,))
    for part in override.partition("=")[0].strip().split("."):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    assert value == expected


PAIR = {
    "kind": "pair",
    "markers": "typed",
    "prompt": "question",
    "context": "sentence",
    "length": 128,
    "vector": "starts",
}


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ({}, "`kind`"),
        ({"kind": "telepathy"}, "telepathy"),
        ({"kind": "document", "window": 15, "overlap": 2}, "a window of 15 tokens"),
        ({"kind": "document", "window": 64, "overlap": -1}, "an overlap of -1 tokens"),
        ({"kind": "document", "window": 64, "overlap": 62}, "an overlap of 62 tokens"),
        ({"kind": "document", "window": 64}, "`overlap`"),
        ({"kind": "document", "window": 64, "overlap": 2, "length": 1}, "`length`"),
        (PAIR | {"window": 1}, "`window`"),
        (PAIR | {"length": 31}, "a length of 31 tokens"),
        (PAIR | {"length": "long"}, "$.encoding.length"),
        (PAIR | {"markers": "bold"}, "markers 'bold' is unknown; there are typed"),
        (PAIR | {"prompt": "please"}, "prompt 'please' is unknown; there are none"),
        (PAIR | {"context": "book"}, "context 'book' is unknown; there are"),
        (PAIR | {"vector": "sum"}, "$.encoding.vector"),
        *(({k: v for k, v in PAIR.items() if k != key}, f"`{key}`") for key in PAIR),
    ],
)
def test_an_encoding_that_cannot_be_is_refused_by_its_key(
    encoding: dict[str, Any], named: str, plain: dict[str, Any], tmp_path: Path
) -> None:
    plain["encoding"] = encoding
    message = refusal(plain, tmp_path)
    assert "$.encoding" in message
    assert named in message


def test_every_part_survives_being_written_and_read(plain: dict[str, Any], tmp_path: Path) -> None:
    plain |= {
        "encoding": PAIR,
        "losses": {"cross_entropy": {"weight": 1.0}, "focal": {"weight": 0.5, "gamma": 2.0}},
        "narrowing": {"sentence": True, "everywhere": False, "interval": [-10, 16]},
        "definitions": {"source": "us", "labels": {"Bind": "touch"}},
        "start": "small",
        "adversarial": {"epsilon": 1.0},
        "fine_types": {
            "type": "ChemicalEntity",
            "fine": ["a", "b"],
            "encoder": "some/encoder",
            "window": 64,
            "overlap": 16,
            "epochs": 1,
            "batch_size": 2,
            "learning_rate": 0.1,
        },
    }
    plain["tasks"] |= {
        "typing": {"balance": 0.1},
        "coreference": {"weight": 0.5},
        "pair_typing": {"weight": 0.25},
    }
    plain["distillation"] = {
        "teacher": "small",
        "weight": 1.0,
        "temperature": 2.0,
        "documents": ["biored:dev"],
    }
    plain["model"] |= {"hidden": 64, "readers": 1}
    plain["training"]["accumulation"] = 2
    plain["data"] |= {"dev": 0.2, "source": ["ddi:train"]}
    recipe = msgspec.convert(plain, Recipe)
    assert to_plain(recipe) == plain
    path = tmp_path / "again.toml"
    path.write_text(tomli_w.dumps(to_plain(recipe)), encoding="utf-8")
    assert load_recipe(str(path)) == recipe


def test_the_last_override_wins() -> None:
    recipe = load_recipe("small", ("training.seed=1", "training.seed=2"))
    assert recipe.training.seed == 2


@pytest.mark.parametrize("override", ["", "training.seed", "=7", "training..seed=7", ".seed=7"])
def test_an_override_that_is_none_is_refused(override: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_recipe("small", (override,))
    assert caught.value.code == "R604"
    assert repr(override) in str(caught.value)


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("training.surprise=1", "surprise"),
        ("surprise.seed=1", "surprise"),
        ("name.deeper=1", "name"),
        ("training=1", "training"),
        ("training.seed=many", "$.training.seed"),
        ("training.seed=1.0", "$.training.seed"),
        ("training.seed=nan", "$.training.seed"),
    ],
)
def test_an_override_that_does_not_fit_is_refused_by_its_key(override: str, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_recipe("small", (override,))
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "key", ["training.encoder_learning_rate", "training.weight_decay", "tasks.novelty.weight"]
)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_finite_number_is_refused(key: str, value: str) -> None:
    with pytest.raises(UsageError, match="R603"):
        load_recipe("small", (f"{key}={value}",))


def test_a_recipe_that_is_not_there() -> None:
    with pytest.raises(UsageError) as caught:
        load_recipe("no-such-recipe")
    assert caught.value.code == "R601"
    assert "such as small." in caught.value.next_step
    with pytest.raises(UsageError, match="such as a-ddi-target"):
        load_recipe("addi-target")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00"])
def test_a_recipe_that_is_no_text(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_recipe(str(path))
    assert caught.value.code == "R602"


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R601"):
        load_recipe(str(tmp_path))


def test_toml_that_is_wrong_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text('name = "a"\ntitle = \n')
    with pytest.raises(UsageError) as caught:
        load_recipe(str(path))
    assert caught.value.code == "R602"
    assert "line 2" in str(caught.value)


@given(st.text(max_size=40))
def test_no_override_ends_in_a_traceback(override: str) -> None:
    with suppress(UsageError):
        load_recipe("small", (override,))
