"""Knobs: bounds, units, and what they change of the parameter set."""

import math

import hypothesis.strategies as st
import pytest
from hypothesis import given

from acanthite.errors import ParameterError
from acanthite.lab.views.array import ARRAY_KNOBS, KERNEL_KNOBS
from acanthite.lab.views.chip import CHIP_KNOBS
from acanthite.lab.views.device import DEVICE_KNOBS
from acanthite.lab.views.knobs import knob_of_error, parameters_of, si_values, start_values
from acanthite.lab.views.network import NETWORK_KNOBS
from acanthite.parameters import AG2S

BOARDS = (DEVICE_KNOBS, ARRAY_KNOBS, KERNEL_KNOBS, CHIP_KNOBS, NETWORK_KNOBS)
EVERY = [knob for board in BOARDS for knob in board]


@pytest.mark.parametrize("knob", EVERY, ids=lambda knob: knob.name)
def test_a_knob_starts_within_its_bounds(knob):
    assert knob.low <= knob.start <= knob.high
    assert knob.error(knob.start) is None


@pytest.mark.parametrize("knob", [k for k in EVERY if k.key], ids=lambda knob: knob.name)
def test_a_knob_of_a_parameter_starts_where_the_set_has_it(knob):
    assert math.isclose(knob.si(knob.start), AG2S.value(knob.key), rel_tol=1e-6)


def test_knobs_left_alone_give_the_set_itself():
    assert parameters_of(DEVICE_KNOBS, start_values(DEVICE_KNOBS)) is AG2S


def test_a_turned_knob_changes_its_parameter_and_no_other():
    changed = parameters_of(DEVICE_KNOBS, {"anneal_temperature": 100.0})
    differing = {key for key in AG2S if AG2S[key] != changed[key]}
    assert differing == {"process.anneal_temperature"}
    assert changed.value("process.anneal_temperature") == pytest.approx(373.15, abs=1e-9)


@given(st.one_of(st.floats(), st.text(), st.none()))
def test_a_knob_takes_a_number_within_its_bounds_or_says_what_it_takes(shown):
    knob = DEVICE_KNOBS[0]
    error = knob.error(shown)
    if error is None:
        assert knob.low <= float(shown) <= knob.high
    else:
        assert error.startswith("film thickness (=")
        assert "from 20 to 400 nm" in error


def test_an_unknown_knob_is_refused():
    with pytest.raises(ParameterError, match="no knob 'thicknes'; expected"):
        si_values(DEVICE_KNOBS, {"thicknes": 3})


def test_whole_numbers_are_whole():
    assert "must be a whole number" in ARRAY_KNOBS[0].error(4.5)


def test_an_error_is_shown_at_the_knob_it_names():
    error = ValueError("anneal_temperature (=500 K) must be below the transition")
    assert knob_of_error(DEVICE_KNOBS, error) == "anneal_temperature"
    assert knob_of_error(DEVICE_KNOBS, ValueError("something else")) is None
