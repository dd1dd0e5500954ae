"""What came of a scan, in sentences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from relatome.formats.report import counted
from relatome.pipeline import Tally
from relatome.scale.shard import Counts, ShardRecord


@dataclass
class ScanReport:
    """What came of a scan.

    Attributes:
        folder: of the scan.
        shards: of the scan.
        before: of them, done by earlier runs.
        done: of them, done by this run.
        passed_over: files of input folders that no format claims.
        lost: workers that died.
        counts: what the tables hold.
        codes: errors by code.
        tally: what the pipeline met.
        seconds: of this run.
    """

    folder: Path
    shards: int = 0
    before: int = 0
    done: int = 0
    passed_over: int = 0
    lost: int = 0
    counts: Counts = field(default_factory=Counts)
    codes: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0

    def add(self, record: ShardRecord) -> None:
        """Count a shard that is done."""
        self.counts.add(record.counts)
        self.codes.update(record.codes)
        self.tally.add(record.tally)

    def summary(self) -> list[str]:
        """The outcome in sentences, the remarkable ones only where they happened."""
        before = f", {self.before:,} of them done before" if self.before else ""
        lines = [
            f"{counted(self.before + self.done, 'shard')} of {self.shards:,} done{before}.",
            *self.tally.summary(),
        ]
        counts = self.counts
        if counts.without_text:
            lines.append(f"{counted(counts.without_text, 'document')} without any text.")
        if counts.deletions:
            lines.append(f"{counted(counts.deletions, 'document')} taken back by update files.")
        if counts.errors:
            codes = ", ".join(f"{n:,} × {code}" for code, n in self.codes.most_common())
            lines.append(
                f"{counted(counts.errors, 'record')} could not be used ({codes}); the reasons are "
                f"in {self.folder / 'errors'}."
            )
        if self.passed_over:
            lines.append(
                f"{counted(self.passed_over, 'file')} of the input passed over: no format that "
                "relatome reads has such an ending."
            )
        if self.lost:
            lines.append(f"{counted(self.lost, 'worker')} lost and replaced.")
        return lines
