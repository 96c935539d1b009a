"""What is no device, no program or no instrument is refused in one sentence; so is a device that is a source of power."""

import dataclasses
import math

import numpy as np
import pytest
from laws import one_state

from acanthite import film
from acanthite.device import FILAMENT, VTEAM, Filament
from acanthite.errors import AcanthiteError, LawError, ProgramError
from acanthite.measurement import Instrument, PulseTrain, Schedule, Sweep, Waveform, run
from acanthite.parameters import AG2S

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
DEVICES = VTEAM.sample(1, seed=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"devices": Filament.from_film(film.grow())}, r"devices is a Filament; expected Devices; draw some .* \.sample\(n, seed"),
        ({"devices": VTEAM}, r"devices is a Law; expected Devices; draw some"),
        ({"devices": None}, "devices is a NoneType; expected Devices$"),
        ({"program": "sweep"}, "program = 'sweep'; expected a program such as Sweep"),
        ({"program": None}, "program = None; expected a program"),
        ({"program": Sweep}, "program = <class .*Sweep'>; expected a program"),
        ({"after": "sweep"}, "after = 'sweep'; expected a program"),
        ({"after": 0}, "after = 0; expected a program"),
        ({"instrument": "smu"}, "instrument = 'smu'; expected an Instrument"),
        ({"progress": 3}, "progress = 3; expected a function"),
        ({"tolerance": 0}, "tolerance = 0; expected a number from 1e-12 below 1"),
        ({"tolerance": -1}, "tolerance = -1; expected"),
        ({"tolerance": math.nan}, "tolerance = nan; expected"),
        ({"tolerance": "tight"}, "tolerance = 'tight'; expected"),
        ({"tolerance": None}, "tolerance = None; expected"),
    ],
)  # fmt: skip
def test_arguments_of_the_wrong_kind_are_refused(arguments, message):
    with pytest.raises(AcanthiteError, match=message):
        run(**{"devices": DEVICES, "program": Sweep(0.1), **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"current_limit": 0.0}, "current_limit = 0.0; expected a positive number"),
        ({"current_limit": math.nan}, "current_limit = nan"),
        ({"noise_floor": -1e-12}, "noise_floor = -1e-12; expected a number of zero or more"),
        ({"relative_noise": None}, "relative_noise = None"),
    ],
)
def test_an_instrument_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ProgramError, match=message):
        Instrument(**arguments)


class Own:
    """A program of one's own."""

    def __init__(self, segments, recorded, shape=None, cycles=1):
        self.made = Schedule(
            np.array(segments, float),
            np.array(recorded),
            cycles,
            ("sample",),
            shape or (sum(recorded),),
        )

    def schedule(self, current_limit):
        return self.made


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            Own([[-1.0, 0.0, 0.1, 1.0]], [True]),
            r"segment 0 of program lasts -1 s, from 0 to 0.1 V under 1 A",
        ),
        (Own([[1.0, 0.0, math.nan, 1.0]], [True]), "from 0 to nan V"),
        (Own([[1.0, 0.0, 0.1, 0.0]], [True]), "under 0 A"),
        (Own([[1.0, 0.0, 0.1]], [True]), r"segments of shape \(1, 3\)"),
        (
            Own([[1.0, 0.0, 0.1, 1.0]], [False], (1,)),
            r"samples 0 times a cycle in the shape \(1,\)",
        ),
        (Own([[1.0, 0.0, 0.1, 1.0]], [True], (2,)), r"samples 1 times a cycle in the shape \(2,\)"),
        (Own([[1.0, 0.0, 0.1, 1.0]], [True], None, 10**9), "makes 1e\\+09 samples"),
    ],
)
def test_a_program_of_ones_own_that_cannot_be_played_is_refused(program, message):
    with pytest.raises(ProgramError, match=message):
        run(DEVICES, program)


offset = one_state("offset", initial=1.0, g=1e-3, i_x=1e-4)
later_a_source = one_state("later_a_source", initial=0.0, rest=10.0, g=1e-3, g_x=-2e-3)
"""It passes every look at a fresh device, and gives power once it has moved."""
CHARGED = {"initial": 0.0, "lower": -1.0, "drive": 10.0, "fade": 20.0, "g": 1e-3, "i_x": -1e-3}
later_a_battery = one_state("later_a_battery", **CHARGED)


def test_a_current_at_no_voltage_is_refused():
    with pytest.raises(
        LawError, match=r"law 'offset': the current is 0.0001 A at 0 V \(x = 1\); expected none"
    ):
        run(offset.sample(1, seed=1), Sweep(-0.5))


@pytest.mark.parametrize("device", [later_a_source, later_a_battery])
def test_power_drawn_from_a_device_is_refused(device):
    with pytest.raises(
        LawError,
        match=r"device 0: the current is .* A at .* V in cycle 0: power is drawn from the device",
    ):
        run(device.sample(1, seed=1), Sweep(-0.5, step=0.05), instrument=QUIET)
    with pytest.raises(LawError, match="power is drawn"):
        run(
            device.sample(1, seed=1),
            Sweep(0.001, step=0.001),
            after=Sweep(-0.5, step=0.05),
            instrument=QUIET,
        )


def test_what_stores_charge_may_give_it_back():
    capacitor = one_state("capacitor", stores_charge=True, **CHARGED)
    made = run(capacitor.sample(1, seed=1), Sweep(-0.5, step=0.05), instrument=QUIET)
    assert (made["current"].values * made["voltage"].values).min() < 0
    assert FILAMENT.stores_charge
    run(Filament.from_film(film.grow()).sample(1, seed=1), PulseTrain(samples=5), instrument=QUIET)


def test_a_contact_that_never_rests_is_refused_with_how_often_it_switched():
    """At a single atom's overpotential contacts open and close for ever, when warm within minutes."""
    kelvin = dataclasses.replace(AG2S["filament.temperature"], value=440.0)
    warm = Filament.from_film(film.grow(), AG2S.replace({"filament.temperature": kelvin}))
    hold = Waveform([0.0, 1e-3, 1e8], [0.0, -0.05, -0.05], samples=1)
    with pytest.raises(
        LawError,
        match=r"device 0: 1\d{5} events, such as .* between -0\.05 and -0\.05 V within 1e\+08 s; .* "
        "for a shorter time",
    ):
        run(warm.sample(1, seed=1), hold, instrument=QUIET)
