"""Recordings that hold little, nothing or nonsense: said so, never a crash, never a warning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from analysis.drawn_loops import draw, recorded

from acanthite.cli import main
from acanthite.drawing import look
from acanthite.measurement import write
from acanthite.report.measured import Options, run
from acanthite.report.measured.grouping.studies import studies

pytestmark = pytest.mark.long

LOOP = np.r_[np.linspace(0, 1, 21), np.linspace(1, 0, 21)]
UP_DOWN = np.r_[np.ones(10), -np.ones(10)]
STEPS = np.r_[np.arange(1, 11), np.arange(10, 0, -1)] * 1e-6


def pulses(levels, direction=None, unit="S"):
    """Return a pulse response, shape (device, cycle, pulse)."""
    coords = {} if direction is None else {"direction": ("pulse", direction)}
    levels = {"conductance": (("device", "cycle", "pulse"), levels, {"units": unit})}
    return xr.Dataset(levels, coords, {"kind": "pulses"})


def held(current, time=None):
    """Return a current at one voltage."""
    recording = recorded(np.full(30, 0.1), np.broadcast_to(current, 30).astype(float))
    times = np.linspace(0, 10, 30) if time is None else np.full(30, time)
    return recording.assign(
        time=(("device", "cycle", "sample"), times[None, None], recording["time"].attrs)
    )


def with_gap(first):
    """Return loops of which one has no currents from a sample on."""
    recording = draw(cycles=9).recording.copy(deep=True)
    recording["current"][0, 3, first:] = np.nan
    return recording


CASES = {
    "no currents": (recorded(LOOP, np.full(LOOP.size, np.nan)), "other", 0),
    "no current flows": (recorded(LOOP, np.zeros(LOOP.size)), "conduction", 0),
    "one current": (recorded(LOOP, np.full(LOOP.size, 1e-9)), "conduction", 2),
    "two samples": (recorded(LOOP[:2], LOOP[:2]), "other", 0),
    "infinite": (recorded(LOOP, np.full(LOOP.size, np.inf)), "other", 0),
    "a cycle missing": (with_gap(0), "loops", 20),
    "a cycle cut short": (with_gap(50), "loops", 20),
    "one loop": (draw(cycles=1, missed=0.0).recording, "loops", 5),
    "all loops alike": (xr.concat([draw(cycles=1, missed=0.0).recording] * 9, "cycle"), "loops", 5),
    "most missed": (draw(cycles=9, missed=0.9).recording, "loops", 5),
    "holds for ever": (held(1e-6), "retention", 3),
    "no times": (held(1e-6, np.nan), "retention", 0),
    "no current held": (held(0.0), "retention", 0),
    "levels that are none": (pulses(np.full((1, 1, 20), np.nan), UP_DOWN), "pulses", 0),
    "levels that stay": (pulses(np.full((1, 1, 20), 1e-6), UP_DOWN), "pulses", 0),
    "no directions": (pulses(STEPS[None, None]), "pulses", 0),
    "three pulses": (pulses(STEPS[None, None, :3], np.array([1, 1, -1])), "pulses", 0),
    "two states, none positive": (pulses(np.zeros((3, 40, 2)), np.array([-1, 1])), "endurance", 0),
    "relative states": (pulses(np.ones((3, 40, 2)) * [1, 100], np.array([-1, 1]), "1"), "endurance", 3),
    "no levels": (pulses(np.full((3, 4, 1), np.nan)), "levels", 0),
    "one level": (pulses(np.ones((1, 1, 1))), "levels", 1),
    "an empty table": (xr.Dataset({"a": ("cycle", [np.nan] * 3)}), "results", 0),
    "a table of words": (xr.Dataset({"a": ("cycle", ["x", "y"]), "b": ("cycle", [1.0, 2.0])}), "results", 1),
    "other dims": (xr.Dataset({"voltage": ("q", LOOP), "current": ("q", LOOP)}), "other", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_odd_recordings_are_told_and_drawn(name, tmp_path):
    recording, kind, least = CASES[name]
    options = Options(replicates=19)
    (study,) = studies([(Path(f"{name}.csv"), recording)], options)
    finding = run._analyse(study, options)
    assert study.kind == kind
    assert finding.summary
    assert (len(finding.numbers) >= least) if least else (finding.numbers == ())
    with look():
        for drawing in finding.drawings:
            drawing.draw().savefig(tmp_path / "drawn.svg")


def test_an_analysis_that_fails_leaves_the_others(tmp_path, monkeypatch, capsys):
    v = np.linspace(0, 1, 41)
    write(recorded(v, 1e-8 * v), tmp_path / "lab" / "leak.csv", "csv")
    write(held(1e-6), tmp_path / "lab" / "hold.csv", "csv")

    def fail(study, options):
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setitem(run._ANALYSES, "retention", fail)
    assert main(["analyse", str(tmp_path / "lab"), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert told.err == "failed  hold: The analysis failed: ZeroDivisionError: a mistake of ours\n"
    assert "leak" in told.out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in page


def test_a_current_that_turns_with_the_sweep_is_no_resistance():
    """A capacitor of 2.5 pF under 1 V/s: 2.5 pA one way, -2.5 pA the other, and 406 GΩ nowhere."""
    out = np.linspace(0, 1, 42)
    v = np.r_[out, out[::-1]]
    recording = recorded(v, np.r_[np.full(42, 2.5e-12), np.full(42, -2.5e-12)])
    options = Options(replicates=19)
    (study,) = studies([(Path("capacitor.csv"), recording)], options)
    finding = run._analyse(study, options)
    assert not [n for n in finding.numbers if n.quantity.startswith(("resistance", "current"))]
    (study,) = studies([(Path("resistor.csv"), recorded(v, v / 406e9))], options)
    (found,) = [
        n for n in run._analyse(study, options).numbers if n.quantity == "resistance, positive"
    ]
    assert found.estimate.value == pytest.approx(406e9)
