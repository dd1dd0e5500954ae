"""Training over several processes: the loss curve of one with the same global batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from relatome.errors import UsageError
from relatome.recipes import load_recipe
from relatome.training import carry_out
from tests.own_corpus import write_corpus

ALL = (
    "data.negatives=1.0",
    "model.dropout=0.0",
    "training.mask_entities=0.0",
    "training.epochs=3",
    "training.batch_size=4",
    "training.precision=fp32",
    "tasks.coreference.weight=0.5",
)


def arguments(folder: Path, encoder: Path) -> list[str]:
    """Of ``relatome train``: a corpus of 13 documents, so that the last batch is a short one."""
    corpus = write_corpus(folder)
    plain = folder / "encoder"
    plain.mkdir(exist_ok=True)
    for file in encoder.iterdir():
        text = file.read_bytes()
        if file.name == "config.json":
            config = json.loads(text)
            config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            text = json.dumps(config).encode()
        (plain / file.name).write_bytes(text)
    sizes = ("encoding.window=96", "encoding.overlap=32", f"encoder.name={plain}")
    data = (f'data.train=["{corpus}:train"]', f"data.dev={corpus}:dev", f"data.test={corpus}:test")
    return ["small", *(word for each in (*ALL, *sizes, *data) for word in ("--set", each))]


def history(run: Path) -> list[dict[str, Any]]:
    lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# Under accumulation each part of a batch is moved against its own gradient, so there the
# adversarial step is another one, though as good.
@pytest.mark.parametrize(
    ("accumulation", "further"), [(1, ("adversarial.epsilon=0.5",)), (2, ())], ids=["1", "2"]
)
def test_the_loss_curve_does_not_depend_on_how_a_batch_is_shared_out(
    accumulation: int, further: tuple[str, ...], tiny_encoder: Path, tmp_path: Path
) -> None:
    words = arguments(tmp_path, tiny_encoder)
    words += [word for each in further for word in ("--set", each)]
    overrides = tuple(words[2::2])
    alone = tmp_path / "alone"
    carry_out(load_recipe("small", overrides), alone, resume=False)
    together = tmp_path / "together"
    # What `accelerate launch` runs on GPUs; on processors it would ask for MPI.
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"),
        *("--module", "relatome", "train", *words),
        *("--output", str(together), "--set", f"training.accumulation={accumulation}"),
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    one, two = history(alone), history(together)
    assert [entry.get("epoch") for entry in one] == [entry.get("epoch") for entry in two]
    losses = [[entry["loss"] for entry in each if "loss" in entry] for each in (one, two)]
    assert len(losses[0]) == 3
    assert losses[0] == pytest.approx(losses[1], rel=2e-3)
    assert losses[0][0] > losses[0][-1]
    for name in ("results.json", "model/model.safetensors", "provenance.json"):
        assert (together / name).is_file()


def test_a_batch_that_cannot_be_shared_out_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    overrides = tuple(arguments(tmp_path, tiny_encoder)[2::2])
    recipe = load_recipe("small", (*overrides, "training.accumulation=3"))
    with pytest.raises(UsageError, match="R627"):
        carry_out(recipe, tmp_path / "run", resume=False)
