"""Reading large files: seconds and peak memory, each file in a process of its own.

    python benchmarks/readers.py [--mb 100] [--runs 300]

Beside ``acanthite.measurement.read`` stands what a user would take instead: ``numpy.loadtxt`` for the table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def table(path: Path, mb: float) -> None:
    """Write a table of cycles, time, voltage and current of about ``mb`` megabytes."""
    rng = np.random.default_rng(1)
    with path.open("w", encoding="utf-8") as handle:
        handle.write("cycle,time (s),voltage (V),current (A)\n")
        cycle = 0
        while handle.tell() < mb * 1e6:
            volts = np.sin(np.linspace(0, 2 * np.pi, 1000))
            amps = 1e-6 * volts * rng.lognormal(size=1000)
            rows = zip(
                (cycle + np.arange(1000) / 1000).tolist(),
                volts.tolist(),
                amps.tolist(),
                strict=True,
            )
            handle.writelines(f"{cycle},{t!r},{v!r},{i!r}\n" for t, v, i in rows)
            cycle += 1


def easyexpert(path: Path, mb: float) -> None:
    """Write records of sweeps as a B1500A does."""
    from acanthite.measurement import read, write

    table(path.with_suffix(".part"), mb / 2)
    write(read(path.with_suffix(".part"))[0], path, "easyexpert")


def workbook(path: Path, runs: int) -> None:
    """Write a book of runs of 500 points."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for run in range(1, runs + 1):
        sheet = book.create_sheet(f"Run{run}")
        sheet.append(["Time", "AI", "AV"])
        for n in range(500):
            sheet.append([n * 0.01, 1e-6 * n / 7, n / 500])
    book.save(path)


READERS = {
    "acanthite": "from acanthite.measurement import read; found = read({path!r})",
    "numpy.loadtxt": "import numpy; numpy.loadtxt({path!r}, delimiter=',', skiprows=1)",
}


def measure(reader: str, path: Path) -> tuple[float, float]:
    """Return seconds and peak memory [MiB] of reading a file in a fresh process, imports included (Linux)."""
    code = READERS[reader].format(path=str(path))
    begun = time.perf_counter()
    tail = "; import re; print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begun, int(done.stdout) / 1024


def main() -> None:
    """Make the files, read them, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=100)
    parser.add_argument("--runs", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("table.csv", "easyexpert.csv", "book.xlsx")}
        table(files["table.csv"], options.mb)
        easyexpert(files["easyexpert.csv"], options.mb)
        workbook(files["book.xlsx"], options.runs)
        print(f"{'file':<16}{'MB':>7}  {'reader':<16}{'s':>7}{'MiB peak':>10}")
        for name, path in files.items():
            for reader in READERS if name == "table.csv" else ["acanthite"]:
                seconds, peak = measure(reader, path)
                print(
                    f"{name:<16}{path.stat().st_size / 1e6:>7.1f}  {reader:<16}{seconds:>7.2f}{peak:>10.0f}"
                )


if __name__ == "__main__":
    main()
