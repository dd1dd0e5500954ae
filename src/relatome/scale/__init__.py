"""The bulk job: many files through the pipeline into tables, on one machine or a cluster.

A scan can be killed at any time and goes on where it was; see docs/scale.md. Needs the extra
`scale`.
"""

from relatome.scale.bulk import scan
from relatome.scale.report import ScanReport
from relatome.scale.state import State

__all__ = ["ScanReport", "State", "scan"]
