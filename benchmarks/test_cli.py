"""How soon the command line answers; run with ``pytest benchmarks/test_cli.py --benchmark-only``. The aim is 0.5 s."""

from __future__ import annotations

import subprocess
import sys


def test_help(benchmark) -> None:
    benchmark(
        subprocess.run,
        [sys.executable, "-m", "acanthite", "--help"],
        check=True,
        capture_output=True,
    )
