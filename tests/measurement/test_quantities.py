"""Programs, instruments and recipes take pint quantities where their docstrings give a unit."""

from __future__ import annotations

import inspect
import logging

import numpy as np
import pint
import pytest

from acanthite import measurement
from acanthite.device import Filament
from acanthite.errors import UnitError
from acanthite.film import Recipe, grow
from acanthite.measurement import Endurance, PulseLadder, PulseTrain, Retention, Sweep
from acanthite.measurement.instrument import Instrument
from acanthite.quantities import documented_units

ureg = pint.get_application_registry()
KINDS = (Sweep, PulseTrain, PulseLadder, Endurance, Retention, Instrument, Recipe)


@pytest.mark.parametrize(
    ("kind", "name", "unit"),
    [(kind, name, unit) for kind in KINDS for name, unit in documented_units(kind).items()],
)
def test_every_argument_with_a_unit_takes_it_and_no_other(kind, name, unit):
    needed = [
        p.name
        for p in inspect.signature(kind).parameters.values()
        if p.default is inspect.Parameter.empty
    ]
    given = dict.fromkeys(needed, 0.5)
    default = inspect.signature(kind).parameters[name].default
    usual = 1e-7 if unit == "m" else 0.5
    value = usual if default in (None, inspect.Parameter.empty) else default
    wanted = kind(**{**given, name: value})
    quantity = ureg.Quantity(1e3 * value, unit) * 1e-3
    assert getattr(kind(**{**given, name: quantity}), name) == pytest.approx(getattr(wanted, name))
    with pytest.raises(UnitError, match=f"{kind.__name__}: {name} = "):
        kind(**{**given, name: ureg.Quantity(1.0, "candela")})


def test_a_sweep_in_millivolts_is_the_sweep_in_volts():
    mine = Sweep(-500 * ureg.mV, 250 * ureg.mV, rate=2 * ureg.V / ureg.s, compliance=100 * ureg.uA)
    assert mine.first == -0.5
    assert mine.second == 0.25
    assert mine.compliance == pytest.approx(1e-4)
    assert Recipe(anneal_temperature=ureg.Quantity(160.0, "degC")).anneal_temperature == 433.15


def test_a_measurement_shows_a_bar_and_logs(caplog, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    devices = Filament.from_film(grow()).sample(1, seed=1)
    plain = measurement.run(devices, Sweep(-0.3))
    with caplog.at_level(logging.INFO, logger="acanthite"):
        watched = measurement.run(devices, Sweep(-0.3), progress=True)
    assert "measuring" in capsys.readouterr().err
    assert caplog.messages[0] == "measuring: begun"
    np.testing.assert_array_equal(watched["current"], plain["current"])
