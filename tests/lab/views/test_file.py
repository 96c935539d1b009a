"""A measured file and the twin beside it."""

import numpy as np
import pytest

import acanthite as ac
from acanthite.errors import RecordingError
from acanthite.lab.views.file import file_view, read_recordings

LOOP = np.concatenate([np.linspace(a, b, 40) for a, b in ((0, 1), (1, 0), (0, -0.6), (-0.6, 0))])


def write_loop(path, volts=LOOP):
    """Write a plain table of a resistor's sweep."""
    lines = [f"{v:.4f},{v * 1e-5:.4e}" for v in volts]
    path.write_text("voltage (V),current (A)\n" + "\n".join(lines) + "\n")
    return path


def test_a_sweep_stands_beside_the_twins_over_the_same_voltages(tmp_path):
    (recording,) = read_recordings(write_loop(tmp_path / "loop.csv"))
    view = file_view(recording)
    measured, twin = view.curves
    assert (view.kind, measured.name, twin.name) == ("sweep", "measured", "twin")
    assert dict(map(tuple, measured.points))[1.0] == pytest.approx(1e-5)
    ends = [[min(x for x, _ in c.points), max(x for x, _ in c.points)] for c in view.curves]
    assert ends[0] == pytest.approx([-0.6, 1.0], abs=0.01)
    assert ends[1] == pytest.approx([-0.6, 1.0], abs=0.01)
    assert "from 0 to 1 V, to -0.6 V" in view.note


def test_a_sweep_on_one_side_stays_there(tmp_path):
    (recording,) = read_recordings(write_loop(tmp_path / "loop.csv", LOOP[LOOP >= 0]))
    _, twin = file_view(recording).curves
    assert min(x for x, _ in twin.points) >= 0.0


def test_a_pulse_response_stands_beside_the_twins(tmp_path):
    devices = ac.device.Filament.from_film(ac.film.grow()).sample(1, seed=1)
    ladder = ac.measurement.run(devices, ac.measurement.PulseLadder(12, 8, 1))
    levels = ac.analysis.conductance(ladder).to_dataset(name="conductance")
    direction = np.repeat([1, -1], [12, 8])
    view = file_view(levels.assign_coords(direction=("pulse", direction)))
    assert view.kind == "pulses"
    assert [curve.name for curve in view.curves] == ["measured", "twin"]
    assert [len(curve.points) for curve in view.curves] == [20, 20]
    assert "12 pulses of 0.3 V up and 8 down" in view.note


def test_of_a_long_sweep_a_part_is_drawn_and_that_is_said(tmp_path):
    long = np.repeat(LOOP, 40) + np.tile(np.linspace(0, 1e-4, 40), LOOP.size)
    (recording,) = read_recordings(write_loop(tmp_path / "long.csv", long))
    view = file_view(recording)
    assert len(view.curves[0].points) <= 3000
    assert "3000 of 6400 samples" in view.note


def test_the_twin_follows_its_knobs(tmp_path):
    (recording,) = read_recordings(write_loop(tmp_path / "loop.csv"))
    thin, thick = (file_view(recording, {"film_thickness": d}).curves[-1] for d in (50, 200))
    assert thin != thick


def test_what_is_no_data_is_refused(tmp_path):
    path = tmp_path / "prose.csv"
    path.write_text("no numbers\nin here\n")
    with pytest.raises(RecordingError):
        read_recordings(path)
