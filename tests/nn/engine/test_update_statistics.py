"""What stochastic updates add up to: mean and variance against theory, for every kind of law, and aihwkit's mean."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.interpolate import CubicSpline

from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import array, firing_lines, update
from acanthite.nn.engine.rng import make_rng
from acanthite.random import generator
from acanthite.synapse import (
    Ag2S,
    Cells,
    ConstantStep,
    LinearStep,
    PowerStep,
    SoftBounds,
    Synapse,
    law,
)

N_IN, N_OUT = 6, 5
F = np.float32
REFERENCE = Path(__file__).parents[2] / "references" / "soft_bounds_updates_aihwkit.toml"
WINDOW = {"conductance_min": 0.0, "conductance_max": 1e-6}


@law(gain=0.1, curve=1.5)
def _own(w, p):
    return p.gain * (0.5 - 0.5 * w) ** p.curve, -p.gain * (0.5 + 0.5 * w)


LAWS: dict[str, Synapse] = {
    "constant-step": ConstantStep(size=0.01, pulse_noise=0.3, **WINDOW),
    "linear-step": LinearStep(
        up=0.02, down=0.03, up_slope=0.5, down_slope=-0.3, pulse_noise=0.5, **WINDOW
    ),
    "soft-bounds": SoftBounds(up=0.13, down=0.14, pulse_noise=0.15, up_spread=0.2, **WINDOW),
    "ag2s": Ag2S(
        growth_rate=5e4, dissolution_rate=3e4, pulse_noise=0.2, lower_spread=0.05, **WINDOW
    ),
    "power-step": PowerStep(
        up=0.1,
        down=0.2,
        up_power=1.5,
        pulse_noise=0.3,
        spread={"down": 0.2},
        upper_spread=0.05,
        **WINDOW,
    ),
    "own": _own(pulse_noise=0.2, **WINDOW),
}


@njit(nogil=True)
def moments(layer, start, along, x, d, rate, smallest, scratch, stream, trials):
    """Return the sums over updates from the same weights: of changes, of their squares, and of those of their sum along a direction."""
    total, squares, sums = np.zeros(start.shape[0]), np.zeros(start.shape[0]), np.zeros(2)
    for _ in range(trials):
        layer.weights[:] = start
        update(layer, 0, x, d, rate, smallest, 31, scratch, stream)
        together = 0.0
        for k in range(start.shape[0]):
            change = np.float64(layer.weights[k]) - np.float64(start[k])
            total[k] += change
            squares[k] += change * change
            together += along[k] * change
        sums[0] += together
        sums[1] += together * together
    return total / trials, squares / trials, sums / trials


def trains(x, d, rate, smallest):
    """Return the number of slots and every cell's chance of a pulse in one, shape (N_IN * N_OUT,)."""
    x, d = x.astype(float), d.astype(float)
    slots = max(int(np.ceil(rate * np.abs(x).max() * np.abs(d).max() / smallest)), 1)
    return slots, (rate * np.abs(np.outer(x, d)) / (smallest * slots)).ravel()


_NODES, _SHARES = np.polynomial.hermite_e.hermegauss(40)
_SHARES = _SHARES / _SHARES.sum()


def expected(cell: Cells, start: float, row: int, slots: int, p: float) -> tuple[float, float]:
    """Return mean and variance of one cell's change: the chain of its slots, worked out on a grid of weights.

    In a slot the cell is pulsed with the chance ``p``; a pulse goes through the law, its noise and the bounds. What is
    looked for after ``n`` slots is a function of the weight before them, here a cubic spline.
    """
    low, high = float(cell.lower[0]), float(cell.upper[0])
    grid = np.linspace(low, high, 161)
    step = np.asarray(cell.steps(grid)[row], float)
    after = np.clip(grid[:, None] + step[:, None] * (1 + cell.noise * _NODES), low, high)
    f = np.stack([grid - start, (grid - start) ** 2], axis=1)
    for _ in range(slots):
        f = (1 - p) * f + p * np.einsum("gnm,n->gm", CubicSpline(grid, f)(after), _SHARES)
    mean, square = CubicSpline(grid, f)(start)
    return float(mean), float(square - mean**2)


def theory(cells: Cells, start, x, d, slots: int, chance) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of the change of every cell."""
    row = (np.outer(x, d).ravel() > 0).astype(int)
    found = []
    for k in range(N_IN * N_OUT):
        own = Cells(
            cells.coefficients[[min(k, len(cells.coefficients) - 1)]], cells.noise, cells.rule
        )
        found.append(expected(own, float(start[k]), row[k], slots, chance[k]))
    return np.array(found)[:, 0], np.array(found)[:, 1]


def check(name: str, seed: int, trials: int) -> None:
    """Draw cells, weights, inputs, errors and a train of up to 31 slots; compare their updates with theory."""
    draw, synapse = generator(seed, f"statistics-{name}"), LAWS[name]
    cells = synapse.cells(N_IN * N_OUT, draw)
    layer = array(cells, draw.uniform(-0.6, 0.6, N_IN * N_OUT).astype(F))
    start = layer.weights.copy()
    x, d = draw.uniform(-1, 1, N_IN).astype(F), draw.uniform(-1, 1, N_OUT).astype(F)
    need = 31 * 10 ** draw.uniform(-2, 0)
    rate = 0.999 * need * synapse.step / (np.abs(x).max() * np.abs(d).max())
    slots, chance = trains(x, d, rate, synapse.step)
    right, spread = theory(cells, start, x, d, slots, chance)
    along = np.sign(right)
    stream = make_rng(seed, "statistics")
    mean, squares, sums = moments(
        layer,
        start,
        along,
        x,
        d,
        F(rate),
        F(synapse.step),
        firing_lines(Network((N_IN - 1, N_OUT))),
        stream,
        trials,
    )
    rounding = 2e-7 * slots  # of single precision
    assert (np.abs(mean - right) < 4 * np.sqrt(spread / trials) + rounding).all()
    error = np.sqrt(
        (sums[1] - sums[0] ** 2) / trials
    )  # cells of one line fire together: not that of the single cells
    assert abs(sums[0] - along @ right) < 4 * error + rounding * N_IN * N_OUT
    rare = 2 + 2 / np.maximum(slots * chance, 1e-9)  # a bound of the kurtosis
    assert (np.abs(squares - mean**2 - spread) < 5 * spread * np.sqrt(rare / trials) + 1e-9).all()
    pulses = layer.counts.sum() / trials
    assert pulses == pytest.approx(slots * chance.sum(), rel=5 / np.sqrt(trials) + 1e-5)


@pytest.mark.long
def test_a_million_updates_of_soft_bounds_have_the_mean_and_variance_of_theory() -> None:
    check("soft-bounds", 1, 1_000_000)


@pytest.mark.long
@pytest.mark.parametrize("name", ["constant-step", "linear-step", "ag2s", "own"])
def test_other_laws_inputs_errors_weights_and_rates_do_too(name: str) -> None:
    check(name, 2, 100_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_a_million_updates_of_every_law(name: str) -> None:
    for seed in (3, 4, 5):
        check(name, seed, 1_000_000)


@pytest.mark.long
def test_the_mean_on_soft_bounds_is_that_of_aihwkit() -> None:
    reference = tomllib.loads(REFERENCE.read_text())
    step, trials = reference["step"], 200_000
    for seed, case in enumerate(reference["case"]):
        law = SoftBounds(up=case["up"], down=case["down"], **WINDOW)
        x, d, start = (
            np.array(case["x"], F),
            np.array(case["d"], F),
            np.full(N_IN * N_OUT, case["start"], F),
        )
        layer = array(law.cells(1, generator(1, "cells")), start)
        scratch, stream = firing_lines(Network((N_IN - 1, N_OUT))), make_rng(seed, "aihwkit")
        mean, squares, _ = moments(
            layer, start, start.astype(float), x, d, F(case["rate"]), F(step), scratch, stream,
            trials,
        )  # fmt: skip
        error = np.hypot(np.sqrt((squares - mean**2) / trials), case["error"])
        assert (np.abs(mean - case["mean"]) < 4 * error + 2e-6).all()
        slots, chance = trains(x, d, case["rate"], step)
        assert (
            np.abs(
                theory(law.cells(1, generator(1, "cells")), start, x, d, slots, chance)[0]
                - case["mean"]
            )
            < 4 * np.array(case["error"]) + 2e-6
        ).all()
