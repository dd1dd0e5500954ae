"""What is learnt besides relations: it is in the loss, and in nothing that predicts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

import torch

from relatome.data import Document
from relatome.encode import PairSequence
from relatome.errors import UsageError
from relatome.pipeline import load
from relatome.recipes import Recipe
from relatome.recipes.recipe import Tasks
from relatome.training import load_model, run
from relatome.training.dataset import Collator, Examples
from relatome.training.ensemble import load_run, predict
from relatome.training.export import export_run
from relatome.training.objective import Objective, judged_rows
from relatome.training.run import _beginning, preflight
from tests.tiny import DOCUMENTS, document, learnable, split
from tests.training.conftest import Tiny

TRAIN = split("own:train", [*DOCUMENTS, *learnable(6)])
DEV = split("own:dev", learnable(6, start=6), "dev")


def acting(count: int, *, start: int = 0) -> tuple[Document, ...]:
    """Documents in which the first named of two acts, if "by" does not turn it round."""
    made = []
    for number in range(start, start + count):
        words, subject = (("inhibits", 1), ("inhibited by", 2))[number % 2]
        text = f"The dose of {{kcn{number % 5}|G|G1}} {words} {{abadol|G|G2}} in mice."
        each = document(f"act-{number}", text, ("G1", "G2", "Negative_Correlation", True))
        named = msgspec.structs.replace(each.relations[0], subject=f"G{subject}")
        made.append(each.with_relations((named,)))
    return tuple(made)


ALL = {"novelty": 0.5, "coreference": 0.25, "pair_typing": 0.125}


def with_tasks(recipe: Recipe, **weights: float) -> Recipe:
    tasks = msgspec.convert({name: {"weight": w} for name, w in weights.items()}, Tasks)
    return msgspec.structs.replace(recipe, tasks=tasks)


def each_way(tiny: Tiny, paired: Tiny) -> list[Recipe]:
    """Document encoding, and pair encoding by each vector."""
    return [tiny("model.dropout=0.0"), *(paired(v) for v in ("cls", "starts", "pooled"))]


def test_the_loss_is_the_weighted_sum_of_all_tasks(tiny: Tiny, paired: Tiny) -> None:
    for plain in each_way(tiny, paired):
        recipe = with_tasks(plain, **ALL)
        torch.manual_seed(0)
        model, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
        examples = Examples(TRAIN, settings, tokenizer)
        batch = Collator(tokenizer.pad_id, settings.encoding)(list(examples.examples[:6]))
        gold = {n.removesuffix("_gold"): rows for n, rows in batch.items() if n.endswith("_gold")}
        assert set(gold) == {"relation", *ALL}
        scores = model.train()(batch)
        assert set(scores) == set(gold)
        for task, rows in gold.items():
            assert scores[task].shape == rows.shape, task
            assert judged_rows(gold)[task] > 0
        total = Objective(recipe, settings.schema)(scores, gold)
        expected = torch.zeros(())
        for task, weight in {"relation": 1.0, **ALL}.items():
            rows = gold[task].flatten(0, -2)
            logits = scores[task].flatten(0, -2)[rows.any(-1)]
            classes = rows[rows.any(-1)].float().argmax(-1)
            expected = expected + weight * torch.nn.functional.cross_entropy(logits, classes)
        assert total.item() == pytest.approx(expected.item(), rel=1e-5)


def test_parts_of_a_batch_add_up_to_the_whole(tiny: Tiny) -> None:
    recipe = with_tasks(tiny("model.dropout=0.0"), **ALL)
    torch.manual_seed(0)
    model, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
    model.eval()
    model.training = True  # coreference is scored, and no dropout is drawn
    examples = Examples(TRAIN, settings, tokenizer).examples
    objective = Objective(recipe, settings.schema)
    collate = Collator(tokenizer.pad_id, settings.encoding)

    def cost(part: slice, counts: dict[str, torch.Tensor] | None = None) -> torch.Tensor:
        batch = collate(list(examples[part]))
        gold = {n.removesuffix("_gold"): rows for n, rows in batch.items() if n.endswith("_gold")}
        return objective(model(batch), gold, counts or judged_rows(gold))

    batch = collate(list(examples))
    counts = judged_rows({n.removesuffix("_gold"): r for n, r in batch.items() if "_gold" in n})
    whole = cost(slice(None))
    parts = cost(slice(0, 3), counts) + cost(slice(3, None), counts)
    assert whole.item() == pytest.approx(parts.item(), rel=1e-5)


def test_tasks_leave_no_trace_in_what_a_model_says(tiny: Tiny, tmp_path: Path) -> None:
    recipe = with_tasks(tiny("training.epochs=1", "model.hidden=8"), **ALL)
    folder = tmp_path / "run"
    run(recipe, TRAIN, DEV, folder, resume=False)
    model, _, settings = load_model(folder / "model")
    assert (settings.coreference, settings.pair_typing, settings.hidden) == (True, True, 8)
    assert model.coreference is not None
    export_run(folder, tmp_path / "model", None)
    extract = load(tmp_path / "model", weights="fp32", threads=1)
    found = list(extract(DEV.documents))
    expected = predict([load_run(folder)], DEV.documents)
    for one, other in zip(found, expected, strict=True):
        said = [[(r.head, r.tail, r.type, r.novel) for r in d.relations] for d in (one, other)]
        assert said[0] == said[1]


def test_a_model_without_novelty_says_nothing_of_it(tiny: Tiny, tmp_path: Path) -> None:
    recipe = with_tasks(tiny("training.epochs=2", "selection.score=pair+type"))
    folder = tmp_path / "run"
    run(recipe, TRAIN, DEV, folder, resume=False)
    settings = msgspec.structs.replace
    loaded = load_run(folder)
    low = settings(loaded.settings, decoding=settings(loaded.settings.decoding, threshold=0.0))
    found = predict([loaded._replace(settings=low)], DEV.documents)
    assert any(document.relations for document in found)
    assert all(r.novel is None for document in found for r in document.relations)
    export_run(folder, tmp_path / "model", None)
    extract = load(tmp_path / "model", weights="fp32", threads=1)
    assert all(r.novel is None for document in extract(DEV.documents) for r in document.relations)


def test_a_model_of_novelty_alone_is_judged_on_given_relations(tiny: Tiny, tmp_path: Path) -> None:
    recipe = with_tasks(tiny("training.epochs=2", "selection.score=pair+novelty"), novelty=1.0)
    folder = tmp_path / "run"
    outcome = run(msgspec.structs.replace(recipe, losses={}), TRAIN, DEV, folder, resume=False)
    assert outcome.scores["pair"] == outcome.scores["pair+type"] == 1.0
    assert 0.0 < outcome.scores["pair+novelty"] <= 1.0
    with pytest.raises(UsageError, match="R681"):
        export_run(folder, tmp_path / "model", None)
    assert not (tmp_path / "model").exists()


def test_such_a_model_is_selected_by_nothing_else(tiny: Tiny) -> None:
    for score in ("all", "pair+type"):
        recipe = with_tasks(tiny(f"selection.score={score}"), novelty=1.0)
        with pytest.raises(UsageError, match="R628"):
            preflight(msgspec.structs.replace(recipe, losses={}))


def test_a_mention_of_both_entities_is_one_of_each(paired: Tiny) -> None:
    recipe = with_tasks(paired("starts", encoding__markers="concept"), **ALL)
    torch.manual_seed(0)
    _, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
    given = document("1", "{kcn9 and nat2|G|9,2} bind. {kcn9|G|9} activates {nat2|G|2}.")
    (example,) = Examples(split("own:train", [given]), settings, tokenizer).examples
    unit, gold = example.unit, example.gold["coreference"]
    assert isinstance(unit, PairSequence)
    starts = unit.mention_starts.tolist()
    shared = [i for i, start in enumerate(starts) if starts.count(start) == 2]
    assert len(shared) == 2
    for left in range(len(starts)):
        for right in range(left + 1, len(starts)):
            same = {left, right} & set(shared)
            assert gold[left, right].tolist() == ([False, True] if same else [True, False])


def directed(tiny: Tiny, *overrides: str) -> Recipe:
    rule = ("selection.rule=biored-direction", "selection.score=pair+type+direction")
    return tiny("schema=bioredirect", *rule, "tasks.direction.weight=1.0", *overrides)


def test_direction_is_learnt_predicted_and_exported(tiny: Tiny, tmp_path: Path) -> None:
    recipe = directed(
        tiny, "training.epochs=12", "training.head_learning_rate=5e-3", "model.dropout=0.0"
    )
    train = split("own:train", acting(40))
    dev = split("own:dev", acting(10, start=40), "dev")
    folder = tmp_path / "run"
    outcome = run(recipe, train, dev, folder, resume=False)
    assert outcome.scores["pair+type+direction"] > 0.9
    expected = predict([load_run(folder)], dev.documents)
    assert {r.subject for d in expected for r in d.relations} == {"G1", "G2"}
    export_run(folder, tmp_path / "model", None)
    extract = load(tmp_path / "model", weights="fp32", threads=1)
    for one, other in zip(extract(dev.documents), expected, strict=True):
        said = [[(r.head, r.tail, r.type, r.subject) for r in d.relations] for d in (one, other)]
        assert said[0] == said[1]
        assert all(relation.evidence for relation in one.relations)


def test_direction_is_in_the_loss(tiny: Tiny) -> None:
    recipe = directed(tiny, "model.dropout=0.0")
    torch.manual_seed(0)
    model, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
    examples = Examples(split("own:train", [*acting(4), *DOCUMENTS]), settings, tokenizer)
    batch = Collator(tokenizer.pad_id, settings.encoding)(list(examples.examples))
    gold = {n.removesuffix("_gold"): rows for n, rows in batch.items() if n.endswith("_gold")}
    assert judged_rows(gold)["direction"] == 4  # DOCUMENTS name no subject
    scores = model.train()(batch)
    with_it = Objective(recipe, settings.schema)(scores, gold)
    plain = msgspec.structs.replace(recipe, tasks=with_tasks(recipe, novelty=0.5).tasks)
    without = Objective(plain, settings.schema)(scores, gold)
    rows = gold["direction"].flatten(0, -2)
    judged = rows.any(-1)
    cost = torch.nn.functional.cross_entropy(
        scores["direction"].flatten(0, -2)[judged], rows[judged].float().argmax(-1)
    )
    assert (with_it - without).item() == pytest.approx(cost.item(), rel=1e-4)


def test_direction_where_it_cannot_be_is_refused(tiny: Tiny, paired: Tiny) -> None:
    wrong = [
        (tiny("tasks.direction.weight=1.0"), "R870"),
        (paired("cls", schema="bioredirect", tasks__direction={"weight": 1.0}), "R871"),
        (tiny("schema=bioredirect", "selection.rule=biored-direction"), "R872"),
        (
            msgspec.structs.replace(directed(tiny, "selection.score=pair+novelty"), losses={}),
            "R873",
        ),
    ]
    for recipe, code in wrong:
        with pytest.raises(UsageError, match=code):
            preflight(recipe)
    for vector in ("starts", "pooled"):
        assert preflight(
            paired(vector, schema="bioredirect", tasks__direction={"weight": 1.0})
        ).direction
