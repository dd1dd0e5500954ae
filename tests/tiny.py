"""Small things that stand for large ones in tests: documents in one line, an encoder in a second.

Nothing here imports torch unless it is asked for a model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import tokenizers
from tokenizers import models, normalizers, pre_tokenizers

from relatome.data import Document, Mention, Passage, Relation, Split
from relatome.encode import Tokenizer

HIDDEN = 32

GENE, DISEASE, CHEMICAL, VARIANT = (
    "GeneOrGeneProduct",
    "DiseaseOrPhenotypicFeature",
    "ChemicalEntity",
    "SequenceVariant",
)
_TYPES = {
    "G": GENE,
    "D": DISEASE,
    "C": CHEMICAL,
    "V": VARIANT,
    "O": "OrganismTaxon",
    "L": "CellLine",
}
_MARK = re.compile(r"\{([^{}|]*)\|([GDCVOL])(?:\|([^{}|]*))?\}")

_TEXT = """a activates after and associated at binds by causes cell cells cure cures did disease
does dose effect expression fever gene given had has in increased inhibits is liver lower mice
mutation no nor not of or pain patients protein raises reduced relieves study than that the this
to treated treats tumor was we were with without"""
_WORDS = _TEXT.split()
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?()[]-+/'\"&%<>="
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
VOCABULARY = (
    *SPECIALS,
    *_WORDS,
    *(c for c in _CHARACTERS if c not in _WORDS),
    *(f"##{c}" for c in _CHARACTERS if c.isalnum()),
)


def document(
    id: str, marked: str, *relations: tuple[str, str, str, bool | None], title: int | None = None
) -> Document:
    """A document from text with marks: ``{KCN9|G|99} in {ketosis|D|D1}.``

    A mark is the mention's text, the letter of its type (gene, disease, chemical, variant,
    organism, cell line) and its entity ids, joined by commas, or none.

    Args:
        id: the document's id.
        marked: the text with marks.
        relations: head id, tail id, type, and whether it is novel.
        title: characters of the title, the space after it not counted; by default all of the
            text is an abstract.
    """
    text, mentions, end = "", [], 0
    for number, mark in enumerate(_MARK.finditer(marked)):
        text += marked[end : mark.start()]
        name, letter, ids = mark.groups()
        mentions.append(
            Mention(
                id=f"m{number}",
                start=len(text),
                end=len(text) + len(name),
                text=name,
                type=_TYPES[letter],
                entity_ids=tuple(ids.split(",")) if ids else (),
            )
        )
        text += name
        end = mark.end()
    text += marked[end:]
    passages = (Passage("abstract", 0, text),)
    if title is not None:
        passages = (
            Passage("title", 0, text[:title]),
            Passage("abstract", title + 1, text[title + 1 :]),
        )
    made = Document(
        id=id,
        passages=passages,
        mentions=tuple(mentions),
        relations=tuple(Relation(h, t, type, novel=novel) for h, t, type, novel in relations),
    )
    made.check()
    return made


DOCUMENTS = (
    document(
        "treat",
        "{Abadol|C|C1} treats {fever|D|D1}. In patients with {fever|D|D1}, {abadol|C|C1} was given "
        "after {KCN9|G|G1} and {TPO2|G|G2} did not.",
        ("C1", "D1", "Negative_Correlation", True),
        ("G1", "D1", "Association", False),
        title=20,
    ),
    document(
        "bind",
        "{KCN9|G|G1} binds {TPO2|G|G2} in {mice|O|10090}. No effect of the mutation {R12K|V|V1}.",
        ("G1", "G2", "Bind", True),
    ),
    document("pair", "{KCN9|G|G1} causes {pain|D|D2}.", ("D2", "G1", "Association", None)),
    document("alone", "{KCN9|G|G1} was given to {mice|O|10090}."),
    document(
        "mixed",
        "{Abadol|C|C1}/{becotin|C|C2} relieves {pain|D|D2} and {fever|D|D1} in {liver|D|D3} cells; "
        "{AB|G|G1,G2} is not {marked|G} here.",
        ("C1", "C2", "Cotreatment", True),
        ("C1", "D2", "Negative_Correlation", False),
    ),
)


def long_document(id: str, sentences: int, genes: int = 3) -> Document:
    """A document of many windows: gene–disease sentences, each entity named again and again."""
    lines = [
        f"{{KCN{number % genes}|G|G{number % genes}}} raises {{fever{number % 2}|D|D{number % 2}}} "
        "in the liver cells of mice without effect on pain."
        for number in range(sentences)
    ]
    return document(id, " ".join(lines), ("G0", "D0", "Positive_Correlation", True))


def learnable(count: int, *, start: int = 0) -> tuple[Document, ...]:
    """Documents whose verb alone decides the relation, so that a tiny model can learn them."""
    verbs = {
        "activates": ("Positive_Correlation", True),
        "inhibits": ("Negative_Correlation", False),
        "does not": None,
    }
    made = []
    for number in range(start, start + count):
        verb = tuple(verbs)[number % len(verbs)]
        label = verbs[verb]
        relations = () if label is None else (("C1", "G1", *label),)
        text = f"The dose of {{abadol|C|C1}} {verb} {{kcn{number % 7}|G|G1}} in the liver of mice."
        made.append(document(f"learn-{number}", text, *relations))
    return tuple(made)


def split(name: str, documents: Sequence[Document], role: str = "train") -> Split:
    """The documents as a split."""
    return Split(name=name, role=role, documents=tuple(documents))  # type: ignore[arg-type]


def tokenizer_json(*, lowercase: bool = True, vocabulary: Sequence[str] = VOCABULARY) -> str:
    """A BERT tokenizer over a handful of word pieces, as the text of ``tokenizer.json``."""
    padding, unknown, *others = vocabulary[: len(SPECIALS)]
    inner = tokenizers.Tokenizer(
        models.WordPiece({piece: i for i, piece in enumerate(vocabulary)}, unk_token=unknown)
    )
    inner.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.add_special_tokens([padding, unknown, *others])
    return inner.to_str()


def tokenizer() -> Tokenizer:
    """The tokenizer of the tiny encoder."""
    return Tokenizer(tokenizer_json())


def save_encoder(folder: Path, *, hidden: int = HIDDEN, positions: int = 128) -> Path:
    """Write a BERT of two layers, with weights that are the same everywhere, as published ones are.

    The files are those of ``save_pretrained``: configuration, safetensors weights, tokenizer.
    """
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=hidden,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * hidden,
        max_position_embeddings=positions,
    )
    model = BertModel(config)
    fix_weights(model)
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True}), encoding="utf-8"
    )
    return folder


def fix_weights(module: object, scale: float = 0.15, seed: int = 0) -> None:
    """Give every weight of a torch module a random value that is the same everywhere, for ever.

    The random numbers of a seed may change with the version of torch; NumPy's `RandomState` is
    frozen.
    """
    import numpy as np
    import torch

    assert isinstance(module, torch.nn.Module)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "norm" in name.lower() or "nearness" in name:
                continue  # as they begin: ones, zeros, the preference for near tokens
            if name.endswith("bias"):
                parameter.zero_()
                continue
            random = np.random.RandomState(sum(name.encode()) + seed)
            values = random.standard_normal(parameter.shape) * scale
            parameter.copy_(torch.from_numpy(values))


def save_model_folder(
    folder: Path,
    encoder: Path,
    *,
    threshold: float = 0.5,
    coreference: bool = False,
    anchored: bool = False,
) -> Path:
    """Write a relation model on an encoder, with fixed weights, as a run leaves it."""
    from relatome.data.schemas import BIORED
    from relatome.encode import AnchoredEncoding, Decoding, DocumentEncoding, Settings
    from relatome.models import RelationModel, load_encoder
    from relatome.training import save_model

    backbone, tokenizer = load_encoder(str(encoder))
    settings = Settings(
        BIORED,
        AnchoredEncoding(96, 32) if anchored else DocumentEncoding(96, 32),
        Decoding(threshold, 0.5),
        direction=anchored,
        coreference=coreference,
    )
    model = RelationModel(backbone, settings, tokenizer, dropout=0.0)
    for part in (model.encoder.type_embeddings, model.pairs):
        fix_weights(part)
    if anchored:
        fix_weights(model.direction)
        model.encoder.anchor_embedding.data += model.encoder.type_embeddings.weight[1]
    for head in (model.relation, model.novelty):
        # Large weights, and a seed that was looked for: relations of all types are asserted.
        fix_weights(head, scale=1.5, seed=21)
    if coreference:
        fix_weights(model.coreference)
    save_model(model, tokenizer, settings, folder)
    return folder
