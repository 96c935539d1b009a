"""A kernel that Numba finds in its cache, compiled for a law by another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import numpy as np
from acanthite.nn.engine.pulses import array, pulse
from acanthite.random import generator
from acanthite.synapse import law

@law(gain=0.1)
def of_another_process(w, p):
    return p.gain * (1.0 - w) * 0.9371, -p.gain * (1.0 + w)

cell = array(of_another_process(conductance_min=0.0, conductance_max=1e-6).cells(1, generator(1, "t")), np.zeros(1, np.float32))
pulse(cell, 0, np.float32(1), np.float32(0))
print(cell.weights[0], sum(pulse.twins[0].stats.cache_hits.values()))
"""


@pytest.mark.long
def test_a_second_process_runs_the_kernels_the_first_compiled(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ACANTHITE_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    (tmp_path / "script.py").write_text(SCRIPT)
    seen = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, str(tmp_path / "script.py")],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        seen.append(done.stdout.split())
    assert [hits for _, hits in seen] == ["0", "1"]
    assert seen[0][0] == seen[1][0] == "0.09371"
