"""A user's own law: compiled, swept, and right against closed forms and scipy's integrator."""

import math
from dataclasses import replace

import numpy as np
import pytest
from laws import linear, one_state
from scipy.integrate import solve_ivp

from acanthite import film
from acanthite.device import FILAMENT, VTEAM, Filament, Law, State, law, without_noise
from acanthite.errors import LawError
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 1.0, 0.0, 0.0)
GAIN = 2.0


def squared(value):
    return value * value


@law(state="x", parameters={"rate": 1e2, "g_on": 1e-3, "g_off": 1e-6}, initial=0.1)
def drift(x, voltage, p):
    """Return dx/dt and the current."""
    return -GAIN * p.rate * voltage * x * (1 - x), voltage * (
        p.g_off + (p.g_on - p.g_off) * squared(x)
    )


def test_closed_form_of_the_logistic_law():
    recording = run(
        drift.sample(1, seed=1),
        Sweep(-0.5, 0.0, rate=10.0, step=0.05),
        instrument=QUIET,
        tolerance=1e-5,
    )
    v, t = recording["applied"].values, recording["time"].values[0]
    flux = -np.concatenate([[0.0], np.cumsum(np.diff(np.r_[0, t]) * 0.5 * (v + np.r_[0, v[:-1]]))])[
        1:
    ]
    odds = 0.1 / 0.9 * np.exp(GAIN * 1e2 * flux)
    x = odds / (1 + odds)
    expected = v * (1e-6 + (1e-3 - 1e-6) * x**2)
    np.testing.assert_allclose(recording["current"].values[0, 0], expected, rtol=2e-3, atol=1e-12)


def test_agrees_with_scipy():
    recording = run(
        drift.sample(1, seed=1),
        Sweep(-0.3, 0.3, rate=5.0, step=0.02),
        instrument=QUIET,
        tolerance=1e-6,
    )
    t, v = recording["time"].values[0], recording["applied"].values

    def rate(now, x):
        voltage = np.interp(now, np.r_[0, t], np.r_[0, v])
        return -GAIN * 1e2 * voltage * x * (1 - x)

    truth = solve_ivp(rate, (0, t[-1]), [0.1], t_eval=t, rtol=1e-10, atol=1e-12, max_step=1e-3).y[0]
    np.testing.assert_allclose(
        recording["current"].values[0, 0],
        v * (1e-6 + (1e-3 - 1e-6) * truth**2),
        rtol=1e-4,
        atol=1e-15,
    )


def test_the_error_falls_with_the_tolerance():
    program = Sweep(-0.5, 0.0, rate=10.0, step=0.25)
    truth = run(drift.sample(1, seed=1), program, instrument=QUIET, tolerance=1e-9)[
        "current"
    ].values
    errors = [
        np.abs(
            run(drift.sample(1, seed=1), program, instrument=QUIET, tolerance=t)["current"].values
            - truth
        ).max()
        for t in (1e-4, 1e-6)
    ]
    assert errors[1] < errors[0] / 50


def test_several_states_conserve():
    recording = run(
        linear.sample(1, seed=1, a_0=1.0, aa=-5.0, ba=5.0, read_b=1.0),
        Sweep(0.1, rate=0.1, step=0.01),
        instrument=QUIET,
        tolerance=1e-6,
    )
    b, t = recording["current"].values[0, 0], recording["time"].values[0]
    np.testing.assert_allclose(b, 1 - np.exp(-5.0 * t), rtol=1e-3)


def test_spread_is_log_normal_and_keyed_by_the_seed():
    a, b, c = (
        drift.sample(2000, seed=s, spread={"rate": 0.2}).parameter("rate") for s in (1, 1, 2)
    )
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert np.log(a / 1e2).std() == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: drift.sample(3, seed=1, spread={"rte": 0.1}), "did you mean 'rate'"),
        (lambda: drift.sample(0, seed=1), "expected at least 1"),
        (lambda: drift.sample(1, seed=1).parameter("g"), "no parameter 'g'"),
        (lambda: law(state=("x", "y"), parameters={}, initial=(1.0,)), "one for each state"),
    ],
)
def test_wrong_calls_say_what_is_wrong(call, message):
    with pytest.raises(LawError, match=message):
        call()


def test_unknown_name_in_a_law_is_named():
    def broken(x, voltage, p):
        return undefined_name * x, voltage  # noqa: F821  # pyright: ignore[reportUndefinedVariable]

    with pytest.raises(LawError, match="undefined_name"):
        law(state="x", parameters={})(broken).kernel()


def test_data_in_a_law_must_be_a_parameter():
    table = [1.0, 2.0]

    def broken(x, voltage, p):
        return table[0] * x, voltage

    with pytest.raises(LawError, match="pass it as a parameter"):
        law(state="x", parameters={})(broken).kernel()


def _stuck(s, voltage, p):
    return math.nan, 0.0


def _late(s, voltage, p):
    return math.sqrt(0.02 - voltage), 0.0


def _ohm(s, voltage, p):
    return voltage * p.g


def test_a_law_without_finite_rates_is_refused():
    bad = Law("bad", (State("x"),), {"g": 1e-3}, _stuck, _ohm)
    with pytest.raises(
        LawError, match=r"the rate of 'x' is nan at 0 V \(x = 0\); expected a number"
    ):
        run(bad.sample(1, seed=1), Sweep(0.1, step=0.05))


def _misread(x, voltage, p):
    return -p.rte * x, voltage


def _helper(q):
    return q.gon


def _misread_below(s, voltage, p):
    return (s.x, s.z), _helper(p)


def _too_few(x, voltage):
    return x, voltage


@pytest.mark.parametrize(
    ("function", "states", "message"),
    [
        (
            _misread,
            "x",
            r"_misread reads p\.rte, but there is no parameter 'rte'; did you mean 'rate'",
        ),
        (_misread_below, ("x", "y"), r"_misread_below reads s\.z, but there is no state 'z'"),
        (lambda s, voltage, p: ((s.x, s.y), _helper(p)), ("x", "y"), "is not a plain 'def'"),
        (_too_few, "x", r"_too_few\(x, voltage\) takes 2 arguments; expected 3"),
    ],
)
def test_what_a_law_does_not_have_is_named_before_it_is_compiled(function, states, message):
    with pytest.raises(LawError, match=message):
        law(state=states, parameters={"rate": 1.0, "g_on": 1.0})(function).kernel()


def test_a_helpers_misreading_is_found_too():
    def reads(s, voltage, p):
        return (s.x, s.y), _helper(p) * voltage

    with pytest.raises(LawError, match=r"_helper reads q\.gon, .* did you mean 'g_on'"):
        law(state=("x", "y"), parameters={"rate": 1.0, "g_on": 1.0})(reads).kernel()


GAP = {"start": 3e-9, "least": 1e-9, "drive": -1e-6, "g_x": 1.0}
closing = one_state("closing", initial="start", lower="least", upper="start", **GAP)


def test_bounds_and_starts_may_be_parameters():
    recording = run(closing.sample(1, seed=1), Sweep(1.0, rate=100.0, step=0.01), instrument=QUIET)
    gap = recording["current"].values[0, 0, :-1] / recording["applied"].values[:-1]
    assert gap[0] == pytest.approx(3e-9, rel=1e-3)
    assert gap[-1] == pytest.approx(1e-9, rel=1e-9)
    assert closing.states[0].scale == "start"


def test_bounds_differ_from_state_to_state():
    def two(s, voltage, p):
        return (1.0, 1.0), voltage * (s.x + s.y)

    made = law(
        state=("x", "y"), parameters={}, initial=(0.0, 1.0), upper=(2.0, None), scale=(1.0, 3.0)
    )(two)
    assert [(s.initial, s.upper, s.scale) for s in made.states] == [
        (0.0, 2.0, 1.0),
        (1.0, None, 3.0),
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: law(state="x", parameters={"rate": 1.0}, upper="rte")(_misread),
            "upper = 'rte' of state 'x' is no param",
        ),
        (lambda: drift.sample(2, seed=1, rate=math.nan), "rate = nan; expected a finite number"),
        (lambda: drift.sample(2, seed=1, rate=[1.0, 2.0, 3.0]), r"rate has shape \(3,\)"),
        (lambda: drift.sample(2, seed=1, spread={"rate": -0.1}), "spread of 'rate' is -0.1"),
    ],
)
def test_numbers_that_make_no_device_are_refused(call, message):
    with pytest.raises(LawError, match=message):
        call()


def test_a_parameter_may_differ_from_device_to_device():
    assert list(drift.sample(2, seed=1, rate=[1.0, 2.0]).parameter("rate")) == [1.0, 2.0]


def test_a_law_and_its_devices_are_summed_up_in_words():
    assert "law drift: x from 0.1 in [0.0, 1.0]" in str(drift)
    text = str(drift.sample(100, seed=1, spread={"rate": 0.1}))
    assert text.startswith("100 devices of law drift, seed 1")
    assert "68 % within [" in next(line for line in text.splitlines() if " rate " in line)
    assert "68 %" not in next(line for line in text.splitlines() if " g_on " in line)


def test_without_noise_every_cycle_is_the_same():
    nominal = Filament.from_film(film.grow())
    quiet = without_noise(nominal.sample(1, seed=1))
    again = without_noise(replace(nominal.sample(1, seed=1), seed=2))
    program = Sweep(-0.4, 0.4, cycles=3)
    a, b = (
        run(d, program, instrument=QUIET, tolerance=1e-6)["current"].values[0]
        for d in (quiet, again)
    )
    assert np.array_equal(a, b)
    small = np.abs(a[0]) > 1e-7
    np.testing.assert_allclose(a[2][small], a[1][small], rtol=0.02)
    plain = drift.sample(1, seed=1)
    assert without_noise(plain) is plain


steep = one_state("steep", i_sinh=1e-6)


@pytest.mark.parametrize("scale", [0.003, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("applied", [5.0, -5.0])
def test_a_current_limit_holds_however_steep_the_current(applied, scale):
    """At 3 mV the current at 5 V is more than a number holds."""
    values = steep.sample(1, seed=1, v_sinh=scale).values[0]
    left = steep.kernel().device_voltage(np.ones(1), applied, 1e-4, values)
    assert left == pytest.approx(math.copysign(scale * math.asinh(100.0), applied), rel=1e-8)


dragged = one_state("dragged", initial=0.0, front=1e5, follow=1.0, g=1e-3, g_x=1e-3)
"""It moves while the voltage is ahead of the state, at once and at full speed."""


@pytest.mark.parametrize("tolerance", [1e-3, 1e-7])
def test_a_state_held_at_a_threshold_goes_on_with_it(tolerance):
    recording = run(
        dragged.sample(1, seed=1),
        Sweep(0.8, rate=1.0, step=0.1),
        instrument=QUIET,
        tolerance=tolerance,
    )
    v = recording["applied"].values
    expected = 1e-3 * v * (1.0 + np.maximum.accumulate(v))
    np.testing.assert_allclose(recording["current"].values[0, 0], expected, atol=1e-3 * tolerance)


def test_a_state_on_its_way_to_a_threshold_takes_its_time():
    recording = run(
        dragged.sample(1, seed=1, front=0.5),
        Sweep(0.8, rate=1.0, step=0.1),
        instrument=QUIET,
        tolerance=1e-6,
    )
    v, t = recording["applied"].values, recording["time"].values[0]
    # half as fast as the voltage, which it meets on its way back
    behind = np.minimum(0.5 * t, 0.8 * 2.0 / 3.0)
    way = v > behind
    np.testing.assert_allclose(
        recording["current"].values[0, 0][way], (1e-3 * v * (1.0 + behind))[way], rtol=1e-6
    )


kicked = one_state("kicked", initial=0.0, front=100.0, threshold=0.006, i_x=1.0, g=1e-9)
"""It moves at full speed beyond a threshold, which a step of 10 mV crosses after its middle."""


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6])
def test_a_threshold_in_the_second_half_of_a_step_is_seen(tolerance):
    recording = run(
        kicked.sample(1, seed=1),
        Sweep(0.01, rate=2.0, step=0.01),
        instrument=QUIET,
        tolerance=tolerance,
    )
    expected = 100.0 * 0.004 / 2.0 * np.array([1.0, 2.0])
    np.testing.assert_allclose(recording["current"].values[0, 0], expected, atol=2 * tolerance)


def test_rates_that_explode_are_refused_not_stepped_over():
    """Shorter steps do not help: what was once accepted at a ten-trillionth of the segment is no answer."""
    exploding = one_state("exploding", lower=None, upper=None, burst=1e3, g=1e-3)
    with pytest.raises(LawError, match="integrator got stuck"):
        run(exploding.sample(1, seed=1), Sweep(0.1, rate=1e-3), instrument=QUIET)


def test_repr_of_a_law_shows_no_address():
    for known in (FILAMENT, VTEAM):
        assert known.name in repr(known)
        assert " at 0x" not in repr(known)
