"""What came of a scan, in sentences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from relatome.formats.report import counted
from relatome.pipeline import Tally
from relatome.scale.shard import Counts, ShardRecord

_ENDINGS = 5  # named of files passed over


@dataclass
class ScanReport:
    """What came of a scan.

    Attributes:
        folder: of the scan.
        shards: of the scan.
        before: of them, done by earlier runs.
        done: of them, done by this run.
        passed_over: files of input folders that no format claims, by their ending.
        lost: workers that died.
        counts: what the tables hold.
        codes: errors by code.
        with_errors: inputs that have any.
        first_errors: the first few, a line each, once the scan has ended.
        tally: what the pipeline met.
        seconds: of this run.
    """

    folder: Path
    shards: int = 0
    before: int = 0
    done: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    counts: Counts = field(default_factory=Counts)
    codes: Counter[str] = field(default_factory=Counter)
    with_errors: set[str] = field(default_factory=set)
    first_errors: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0

    def add(self, record: ShardRecord) -> None:
        """Count a shard that is done."""
        self.counts.add(record.counts)
        self.codes.update(record.codes)
        self.tally.add(record.tally)
        if record.counts.errors:
            self.with_errors.add(record.input)

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
            first = ", the first of them:" if counts.errors > len(self.first_errors) else ":"
            lines.append(
                f"{counted(counts.errors, 'record')} could not be used ({codes}); the reasons are "
                f"in {self.folder / 'errors'}{first if self.first_errors else '.'}"
            )
            lines += (f"  {each}" for each in self.first_errors)
        if self.passed_over:
            lines.append(
                f"{counted(self.passed_over.total(), 'file')} of the input passed over "
                f"({self._endings()}): no format that relatome reads has such an ending."
            )
        if self.lost:
            lines.append(f"{counted(self.lost, 'worker')} lost and replaced.")
        return lines

    def _endings(self) -> str:
        """The most frequent endings passed over, those of one number by name."""
        every = sorted(self.passed_over.items(), key=lambda each: (-each[1], each[0]))
        named = [f"{count:,} × {ending or 'no ending'}" for ending, count in every[:_ENDINGS]]
        return ", ".join([*named, "…"] if len(every) > _ENDINGS else named)
