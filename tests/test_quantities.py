from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import UnitError
from acanthite.quantities import accepts_quantities, documented_units

ureg = pint.get_application_registry()


@accepts_quantities
@dataclass(frozen=True)
class Ramp:
    """A ramp.

    Parameters
    ----------
    first, second : float
        Turning points; a zero leaves that half out. [V]
    rate : float
        How fast it goes, which is
        told in two lines. [V/s]
    cycles : int
    temperature : float
        [K]

    Raises
    ------
    ValueError
        If the day is wrong. [A]
    """

    first: float
    second: float = 0.0
    rate: float = 1.0
    cycles: int = 1
    temperature: float = 300.0


@accepts_quantities
def total(currents, *, share: float = 1.0):
    """Add them.

    Parameters
    ----------
    currents : array_like
        [A]
    share : float
    """
    return share * np.sum(currents)


def test_units_are_those_of_the_docstring():
    assert documented_units(Ramp) == {
        "first": "V",
        "second": "V",
        "rate": "V/s",
        "temperature": "K",
    }
    assert documented_units(total) == {"currents": "A"}
    assert documented_units(len) == {}


def test_quantities_and_numbers_give_the_same():
    plain = Ramp(-0.5, 0.25, rate=2.0, cycles=3, temperature=298.15)
    celsius = ureg.Quantity(25.0, "degC")
    given = Ramp(-500 * ureg.mV, 0.25, rate=2 * ureg.V / ureg.s, cycles=3, temperature=celsius)
    assert given == plain
    assert replace(plain, second=-100 * ureg.mV).second == pytest.approx(-0.1)


@given(st.floats(-1e3, 1e3), st.sampled_from(["nA", "uA", "mA", "A", "C/s"]))
def test_any_unit_of_the_dimension(value, unit):
    quantity = ureg.Quantity(value, unit)
    assert total([quantity, 1.0]) == pytest.approx(quantity.to("A").magnitude + 1.0)
    assert total(np.array([value, value]) * ureg(unit)) == pytest.approx(
        2 * quantity.to("A").magnitude
    )


def test_a_pure_number_may_come_as_a_quantity():
    assert total([2.0], share=50 * ureg.percent) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Ramp(2 * ureg.s),
            r"Ramp: first = 2 s; expected a number in V, or a quantity of that dimension",
        ),
        (lambda: Ramp(1.0, cycles=2 * ureg.V), r"Ramp: cycles = 2 V; expected a pure number"),
        (lambda: total([1 * ureg.A, 1 * ureg.V]), r"total: currents = 1 V; expected a number in A"),
    ],
)
def test_another_dimension_is_refused(call, message):
    with pytest.raises(UnitError, match=message):
        call()


def test_wrong_calls_end_as_without_it():
    with pytest.raises(TypeError, match="missing a required argument: 'first'"):
        Ramp(second=1 * ureg.V)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
        Ramp()
