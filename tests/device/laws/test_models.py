"""What holds for every standard model."""

import re

import numpy as np
import pint
import pytest

from acanthite.device import MODELS
from acanthite.parameters import references

_REGISTRY = pint.get_application_registry()


@pytest.mark.parametrize("law", MODELS.values(), ids=list(MODELS))
def test_each_number_has_unit_and_source(law):
    assert set(law.sources) == set(law.parameters)
    for name, quantity in law.sources.items():
        assert quantity.source in references(), name
        assert quantity.where
        unit = _REGISTRY(quantity.unit if quantity.unit != "1" else "")
        base = unit.to_base_units() if hasattr(unit, "to_base_units") else unit
        assert float(getattr(base, "magnitude", base)) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("law", MODELS.values(), ids=list(MODELS))
def test_no_voltage_no_current_and_no_motion(law):
    kernel, p = law.kernel(), law.sample(1, seed=1).values[0]
    start = law.sample(1, seed=1).resolve(law.states[0].initial, 0.0)
    rates = np.zeros((2, 1))
    assert kernel.law_current(start, 0.0, p) == 0.0
    kernel.fill_rates(start, 0.0, p, rates)
    assert not rates.any()


@pytest.mark.parametrize("law", MODELS.values(), ids=list(MODELS))
def test_current_grows_with_voltage(law):
    devices = law.sample(1, seed=1)
    kernel, p, low, high = (
        law.kernel(),
        devices.values[0],
        *(float(devices.resolve(b, 0.0)[0]) for b in (law.states[0].lower, law.states[0].upper)),
    )
    for share in (0.0, 0.3, 1.0):
        y = np.array([low + share * (high - low)])
        currents = [kernel.law_current(y, v, p) for v in np.linspace(-1.5, 1.5, 31)]
        assert (np.diff(currents) >= 0).all()


def test_names_can_be_typed():
    assert all(re.fullmatch(r"[a-z-]+", name) for name in MODELS)
