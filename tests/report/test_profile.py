"""The picture of a corpus: well-formed, complete, and as thick as there are relations."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.report.profile import Profile, draw_profile

SVG = "{http://www.w3.org/2000/svg}"
PROFILE = Profile(
    "own & only",
    "1 document",
    {"Gene": 40, "Drug": 10, "<Cell>": 0},
    {("Drug", "Gene"): {"blocks": 30, "binds": 10}, ("Gene", "Gene"): {"binds": 20}},
    ordered=False,
)


def drawn(profile: Profile) -> ElementTree.Element:
    return ElementTree.fromstring(draw_profile(profile))


def tips(picture: ElementTree.Element, tag: str) -> dict[str, ElementTree.Element]:
    """The elements of a tag by what they tell a pointer."""
    return {e.findtext(f"{SVG}title", ""): e for e in picture.iter(f"{SVG}{tag}")}


def test_every_type_pair_and_label_is_there() -> None:
    picture = drawn(PROFILE)
    circles = tips(picture, "circle")
    assert set(circles) == {"Gene: 40 mentions", "Drug: 10 mentions", "<Cell>: 0 mentions"}
    assert {tip for tip in tips(picture, "path") if "," not in tip} == {
        "Gene – Drug: 40 relations",
        "Gene – Gene: 20 relations",
    }
    assert {tip for tip in tips(picture, "path") if "," in tip} == {
        "Drug – Gene, blocks: 30 relations",
        "Drug – Gene, binds: 10 relations",
        "Gene – Gene, binds: 20 relations",
    }
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    for expected in ("own & only", "Gene", "<Cell>", "40 mentions", "blocks\u00a0\u00a030"):
        assert expected in texts


def test_lines_are_as_thick_as_there_are_relations() -> None:
    picture = drawn(PROFILE)
    lines = tips(picture, "path")
    widths = [
        float(lines[tip].attrib["stroke-width"])
        for tip in ("Gene – Drug: 40 relations", "Gene – Gene: 20 relations")
    ]
    assert widths[0] == 26.0
    assert widths[1] == pytest.approx((26 - 1.2) / 2 + 1.2, abs=0.1)
    bands = {
        tip: float(re.search(r" v([0-9.]+)", lines[tip].attrib["d"])[1])  # type: ignore[index]
        for tip in lines
        if "," in tip
    }
    assert bands["Drug – Gene, blocks: 30 relations"] == pytest.approx(360 / 2)
    assert bands["Drug – Gene, binds: 10 relations"] == pytest.approx(360 / 6)


def test_the_order_of_arguments_is_an_arrow() -> None:
    tip = "Drug → Gene, blocks: 30 relations"
    assert tip in tips(drawn(PROFILE._replace(ordered=True)), "path")


names = st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable())


@given(
    st.dictionaries(names, st.integers(0, 10**6), max_size=8),
    st.dictionaries(
        st.tuples(names, names),
        st.dictionaries(names, st.integers(0, 10**6), max_size=4),
        max_size=6,
    ),
    st.booleans(),
)
@settings(deadline=None, max_examples=50)
def test_any_corpus_makes_a_picture_that_holds_all_of_it(
    mentions: dict[str, int], relations: dict[tuple[str, str], dict[str, int]], ordered: bool
) -> None:
    picture = drawn(Profile("t", "s", mentions, relations, ordered))
    types = {*mentions, *(type for pair in relations for type in pair)}
    assert len(list(picture.iter(f"{SVG}circle"))) == len(types)
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    for group in picture.iter(f"{SVG}g"):
        dx, dy = map(float, re.findall(r"-?[0-9.]+", group.attrib["transform"]))
        for element in group.iter():
            if "cx" in element.attrib:
                assert 0 < dx + float(element.attrib["cx"]) < width
                assert 0 < dy + float(element.attrib["cy"]) < height
