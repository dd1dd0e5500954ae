"""BioREDirect: the task of BioRED, and which of the two entities acts."""

from __future__ import annotations

import msgspec

from relatome.data.schema import BIORED

BIOREDIRECT = msgspec.structs.replace(
    BIORED, name="bioredirect", rule="biored-direction", direction=True
)
