"""The compliance belongs to the SET; the RESET has its own, or none but the instrument's."""

import numpy as np
import pytest
from laws import resistor

from acanthite import analysis, film
from acanthite.device import LINEAR_DRIFT, VTEAM, Filament
from acanthite.errors import ProgramError
from acanthite.fitting.loops.curves import curves
from acanthite.fitting.moments.replay import Replay
from acanthite.measurement import (
    Instrument,
    Sweep,
    load_recording,
    read,
    run,
    save_recording,
    write,
)

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


@pytest.fixture(scope="module")
def filaments():
    return Filament.from_film(film.grow()).sample(8, seed=7)


def largest(recording, sign):
    """Return the largest current on the half of a sign. [A]"""
    half = np.sign(recording["applied"].values) == sign
    return float(np.abs(recording["current"].values[..., half]).max())


def test_devices_set_under_a_compliance_reset_without_one(filaments):
    free = run(filaments, Sweep(-0.4, 0.4), instrument=QUIET)
    held = run(filaments, Sweep(-0.4, 0.4, compliance=1e-6), instrument=QUIET)
    assert largest(held, -1) <= 1e-6 * (1 + 1e-6)
    assert largest(held, 1) > 1.2e-6  # the limit of the SET is not that of the RESET
    events = analysis.find_events(held)
    reset = next(e for e in events.events if e.kind == "reset")
    assert np.isfinite(reset.voltage).mean() > 0.7
    last = held["current"].values[:, 0, -2] / held["applied"].values[-2]
    fresh = held["current"].values[:, 0, 0] / held["applied"].values[0]
    assert np.median(last / fresh) < 10
    assert largest(free, 1) > 1e-4


def test_each_branch_has_its_own_limit():
    recording = run(
        resistor.sample(1, seed=1),
        Sweep(-0.5, 0.5, compliance=1e-5, reset_compliance=1e-4),
        instrument=QUIET,
    )
    assert largest(recording, -1) == pytest.approx(1e-5, rel=1e-6)
    assert largest(recording, 1) == pytest.approx(1e-4, rel=1e-6)


def test_the_instruments_own_limit_always_holds():
    recording = run(
        resistor.sample(1, seed=1),
        Sweep(-0.5, 0.5, compliance=1.0),
        instrument=Instrument("weak", 1e-5, 0.0, 0.0),
    )
    assert largest(recording, -1) == largest(recording, 1) == pytest.approx(1e-5, rel=1e-6)


@pytest.mark.parametrize(
    ("device", "first", "second", "set_sign"),
    [
        (VTEAM, 0.5, -0.5, -1),  # RESET first: the law says where it sets
        (VTEAM, -0.5, 0.5, -1),
        (LINEAR_DRIFT, 1.0, -1.0, 1),
        (LINEAR_DRIFT, -1.0, 1.0, 1),
        (resistor, 0.5, -0.5, 1),  # says nothing: what comes first sets
        (resistor, -0.5, 0.5, -1),
    ],
)
def test_the_branch_that_sets_is_the_devices(device, first, second, set_sign):
    recording = run(
        device.sample(1, seed=1), Sweep(first, second, compliance=2e-5), instrument=QUIET
    )
    assert largest(recording, set_sign) <= 2e-5 * (1 + 1e-6)
    assert largest(recording, -set_sign) > 3e-5
    assert f"set_polarity={set_sign}" in recording.attrs["program"] or device is resistor


def test_the_programs_word_counts_most():
    recording = run(
        VTEAM.sample(1, seed=1), Sweep(0.5, -0.5, compliance=1e-4, set_polarity=1), instrument=QUIET
    )
    assert largest(recording, 1) == pytest.approx(1e-4, rel=1e-6)
    assert largest(recording, -1) > 1e-3


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            Sweep(0.5, compliance=1e-4, set_polarity=-1),
            r"compliance = 0.0001 A is for SET, at negative voltage",
        ),
        (
            Sweep(-0.5, reset_compliance=1e-4),
            r"reset_compliance = 0.0001 A is for RESET, at positive voltage",
        ),
        (
            Sweep(-0.5, 0.5, reset_compliance=0.0),
            r"reset_compliance = 0.0; expected a positive number",
        ),
        (Sweep(-0.5, 0.5, set_polarity=2), r"set_polarity = 2; expected -1 or 1"),
    ],
)
def test_a_limit_of_a_branch_that_is_not_swept_is_refused(program, message):
    with pytest.raises(ProgramError, match=message):
        run(resistor.sample(1, seed=1), program)


def test_the_recording_says_what_limited_it(tmp_path):
    made = run(
        VTEAM.sample(1, seed=1), Sweep(0.5, -0.5, step=0.1, compliance=1e-4), instrument=QUIET
    )
    assert made.attrs["compliance"] == 1e-4
    assert "reset_compliance" not in made.attrs
    np.testing.assert_array_equal(made["limit"].values, np.where(np.arange(20) < 10, 0.1, 1e-4))
    assert made["limit"].attrs["units"] == "A"
    save_recording(made, tmp_path / "a.nc")
    assert load_recording(tmp_path / "a.nc").identical(made)
    for name in ("a.csv", "b.csv"):
        layout = "easyexpert" if name == "b.csv" else "csv"
        write(made, tmp_path / name, layout)
        (back,) = read(tmp_path / name)
        assert back.drop_attrs(deep=False).identical(made.drop_attrs(deep=False))
        assert made.attrs.items() <= back.attrs.items()
    plain = run(VTEAM.sample(1, seed=1), Sweep(0.5, -0.5, step=0.1), instrument=QUIET)
    assert "limit" not in plain
    assert "compliance" not in plain.attrs


def test_a_replay_limits_each_branch_as_it_was():
    device = VTEAM.sample(1, seed=1)
    made = run(device, Sweep(-0.5, 0.5, compliance=1e-4, cycles=2), instrument=QUIET)
    again = run(device, Replay.of(made), instrument=QUIET)
    np.testing.assert_allclose(
        again["current"].values, made["current"].values, rtol=1e-4, atol=1e-12
    )
    (curve,) = curves(made)
    negative = curve.segments[:, 2] < 0
    assert (curve.segments[negative, 3] == 1e-4).all()
    assert (curve.segments[curve.segments[:, 2] > 0, 3] > 1e-2).all()


def test_an_event_is_found_beyond_the_compliance_of_the_other_branch(filaments):
    held = run(filaments, Sweep(-0.4, 0.4, compliance=1e-5), instrument=QUIET)
    lab = held.drop_vars("limit")  # a file that names one compliance
    for events in (analysis.find_events(lab), analysis.find_events(lab, compliance=1e-5)):
        kinds = {e.kind: np.isfinite(e.voltage).mean() for e in events.events}
        assert kinds["set"] > 0.8
        assert kinds["reset"] > 0.8
