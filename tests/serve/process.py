"""The service as a process of its own."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Process(NamedTuple):
    """A service that runs as a process."""

    process: subprocess.Popen[str]
    address: str

    def ended(self) -> tuple[int, list[dict[str, object]]]:
        """Exit code and log, once it has ended."""
        _, log = self.process.communicate(timeout=60)
        return self.process.returncode, [json.loads(line) for line in log.splitlines()]


@contextmanager
def launched(*options: str, log: int = subprocess.PIPE, **variables: str) -> Iterator[Process]:
    """``relatome serve`` with options and environment variables, on a free port."""
    command = [sys.executable, "-m", "relatome", "serve", "--port", "0", *options]
    environment = {**os.environ, **variables}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], 60)
        assert readable
        line = process.stdout.readline()
        found = re.search(r"http://([\d.]+:\d+)", line)
        assert found, line
        yield Process(process, found[1])
    finally:
        process.kill()
        process.wait()
