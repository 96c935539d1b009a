"""Formulas are what the functions compute: evaluated again, they give the same numbers."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite import film
from acanthite.device import Filament
from acanthite.device.circuits.symbolic import Record, choose, evaluate, op
from acanthite.device.laws import filament as equations

_OPS = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b,
}  # fmt: skip
_CALLS = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sinh": math.sinh,
    "abs": abs,
    "min": min,
    "max": max,
    "copysign": math.copysign,
}


def number(f, names):
    """Evaluate a formula; only the branch taken is looked at."""
    if not isinstance(f, tuple):
        return f
    kind, *rest = f
    if kind == "name":
        return names[rest[0]]
    if kind == "if":
        return number(rest[1] if number(rest[0], names) else rest[2], names)
    if kind == "call":
        return _CALLS[rest[0]](*(number(a, names) for a in rest[1:]))
    if rest[0] == "not":
        return not number(rest[1], names)
    return _OPS[rest[0]](*(number(a, names) for a in rest[1:]))


P = Filament.from_film(film.grow()).values
STATES = ("coverage", "hazard", "gap", "radius", "polarisation", "phase", "touching", "barrier_shift",
          "growth_factor", "radial_factor", "rupture_factor", "untried", "junction_factor", "cluster_factor")  # fmt: skip
unit = st.floats(0.01, 1)
states = st.fixed_dictionaries(
    {
        "coverage": unit, "hazard": unit, "gap": unit.map(lambda x: x * P["thickness"]),
        "radius": unit.map(lambda x: x * P["contact_radius"]), "polarisation": st.floats(-0.02, 0.02),
        "phase": st.sampled_from([-1.0, 0.0, 1.0]), "touching": st.sampled_from([0.0, 1.0]),
        "barrier_shift": st.just(0.0), "growth_factor": unit, "radial_factor": unit,
        "rupture_factor": unit, "untried": unit, "junction_factor": unit, "cluster_factor": unit,
    }
)  # fmt: skip
SYMBOLS = (
    Record({n: ("name", f"s_{n}") for n in STATES}),
    ("name", "voltage"),
    Record({n: ("name", n) for n in P}),
)
RATES = evaluate(equations.filament_rates, *SYMBOLS)
CURRENT = evaluate(equations.filament_current, *SYMBOLS)


@given(states, st.floats(-1.0, 1.0))
def test_the_filaments_formulas_are_its_functions(s, v):
    names = {**P, "voltage": v, **{f"s_{n}": x for n, x in s.items()}}
    args = SimpleNamespace(**s), v, SimpleNamespace(**P)
    assert [number(f, names) for f in RATES] == pytest.approx(
        list(equations.filament_rates(*args)), rel=1e-9
    )
    assert number(CURRENT, names) == pytest.approx(
        equations.filament_current(*args), rel=1e-9, abs=1e-30
    )


def test_what_is_known_is_computed_and_branches_that_cannot_be_taken_go():
    x = ("name", "x")
    assert op("+", 1.0, 2.0) == 3.0
    assert op("*", x, 0.0) == 0.0
    assert op("*", 1.0, x) == op("+", x, 0.0) == x
    assert choose(op("<", 1.0, 2.0), x, 5.0) == x
    assert choose(("op", "<", x, 0.0), x, x) == x
    assert evaluate(lambda_free, x, 1.0) == ("op", "*", 2.0, x)


def lambda_free(x, way):
    result = 0.0
    if way > 0.5:
        result = 2.0 * x
    elif way < -0.5:
        result = x / 0.0
    return result


def merging(x):
    a = 1.0
    if x > 0:
        if x > 1:
            a = 2.0
        b = a + 1
    else:
        b = 0.0
    a += b
    return a


@given(st.floats(-3, 3))
def test_variables_set_in_branches_are_merged(value):
    assert number(evaluate(merging, ("name", "x")), {"x": value}) == merging(value)
