"""``relatome check``: what it prints, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from relatome.cli import app
from relatome.errors import UsageError

EXAMPLES = Path(__file__).parents[2] / "examples" / "annotated.pubtator"

BAD = """\
1|t|KCN9 in ketosis.
1\t0\t4\tKCN9\tGene\t99
1\t8\t14\tketosis\tDisease\tD1

2|t|KCN9 in ketosis.
2\t0\t4\tKCN9\tProtein\t99

3|t|KCN9 in ketosis.
3\t0\t4\tKCN9\tGene\t99
3\tAssociation\t99\tD1\tNovel

4|t|KCN9 in ketosis.
4\t0\t4\tKCN9\tGene\t99
4\t8\t15\tketosis\tDisease\tD1
4\tAssociation\t99\tD1\tNovel

4|t|KCN9 in ketosis.

"""

Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the command where no corpus is present, unless one is named."""
    monkeypatch.delenv("RELATOME_CORPORA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_the_examples_are_clean(check: Check) -> None:
    result = check(EXAMPLES)
    assert result.exit_code == 0
    assert "52 of 52 relations can be reached" in result.stdout
    assert "0 errors, 6 notes" in result.stdout
    assert "documents compared with: no split of another corpus" in result.stdout


def test_a_damaged_corpus_elsewhere_is_a_note(check: Check, tmp_path: Path) -> None:
    (tmp_path / "biored").mkdir()
    (tmp_path / "biored/Dev.PubTator").write_text("damaged")
    result = check(EXAMPLES, "--corpora", tmp_path)
    assert result.exit_code == 0
    assert "note: corpora that could not be compared (1)" in result.stdout
    assert "Dev.PubTator: this is not the published file of biored" in result.stdout


def test_every_problem_of_a_file_is_listed_with_its_line(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "bad.pubtator"
    path.write_text(BAD)
    result = check(path, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["splits"][0]["documents"] == 1
    errors = {f["kind"]: f["cases"] for f in report["findings"] if f["level"] == "error"}
    assert errors == {
        "R104": [
            f"{path}:3, document 1: mention 8-14 says 'ketosis', but the text there is 'ketosi'."
        ],
        "R103": [f"{path}:6, document 2: unknown entity type 'Protein'."],
        "R106": [
            f"{path}:10, document 3: relation Association refers to 'D1', which no mention of the "
            "document carries."
        ],
        "R107": [f"{path}:17, document 4: document id '4' occurs more than once."],
    }


def test_the_table_names_the_same_places(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "[red]:train:.pubtator"  # a name is neither markup nor emoji
    path.write_text(BAD)
    result = check(path)
    assert result.exit_code == 1
    assert "error: R103 (1). Known types: DiseaseOrPhenotypicFeature" in result.stdout
    assert f"{path}:6, document 2: unknown entity type 'Protein'." in result.stdout
    assert result.stdout.splitlines()[-1].startswith("4 errors, ")


def test_long_lists_are_cut_in_the_table_and_whole_in_json(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "many.pubtator"
    path.write_text("".join(f"{n}|t|Nothing.\n\n" for n in range(5)))
    printed = check(path).stdout
    assert "note: documents without mentions (5)" in printed
    assert "… and 2 more (--format json shows all)" in printed
    findings = json.loads(check(path, "--format", "json").stdout)["findings"]
    assert [len(f["cases"]) for f in findings] == [5, 5]


@pytest.mark.parametrize(("content", "code"), [(b"", "R120"), (b"1|t|KCN9 in \xff.\n", "R122")])
def test_a_file_that_cannot_be_read_is_one_error(
    check: Check, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "bad.pubtator"
    path.write_bytes(content)
    result = check(path, "--format", "json")
    assert result.exit_code == 1
    assert [f["kind"] for f in json.loads(result.stdout)["findings"]] == [code]


OWN_SCHEMA = """\
name = "ours"
labels = ["Binds"]
ordered = false
unit = "concept"
scope = "sentence"
multi_label = false
novelty = false
prompt_word = "binding"
rule = "relations"

[entity_types]
Gene = []

[[pairs]]
head = "Gene"
tail = "Gene"
labels = ["Binds"]
"""


def test_relations_that_the_sentence_split_cuts_apart(check: Check, tmp_path: Path) -> None:
    (tmp_path / "schema.toml").write_text(OWN_SCHEMA)
    path = tmp_path / "two.pubtator"
    path.write_text(
        "1|t|KCN9 binds TPO2. YAP follows.\n1\t0\t4\tKCN9\tGene\t9\n1\t11\t15\tTPO2\tGene\t8\n"
        "1\t17\t20\tYAP\tGene\t7\n1\tBinds\t9\t8\n1\tBinds\t9\t7\n"
    )
    arguments = (path, "--schema", tmp_path / "schema.toml")
    printed = check(*arguments).stdout
    assert "1 of 2 relations can be reached; the sentence split cuts 1 apart\n" in printed
    assert "unreachable gold: the sentence split separates its arguments (1)" in printed
    assert json.loads(check(*arguments, "--format", "json").stdout)["cut_apart"] == 1
    # Where a relation may leave its sentence there is nothing to be cut.
    assert json.loads(check(EXAMPLES, "--format", "json").stdout)["cut_apart"] is None


def test_a_schema_with_a_rule_there_is_not(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "schema.toml"
    path.write_text(OWN_SCHEMA.replace('rule = "relations"', 'rule = "relation"'))
    error = check(EXAMPLES, "--schema", path).exception
    assert isinstance(error, UsageError)
    assert str(error).startswith(f"[R401] {path}: there is no scoring rule 'relation'.")


def test_names_in_capitals_and_folders_that_are_not_there(
    check: Check, corpora_dir: Path, tmp_path: Path
) -> None:
    printed = check("BioRED:dev", "--corpora", corpora_dir).stdout
    assert "1,160 of 1,162 relations can be reached" in printed
    result = check(EXAMPLES, "--corpora", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_corpus_against_a_split(check: Check, corpora_dir: Path) -> None:
    result = check("bc8:train", "--against", "biored:dev", "--corpora", corpora_dir)
    assert result.exit_code == 1
    assert "error: documents shared with --against (100)" in result.stdout
    assert ": same text as 18308784 in biored:dev" in result.stdout


def test_biored_is_usable_and_its_oddities_are_noted(check: Check, corpora_dir: Path) -> None:
    result = check("biored", "--corpora", corpora_dir, "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["gold"], report["unreachable"]) == (6503, 6)
    counts = {f["kind"]: len(f["cases"]) for f in report["findings"]}
    # With BioREDirect's test split; more with each other corpus that is present.
    assert counts.pop("documents shared with other corpora") >= 200
    assert counts == {
        "documents without relations": 7,
        "mentions without identifier": 63,
        "unreachable gold: an entity related to itself": 4,
        "unreachable gold: label Bind is not legal for ChemicalEntity–ChemicalEntity": 1,
        "unreachable gold: type pair SequenceVariant–GeneOrGeneProduct is outside the schema": 1,
        "labels with fewer than 10 training examples": 1,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing-here",), "R815"),
        ((EXAMPLES, "--schema", "bioread"), "R814"),
        (("biored",), "R803"),
        (("biored:nothing",), "R802"),
        ((EXAMPLES, "--against", "nothing"), "R801"),
        (("biorex",), "R827"),
        (("biored", "--schema", "biored"), "R829"),
    ],
)
def test_misuse_is_refused(check: Check, arguments: tuple[str, ...], message: str) -> None:
    error = check(*arguments).exception
    assert isinstance(error, UsageError)
    assert error.code == message
