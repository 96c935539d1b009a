"""A law that makes no sense is refused in one sentence, when it is made, sampled or first compiled."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from laws import selector

from acanthite.device import VTEAM, YAKOPCIC, Devices, Law, State, law
from acanthite.errors import LawError
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


def move(x, voltage, p):
    return p.rate * voltage, voltage * p.g


def make(**changed):
    return law(**{"state": "x", "parameters": {"rate": 1.0, "g": 1e-3}, **changed})(move)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lower": 1.0, "upper": 0.0}, r"state 'x': lower = 1, upper = 0; expected lower < upper"),
        ({"lower": 0.0, "upper": 0.0}, "expected lower < upper"),
        ({"lower": math.nan}, "lower of state 'x' = nan"),
        ({"initial": 2.0}, r"initial = 2; expected a value within its bounds, 0 to 1"),
        ({"initial": -1.0}, r"initial = -1; expected a value within its bounds"),
        ({"initial": math.inf}, "initial of state 'x' = inf; expected a finite number"),
        ({"initial": None}, "initial of state 'x' = None"),
        ({"scale": 0.0}, "scale of state 'x' = 0.0; expected a positive number"),
        ({"scale": -1.0}, "scale of state 'x' = -1.0; expected a positive number"),
        ({"state": ""}, "state ''; expected a name that Python can read"),
        ({"state": "lambda"}, "state 'lambda'; expected a name"),
        ({"state": ("x", "x")}, "state 'x' is there twice"),
        ({"state": None}, "state = None; expected a name, or a tuple of names"),
        ({"state": 3}, "state = 3; expected a name"),
        (
            {"parameters": {"rate": math.nan, "g": 1.0}},
            "parameter 'rate' = nan; expected a finite number",
        ),
        ({"parameters": {"rate": "1", "g": 1.0}}, "parameter 'rate' = '1'"),
        ({"parameters": ["rate"]}, r"parameters = \['rate'\]; expected names with numbers"),
        ({"parameters": {"class": 1.0}}, "parameter 'class'; expected a name"),
        ({"set_polarity": 2}, "set_polarity = 2; expected -1, 1, 0"),
        ({"set_polarity": "rte"}, "set_polarity = 'rte' is no parameter; did you mean 'rate'"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused_when_it_is_made(changed, message):
    with pytest.raises(LawError, match=message):
        make(**changed)


def test_a_law_is_made_of_a_function():
    with pytest.raises(LawError, match="expected a function"):
        law(state="x", parameters={})(3)
    with pytest.raises(LawError, match="current = None; expected a function"):
        Law("x", (State("x"),), {}, move, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n = 0 devices; expected at least 1"),
        ({"n": 1.5}, "n = 1.5; expected a whole number"),
        ({"n": None}, "n = None"),
        ({"n": math.nan}, "n = nan"),
        ({"seed": -1}, "seed = -1; expected a whole number from 0"),
        ({"seed": None}, "seed = None"),
        ({"seed": 1.5}, "seed = 1.5"),
        ({"spread": 0.1}, "spread = 0.1; expected parameters with their spreads"),
        ({"spread": {"rate": "much"}}, "spread of 'rate' is 'much'"),
        ({"spread": {"rate": math.inf}}, "spread of 'rate' is inf"),
        ({"spread": {"rate": 1e4}}, r"rate = (inf|0\.0|.*); expected a finite number"),
        ({"rate": "fast"}, "rate = 'fast'; expected one number"),
        ({"rate": [1.0, None]}, "rate = .*; expected"),
    ],
)
def test_devices_that_cannot_be_drawn_are_refused(arguments, message):
    with pytest.raises(LawError, match=message):
        make().sample(**{"n": 2, "seed": 1, **arguments})


@law(
    state="gap",
    parameters={"start": 1.0, "least": 0.5, "most": 2.0},
    initial="start",
    lower="least",
    upper="most",
)
def bounded(gap, voltage, p):
    return 0.0, voltage * gap


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"start": [1.0, 3.0]},
            r"device 1, state 'gap': initial = 3; expected a value within its bounds, 0.5 to 2",
        ),
        ({"least": 2.0}, r"device 0, state 'gap': lower = 2, upper = 2; expected lower < upper"),
        (
            {"start": -1.0, "least": -2.0, "most": -0.5},
            r"scale = -0.5; expected a positive number: give one",
        ),
    ],
)
def test_bounds_that_are_parameters_are_looked_at_device_by_device(values, message):
    with pytest.raises(LawError, match=message):
        bounded.sample(2, seed=1, **values)
    table = np.array(
        [[*{**bounded.parameters, **{k: np.max(v) for k, v in values.items()}}.values()]]
    )
    with pytest.raises(LawError, match=message.replace("device 1", "device 0")):
        run(Devices(bounded, table, 1), Sweep(0.1))


@pytest.mark.parametrize("values", [np.zeros((1, 1)), np.zeros(3), np.full((1, 3), np.nan), None])
def test_devices_without_their_parameters_are_refused(values):
    with pytest.raises(LawError, match=r"values of devices|expected a finite number"):
        run(Devices(bounded, values, 1), Sweep(0.1))


def _returns(text):
    scope = {"law": law, "math": math, "np": np, "random": random}
    lines = text.splitlines()
    import linecache

    name = f"<test {hash(text)}>"
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in lines], name)
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize(
    ("state", "body", "message"),
    [
        (
            "x",
            "return 0.0",
            r"'return 0.0': expected a tuple of one number and one number: dx/dt and the current",
        ),
        ("x", "return 0.0, voltage, 1.0", "expected a tuple of one number and one number"),
        ("x", "return (0.0,), voltage", "expected a tuple of one number and one number"),
        ("x", "pass", "f returns nothing"),
        ("x", "return", "f returns nothing"),
        (
            "x",
            "if voltage > 0.0:\n        return\n    return 0.0, voltage",
            "'return': expected a tuple",
        ),
        (
            ("x", "y"),
            "return (0.0,), voltage",
            "expected a tuple of a tuple of 2 numbers and one number",
        ),
        (("x", "y"), "return 0.0, voltage", "expected a tuple of a tuple of 2 numbers"),
        (("x", "y"), "both = (0.0, 1.0, 2.0)\n    return both, voltage", "a tuple of 2 numbers"),
        ((), "return 0.0, voltage", "a tuple of an empty tuple and one number"),
        ("x", "return np.random.rand(), voltage", "f draws from np.random"),
        ("x", "return random.random(), voltage", "f draws from random"),
    ],
)
def test_a_law_that_returns_too_few_or_too_many_values_is_refused(state, body, message):
    function = _returns(f"def f(x, voltage, p):\n    {body}\n")
    with pytest.raises(LawError, match=message):
        law(state=state, parameters={})(function).kernel()


def test_random_numbers_of_a_helper_are_found():
    function = _returns(
        "def g():\n    return np.random.normal()\n\n\ndef f(x, voltage, p):\n    return 0.0 * g(), voltage\n"
    )
    with pytest.raises(LawError, match=r"g draws from np\.random"):
        law(state="x", parameters={})(function).kernel()


def test_a_flat_tuple_of_rates_has_a_gain_and_a_loss_of_each_state():
    rates = _returns("def f(s, voltage, p):\n    return 0.0, 1.0, 0.0\n")
    current = _returns("def f(s, voltage, p):\n    return voltage\n")
    with pytest.raises(
        LawError, match="expected a tuple of 4 numbers: gain and loss of each state"
    ):
        Law("short", (State("x"), State("y")), {}, rates, current).kernel()
    with pytest.raises(LawError, match="expected one number: the current"):
        Law(
            "long",
            (State("x"),),
            {},
            _returns("def f(s, voltage, p):\n    return 0.0, 1.0\n"),
            rates,
        ).kernel()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 0.0, voltage if x > 2.0 else (voltage, 1.0)", "cannot be compiled"),
        ("return 'a', voltage", "expected a tuple of one number|cannot be compiled"),
        ("return 0.0, [voltage, x][0] + {}['a']", "cannot be compiled"),
    ],
)
def test_what_the_compiler_does_not_take_is_said_in_one_sentence(body, message):
    function = _returns(f"def f(x, voltage, p):\n    {body}\n")
    with pytest.raises(LawError, match=message) as caught:
        run(law(state="x", parameters={})(function).sample(1, seed=1), Sweep(0.1))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


HUGE, ONE = float("inf"), np.float64(1.0)


def test_numbers_of_a_law_may_be_infinite_or_numpys():
    def wide(x, voltage, p):
        return 0.0, ONE * min(voltage, HUGE)

    got = run(
        law(state="x", parameters={})(wide).sample(1, seed=1),
        Sweep(0.1, step=0.05),
        instrument=QUIET,
    )
    assert got["current"].values[0, 0, 0] == 0.05


def test_a_device_without_memory_is_a_selector():
    made = run(selector.sample(2, seed=1, spread={"g": 0.1}), Sweep(-0.4, 0.4), instrument=QUIET)
    g = selector.sample(2, seed=1, spread={"g": 0.1}).parameter("g")
    expected = g[:, None] * 0.1 * np.sinh(made["applied"].values / 0.1)
    np.testing.assert_allclose(made["current"].values[:, 0], expected, rtol=1e-12)


def test_where_a_device_sets_may_be_the_sign_of_a_parameter():
    assert VTEAM.sample(1, seed=1).set_polarity() == -1
    assert YAKOPCIC.sample(2, seed=1).set_polarity() == 1
    assert YAKOPCIC.sample(2, seed=1, eta=-1.0).set_polarity() == -1
    with pytest.raises(LawError, match="eta has both signs"):
        YAKOPCIC.sample(2, seed=1, eta=[1.0, -1.0]).set_polarity()


def test_a_law_replaced_is_looked_at_again():
    with pytest.raises(LawError, match="parameter 'k_on' = inf"):
        replace(VTEAM, parameters={**VTEAM.parameters, "k_on": math.inf})
