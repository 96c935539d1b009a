"""SET and RESET of measured sweeps against what was seen by eye; see tests/references/clarius_sheets.py.

The sweeps of the half "tune" were at hand while the detector was written, those of "report" (another device) were not
until its first version was done; docs/validation.md says what came after.
"""

import csv
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from analysis.drawn_loops import recorded

from acanthite.analysis import find_events

REFERENCES = Path(__file__).parents[1] / "references"
TOLERANCE = 0.1  # V, ten steps of the sweep
LAB = os.environ.get("ACANTHITE_LAB_DATA")


def labels(half):
    with (REFERENCES / "clarius_labels.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["half"] == half]


def in_agreement(rows, read_runs, path):
    runs = read_runs(path)
    names = list(runs)
    events = find_events(recorded(runs[names[0]][0], np.stack([runs[n][1] for n in names])))
    for row in rows:
        event = events.first(row["kind"])
        if row["kind"] == "none":
            yield all(e.kind == "none" for e in events)
        else:
            yield (
                event is not None
                and abs(event.voltage[0, names.index(row["run"])] - float(row["voltage"]))
                <= TOLERANCE
            )


@pytest.mark.skipif(not LAB, reason="ACANTHITE_LAB_DATA names no folder of lab files")
@pytest.mark.parametrize("half", ["tune", "report"])
def test_events_are_where_they_are_seen(half, monkeypatch):
    monkeypatch.syspath_prepend(str(REFERENCES))
    from clarius_sheets import read_runs

    rows, results = labels(half), []
    for book in sorted({row["book"] for row in rows}):
        path = next(Path(str(LAB)).rglob(book), None)
        if path is not None:
            results += in_agreement([row for row in rows if row["book"] == book], read_runs, path)
    if not results:
        pytest.skip(f"none of the labelled books of the half {half!r} is under ACANTHITE_LAB_DATA")
    sys.stdout.write(
        f"{half}: {sum(results)} of {len(results)} sweeps agree within {TOLERANCE} V\n"
    )
    assert np.mean(results) >= 0.98
