"""Ids as people write them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.errors import InputError, UsageError
from relatome.sources import Ids, read_ids
from relatome.sources.ids import require_ids


@pytest.mark.parametrize(
    "written",
    [
        ["18439317,17204593"],
        ["18439317 17204593"],
        ["18439317", "17204593"],
        ["PMID:18439317, pmid: 17204593;"],
        ["018439317\n17204593\n"],
    ],
)
def test_lists_and_prefixes(written: list[str]) -> None:
    assert read_ids(written) == Ids(("18439317", "17204593"), ())


@pytest.mark.parametrize("written", ["PMC6207735", "6207735", "pmc06207735", "PMCID: PMC6207735"])
def test_ids_of_pmc(written: str) -> None:
    assert read_ids([written], "pmcid").ids == ("PMC6207735",)


def test_what_stands_twice_is_asked_once_and_told() -> None:
    assert read_ids(["3 1 2,1,PMID:3", "1"]) == Ids(("3", "1", "2"), ("1", "3"))


@pytest.mark.parametrize("marked", ["@", ""])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_ids(tmp_path: Path, marked: str, packed: bool) -> None:
    path = tmp_path / "ids.txt"
    content = "\ufeff1\r\n\n# none of these: 7\n2, 3  # the last\n".encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_ids([f"{marked}{path}", "4"]).ids == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("1,x2", "x2"),
        ("1.5", "1.5"),
        ("0", "0"),
        ("-1", "-1"),
        ("1234567890", "1234567890"),
        ("٣", "٣"),
        ("PMC6207735", "PMC6207735"),
        ("PMID:", None),
        ("", None),
        ("../1", "../1"),
        ("x" * 5000, "x" * 59 + "…"),
    ],
)
def test_what_is_no_id_is_named(written: str, named: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        read_ids([written])
    assert (caught.value.code, caught.value.values.get("id")) == (
        ("R301", named) if named else ("R302", None)
    )


def test_a_file_is_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("1\n2 two\n")
    with pytest.raises(UsageError, match="'two'") as caught:
        read_ids([f"@{path}"])
    assert (caught.value.place.path, caught.value.place.line) == (str(path), 2)
    path.write_bytes(b"1\n\xff\n")
    with pytest.raises(InputError) as broken:
        read_ids([f"@{path}"])
    assert (broken.value.code, broken.value.place.line) == ("R122", 2)
    with pytest.raises(UsageError) as missing:
        read_ids([f"@{tmp_path}/none"])
    assert missing.value.code == "R101"


def test_a_program_names_no_files(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("1")
    assert require_ids(["2", "PMID:2", "pmc3"], ("pmid", "pmcid")) == ("2", "PMC3")
    for value in (f"@{path}", str(path)):
        with pytest.raises(UsageError):
            require_ids([value], ("pmid",))
    with pytest.raises(UsageError):
        require_ids(["PMC3"], ("pmid",))


@given(st.lists(st.integers(1, 999_999_999), min_size=1))
def test_every_id_comes_out_once_and_in_order(numbers: list[int]) -> None:
    found = read_ids([", ".join(map(str, numbers))])
    assert list(found.ids) == list(dict.fromkeys(map(str, numbers)))


@given(st.text())
def test_any_text_is_ids_or_refused(text: str) -> None:
    try:
        found = read_ids([text.replace("@", "")])
    except UsageError:
        return
    assert all(each.isdecimal() and each.isascii() for each in found.ids)
