"""What no instrument could measure is refused, with the reason."""

import math

import numpy as np
import pytest
from laws import resistor

from acanthite import film
from acanthite.device import Filament, Law, State, law
from acanthite.errors import LawError, ProgramError
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


@law(state="x", parameters={"g": 1e-3})
def tunnel_diode(x, voltage, p):
    return 0.0, p.g * voltage * math.exp(-abs(voltage) / 0.1)


@law(state="x", parameters={"g": 1e-3})
def no_number(x, voltage, p):
    return 0.0, math.sqrt(0.1 - voltage) * p.g


@law(state="x", parameters={"g": 1e-3, "last": 2.0, "last_rate": 2.0}, initial=0.0)
def late(x, voltage, p):
    """Its root is of a negative number, or its rate none, once the state has moved."""
    return 1.0 if x < p.last_rate else math.nan, voltage * p.g * math.sqrt(p.last - x)


@pytest.mark.long
@pytest.mark.parametrize(
    ("device", "message"),
    [
        (
            tunnel_diode.sample(1, seed=1),
            r"the current falls from .* A at .* V .*it must grow with the voltage in every state",
        ),
        (no_number.sample(1, seed=1), r"the current is nan A at 0\.\d+ V \(x = 0\.5\)"),
        (
            late.sample(1, seed=1, last=0.5),
            r"device 0: the current is nan A at .* V; expected a number",
        ),
        (
            late.sample(1, seed=1, last_rate=0.4),
            r"the (rate of 'x' is nan at|integrator got stuck)",
        ),
    ],
)
def test_a_law_that_gives_no_numbers_is_refused(device, message):
    with pytest.raises(LawError, match=message):
        run(device, Sweep(0.5, rate=0.5), instrument=QUIET)


def test_a_compliance_below_the_leakage_current_is_refused_with_both_numbers():
    devices = Filament.from_film(film.grow()).sample(3, seed=1)
    with pytest.raises(
        ProgramError,
        match=r"compliance = 1e-12 A is below the leakage current: .* at least [2-3]\S*e-12 A",
    ):
        run(devices, Sweep(-0.4, compliance=1e-12))
    run(devices, Sweep(-0.1, compliance=1e-11, step=0.005))


def test_it_is_the_least_leaky_device_that_counts():
    devices = resistor.sample(2, seed=1, g=[1e-9, 1e-3])
    recording = run(devices, Sweep(0.1, compliance=1e-7), instrument=QUIET)
    assert np.abs(recording["current"].values).max() <= 1e-7 * (1 + 1e-6)
    with pytest.raises(ProgramError, match="at least 5e-12 A at the first sample"):
        run(devices, Sweep(0.1, compliance=1e-12), instrument=QUIET)


def test_a_device_brought_into_its_lrs_may_be_read_under_any_compliance():
    devices = resistor.sample(1, seed=1)
    run(devices, Sweep(0.1, compliance=1e-9), after=Sweep(0.1), instrument=QUIET)


def test_rates_in_any_state_are_looked_at():
    def rates(s, voltage, p):
        return 0.0, 0.0, 1.0 / s.y, 0.0

    def current(s, voltage, p):
        return voltage * p.g

    broken = Law("broken", (State("x", 1.0), State("y", 0.0)), {"g": 1.0}, rates, current)
    with pytest.raises(LawError, match=r"law 'broken': the rate of 'y' is inf at 0 V"):
        run(broken.sample(1, seed=1), Sweep(0.1))
