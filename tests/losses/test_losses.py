"""Losses: what every one of them owes, and that each has its own test."""

from __future__ import annotations

import doctest
import importlib
import inspect
import math
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from relatome.encode import ILLEGAL
from relatome.errors import LOSS_OPTION_UNKNOWN, LOSS_OPTION_VALUE, LOSS_UNKNOWN, UsageError
from relatome.losses import LOSSES, AbstentionRanking, Focal, PairLoss, build_loss

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-3.0, 4.0, 1.0], [1.0, 1.0, -2.0]])
GOLD = torch.tensor([[1, 0, 0], [0, 0, 1], [0, 1, 1], [0, 0, 1]]).bool()
UNJUDGED = torch.zeros(2, 3, dtype=torch.bool)

VARIANTS: dict[str, PairLoss] = {
    **{name: kind() for name, kind in LOSSES.items()},
    "focal, γ 0.5, α 0.2": Focal(gamma=0.5, alpha=0.2),
    "ranking, wide": AbstentionRanking(margin=0.9),
}
each_loss = pytest.mark.parametrize("loss", VARIANTS.values(), ids=VARIANTS)
each_pooled = pytest.mark.parametrize(
    "loss", [kind(unrelated=(0, 2)) for kind in LOSSES.values()], ids=LOSSES
)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_file_and_a_test_of_its_own(name: str) -> None:
    module = LOSSES[name].__module__
    assert module == f"relatome.losses.{name}"
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_says_what_it_is_when_to_use_it_and_shows_it(name: str) -> None:
    text = LOSSES[name].__doc__ or ""
    marks = ("\n", "::\n", "Source:", "Use it", "Example")
    places = [text.find(mark) for mark in marks]
    assert places == sorted(places), (
        "idea, equation, source, when to use it, example: in this order"
    )
    assert places[0] > 0
    assert text.split("\n", 1)[0].endswith("."), "the idea in one sentence"
    arguments = text.partition("Args:")[2].partition("Source:")[0]
    for option in LOSSES[name].options:
        assert f" {option}: " in arguments


@pytest.mark.parametrize("name", LOSSES)
def test_examples_of_the_docstring_run(name: str) -> None:
    module = importlib.import_module(LOSSES[name].__module__)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", LOSSES)
def test_options_are_those_of_the_constructor(name: str) -> None:
    taken = dict(inspect.signature(LOSSES[name]).parameters)
    assert taken.pop("unrelated").default == (0,)
    assert list(taken) == list(LOSSES[name].options)
    for option, (least, most) in LOSSES[name].options.items():
        assert least <= taken[option].default <= most


@each_loss
@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float16, torch.float32])
def test_a_loss_is_a_finite_scalar_in_full_precision(loss: nn.Module, precision: object) -> None:
    value = loss(LOGITS.to(precision), GOLD)
    assert value.shape == ()
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(loss(LOGITS, GOLD).item(), rel=1e-6)
    assert 0 < value < math.inf


@each_loss
def test_mixed_precision_changes_nothing(loss: nn.Module) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = loss(LOGITS, GOLD)
    assert value.dtype == torch.float32
    assert value.item() == loss(LOGITS, GOLD).item()


@each_loss
def test_the_mean_is_over_judged_pairs(loss: nn.Module) -> None:
    single = [loss(row[None], gold[None]).item() for row, gold in zip(LOGITS, GOLD, strict=True)]
    assert loss(LOGITS, GOLD).item() == pytest.approx(sum(single) / 4, rel=1e-6)


@each_loss
def test_what_is_not_judged_changes_nothing(loss: nn.Module) -> None:
    junk = torch.tensor([[7.0, 7.0, 7.0], [math.nan, math.inf, 0.0]])
    more = torch.cat([junk, LOGITS]).requires_grad_()
    value = loss(more, torch.cat([UNJUDGED, GOLD]))
    value.backward()
    assert value.item() == loss(LOGITS, GOLD).item()
    assert more.grad is not None
    assert not more.grad[:2].any()
    assert torch.isfinite(more.grad).all()


@each_loss
@pytest.mark.parametrize("pairs", [0, 2])
def test_nothing_to_judge_is_no_loss(loss: nn.Module, pairs: int) -> None:
    logits = LOGITS[:pairs].clone().requires_grad_()
    value = loss(logits, UNJUDGED[:pairs])
    assert value.item() == 0
    value.backward()
    assert logits.grad is not None
    assert not logits.grad.any()


@each_loss
def test_the_order_of_pairs_does_not_matter(loss: nn.Module) -> None:
    order = torch.tensor([2, 0, 3, 1])
    assert loss(LOGITS[order], GOLD[order]).item() == pytest.approx(loss(LOGITS, GOLD).item())


@each_loss
def test_gradients_are_right(loss: nn.Module) -> None:
    generator = torch.Generator().manual_seed(5)
    logits = torch.randn(12, 5, generator=generator, dtype=torch.float64)
    logits[::3, 3] = ILLEGAL
    gold = torch.zeros(12, 5, dtype=torch.bool)
    gold[range(12), [0, 1, 2, 4, 0, 3, 1, 2, 3, 0, 4, 0]] = True
    gold[1, 4] = gold[5, 1] = True  # two labels
    gold[7] = False  # not judged
    assert torch.autograd.gradcheck(lambda x: loss(x, gold), logits.requires_grad_())
    assert loss(logits, gold).dtype == torch.float64


@each_pooled
def test_gradients_are_right_with_several_classes_of_no_relation(loss: nn.Module) -> None:
    logits = torch.tensor([[0.3, -1.0, 0.7, 0.2], [1.0, 0.1, -0.4, ILLEGAL]]).double()
    gold = torch.tensor([[0, 0, 1, 0], [0, 1, 0, 0]]).bool()
    assert torch.autograd.gradcheck(lambda x: loss(x, gold), logits.requires_grad_())


@each_loss
def test_illegal_classes_are_left_alone(loss: nn.Module) -> None:
    gold = torch.tensor([[1, 0], [0, 1], [1, 0], [0, 1]]).bool()
    without = loss(LOGITS[:, [0, 2]], gold)
    logits = LOGITS.clone()
    logits[:, 1] = ILLEGAL
    logits.requires_grad_()
    value = loss(logits, torch.stack([gold[:, 0], UNJUDGED.new_zeros(4), gold[:, 1]], dim=1))
    value.backward()
    assert value.item() == pytest.approx(without.item(), abs=1e-6)
    assert logits.grad is not None
    assert not logits.grad[:, 1].any()
    half = loss(logits.detach().bfloat16(), GOLD[[0, 1, 0, 1]])  # bf16 rounds ILLEGAL
    assert half.item() == pytest.approx(loss(logits.detach(), GOLD[[0, 1, 0, 1]]).item(), rel=1e-6)


@each_loss
def test_a_step_down_the_gradient_lowers_it(loss: nn.Module) -> None:
    logits = LOGITS.clone().requires_grad_()
    value = loss(logits, GOLD)
    value.backward()
    with torch.no_grad():
        assert loss(logits - 0.1 * logits.grad, GOLD) < value


@st.composite
def batches(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Logits, extreme and illegal ones among them, and gold that is legal."""
    pairs, labels = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    logit = st.one_of(
        st.floats(-20, 20, width=32), st.sampled_from([-2000.0, -90.0, 0.0, 17.0, 90.0, 2000.0])
    )
    row = st.tuples(logit, *[st.one_of(logit, st.just(ILLEGAL))] * labels)
    logits = torch.tensor([draw(row) for _ in range(pairs)])
    gold = torch.tensor([draw(st.tuples(*[st.booleans()] * (labels + 1))) for _ in range(pairs)])
    gold &= logits > ILLEGAL
    gold[:, 0] &= ~gold[:, 1:].any(dim=1)  # no relation excludes the others
    return logits, gold


@each_loss
@given(batch=batches())
def test_no_logit_is_too_extreme(loss: nn.Module, batch: tuple[Tensor, Tensor]) -> None:
    logits, gold = batch
    logits.requires_grad_()
    value = loss(logits, gold)
    value.backward()
    assert 0 <= value < math.inf
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("name", LOSSES)
def test_a_recipe_builds_it(name: str) -> None:
    least = {option: least for option, (least, _) in LOSSES[name].options.items()}
    loss = build_loss(name, least, "relation", unrelated=(0, 3))
    assert type(loss) is LOSSES[name]
    assert {option: getattr(loss, option) for option in least} == least
    assert loss.unrelated == (0, 3)


def test_what_a_recipe_leaves_out_has_its_default() -> None:
    assert build_loss("focal", {}, "relation").gamma == Focal().gamma
    assert build_loss("focal", {"gamma": 3}, "relation").gamma == 3


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(UsageError, match=r"losses\.extra asks for 'hinge'.*adaptive_thr") as info:
        build_loss("hinge", {}, "extra")
    assert info.value.message is LOSS_UNKNOWN


@pytest.mark.parametrize(("name", "known"), [("focal", "gamma, alpha"), ("cross_entropy", "none")])
def test_an_unknown_option_is_refused(name: str, known: str) -> None:
    with pytest.raises(UsageError) as info:
        build_loss(name, {"margin": 1.0}, "relation")
    assert info.value.message is LOSS_OPTION_UNKNOWN
    assert info.value.what == f"losses.relation.margin is no option of loss {name}."
    assert info.value.next_step == f"Its options: {known}."


@pytest.mark.parametrize(
    ("option", "value", "told", "remedy"),
    [
        ("margin", -0.1, "-0.1", "from 0 to 1."),
        ("margin", 1.5, "1.5", "from 0 to 1."),
        ("margin", math.nan, "nan", "from 0 to 1."),
        ("margin", math.inf, "inf", "from 0 to 1."),
        ("margin", True, "True", "from 0 to 1."),
        ("margin", "1", "'1'", "from 0 to 1."),
    ],
)
def test_a_value_out_of_range_is_refused(option: str, value: float, told: str, remedy: str) -> None:
    with pytest.raises(UsageError) as info:
        build_loss("abstention_ranking", {option: value}, "relation")
    assert info.value.message is LOSS_OPTION_VALUE
    assert info.value.what == f"losses.relation.{option} is {told}."
    assert info.value.next_step == f"Give a number {remedy}"
