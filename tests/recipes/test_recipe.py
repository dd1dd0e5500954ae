"""Recipes: every key is written out, and what is wrong is refused by its name."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from relatome.errors import UsageError
from relatome.recipes import Recipe, load_recipe, shipped, source, to_plain
from relatome.recipes.recipe import Loss, Losses, Published

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


def unwritten(kind: type[msgspec.Struct], written: Any, at: str = "") -> list[str]:
    """Keys of a struct that the file does not write out, but those that may lack."""
    may_lack = {(Recipe, "published"), (Published, "note"), (Losses, "novelty")}
    lacking = []
    for field in msgspec.structs.fields(kind):
        path = f"{at}.{field.name}".lstrip(".")
        if field.encode_name not in written:
            if (kind, field.name) not in may_lack:
                lacking.append(path)
        elif isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            lacking += unwritten(field.type, written[field.name], path)
    return lacking


@each_recipe
def test_a_shipped_recipe_writes_every_key_out(name: str) -> None:
    raw = tomllib.loads(source(name).read_text(encoding="utf-8"))
    assert unwritten(Recipe, raw) == []
    for loss in raw["losses"].values():
        assert unwritten(Loss, loss) == []


def test_only_what_may_lack_has_a_default() -> None:
    def optional(kind: type[msgspec.Struct]) -> set[tuple[str, str]]:
        found = set()
        for field in msgspec.structs.fields(kind):
            if not field.required:
                found.add((kind.__name__, field.name))
            if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
                found |= optional(field.type)
        return found

    assert optional(Recipe) == {("Recipe", "published"), ("Losses", "novelty")}


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
REQUIRED = [p for p in paths(SMALL) if p not in {("published",), ("losses", "novelty")}]


@pytest.mark.parametrize("path", REQUIRED, ids=".".join)
def test_a_missing_key_is_named(
    path: tuple[str, ...], plain: dict[str, Any], tmp_path: Path
) -> None:
    table = plain
    for key in path[:-1]:
        table = table[key]
    del table[path[-1]]
    assert f"`{path[-1]}`" in refusal(plain, tmp_path)


@pytest.mark.parametrize("path", [(), *(p for p in paths(SMALL) if p[-1] != "published")])
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
        ("encoding.window", 15),
        ("encoding.overlap", -1),
        ("data.train", []),
        ("data.train", "biored:train"),
        ("data.fraction", 0.0),
        ("data.fraction", 1.5),
        ("data.dev", ["biored:dev"]),
        ("losses.relation.weight", -1.0),
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
        table = table[name]
    table[last] = value
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
        ("losses.relation.weight=2.0", 2.0),
        ("title=a = b # c", "a = b # c"),
    ],
)
def test_overrides(override: str, expected: object) -> None:
    value: Any = load_recipe("small", (override,))
    for part in override.partition("=")[0].strip().split("."):
        value = getattr(value, part)
    assert value == expected


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
    "key", ["training.encoder_learning_rate", "training.weight_decay", "losses.relation.weight"]
)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_finite_number_is_refused(key: str, value: str) -> None:
    with pytest.raises(UsageError, match="R603"):
        load_recipe("small", (f"{key}={value}",))


def test_a_recipe_that_is_not_there() -> None:
    with pytest.raises(UsageError) as caught:
        load_recipe("no-such-recipe")
    assert caught.value.code == "R601"
    assert "small" in caught.value.next_step


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
