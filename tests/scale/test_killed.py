"""Scans in real processes that are killed anywhere, and what is there after the next run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from relatome.errors import WorkError
from relatome.scale.bulk import carry_out
from tests.scale.stub import StubWork, document, tables, write_inputs

SEED = 20260


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_inputs(tmp_path_factory.mktemp("killed") / "in", shards=6, documents=30)


@pytest.fixture(scope="module")
def unbroken(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of a scan that nothing happened to."""
    out = tmp_path_factory.mktemp("unbroken") / "out"
    carry_out(StubWork(), [str(inputs)], out, workers=1)
    return tables(out)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a Ray cluster of two nodes with two processors each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_DISABLE_MEMORY_MONITOR"] = "1"
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    made = Cluster()
    for _ in range(2):
        made.add_node(num_cpus=2, object_store_memory=80 * 1024 * 1024, include_dashboard=False)
    made.wait_for_nodes()
    before = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_ADDRESS"] = made.address
    yield made.address
    if before is None:
        del os.environ["RAY_ADDRESS"]
    made.shutdown()


def start(out: Path, inputs: Path, *options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.scale.stub", str(out), str(inputs)]
    return subprocess.Popen(
        [*command, *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where tests run in the background it would be passed on as one to ignore.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def ran(out: Path, inputs: Path, *options: object) -> tuple[int, str, str]:
    process = start(out, inputs, *options)
    said, wrong = process.communicate(timeout=120)
    return process.returncode, said, wrong


def descendants(pid: int) -> list[int]:
    """Processes below one that run Python of their own, the workers of a local scan."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parent = int((each / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (each / "cmdline").read_text()
            except OSError:
                continue
            if parent == pid and "spawn_main" in command:
                found.append(int(each.name))
    return found


def actors() -> list[int]:
    """Processes of Ray's workers that are ours."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                if (each / "cmdline").read_text().startswith("ray::Worker"):
                    found.append(int(each.name))
            except OSError:
                continue
    return found


def require_same(out: Path, unbroken: dict[str, bytes]) -> tuple[int, int]:
    """Compare all bytes; documents lost and doubled."""
    found = tables(out)
    assert found == unbroken
    ids = [
        (name, position)
        for name in found
        if name.startswith("documents/")
        for position in pq.read_table(out / name)["position"].to_pylist()
    ]
    return 6 * 30 - len(set(ids)), len(ids) - len(set(ids))


def kill_and_resume(
    how: str, engine: str, out: Path, inputs: Path, unbroken: dict[str, bytes], seed: int
) -> tuple[int, int]:
    chance = random.Random(seed)
    if how == "step":
        # The main process, between two changes to the disk.
        code, _, wrong = ran(out, inputs, "--engine", engine, "--die-at", chance.randrange(80))
        assert code == -signal.SIGKILL, wrong
    else:
        # Slow enough that it is not done before it is killed.
        slow = 0.1 if how == "main" else 0.02
        process = start(out, inputs, "--engine", engine, "--slow", slow)
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        if how == "main":
            time.sleep(chance.random() * 2)
            process.kill()
            process.communicate(timeout=120)
            assert process.returncode == -signal.SIGKILL
        else:
            killed = False
            until = time.monotonic() + 60
            while not killed and process.poll() is None and time.monotonic() < until:
                time.sleep(0.05 + chance.random() * 0.5)
                pids = descendants(process.pid) if engine == "local" else actors()
                if pids:
                    os.kill(chance.choice(pids), signal.SIGKILL)
                    killed = True
            _, wrong = process.communicate(timeout=120)
            assert process.returncode == 0, wrong
            assert killed
    if engine == "local":  # the run that resumes is not killed, and starts sooner in this process
        report = carry_out(StubWork(), [str(inputs)], out, workers=1)
        assert report.before + report.done == report.shards == 6
    else:
        code, said, wrong = ran(out, inputs, "--engine", engine)
        assert code == 0, wrong
        assert "6 shards of 6 done" in said
    return require_same(out, unbroken)


FEW = [("step", "local"), ("main", "local"), ("worker", "local")]
MANY = [
    *([("step", "local")] * 10),
    *([("main", "local")] * 5),
    *([("worker", "local")] * 5),
    *([("step", "ray")] * 5),
    *([("main", "ray")] * 5),
    *([("worker", "ray")] * 5),
]


@pytest.mark.parametrize(("number", "point"), list(enumerate(FEW)))
def test_a_killed_scan_goes_on_to_the_same_bytes(
    number: int, point: tuple[str, str], inputs: Path, unbroken: dict[str, bytes], tmp_path: Path
) -> None:
    lost = kill_and_resume(*point, tmp_path / "out", inputs, unbroken, SEED + number)
    assert lost == (0, 0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_is_lost_or_doubled_at_many_kill_points(
    cluster: str,
    inputs: Path,
    unbroken: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = doubled = 0
    for number, point in enumerate(MANY):
        out = tmp_path / str(number)
        counts = kill_and_resume(*point, out, inputs, unbroken, SEED + 100 + number)
        lost, doubled = lost + counts[0], doubled + counts[1]
    with capsys.disabled():
        print(f"\n{len(MANY)} kill points: {lost} documents lost, {doubled} doubled")
    assert (lost, doubled) == (0, 0)


def test_workers_have_a_core_each_and_end_with_the_scan(inputs: Path, tmp_path: Path) -> None:
    process = start(tmp_path / "out", inputs, "--slow", 0.2)
    assert process.stdout is not None
    process.stdout.readline()
    until = time.monotonic() + 30
    pinned: list[set[int]] = []
    while time.monotonic() < until:
        pids = descendants(process.pid)
        pinned = [os.sched_getaffinity(pid) for pid in pids]
        if len(pids) == 2 and all(len(each) == 1 for each in pinned):
            break
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=60)
    assert [len(each) for each in pinned] == [1, 1]
    assert len(set.union(*pinned)) == min(2, len(os.sched_getaffinity(0)))
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_scan_ends_cleanly(number: signal.Signals, inputs: Path, tmp_path: Path) -> None:
    process = start(tmp_path / "out", inputs, "--slow", 0.2)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, wrong = process.communicate(timeout=60)
    assert process.returncode == 128 + number, wrong
    assert wrong == ""
    assert not (tmp_path / "out" / ".work").exists()
    assert descendants(process.pid) == []


def deadly(tmp_path: Path, deaths: int) -> tuple[Path, StubWork]:
    source = write_inputs(tmp_path / "in", shards=3, documents=5)
    from relatome.formats import write

    write([document("k", "Killer Whale")], source / "part-1.jsonl", "jsonl")
    die = tmp_path / "die"
    die.write_bytes(b"x" * deaths)
    return source, StubWork(die=str(die))


def test_a_shard_is_tried_again_when_its_worker_dies(tmp_path: Path) -> None:
    source, work = deadly(tmp_path, deaths=2)
    report = carry_out(work, [str(source)], tmp_path / "out", workers=1)
    assert (report.done, report.lost) == (3, 2)
    assert "2 workers lost and replaced." in report.summary()


def test_a_shard_that_kills_every_worker_is_given_up(tmp_path: Path) -> None:
    source, work = deadly(tmp_path, deaths=3)
    with pytest.raises(WorkError, match=r"R911.*000001-part-1.*R912.*3 times.*signal 9"):
        carry_out(work, [str(source)], tmp_path / "out", workers=1)
    assert len(list((tmp_path / "out" / "shards").iterdir())) == 2
    assert carry_out(work, [str(source)], tmp_path / "out").done == 1


def test_ray_writes_what_processes_write(
    cluster: str, inputs: Path, unbroken: dict[str, bytes], tmp_path: Path
) -> None:
    code, said, wrong = ran(tmp_path / "out", inputs, "--engine", "ray", "--workers", 3)
    assert code == 0, wrong
    assert "6 shards of 6 done" in said
    assert require_same(tmp_path / "out", unbroken) == (0, 0)


@pytest.mark.slow
def test_ray_replaces_a_worker_that_is_lost(
    cluster: str, inputs: Path, unbroken: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert kill_and_resume("worker", "ray", out, inputs, unbroken, SEED) == (0, 0)
