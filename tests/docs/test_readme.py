"""What README.md says is run, and its figures are those of benchmarks/results."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from release.wheel import index_answers, install

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = Path(sys.executable).parent


def run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_prints_relations_of_raw_text() -> None:
    commands = re.findall(r"^    (relatome .*)$", README, re.MULTILINE)
    assert commands == ["relatome extract examples/abstract.txt"]
    printed = run([str(SCRIPTS / "relatome"), *shlex.split(commands[0])[1:]])
    assert "simvastatin" in printed.lower()
    assert "Correlation" in printed


def test_the_other_ways_are_commands() -> None:
    """What they name is not at hand, but the options are."""
    options = set(re.findall(r"^relatome extract .*?(--[a-z0-9-]+)", README, re.MULTILINE))
    usage = run([str(SCRIPTS / "relatome"), "extract", "--help"])
    assert options
    assert all(option in usage for option in options)


def test_the_five_lines_print_relations() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    lines = run([sys.executable, "-c", code]).splitlines()
    assert lines
    for line in lines:
        head, *_, score, novel = line.split()
        assert head.startswith("local:")
        assert 0 <= float(score) <= 1
        assert novel in ("True", "False")


def test_every_command_of_the_table_exists() -> None:
    named = set(re.findall(r"`relatome (\w+)", README))
    assert named
    for name in named:
        assert "Usage" in run([str(SCRIPTS / "relatome"), name, "--help"])


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("results", ["gold_entities", "speed", "serve", "graph"])
def test_the_figures_are_those_of_the_results(results: str) -> None:
    assert (ROOT / "benchmarks" / "results" / f"{results}.json").is_file()
    run([sys.executable, str(ROOT / "benchmarks" / "tables.py"), "--check"])


# Of these the README shows the form; what they ask is a service far away.
_ASKS_A_SERVICE = ("--pmid", "--pmcid")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_clone_does_what_it_says_in_order(tmp_path: Path) -> None:
    """In a fresh environment; `pip install relatome` installs the clone."""
    if not index_answers():
        pytest.skip("no package index answers, so nothing can be installed")
    clone = tmp_path / "clone"
    cloned = subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=False)
    if cloned.returncode:
        pytest.skip("this is no git repository, so it cannot be cloned")
    first = re.findall(r"^    (\S.*)$", README.split("<!-- demo:begin -->")[0], re.MULTILINE)
    assert first == ["pip install relatome", "relatome extract examples/abstract.txt"]
    program = install(tmp_path / "fresh", str(clone))
    path = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    path.pop("PYTHONPATH", None)

    def shell(line: str, folder: Path) -> str:
        done = subprocess.run(
            line, shell=True, cwd=folder, env=path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    shown = README.split("<!-- demo:begin -->\n```\n")[1].split("```\n<!-- demo:end -->")[0]
    assert alike(shell(first[1], clone)) == alike(shown)

    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("abstract.txt", "annotated.pubtator"):
        shutil.copy(clone / "examples" / name, folder)
    shutil.copy(clone / "examples" / "abstract.txt", folder / "notes.txt")
    (folder / "names.tsv").write_text("D019821\tChemicalEntity\tsimvastatin|SMV\n", "utf-8")
    (block,) = re.findall(r"```\n(relatome extract - .*?)```", README, re.DOTALL)
    lines = [line.partition("#")[0].strip() for line in block.splitlines()]
    local = [line for line in lines if not any(option in line for option in _ASKS_A_SERVICE)]
    assert len(local) == 4
    for line in local:
        shell(line, folder)
    assert (folder / "relations.tsv").stat().st_size

    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (folder / "five.py").write_text(code, "utf-8")
    assert shell(f"python {folder / 'five.py'}", clone)


def alike(printed: str) -> list[str]:
    """The rows of the first table, sorted, without figures.

    The last digit of an int8 score differs between processors, and with it the order of rows.
    """
    table = printed.partition("┘\n")[0]
    return sorted(
        re.sub(r"(known|novel)? *\d\.\d\d", "#", line).rstrip() for line in table.splitlines()
    )
