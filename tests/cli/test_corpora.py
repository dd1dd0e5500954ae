"""``relatome corpora``: list, get, stats."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.corpora import CORPORA
from relatome.corpora.fetch import fetch
from relatome.errors import UsageError, WorkError


@pytest.fixture(autouse=True)
def _no_corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELATOME_CORPORA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def _unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """BioRED at an address where nobody answers."""
    (download,) = CORPORA["biored"].downloads
    nowhere = msgspec.structs.replace(download, url="http://127.0.0.1:9/BIORED.zip")
    entry = msgspec.structs.replace(CORPORA["biored"], downloads=(nowhere,))
    monkeypatch.setitem(CORPORA, "biored", entry)
    monkeypatch.setitem(fetch.__kwdefaults__, "sleep", lambda _: None)


def test_list_shows_every_split(corpora_dir: Path) -> None:
    result = CliRunner().invoke(app, ["corpora", "list", "--corpora", str(corpora_dir)])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["biored", "train", "train", "400"] in [row[:4] for row in rows]
    assert ["test-ner", "test", "112"] in [row[:3] for row in rows]
    # Folds are one line.
    assert ["gad", "fold1", "…", "fold10", "train", "5,330"] in [row[:6] for row in rows]
    assert {row[0] for row in rows if row} >= set(CORPORA)
    assert str(corpora_dir / "biored") in result.stdout


def test_list_without_any_copy() -> None:
    result = CliRunner().invoke(app, ["corpora", "list"])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert {row[-1] for row in rows[2:]} == {"–"}


def test_stats_as_json(corpora_dir: Path) -> None:
    arguments = ["corpora", "stats", "biored", "--corpora", str(corpora_dir), "--format", "json"]
    counted = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert [split["documents"] for split in counted] == [400, 100, 100]
    assert counted[1]["novelty"] == {"novel": 835, "not novel": 327}


def test_stats_draws_a_picture(corpora_dir: Path, tmp_path: Path) -> None:
    picture = tmp_path / "dev.svg"
    arguments = ["corpora", "stats", "biored:dev", "--corpora", str(corpora_dir)]
    result = CliRunner().invoke(app, [*arguments, "--plot", str(picture)])
    assert result.exit_code == 0
    drawn = picture.read_text("utf-8")
    assert "biored:dev" in drawn
    assert "100 documents, 3,533 mentions, 1,162 relations" in drawn
    with pytest.raises(UsageError, match=r"R816.*dev\.png"):
        CliRunner().invoke(
            app, [*arguments, "--plot", str(tmp_path / "dev.png")], catch_exceptions=False
        )


def test_stats_of_all_corpora(tmp_path: Path, corpora_dir: Path) -> None:
    (tmp_path / "biored").symlink_to(corpora_dir / "biored")
    arguments = ["corpora", "stats", "--corpora", str(tmp_path)]
    lines = CliRunner().invoke(app, arguments).stdout.splitlines()
    assert [line.split() for line in lines if "biored" in line] == [
        ["biored:train", "400", "13,351", "4,496", "4,178", "21,755"],
        ["biored:dev", "100", "3,533", "1,229", "1,162", "6,334"],
        ["biored:test", "100", "3,535", "1,273", "1,163", "7,047"],
    ]
    picture = str(tmp_path / "all.svg")
    with pytest.raises(UsageError, match="R817"):
        CliRunner().invoke(app, [*arguments, "--plot", picture], catch_exceptions=False)


def test_stats_by_finer_types(corpora_dir: Path) -> None:
    arguments = ["corpora", "stats", "drugprot:train", "--corpora", str(corpora_dir)]
    lines = CliRunner().invoke(app, arguments).stdout.splitlines()
    rows = [line.split() for line in lines]
    assert ["label", "CHEMICAL–GENE-Y", "CHEMICAL–GENE-N"] in rows
    assert ["PRODUCT-OF", "382", "116"] in rows
    assert ["same", "sentence", "9,599", "9,599"] in rows


def test_stats_as_a_table(corpora_dir: Path) -> None:
    arguments = ["corpora", "stats", "biored", "--corpora", str(corpora_dir)]
    rows = [line.split() for line in CliRunner().invoke(app, arguments).stdout.splitlines()]
    assert ["relations", "4,178", "1,162", "1,163", "6,503"] in rows
    assert ["Conversion", "3", "0", "1", "4"] in rows


def test_names_are_no_markup(tmp_path: Path) -> None:
    (tmp_path / "schema.toml").write_text(
        'name = "[red]ours"\nlabels = ["[b]Binds"]\nordered = false\nunit = "concept"\n'
        'scope = "document"\nmulti_label = false\nnovelty = false\nprompt_word = "x"\n'
        'rule = "relations"\n[entity_types]\n"[i]Gene" = ["Gene"]\n'
        '[[pairs]]\nhead = "[i]Gene"\ntail = "[i]Gene"\nlabels = ["[b]Binds"]\n'
    )
    (tmp_path / "one.pubtator").write_text(
        "1|t|KCN9 binds TPO2.\n1\t0\t4\tKCN9\tGene\t9\n1\t11\t15\tTPO2\tGene\t8\n"
        "1\t[b]Binds\t9\t8\n"
    )
    path = tmp_path / "corpus.toml"
    path.write_text(
        'name = "ours"\nschema = "schema.toml"\n[splits."[u]all"]\nrole = "train"\n'
        'files = ["one.pubtator"]\n'
    )
    printed = CliRunner().invoke(app, ["corpora", "stats", str(path)]).stdout
    rows = [line.split() for line in printed.splitlines()]
    assert ["[u]all", "total"] in rows
    assert ["[i]Gene–[i]Gene", "1", "1"] in rows
    assert ["[b]Binds", "1", "1"] in rows
    picture = tmp_path / "x.svg"
    CliRunner().invoke(app, ["corpora", "stats", str(path), "--plot", str(picture)])
    assert "[i]Gene" in picture.read_text()


def test_a_corpus_of_ones_own_or_a_pool_is_not_fetched() -> None:
    for name in ("my/corpus.toml", "biorex", "BioREx"):
        error = CliRunner().invoke(app, ["corpora", "get", name]).exception
        assert isinstance(error, UsageError)
        assert error.code == "R828"
    error = CliRunner().invoke(app, ["corpora", "stats", "biorex"]).exception
    assert isinstance(error, UsageError)
    assert "relatome corpora build biorex" in str(error)


def test_get_refuses_without_acceptance() -> None:
    result = CliRunner().invoke(app, ["corpora", "get", "biored"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "R807"
    assert "doi:10.1093/bib/bbac282" in result.stdout
    assert "The distribution states no licence." in result.stdout
    assert (
        "https://ftp.ncbi.nlm.nih.gov/pub/lu/BioRED/BIORED.zip (2,191,684 bytes)" in result.stdout
    )


@pytest.mark.parametrize(("answer", "code"), [("n\n", "R807"), ("y\n", "R808")])
@pytest.mark.usefixtures("_unreachable")
def test_get_asks_on_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str, code: str) -> None:
    monkeypatch.setattr(sys.modules["relatome.cli.corpora"], "_interactive", lambda: True)
    result = CliRunner().invoke(app, ["corpora", "get", "biored"], input=answer)
    assert "Do you accept these terms?" in result.stdout
    assert isinstance(result.exception, UsageError | WorkError)
    assert result.exception.code == code


@pytest.mark.usefixtures("_unreachable")
def test_get_says_when_there_is_no_network(tmp_path: Path) -> None:
    arguments = ["corpora", "get", "biored", "--accept-licence", "--corpora", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, WorkError)
    assert "Connection refused" in str(result.exception)
    assert "Connection refused; trying again in 1 s" in result.stderr


def test_get_of_a_corpus_without_address_says_what_to_do() -> None:
    result = CliRunner().invoke(app, ["corpora", "get", "bc8"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "R806"
