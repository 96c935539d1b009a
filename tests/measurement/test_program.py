"""Programs: what they apply, and what they refuse."""

import numpy as np
import pytest

from acanthite.errors import ProgramError
from acanthite.measurement import Endurance, PulseLadder, PulseTrain, Retention, Sweep


def test_sweep_goes_out_and_back_at_its_rate():
    s = Sweep(-0.4, 0.2, rate=2.0, step=0.1).schedule(0.1)
    np.testing.assert_allclose(
        s.applied, [-0.1, -0.2, -0.3, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.1, 0], atol=1e-15
    )
    np.testing.assert_allclose(np.abs(s.segments[:, 2] - s.segments[:, 1]) / s.segments[:, 0], 2.0)


def test_segments_join():
    for program in (Sweep(-0.3, 0.3), PulseTrain(), PulseLadder(3, 3), Retention(), Endurance(2)):
        s = program.schedule(0.1)
        np.testing.assert_array_equal(s.segments[1:, 1], s.segments[:-1, 2])
        assert (s.segments[:, 0] > 0).all()
        assert int(s.recorded.sum()) == int(np.prod(s.shape))


def test_pulse_width_is_at_half_maximum():
    s = PulseTrain(voltage=-0.3, width=1e-6, edge=1e-7, count=1, samples=20).schedule(0.1).segments
    time, level = np.r_[0, np.cumsum(s[:, 0])], np.r_[s[0, 1], s[:, 2]]
    fine = np.linspace(0, time[-1], 2_000_001)
    above = fine[np.interp(fine, time, level) < -0.15]
    assert above[-1] - above[0] == pytest.approx(1e-6, rel=0.01)


def test_retention_reads_when_it_says():
    s = Retention(100.0, 5, first=1.0).schedule(0.1)
    np.testing.assert_allclose(s.times[0], np.geomspace(1, 100, 5), rtol=1e-6)


def test_ladder_says_which_way_each_pulse_goes():
    _, volts, unit, _ = PulseLadder(2, 3).schedule(0.1).coords["pulse_voltage"]
    assert volts.tolist() == [-0.3, -0.3, 0.3, 0.3, 0.3]
    assert unit == "V"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (Sweep(0.0), "a turning point"),
        (Sweep(float("nan")), "first = nan; expected a finite number"),
        (Sweep(-0.3, float("inf")), "second = inf; expected a finite number"),
        (Sweep("-0.3"), "first = '-0.3'; expected a finite number"),
        (Sweep(-0.3, step=1e-12), r"steps of 1e-12 V make 6e\+11 samples"),
        (Sweep(-0.3, cycles=True), "cycles = True; expected a whole number"),
        (Sweep(-0.3, rate=-1.0), "rate = -1.0"),
        (Sweep(-0.3, cycles=0), "cycles = 0"),
        (Sweep(-0.3, compliance=0.0), "compliance = 0.0"),
        (PulseTrain(edge=2e-6), "less than width"),
        (PulseTrain(count=0), "count = 0"),
        (PulseLadder(wait=0.0), "wait = 0.0"),
        (PulseLadder(edge=1e-5), "less than width"),
        (Retention(duration=1e-3), "first = 0.01"),
        (
            Retention(duration=100, points=400),
            r"points = 400 .* are 0.000234 s apart at first.* at most 95 points",
        ),
        (Retention(points=1), "points = 1; expected a whole number of at least 2"),
        (Retention(read_voltage=0.0), "read_voltage = 0.0 V; expected a voltage that is not 0"),
        (PulseTrain(voltage=float("nan")), "voltage = nan"),
        (PulseTrain(voltage=0.0), "voltage = 0.0 V; expected a voltage that is not 0"),
        (PulseTrain(read_voltage=float("inf")), "read_voltage = inf"),
        (PulseLadder(voltage=None), "voltage = None"),
        (PulseLadder(read_voltage=0), "read_voltage = 0 V; expected a voltage that is not 0"),
        (PulseLadder(depression=-0.1), "depression = -0.1; expected a positive number"),
        (Endurance(cycles=1.5), "cycles = 1.5"),
        (Endurance(edge=0.02), "edge = 0.02 s; expected less than width = 0.01 s"),
        (Endurance(cycles=[]), r"cycles = \[\]; expected a whole number"),
    ],
)
def test_nonsense_is_refused(program, message):
    with pytest.raises(ProgramError, match=message):
        program.schedule(0.1)


def test_as_many_reads_as_an_error_allows_are_taken():
    s = Retention(100.0, 95).schedule(0.1)
    assert (s.segments[:, 0] > 0).all()
    with pytest.raises(ProgramError, match="at most 95 points"):
        Retention(100.0, 96).schedule(0.1)


def test_an_endurance_test_of_the_other_polarity_sets_at_positive_voltage():
    _, volts, _, _ = Endurance(2, voltage=-0.3).schedule(0.1).coords["pulse_voltage"]
    assert volts.tolist() == [0.3, -0.3]


def test_whole_numbers_may_be_floats():
    assert Endurance(cycles=1e2).schedule(0.1).cycles == 100
    assert PulseLadder(2.0, 3.0, 4.0).schedule(0.1).shape == (5,)


@pytest.mark.parametrize("samples", [1, 2, 50])
def test_a_read_between_pulses_lasts_as_long_as_it_says(samples):
    s = PulseTrain(count=2, samples=samples).schedule(0.1)
    assert s.segments[:, 0].sum() == pytest.approx(20e-9 + 2 * (1e-6 + 20e-9 + 20e-6))


def test_a_sweep_returns_to_plain_zero():
    for turns in ((-0.2, 0.2), (0.2, -0.2)):
        voltage = Sweep(*turns, step=0.05).schedule(1.0).segments[:, 1:3]
        assert not np.signbit(voltage[voltage == 0]).any()
