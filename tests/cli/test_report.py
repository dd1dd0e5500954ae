"""``relatome report``: what it reads, what it writes, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest
import tomli_w
from lxml import etree

from relatome import formats
from relatome.data import Document, Relation
from relatome.scoring import score
from tests.cli.conftest import Relatome
from tests.own_corpus import write_corpus, write_focal_recipe
from tests.tiny import DOCUMENTS, fix_weights, learnable

EXAMPLES = Path(__file__).parents[2] / "examples" / "scoring"
GOLD, PREDICTED = EXAMPLES / "gold.pubtator", EXAMPLES / "predicted.pubtator"
CHEMICALS = EXAMPLES / "chemicals.jsonl"
RULE = ("--gold", GOLD, "--rule", "biored-8")


def read(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes())


def rows(root: etree._Element, section: str) -> dict[str, list[str]]:
    """The cells of all tables of a section by the first of their row."""
    every = [
        ["".join(cell.itertext()) for cell in row]
        for row in root.findall(f".//section[@id='{section}']//tbody/tr")
    ]
    return {row[0]: row[1:] for row in every}


def sections(root: etree._Element) -> list[str]:
    return [str(section.get("id")) for section in root.iter("section")]


def test_predictions(relatome: Relatome, tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    ran = relatome("report", PREDICTED, *RULE, "-o", output)
    assert (ran.code, ran.out) == (0, f"Wrote {output}\n")
    root = read(output)
    assert root.findtext(".//h1") == "predicted.pubtator"
    assert rows(root, "scores")["all"] == [
        *("57.14", "57.14", "57.14"),
        "0.00 – 100.00",
        *("4", "3", "3"),
    ]
    about = rows(root, "about")
    assert len(about["sha256"][0]) == 64
    assert about["rule"] == ["biored-8"]
    assert about["command"][0].startswith(f"relatome report {PREDICTED} --gold {GOLD} --rule")


def test_two_predictions(relatome: Relatome, tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    assert relatome("report", PREDICTED, GOLD, *RULE, "-o", output).code == 0
    root = read(output)
    assert root.findtext(".//h1") == "predicted.pubtator and gold.pubtator"
    assert "only in gold.pubtator: 0" in "".join(root.itertext())


def test_the_page_goes_where_the_command_was_given(
    relatome: Relatome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert relatome("report", PREDICTED, *RULE).code == 0
    assert sections(read(tmp_path / "report.html"))[0] == "scores"


def test_local_identifiers_are_those_of_the_annotation(relatome: Relatome, tmp_path: Path) -> None:
    gold, predicted, output = (tmp_path / name for name in ("gold.jsonl", "own.jsonl", "page.html"))
    (annotated,) = DOCUMENTS[1:2]
    formats.write([annotated], gold, "jsonl")
    made = msgspec.structs.replace(
        annotated,
        mentions=tuple(
            msgspec.structs.replace(m, entity_ids=(f"local:{m.type}:{m.text.lower()}",))
            for m in annotated.mentions
            if m.type != "SequenceVariant"
        ),
        relations=(
            Relation(
                *("local:GeneOrGeneProduct:kcn9", "local:GeneOrGeneProduct:tpo2"), "Bind", 0.9, True
            ),
        ),
    )
    formats.write([made], predicted, "jsonl")
    ran = relatome("report", predicted, "--gold", gold, "--rule", "biored-8", "-o", output)
    assert ran.code == 0, ran.err
    root = read(output)
    assert rows(root, "scores")["all"][-3:] == ["1", "0", "0"]
    assert rows(root, "entities")["R12K"][:2] == ["SequenceVariant", "bind"]
    assert rows(root, "about")["entities"][0].startswith("local identifiers")


def test_a_test_split_shows_no_error(relatome: Relatome, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    answer, output = tmp_path / "answer.jsonl", tmp_path / "page.html"
    formats.write([d.with_relations(()) for d in learnable(3, start=12)], answer, "jsonl")
    for split, shown in (("test", 0), ("dev", 4)):
        if split == "dev":
            formats.write([d.with_relations(()) for d in learnable(6, start=6)], answer, "jsonl")
        ran = relatome(
            "report", answer, "--gold", f"{corpus}:{split}", "--rule", "biored-8", "-o", output
        )
        assert ran.code == 0, ran.err
        assert len(list(read(output).iter("article"))) == shown


@pytest.fixture(scope="module")
def run(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on a corpus of one's own."""
    pytest.importorskip("torch")
    from relatome.recipes import load_recipe
    from relatome.training import carry_out

    folder = tmp_path_factory.mktemp("own")
    recipe = load_recipe(str(write_focal_recipe(folder, tiny_encoder)))
    carry_out(recipe, folder / "run", resume=False)
    return folder / "run"


def test_a_run(run: Path, relatome: Relatome, tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    ran = relatome("report", run, "-o", output)
    assert ran.code == 0, ran.err
    root = read(output)
    assert "learning" in sections(root)
    reached = json.loads((run / "results.json").read_text("utf-8"))["f1"]["all"]
    assert rows(root, "scores")["all"][2] == f"{100 * reached:.2f}"
    about = rows(root, "about")
    assert about["recipe"] == ["small"]
    assert any(name.startswith("sha256 of") for name in about)
    assert about["rule"] == ["biored-8"]


def test_a_run_on_its_test_split(run: Path, relatome: Relatome, tmp_path: Path) -> None:
    output, predicted = tmp_path / "page.html", tmp_path / "predicted.jsonl"
    assert relatome("report", run, "--split", "test", "-o", output).code == 0
    root = read(output)
    assert not list(root.iter("article"))
    test = run.parent / "test.jsonl"
    assert relatome("predict", run, test, "-o", predicted).code == 0
    found = score(formats.read(test), formats.read(predicted), "biored-8").counts("pair")
    assert rows(root, "scores")["pair"][-3:] == [
        str(n) for n in (found.true_positive, found.false_positive, found.false_negative)
    ]


def test_a_run_beside_predictions(run: Path, relatome: Relatome, tmp_path: Path) -> None:
    predicted, output = tmp_path / "predicted.jsonl", tmp_path / "page.html"
    assert relatome("predict", run, run.parent / "dev.jsonl", "-o", predicted).code == 0
    ran = relatome("report", run, predicted, "-o", output)
    assert ran.code == 0, ran.err
    root = read(output)
    assert root.findtext(".//h1") == "run and predicted.jsonl"
    first = root.find(".//section[@id='scores']/div[1]")
    assert first is not None
    differences = [row[3].text for row in first.findall(".//tbody/tr")]
    assert differences == ["+0.00"] * 4


def test_a_run_that_is_not_finished(run: Path, relatome: Relatome, tmp_path: Path) -> None:
    going, output = tmp_path / "going", tmp_path / "page.html"
    going.mkdir()
    for name in ("recipe.toml", "metrics.jsonl"):
        shutil.copy(run / name, going / name)
    (going / "provenance.json").write_text('{"code": "0.')
    ran = relatome("report", going, "-o", output)
    assert ran.code == 0, ran.err
    assert sections(read(output)) == ["learning", "about"]
    assert rows(read(output), "about")["provenance"] == ["cannot be read"]


def test_a_run_of_a_tagger(tiny_encoder: Path, relatome: Relatome, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from relatome.encode import DocumentEncoding
    from relatome.encode.mention_tags import TaggerSettings
    from relatome.models import TaggerModel, load_encoder
    from relatome.recipes import load_tagger, to_plain
    from relatome.training.tagger.model import Tagger

    corpus, tagger, output = write_corpus(tmp_path), tmp_path / "tagger", tmp_path / "page.html"
    backbone, tokenizer = load_encoder(str(tiny_encoder))
    settings = TaggerSettings(("GeneOrGeneProduct",), DocumentEncoding(96, 32))
    model = TaggerModel(backbone, settings, tokenizer)
    fix_weights(model.classify)
    Tagger(model, tokenizer, settings).save(tagger / "model")
    recipe = msgspec.structs.replace(load_tagger("tagger-minilm"), dev=f"{corpus}:dev")
    (tagger / "recipe.toml").write_text(tomli_w.dumps(to_plain(recipe)), encoding="utf-8")
    (tagger / "results.json").write_text("{}")
    ran = relatome("report", tagger, "-o", output)
    assert ran.code == 0, ran.err
    root = read(output)
    assert sections(root) == ["entities", "about"]
    dev = list(formats.read(tmp_path / "dev.jsonl"))
    found = gene_f1(tagger, dev)
    assert rows(root, "entities")["GeneOrGeneProduct"][2] == f"{100 * found:.2f}"


def gene_f1(run: Path, documents: list[Document]) -> float:
    """F1 of the genes that the tagger of a run finds."""
    from relatome.scoring.mentions import mention_counts
    from relatome.training.tagger import load_tagger_model

    tagged = load_tagger_model(run / "model").tag(documents)
    return mention_counts(documents, tagged, ["GeneOrGeneProduct"])["all"].f1


def test_a_share_that_was_held_out(run: Path, relatome: Relatome, tmp_path: Path) -> None:
    shared, output = tmp_path / "shared", tmp_path / "page.html"
    shutil.copytree(run, shared, ignore=shutil.ignore_patterns("checkpoints"))
    text = (shared / "recipe.toml").read_text("utf-8")
    dev = next(line for line in text.splitlines() if line.startswith("dev = "))
    (shared / "recipe.toml").write_text(text.replace(dev, "dev = 0.5"), encoding="utf-8")
    ran = relatome("report", shared, "-o", output)
    assert ran.code == 0, ran.err
    assert "(held out)" in rows(read(output), "about")["judged against"][0]
    ran = relatome("report", shared, run, "-o", output)
    assert ran.code == 2
    assert "[R964]" in ran.err
    assert "documents" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((PREDICTED,), "R962"),
        ((PREDICTED, "--rule", "biored-8"), "R961"),
        ((PREDICTED, "--gold", GOLD), "R962"),
        ((PREDICTED, *RULE, "--split", "dev"), "R965"),
        ((PREDICTED, GOLD, CHEMICALS, *RULE), "R963"),
        ((PREDICTED, PREDICTED, *RULE), "R967"),
        (("nowhere.jsonl", *RULE), "R101"),
        ((PREDICTED, "--gold", GOLD, "--rule", "bioread"), "R401"),
        (
            (
                EXAMPLES / "chemicals.jsonl",
                "--gold",
                EXAMPLES / "chemicals.jsonl",
                "--rule",
                "drugprot-script",
            ),
            "R960",
        ),
    ],
)
def test_what_cannot_be_reported_on(
    arguments: tuple[object, ...], code: str, relatome: Relatome, tmp_path: Path
) -> None:
    output = tmp_path / "page.html"
    ran = relatome("report", *arguments, "-o", output)
    assert ran.code != 0
    assert f"[{code}]" in ran.err
    assert not output.exists()


def test_an_answer_is_not_written_over(relatome: Relatome, tmp_path: Path) -> None:
    answer = tmp_path / "answer.pubtator"
    shutil.copy(PREDICTED, answer)
    ran = relatome("report", answer, *RULE, "-o", answer)
    assert ran.code == 2
    assert "[R967]" in ran.err
    assert answer.read_bytes() == PREDICTED.read_bytes()


def test_a_page_that_cannot_be_written(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("report", PREDICTED, *RULE, "-o", tmp_path / "none" / "page.html")
    assert ran.code == 1
    assert "page.html" in ran.err
