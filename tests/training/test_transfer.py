"""Weights carried over from one model to another."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch

from relatome.data import PairRule, Schema
from relatome.data.schemas import BIORED
from relatome.encode import DocumentEncoding, Encoding, PairEncoding, Settings, pair_tokenizer
from relatome.models import RelationModel, add_markers, load_encoder
from relatome.training.transfer import Trained, transfer
from tests.tiny import CHEMICAL, DISEASE, GENE, fix_weights

DOCUMENT = DocumentEncoding(96, 32)
PAIR = PairEncoding("boundary", "none", "sentence", 64, "starts")
TARGET = msgspec.structs.replace(
    BIORED,
    name="target",
    entity_types={"Virus": (), GENE: (), CHEMICAL: ()},
    labels=("Bind", "infects", "Association"),
    pairs=(
        PairRule("Virus", GENE, ("infects",)),
        PairRule(CHEMICAL, GENE, ("Bind", "Association")),
    ),
    novelty=False,
)


def trained(
    encoder: Path, schema: Schema, encoding: Encoding, seed: int, *, tagging: bool = False
) -> Trained:
    backbone, tokenizer = load_encoder(str(encoder))
    if isinstance(encoding, PairEncoding):
        marked = pair_tokenizer(tokenizer, schema, encoding)
        add_markers(backbone, tokenizer, marked)
        tokenizer = marked
    settings = Settings(schema, encoding, typing=True, tagging=tagging)
    model = RelationModel(backbone, settings, tokenizer, dropout=0.0)
    fix_weights(model, seed=seed)
    return Trained(model, tokenizer, settings)


def parameters(made: Trained) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in made.model.named_parameters()}


def test_the_same_model_is_copied_whole(tiny_encoder: Path) -> None:
    for encoding in (DOCUMENT, PAIR):
        source = trained(tiny_encoder, BIORED, encoding, 1)
        target = trained(tiny_encoder, BIORED, encoding, 2)
        assert transfer(source, target) == []
        ours = parameters(target)
        assert all(torch.equal(ours[name], value) for name, value in parameters(source).items())


def test_rows_are_copied_by_what_they_stand_for(tiny_encoder: Path) -> None:
    source = trained(tiny_encoder, BIORED, DOCUMENT, 1)
    target = trained(tiny_encoder, TARGET, DOCUMENT, 2)
    before = parameters(target)
    assert transfer(source, target) == []
    theirs, ours = parameters(source), parameters(target)
    name = "relation.classify.weight"
    bind, association = (1 + BIORED.labels.index(label) for label in ("Bind", "Association"))
    assert torch.equal(ours[name][[0, 1, 3]], theirs[name][[0, bind, association]])
    assert torch.equal(ours[name][2], before[name][2])  # infects: only the target has it
    name = "encoder.type_embeddings.weight"
    gene = 1 + 2 * list(BIORED.entity_types).index(GENE)
    assert torch.equal(ours[name][3:5], theirs[name][gene : gene + 2])
    assert torch.equal(ours[name][1:3], before[name][1:3])
    name = f"pairs.features.{len(source.model.pairs.features) - 1}.weight"  # type: ignore[arg-type]
    rule = [(rule.head, rule.tail) for rule in BIORED.pairs].index((CHEMICAL, GENE))
    assert torch.equal(ours[name][1], theirs[name][rule])
    assert torch.equal(ours[name][0], before[name][0])


def test_tags_are_copied_by_the_type_they_are_of(tiny_encoder: Path) -> None:
    bare = DocumentEncoding(96, 32, "output")
    source = trained(tiny_encoder, BIORED, bare, 1, tagging=True)
    # As many types, so that the shapes agree, in another order.
    types = ("Virus", *reversed([type for type in BIORED.entity_types if type != DISEASE]))
    schema = msgspec.structs.replace(TARGET, entity_types=dict.fromkeys(types, ()))
    assert len(schema.entity_types) == len(BIORED.entity_types)
    target = trained(tiny_encoder, schema, bare, 2, tagging=True)
    before = parameters(target)
    transfer(source, target)
    theirs, ours = parameters(source), parameters(target)
    name = "tagging.classify.weight"
    for index, type in enumerate(schema.entity_types):
        rows = slice(3 * index, 3 * index + 3)
        if type not in BIORED.entity_types:
            assert torch.equal(ours[name][rows], before[name][rows])
            continue
        there = 3 * list(BIORED.entity_types).index(type)
        assert torch.equal(ours[name][rows], theirs[name][there : there + 3])


def test_a_spare_row_is_not_the_piece_none(tiny_encoder: Path) -> None:
    source, target = (trained(tiny_encoder, BIORED, DOCUMENT, seed) for seed in (1, 2))
    sources = source.tokenizer.vocabulary_size
    with_none = target.tokenizer.with_markers(["None"])
    for made, rows in ((source, sources + 3), (target, sources + 2)):
        made.model.encoder.backbone.resize_token_embeddings(rows, mean_resizing=False)
    before = parameters(target)
    transfer(source, target._replace(tokenizer=with_none))
    name = "encoder.backbone.embeddings.word_embeddings.weight"
    theirs, ours = parameters(source)[name], parameters(target)[name]
    none = with_none.id_of("None")
    assert torch.equal(ours[none], before[name][none])
    assert torch.equal(ours[:none], theirs[:none])
    assert torch.equal(ours[none + 1], theirs[none + 1])


def test_markers_are_copied_by_name(tiny_encoder: Path) -> None:
    source = trained(tiny_encoder, BIORED, PAIR, 1)
    target = trained(tiny_encoder, TARGET, PAIR, 2)
    before = parameters(target)
    transfer(source, target)
    name = "encoder.backbone.embeddings.word_embeddings.weight"
    theirs, ours = parameters(source)[name], parameters(target)[name]
    for marker in (f"[{GENE}]", f"[/{CHEMICAL}]"):
        here, there = target.tokenizer.id_of(marker), source.tokenizer.id_of(marker)
        assert torch.equal(ours[here], theirs[there])
    virus = target.tokenizer.id_of("[Virus]")
    assert torch.equal(ours[virus], before[name][virus])
    assert DISEASE not in "".join(target.tokenizer.token(i) for i in range(len(ours)))


def test_what_has_no_counterpart_stays_fresh_and_is_named(tiny_encoder: Path) -> None:
    source = trained(tiny_encoder, BIORED, DOCUMENT, 1)
    target = trained(tiny_encoder, BIORED, PAIR, 2)
    before = parameters(target)
    fresh = transfer(source, target)
    assert "relation.classify.weight" in fresh  # twice as wide
    assert "pairs.norm.weight" not in fresh
    ours = parameters(target)
    assert all(torch.equal(ours[name], before[name]) for name in fresh)
