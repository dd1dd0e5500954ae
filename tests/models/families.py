"""Small random encoders of every family, in the file layout of the published ones."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tiny import SPECIALS, VOCABULARY, tokenizer_json

_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
_TEXT = ["pain in the liver cells of mice", "a dose of abadol treats fever", "kcn9 binds tpo2"] * 40


def bert(folder: Path) -> None:
    """An old BERT: pickled weights with a pooler, and a bare ``vocab.txt``."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=64, **_SIZES)
    config.to_json_file(folder / "config.json")
    state = BertModel(config).state_dict()
    torch.save(
        {f"bert.{name}": value for name, value in state.items()}, folder / "pytorch_model.bin"
    )
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")


def electra(folder: Path) -> None:
    """ELECTRA: embeddings narrower than the layers."""
    from transformers import ElectraConfig, ElectraModel

    config = ElectraConfig(
        vocab_size=len(VOCABULARY), embedding_size=16, max_position_embeddings=64, **_SIZES
    )
    ElectraModel(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true}', encoding="utf-8")


def roberta(folder: Path) -> None:
    """RoBERTa: byte-level pieces, positions that begin after the padding's."""
    import tokenizers
    from transformers import RobertaConfig, RobertaModel

    inner = tokenizers.ByteLevelBPETokenizer(add_prefix_space=False)
    inner.train_from_iterator(
        _TEXT,
        vocab_size=300,
        min_frequency=1,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        show_progress=False,
    )
    inner.save_model(str(folder))  # vocab.json, merges.txt
    config = RobertaConfig(
        vocab_size=inner.get_vocab_size(), max_position_embeddings=66, pad_token_id=1, **_SIZES
    )
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)


def deberta(folder: Path) -> None:
    """DeBERTa-v3: a sentencepiece model, relative positions only."""
    import sentencepiece
    from transformers import DebertaV2Config, DebertaV2Model

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_TEXT),
        model_writer=model,
        vocab_size=60,
        hard_vocab_limit=False,
        minloglevel=2,
        **{"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3},
        **{"pad_piece": "[PAD]", "bos_piece": "[CLS]", "eos_piece": "[SEP]", "unk_piece": "[UNK]"},
    )
    (folder / "spm.model").write_bytes(model.getvalue())
    (folder / "tokenizer_config.json").write_text(
        '{"do_lower_case": false, "vocab_type": "spm"}', encoding="utf-8"
    )
    config = DebertaV2Config(
        vocab_size=80,
        max_position_embeddings=64,
        type_vocab_size=0,
        relative_attention=True,
        position_biased_input=False,
        pos_att_type=["p2c", "c2p"],
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        position_buckets=16,
        **_SIZES,
    )
    DebertaV2Model(config).save_pretrained(folder)


def modernbert(folder: Path) -> None:
    """ModernBERT: a complete ``tokenizer.json``, rotary positions."""
    from transformers import ModernBertConfig, ModernBertModel

    config = ModernBertConfig(
        vocab_size=len(VOCABULARY),
        max_position_embeddings=64,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
        cls_token_id=2,
        sep_token_id=3,
        **_SIZES,
    )
    ModernBertModel(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast"}
    settings |= dict(zip(names, SPECIALS, strict=True))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


FAMILIES: dict[str, Callable[[Path], None]] = {
    "bert": bert,
    "electra": electra,
    "roberta": roberta,
    "deberta-v2": deberta,
    "modernbert": modernbert,
}


def biolinkbert(folder: Path) -> None:
    """BioLinkBERT: pickled BERT weights without prefix, a vocabulary in lower case, both files."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=512, **_SIZES)
    settings = config.to_dict() | {
        "architectures": ["BertModel"],
        "gradient_checkpointing": False,
        "torch_dtype": "float32",
        "transformers_version": "4.12.5",
    }
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    torch.save(BertModel(config).state_dict(), folder / "pytorch_model.bin")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    special = dict(zip(names, SPECIALS, strict=True))
    (folder / "special_tokens_map.json").write_text(json.dumps(special), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(special | {"do_lower_case": True, "tokenizer_class": "BertTokenizer"}),
        encoding="utf-8",
    )
