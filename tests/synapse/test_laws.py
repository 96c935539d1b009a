"""Every built-in law and one of one's own: steps, symmetry point, cells, and the compiled step against the host's."""

import numpy as np
import pytest
from numba import njit

from acanthite.errors import LawError, ParameterError
from acanthite.random import generator
from acanthite.synapse import (
    LAWS,
    Ag2S,
    ConstantStep,
    ExponentialPopulation,
    ExponentialStep,
    LinearPopulation,
    LinearStep,
    NeuroSim,
    Piecewise,
    PowerStep,
    PulseLaw,
    SoftBounds,
    SoftBoundsReference,
    Synapse,
    law,
)
from acanthite.synapse.kernels import step
from acanthite.synapse.rule import N_COMMON

WINDOW = {"conductance_min": 30e-9, "conductance_max": 2e-6}
TABLE = {"up": (0.2, 0.1, 0.05), "down": (0.02, 0.1, 0.3)}
EXAMPLES: dict[str, Synapse] = {
    s.NAME: s
    for s in (
        ConstantStep(size=0.01, **WINDOW),
        LinearStep(up=0.05, down=0.06, up_slope=0.5, down_slope=0.8, up_spread=0.1, **WINDOW),
        LinearPopulation(
            up=0.05, down=0.06, up_slope=0.5, down_slope=0.8, zero=-0.2, step_spread=0.1, own_bounds=True,
            own_reference=True, lower_spread=0.05, **WINDOW,
        ),
        ExponentialPopulation(
            up=0.1, down=0.12, up_amplitude=0.3, down_amplitude=0.2, up_rate=1.2, down_rate=1.5, zero=0.1,
            step_spread=0.1, upper_spread=0.05, **WINDOW,
        ),
        SoftBounds(up=0.13, down=0.14, up_spread=0.1, lower_spread=0.05, **WINDOW),
        SoftBoundsReference(up=0.13, down=0.2, down_spread=0.1, **WINDOW),
        ExponentialStep(
            up=0.1, down=0.12, up_amplitude=0.3, down_amplitude=0.2, up_rate=1.2, down_rate=1.5,
            spread={"up_rate": 0.1}, upper_spread=0.05, **WINDOW,
        ),
        PowerStep(up=0.2, down=0.3, up_power=1.5, down_power=2.0, spread={"up": 0.1, "down_power": 0.1}, **WINDOW),
        Piecewise(**TABLE, spread={"up": 0.2}, **WINDOW),
        NeuroSim(n_pulses=30, potentiation=10.0, depression=-15.0, up_spread=0.1, **WINDOW),
        Ag2S(growth_rate=1.4e5, dissolution_rate=1.5e5, **WINDOW),
    )
}  # fmt: skip
EACH = pytest.mark.parametrize("synapse", EXAMPLES.values(), ids=EXAMPLES.keys())

SHARPNESS = 2.0


def _left(w):
    return 0.5 - 0.5 * w


@law(gain=0.1, curve=1.0)
def crowded(w, p):
    """Steps shrink as a power of the way that is left."""
    return p.gain * _left(w) ** (SHARPNESS * p.curve), -p.gain * (1.0 - _left(w)) ** p.curve


@njit
def _step(rule, c, at, sign, w):
    return step(rule, c, at, sign, w)


def compiled(cells, cell, sign, w):
    """Return the mean step of a cell as the kernels see it."""
    at = np.uint64(cell * cells.rule.n_coefficients)
    return _step(cells.rule, cells.coefficients.ravel(), at, np.float32(sign), np.float32(w))


def test_every_law_has_an_example() -> None:
    assert set(EXAMPLES) == set(LAWS)


@EACH
def test_steps_have_their_sign_and_end_at_the_bounds(synapse: Synapse) -> None:
    shift = getattr(synapse, "reference", 0.0)
    w = np.linspace(-1, 1, 41) - shift
    up, down = synapse.step_up(w), synapse.step_down(w)
    assert (up >= -1e-12).all()
    assert (down <= 1e-12).all()
    assert (w + up <= 1 - shift + 1e-6).all()
    assert (w + down >= -1 - shift - 1e-6).all()
    assert float(synapse.step_up(0.3)) == pytest.approx(float(np.interp(0.3, w, up)), rel=0.01)


@EACH
def test_up_and_down_cancel_at_the_symmetry_point(synapse: Synapse) -> None:
    at = synapse.symmetry_point
    assert float(synapse.step_up(at)) == pytest.approx(-float(synapse.step_down(at)), rel=1e-4)
    assert synapse.n_states == pytest.approx(2 / float(synapse.step_up(at)), rel=1e-4)
    assert -1 < synapse.asymmetry < 1


@EACH
def test_the_compiled_step_of_every_cell_is_the_hosts(synapse: Synapse) -> None:
    cells = synapse.cells(50, generator(1, "test")).referred(0.1, 0.4)
    w = generator(2, "test").uniform(-0.2, 0.2, 50).astype(np.float32)
    up, down = (np.broadcast_to(s, 50) for s in cells.steps(w))
    for k in range(50):
        at = k % len(cells.coefficients)
        for sign, expected in ((1, up), (-1, down)):
            got = compiled(cells, at, sign, w[k])
            assert got == pytest.approx(expected[k], rel=1e-4, abs=1e-6)


@EACH
def test_network_units_are_an_affine_change(synapse: Synapse) -> None:
    cells = synapse.cells(20, generator(1, "test"))
    moved = cells.referred(0.2, 0.3)
    for own, other in zip(cells.steps(0.5), moved.steps(0.3 * (0.5 - 0.2)), strict=True):
        assert np.asarray(other) == pytest.approx(0.3 * np.asarray(own), rel=1e-3, abs=1e-6)
    assert moved.upper == pytest.approx(0.3 * (cells.upper - 0.2), rel=1e-5)
    has_point = cells.symmetry_points != 0
    assert moved.symmetry_points[has_point] == pytest.approx(
        0.3 * (cells.symmetry_points[has_point] - 0.2), rel=1e-3, abs=1e-4
    )


@EACH
def test_the_mean_device_is_the_one_cell_without_spread(synapse: Synapse) -> None:
    from dataclasses import replace

    none = {
        n: 0.0
        for n in ("up_spread", "down_spread", "lower_spread", "upper_spread", "step_spread")
        if hasattr(synapse, n)
    }
    if isinstance(synapse, PulseLaw):
        none["spread"] = {}  # type: ignore[assignment]
    plain = replace(synapse, **none)
    cells = plain.cells(7, generator(1, "test"))
    w = 0.25
    assert np.asarray(cells.steps(w)[0])[0] == pytest.approx(float(plain.step_up(w)), rel=1e-5)
    assert np.asarray(cells.steps(w)[1])[0] == pytest.approx(float(plain.step_down(w)), rel=1e-5)


def test_powers_of_one_are_soft_bounds_and_of_nought_constant_steps() -> None:
    w = np.linspace(-1, 1, 11)
    soft = SoftBounds(up=0.1, down=0.2, **WINDOW)
    power = PowerStep(up=0.2, down=0.4, **WINDOW)
    assert power.step_up(w) == pytest.approx(soft.step_up(w), abs=1e-9)
    assert power.step_down(w) == pytest.approx(soft.step_down(w), abs=1e-9)
    constant = PowerStep(up=0.1, down=0.1, up_power=0.0, down_power=0.0, **WINDOW)
    assert constant.step_up(w[:-1]) == pytest.approx(0.1)


def test_neurosim_reproduces_its_own_curves() -> None:
    n, a_p, a_d = 40, 12.0, -20.0
    synapse = NeuroSim(n_pulses=n, potentiation=a_p, depression=a_d, **WINDOW)
    k = np.arange(n + 1)
    low, high = WINDOW.values()
    curve = low + (high - low) * (1 - np.exp(-k / a_p)) / (1 - np.exp(-n / a_p))
    walk = [-1.0]
    for _ in range(n):
        walk.append(walk[-1] + float(synapse.step_up(walk[-1])))
    assert synapse.conductance(walk) == pytest.approx(curve, rel=1e-6)
    curve = high - (high - low) * (1 - np.exp(-k / a_d)) / (1 - np.exp(-n / a_d))
    walk = [1.0]
    for _ in range(n):
        walk.append(walk[-1] + float(synapse.step_down(walk[-1])))
    assert synapse.conductance(walk) == pytest.approx(curve, rel=1e-6)


def test_piecewise_passes_through_its_knots_and_is_straight_between() -> None:
    synapse = Piecewise(**TABLE, **WINDOW)
    assert synapse.step_up([-1.0, 0.0, 0.5]) == pytest.approx([0.2, 0.1, 0.075])
    assert synapse.step_down([0.0, 0.5, 1.0]) == pytest.approx([-0.1, -0.2, -0.3])


def test_a_reference_puts_the_zero_on_every_cells_symmetry_point() -> None:
    synapse = SoftBoundsReference(up=0.13, down=0.2, up_spread=0.2, **WINDOW)
    assert synapse.cells(500, generator(1, "test")).symmetry_points == pytest.approx(0, abs=1e-6)
    off = SoftBoundsReference(up=0.13, down=0.2, up_spread=0.2, reference_error=0.05, **WINDOW)
    assert off.cells(5000, generator(1, "test")).symmetry_points.std() == pytest.approx(
        0.05, rel=0.05
    )


def test_spreads_are_relative_and_bounds_stretch_the_law() -> None:
    synapse = PowerStep(up=0.2, down=0.3, spread={"up": 0.3}, upper_spread=0.1, **WINDOW)
    cells = synapse.cells(50_000, generator(1, "test"))
    assert cells.coefficients[:, N_COMMON].mean() == pytest.approx(0.2, rel=0.01)
    assert cells.coefficients[:, N_COMMON].std() == pytest.approx(0.06, rel=0.03)
    assert cells.upper.std() == pytest.approx(0.1, rel=0.03)
    assert cells.steps(cells.upper)[0] == pytest.approx(0, abs=1e-5)


def test_the_ag2s_law_follows_from_the_filament() -> None:
    from acanthite import device, film
    from acanthite.constants import celsius, nm

    recipe = film.Recipe(thickness=200 * nm, anneal_temperature=celsius(160))
    filament = device.Filament.from_film(film.grow(recipe))
    synapse = Ag2S.from_filament(filament, voltage=0.3)
    assert 5 < synapse.n_states < 60
    stronger = Ag2S.from_filament(filament, voltage=0.4)
    assert stronger.growth_rate > synapse.growth_rate
    assert stronger.dissolution_rate > synapse.dissolution_rate


def test_a_law_of_ones_own_takes_ten_lines() -> None:
    synapse = crowded(gain=0.2, spread={"gain": 0.1}, pulse_noise=0.1, **WINDOW)
    assert synapse.NAME == "crowded"
    assert float(synapse.step_up(0.0)) == pytest.approx(0.05)
    assert float(synapse.step_down(0.0)) == pytest.approx(-0.1)
    cells = synapse.cells(10, generator(1, "test"))
    assert compiled(cells, 3, 1, 0) == pytest.approx(
        0.25 * cells.coefficients[3, N_COMMON], rel=1e-5
    )
    assert synapse == crowded(gain=0.2, spread={"gain": 0.1}, pulse_noise=0.1, **WINDOW)
    assert synapse != crowded(gain=0.3, spread={"gain": 0.1}, pulse_noise=0.1, **WINDOW)


def test_two_laws_in_one_kernel_do_not_mix() -> None:
    one, other = EXAMPLES["power-step"], EXAMPLES["exponential-step"]
    for synapse in (one, other, one):
        cells = synapse.cells(1, generator(1, "test"))
        got = compiled(cells, 0, -1, 0.1)
        assert got == pytest.approx(float(np.asarray(cells.steps(0.1)[1])[0]), rel=1e-4)


@law(gain=0.1)
def upside_down(w, p):
    return -p.gain * w, -p.gain


@law(gain=0.1)
def misspelt(w, p):
    return p.gian, -p.gain


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: upside_down(**WINDOW).cells(1, generator(1, "t")), LawError, "step up at w = 0.1 is -0.01; expected a finite"),
        (lambda: misspelt(**WINDOW).cells(1, generator(1, "t")), LawError, "reads p.gian.*did you mean 'gain'"),
        (lambda: crowded(gain=float("nan"), **WINDOW), ParameterError, "gain = nan; expected a finite"),
        (lambda: crowded(spread={"gian": 0.1}, **WINDOW), ParameterError, "no such parameter.*did you mean 'gain'"),
        (lambda: PowerStep(up=0.1, down=0.1, spread={"up": -1.0}, **WINDOW), ParameterError, r"spread\['up'\] = -1"),
        (lambda: Piecewise(up=(0.1,), down=(0.1,), **WINDOW), ParameterError, "two or more, as many each"),
        (lambda: Piecewise(up=(0.1, -0.1), down=(0.1, 0.1), **WINDOW), ParameterError, r"up\[1\] = -0.1"),
        (lambda: NeuroSim(n_pulses=30, potentiation=0.0, depression=1.0, **WINDOW), ParameterError, "potentiation = 0"),
        (lambda: LinearStep(up=2.0, down=0.1, **WINDOW), ParameterError, "up = 2; expected a step between 0 and 1"),
        (lambda: LinearStep(up=0.2, down=0.1, up_slope=2.0, **WINDOW), ParameterError, "up_slope = 2; expected a slope"),
        (lambda: Ag2S(growth_rate=0.0, dissolution_rate=1.0, **WINDOW), ParameterError, "growth_rate = 0 1/s"),
        (lambda: SoftBoundsReference(up=0.1, down=0.1, reference_error=-1, **WINDOW), ParameterError, "reference_error"),
    ],
)  # fmt: skip
def test_laws_that_cannot_be_are_refused(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make()
