"""The main job from Python: documents in, documents with relations out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("torch")  # the tiny model is made with it

import shutil

import msgspec

import relatome
from relatome.data import Document, Mention, Relation
from relatome.data.calibration import Calibration, Reliability, Thresholds
from relatome.data.schemas import BIORED
from relatome.entities import Dictionary
from relatome.errors import InputError, UsageError
from relatome.formats import read
from relatome.pipeline import Pipeline, Tally, find_model, load, shipped_models
from relatome.runtime import Model, ModelFolder
from relatome.runtime.folder import write_settings
from tests.tiny import CHEMICAL, DISEASE, DOCUMENTS, document, long_document

EXAMPLES = Path(__file__).parents[1] / "examples" / "annotated.pubtator"
MANY = (*DOCUMENTS, long_document("long", 9))


@pytest.fixture(scope="module")
def extract(tiny_model: Path) -> Pipeline:
    return load(tiny_model, tagger="given", weights="fp32", threads=1)


def without_relations(made: Document) -> Document:
    return made.with_relations(())


def test_documents_come_back_in_order_with_everything_but_their_relations(
    extract: Pipeline,
) -> None:
    found = list(extract(MANY))
    assert [d.id for d in found] == [d.id for d in MANY]
    for before, after in zip(MANY, found, strict=True):
        assert without_relations(before) == without_relations(after)
        after.check()


def test_relations_are_legal_scored_and_judged_novel(extract: Pipeline) -> None:
    relations = [(d, r) for d in extract(MANY) for r in d.relations]
    assert len(relations) > 10
    for made, relation in relations:
        types = [made.entity_by_id[id].type for id in (relation.head, relation.tail)]
        rule = BIORED.pair_rule(*types)
        assert rule is not None
        assert relation.type in rule.labels
        assert relation.score is not None
        assert 0 < relation.score <= 1
        assert relation.novel_score is not None
        assert relation.novel is (relation.novel_score >= 0.5)


def test_relations_of_the_input_are_replaced(extract: Pipeline) -> None:
    claimed = Relation("C1", "D1", "Association", score=1.0)
    (made,) = extract([DOCUMENTS[0].with_relations((claimed,))])
    assert claimed not in made.relations
    assert made == next(iter(extract(DOCUMENTS[:1])))


def test_a_document_alone_gets_the_relations_it_gets_among_others(tiny_model: Path) -> None:
    for weights in ("fp32", "int8"):
        extract = load(tiny_model, weights=weights, threads=1)  # type: ignore[arg-type]
        together = list(extract(MANY))
        for number in reversed(range(len(MANY))):
            assert extract.extract(MANY[number]) == together[number]


def test_documents_stream(extract: Pipeline) -> None:
    taken = []

    def source():  # type: ignore[no-untyped-def]
        for made in MANY:
            taken.append(made.id)
            yield made

    documents = extract(source())
    assert taken == []
    next(documents)
    assert taken == ["treat"]
    next(documents)
    assert taken == ["treat", "bind"]


def test_other_spellings_of_types_are_understood(extract: Pipeline) -> None:
    made = DOCUMENTS[1]
    aliases = {"GeneOrGeneProduct": "gene", "OrganismTaxon": "Species", "SequenceVariant": "SNP"}
    renamed = msgspec.structs.replace(
        made,
        mentions=tuple(
            msgspec.structs.replace(m, type=aliases[m.type], id=m.id) for m in made.mentions
        ),
    )
    assert extract.extract(renamed).relations == extract.extract(made).relations


def test_an_unknown_type_names_the_document(extract: Pipeline) -> None:
    made = DOCUMENTS[1]
    mentions = (msgspec.structs.replace(made.mentions[0], type="Protein"), *made.mentions[1:])
    with pytest.raises(InputError, match=r"R103.*document bind.*'Protein'"):
        extract.extract(msgspec.structs.replace(made, mentions=mentions))


def test_types_of_mentions_that_are_not_kept_are_not_judged(tiny_model: Path) -> None:
    made = DOCUMENTS[1]
    mentions = (msgspec.structs.replace(made.mentions[0], type="Protein"), *made.mentions[1:])
    odd = msgspec.structs.replace(made, mentions=mentions)
    extract = load(tiny_model, tagger=tagging, weights="fp32", threads=1)
    assert extract.input_schema is None
    assert extract.extract(odd) == extract.extract(made)
    assert extract.under(tagger="given").input_schema == extract.schema


def test_min_score_leaves_out_what_is_lower(tiny_model: Path) -> None:
    everything = list(load(tiny_model, weights="fp32", threads=1)(MANY))
    for least in (0.0, 0.4, 0.8, 1.0):
        few = list(load(tiny_model, weights="fp32", threads=1, min_score=least)(MANY))
        for all_of, some_of in zip(everything, few, strict=True):
            kept = tuple(r for r in all_of.relations if (r.score or 0) >= least)
            assert some_of.relations == kept


@pytest.fixture(scope="module")
def sure(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with thresholds by hand: 0.6 and 0.9 for precisions of 0.5 and 0.8."""
    folder = Path(shutil.copytree(tiny_model, tmp_path_factory.mktemp("sure") / "model"))
    opened = ModelFolder(folder)
    nothing = Reliability(0.0, ())
    calibration = Calibration(
        "dev",
        "fp32",
        nothing,
        nothing,
        (0.5, 0.8),
        {"Bind": Thresholds(30, 20, (0.3, None), (30, 0))},
        Thresholds(90, 60, (0.6, 0.9), (50, 20)),
    )
    write_settings(
        opened, msgspec.structs.replace(opened.manifest.settings, calibration=calibration)
    )
    return folder


@pytest.mark.parametrize(
    ("precision", "bind", "others"),
    [(0.3, 0.3, 0.6), (0.5, 0.3, 0.6), (0.6, 2.0, 0.9), (0.8, 2.0, 0.9)],
)
def test_a_precision_asks_each_type_for_its_score(
    precision: float, bind: float, others: float, sure: Path
) -> None:
    everything = list(load(sure, weights="fp32", threads=1)(MANY))
    extract = load(sure, weights="fp32", threads=1, precision=precision)
    some = list(extract(MANY))
    left_out = 0
    for all_of, some_of in zip(everything, some, strict=True):
        kept = tuple(
            r for r in all_of.relations if (r.score or 0) >= (bind if r.type == "Bind" else others)
        )
        assert some_of.relations == kept
        left_out += len(all_of.relations) - len(kept)
    assert left_out > 0
    (told,) = [line for line in extract.tally.summary() if "recision" in line]
    assert told.endswith(f"{left_out} relations left out for it.")
    assert ("Never reached, so not returned: Bind." in told) == (precision > 0.5)
    assert "Precision 0.80 as measured on dev." in told or precision <= 0.5
    assert "judged by all types together: Association, " in told


def test_a_precision_and_a_least_score_both_hold(sure: Path) -> None:
    extract = load(sure, weights="fp32", threads=1, precision=0.5, min_score=0.95)
    assert all((r.score or 0) >= 0.95 for d in extract(MANY) for r in d.relations)


@pytest.mark.parametrize("precision", [0.0, -1, 0.81, 1.5, float("nan"), "int8", True])
def test_what_is_no_precision_is_refused(precision: object, sure: Path) -> None:
    with pytest.raises(UsageError, match=r"R851.*0\.8.*--weights"):
        load(sure, precision=precision)  # type: ignore[arg-type]


def test_a_model_that_was_not_calibrated_knows_no_precision(tiny_model: Path) -> None:
    with pytest.raises(UsageError, match=r"R850.*models calibrate.*--min-score"):
        load(tiny_model, precision=0.8)


def test_everything_met_is_counted(tiny_model: Path) -> None:
    extract = load(tiny_model, weights="fp32", threads=1)
    found = list(extract(DOCUMENTS))
    assert extract.tally == Tally(
        documents=5,
        without_candidates=1,
        mentions=6 + 4 + 2 + 2 + 7,
        mentions_without_id=1,
        entities=4 + 4 + 2 + 2 + 7,
        candidates=6 + 1 + 1 + 18,
        windows=4,
        relations=sum(len(d.relations) for d in found),
        replaced=2 + 1 + 1 + 2,
    )
    said = " ".join(extract.tally.summary())
    for number in ("5 documents", "26 candidate", "1 mention without", "6 relations of the input"):
        assert number in said


def test_nothing_remarkable_is_one_line() -> None:
    assert len(Tally(documents=3, relations=2).summary()) == 1


def test_the_examples(extract: Pipeline) -> None:
    found = list(extract(read(EXAMPLES)))
    assert len(found) == 3
    assert sum(len(d.relations) for d in found) > 10


@pytest.mark.parametrize(
    "made",
    [
        Document("empty", ()),
        document("blank", "   "),
        document("controls", "\x01\x02 \x03"),
        document("none", "Nothing is marked here."),
        document("organism", "{mice|O|1} and {mice|O|2}"),
    ],
    ids=lambda made: made.id,
)
def test_documents_without_any_pair_come_back_as_they_are(
    made: Document, extract: Pipeline
) -> None:
    assert extract.extract(made) == made


def test_mentions_of_characters_no_tokenizer_knows(extract: Pipeline) -> None:
    made = extract.extract(document("odd", "{\x01\x02|G|1} {\u200b|D|2} {🧬|C|3} {𝒳|V|4} \x03"))
    made.check()
    assert len(made.entities) == 4


def test_models_are_found_by_name_or_folder(tiny_model: Path, tmp_path: Path) -> None:
    assert find_model(tiny_model) == find_model(str(tiny_model)) == tiny_model
    for name, path in shipped_models().items():
        assert find_model(name) == path
    with pytest.raises(UsageError, match="R513"):
        find_model("no-such-model")
    with pytest.raises(UsageError, match="R513"):
        find_model(tmp_path / "nowhere")


def test_the_front_door(tiny_model: Path) -> None:
    extract = relatome.load(tiny_model, weights="fp32", threads=1)
    assert isinstance(extract, relatome.Pipeline)
    assert extract.schema.name == "biored"
    for made in extract(relatome.read(EXAMPLES)):
        assert all(isinstance(relation, Relation) for relation in made.relations)


def tagging(given: Document) -> Document:
    """Finds what the tiny documents are about, without identifiers."""
    names = {"abadol": CHEMICAL, "fever": DISEASE, "mice": "OrganismTaxon", "cells": "Cell"}
    found = [
        Mention(f"T{match.start()}", *match.span(), match.group(), names[match.group().lower()])
        for match in re.finditer("|".join(names), given.text, re.IGNORECASE)
    ]
    return msgspec.structs.replace(given, mentions=tuple(found), relations=())


def test_a_text_becomes_entities_and_relations(tiny_model: Path) -> None:
    extract = load(tiny_model, tagger=tagging, weights="fp32", threads=1)
    found = extract("Abadol\n\nAbadol treats fever in mice. Fever falls in cells.")
    found.check()
    assert [passage.kind for passage in found.passages] == ["title", "abstract"]
    assert {entity.id: len(entity.mentions) for entity in found.entities} == {
        "local:ChemicalEntity:abadol": 2,
        "local:DiseaseOrPhenotypicFeature:fever": 2,
        "local:OrganismTaxon:mice": 1,
    }
    assert {(r.head, r.tail) for r in found.relations} <= {
        ("local:ChemicalEntity:abadol", "local:DiseaseOrPhenotypicFeature:fever")
    }
    assert (extract.tally.tagged, extract.tally.foreign_mentions) == (1, 1)
    assert "1 document tagged, 5 mentions" in extract.tally.summary()[0]
    assert "1 mention of types the model does not relate" in extract.tally.summary()[1]


def test_mentions_that_are_given_are_kept(tiny_model: Path) -> None:
    """Unless another tagger is asked for."""
    made = document("d", "{Abadol|C|C1} treats {fever|D|D1} in mice.")
    given = load(tiny_model, weights="fp32", threads=1).identify(made)
    assert given == made
    found = load(tiny_model, tagger=tagging, weights="fp32", threads=1).identify(made)
    assert len(found.mentions) == 3


def test_mentions_without_any_identifier_are_grouped(tiny_model: Path) -> None:
    made = document("d", "{Abadol|C} treats {fever|D}; {abadol|C} helps.")
    found = load(tiny_model, weights="fp32", threads=1).identify(made)
    assert [len(entity.mentions) for entity in found.entities] == [2, 1]


@pytest.fixture(scope="module")
def grouping(coreferent_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with a head of coreference, which joins whatever has an antecedent."""
    folder = Path(shutil.copytree(coreferent_model, tmp_path_factory.mktemp("grouping") / "model"))
    opened = ModelFolder(folder)
    write_settings(
        opened, msgspec.structs.replace(opened.manifest.settings, coreference_threshold=0.0)
    )
    return folder


UNLINKED = "{Abadol|C} or {becotin|C} treats {fever|D} and {pain|D} in {mice|O}."


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows of each pass of the encoder."""
    counted: list[int] = []
    run_encoder = Model.run_encoder

    def counting(self, feed):  # type: ignore[no-untyped-def]
        counted.append(len(feed["input_ids"]))
        return run_encoder(self, feed)

    monkeypatch.setattr(Model, "run_encoder", counting)
    return counted


def test_coreference_groups_mentions_without_identifiers(
    grouping: Path, coreferent_model: Path, passes: list[int]
) -> None:
    made = document("d", UNLINKED)
    extract = load(grouping, weights="fp32", threads=1)
    found = extract.extract(made)
    assert [len(entity.mentions) for entity in found.entities] == [2, 2, 1]
    assert extract.tally.candidates == 1
    assert passes == [1]  # one for both
    again = load(grouping, tagger="given", weights="fp32", threads=1)
    assert found.relations == again.extract(found.with_relations(())).relations
    plain = load(coreferent_model, weights="fp32", threads=1).identify(made)
    assert len(plain.entities) == 5  # no threshold was fitted


def test_coreference_leaves_given_identifiers_alone(grouping: Path, passes: list[int]) -> None:
    extract = load(grouping, weights="fp32", threads=1)
    made = document("d", "{Abadol|C|C1} or {becotin|C|C2} treats {fever|D}.")
    assert extract.identify(made) == made
    assert passes == []


def test_coreference_joins_what_a_linker_does_not_know(grouping: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("MESH:D1\tDisease\tfever\n", encoding="utf-8")
    linker = Dictionary.read(path, BIORED.canonical_type)
    found = load(grouping, linker=linker, weights="fp32", threads=1).identify(
        document("d", UNLINKED)
    )
    assert [entity.id for entity in found.entities][1] == "MESH:D1"
    assert len(found.entities) == 3


@pytest.mark.parametrize("most", [1, 8])
def test_coreference_holds_within_the_parts_of_a_long_document(
    most: int, grouping: Path, passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same whether what the encoder gave is kept, or made again."""
    monkeypatch.setattr("relatome.pipeline.PART_CHARACTERS", 400)
    monkeypatch.setattr("relatome.pipeline._MOST_READINGS", most)
    text = " ".join(
        f"{{drug{n}|C}} treats {{ill{n}|D}} in the liver cells of mice without effect on pain."
        for n in range(20)
    )
    made = document("long", text)
    extract = load(grouping, weights="fp32", threads=1)
    found = extract.extract(made)
    found.check()
    assert extract.tally.in_parts
    of_drugs = {m.entity_ids for m in found.mentions if m.type == CHEMICAL}
    assert len(of_drugs) == len({m.entity_ids for m in found.mentions}) / 2 > 2
    assert sum(passes) == extract.tally.windows * (2 if most == 1 else 1)
    assert {r.head for r in found.relations} | {r.tail for r in found.relations} <= {
        id for mention in found.mentions for id in mention.entity_ids
    }


def test_a_linker_names_entities(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("MESH:D1\tDisease\tfever|pyrexia\n", encoding="utf-8")
    linker = Dictionary.read(path, BIORED.canonical_type)
    extract = load(tiny_model, tagger=tagging, linker=linker, weights="fp32", threads=2)
    texts = [document(str(number), "Abadol treats fever.") for number in range(9)]
    for found in extract(texts):
        assert found.entities[1].id == "MESH:D1"


def test_what_a_dictionary_identified_is_said(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text(
        "MESH:D1\tDisease\tfever\nMESH:C1\tChemical\tABADOL\nMESH:C2\tChemical\tabadol\n"
    )
    linker = Dictionary.read(path, BIORED.canonical_type)
    extract = load(tiny_model, tagger=tagging, linker=linker, weights="fp32", threads=2)
    text = "Abadol treats fever."
    list(extract(document(str(number), text) for number in range(9)))
    said = "The dictionary identified 9 of 18 entities; 9 mentions fit several."
    assert said in extract.tally.summary()
    assert linker.ambiguous == 9
    # Entities that the documents bring along are not the dictionary's.
    given = extract.under(tagger="given")
    given.extract(DOCUMENTS[0])
    assert "The dictionary had no entity to identify." in given.tally.summary()
    without = load(tiny_model, tagger=tagging, weights="fp32", threads=1)
    without.extract(document("1", text))
    assert not any("dictionary" in line for line in without.tally.summary())
    one = Tally(looked_up=1, unidentified=1, linked=0, ambiguous=1).summary()
    assert "The dictionary identified 0 of 1 entity; 1 mention fits several." in one


def test_several_threads_say_the_same(tiny_model: Path) -> None:
    every = [msgspec.structs.replace(d, id=f"{n}") for n in range(5) for d in MANY]
    one = load(tiny_model, weights="fp32", threads=1)
    three = load(tiny_model, weights="fp32", threads=3)
    assert list(one(every)) == list(three(every))
    assert one.tally == three.tally


def test_other_options_of_the_same_models(sure: Path) -> None:
    extract = load(sure, tagger=tagging, weights="fp32", threads=1)
    every = [document.relations for document in extract(MANY)]
    other = extract.under(tagger="auto", min_score=0.7, precision=0.5)
    alone = load(sure, tagger="given", weights="fp32", threads=1, min_score=0.7, precision=0.5)
    assert [other.extract(d).relations for d in MANY] == [d.relations for d in alone(MANY)]
    assert other.model is extract.model
    assert other.tally == alone.tally
    assert extract.tally.documents == len(MANY)
    assert extract.tally.unsure == 0
    assert [document.relations for document in extract(MANY)] == every
    with pytest.raises(UsageError, match="R851"):
        extract.under(precision=0.99)


def test_an_error_comes_where_it_stands(tiny_model: Path) -> None:
    """What stands before it has come out already."""
    strange = msgspec.structs.replace(
        DOCUMENTS[0], mentions=(Mention("m", 0, 6, "Abadol", "Spaceship"),), relations=()
    )
    extract = load(tiny_model, weights="fp32", threads=2)(iter([*MANY, strange, *MANY]))
    for made in MANY:
        assert next(extract).id == made.id
    with pytest.raises(InputError, match="Spaceship"):
        next(extract)


def test_a_long_document_is_read_in_parts(tiny_model: Path) -> None:
    made = long_document("long", 150)  # about 12,000 characters
    extract = load(tiny_model, weights="fp32", threads=1)
    found = extract.extract(made)
    found.check()
    assert extract.tally.in_parts == 1
    assert "1 long document read in parts" in "\n".join(extract.tally.summary())
    pairs = [frozenset((r.head, r.tail)) for r in found.relations]
    assert len(pairs) == len(set(pairs))
    for relation in found.relations:
        for span in relation.evidence:
            assert 0 <= span.start < span.end <= len(found.text)
