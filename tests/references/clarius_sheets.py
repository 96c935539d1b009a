"""Contact sheets of measured sweeps, for labelling set and reset voltages by eye.

``python tests/references/clarius_sheets.py FOLDER OUT`` draws every sweep of the Clarius books in FOLDER, twelve to a
sheet: |I| against |V| on a logarithmic axis (the way out black, the way back grey), the way out once more on a linear axis
(green), a grid line every 0.1 V. Nothing else is drawn: whoever labels sees no detector's opinion.

How ``clarius_labels.csv`` was made: the sheets were looked at one after the other, before any detector had been run on
these books, and for each sweep the voltage was read off the grid to about 0.02 V:

- SET: where the way out jumps or climbs steeply into the compliance. Where there are several steps, the one that is
  highest in decades.
- RESET: where the way out has its highest current before the first clear drop.
- ``none`` where no such event is seen.

The first sheets, of "B12 03", "D04 04" up to run 146 and 12, and "M12 03 endurance set" up to run 184, had no linear trace yet.
"D04 03" repeats
"B12 03", and "B12 04 endurance reset" repeats "D04 04": they are one device, labelled once.

The books "B12 ..." are six of the samples a lab folder holds; the others are the same lab's, in the history of the public
repository github.com/arrayan/memristor-analysis (commit 632d52fcce54573889ef43d72f9d67836e31c662, folders H24824_D04 and
data/H16248L), each saved under the name "DEVICE BOOK.xlsx". Books that are not there are left out by the test.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


def read_runs(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return voltage [V] and current [A] of each run of a book, in the order they were measured."""
    from openpyxl import load_workbook

    book, runs = load_workbook(path, read_only=True, data_only=True), {}
    for name in sorted(
        (n for n in book.sheetnames if n.startswith("Run")), key=lambda n: int(n[3:])
    ):
        header, *rows = book[name].iter_rows(values_only=True)
        v, i = header.index("AV"), header.index("AI")
        numbers = [
            (r[v], r[i])
            for r in rows
            if isinstance(r[v], float | int) and isinstance(r[i], float | int)
        ]
        voltage, current = np.array(numbers, float).T
        runs[name] = voltage, current
    return runs


def draw_sheet(sweeps: list[tuple[str, np.ndarray, np.ndarray]], path: Path) -> None:
    """Draw up to twelve sweeps (title, voltage, current)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15.6, 11.4), layout="constrained")
    axes = figure.subplots(3, 4).ravel()
    for ax, (title, voltage, current) in zip(axes, sweeps, strict=False):
        v, i = np.abs(voltage), np.maximum(np.abs(current), 1e-13)
        top = int(v.argmax())
        ax.semilogy(v[top:], i[top:], color="#9aa0aa", linewidth=1.0)
        ax.semilogy(v[: top + 1], i[: top + 1], "k.-", linewidth=0.9, markersize=2.5)
        linear = ax.twinx()
        linear.plot(v[: top + 1], i[: top + 1], color="#3b8f5a", linewidth=1.0)
        linear.set_yticks([])
        ax.set_title(title, fontsize=9)
        ax.set_xticks(np.arange(0, v.max() + 0.01, 0.5))
        ax.set_xticks(np.arange(0, v.max() + 0.01, 0.1), minor=True)
        ax.grid(which="major", color="#c4453c", linewidth=0.6, alpha=0.6)
        ax.grid(which="minor", axis="x", color="#2f6db3", linewidth=0.3, alpha=0.7)
        ax.set_xlim(0, v.max())
    figure.savefig(path, dpi=100)


def main(folder: Path, out: Path) -> None:
    """Draw the sheets of every book of a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for book in sorted(folder.glob("*.xlsx")):
        runs = read_runs(book)
        sweeps = [(f"{book.stem}  {name}", v, i) for name, (v, i) in runs.items()]
        for k in range(0, len(sweeps), 12):
            draw_sheet(sweeps[k : k + 12], out / f"{book.stem} {k // 12}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
