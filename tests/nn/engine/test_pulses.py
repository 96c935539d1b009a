import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import array, firing_lines, pulse, update
from acanthite.nn.engine.rng import make_rng
from acanthite.random import generator
from acanthite.synapse import ConstantStep, SoftBounds

N_IN, N_OUT = 6, 5
REPEATS = 1000  # of an update whose mean and variance are asked for
F = np.float32


def increments(
    x: np.ndarray,
    d: np.ndarray,
    rate: float,
    law: object,
    seed: int,
    repeats: int,
    bl_max: int = 31,
):
    """Return the changes of a fresh layer by one update, shape (repeats, N_IN, N_OUT), and the pulses of each."""
    n = N_IN * N_OUT
    cells = law.cells(n, generator(seed, "cells"))  # type: ignore[attr-defined]
    scratch, stream = firing_lines(Network((N_IN - 1, N_OUT))), make_rng(seed, "pulses")
    changes, counts = np.empty((repeats, n)), np.empty(repeats)
    layer = array(cells, np.zeros(n, F))
    for k in range(repeats):
        layer.weights[:] = 0
        counts[k] = update(layer, 0, x, d, F(rate), F(law.step), bl_max, scratch, stream)  # type: ignore[attr-defined]
        changes[k] = layer.weights
    return changes.reshape(repeats, N_IN, N_OUT), counts


def chances(x: np.ndarray, d: np.ndarray, rate: float, step: float) -> tuple[int, np.ndarray]:
    """Return the number of slots and each cell's chance of a pulse in one."""
    need = rate * np.abs(x).max() * np.abs(d).max() / step
    slots = max(int(np.ceil(need)), 1)
    return slots, rate * np.abs(np.outer(x, d)) / (step * slots)


signed = st.lists(st.floats(-1, 1, width=32), min_size=N_IN, max_size=N_IN)


@pytest.mark.long
@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    signed,
    signed,
    st.sampled_from([0.003, 0.02, 0.1]),
    st.sampled_from([0.0, 0.3]),
    st.integers(0, 1000),
)
def test_mean_and_variance_of_an_update_are_those_of_coinciding_trains(
    x, d, rate, noise, seed
) -> None:
    x, d = np.array(x, F), np.array(d[:N_OUT], F)
    step = 0.005
    law = ConstantStep(size=step, conductance_min=0.0, conductance_max=1e-6, pulse_noise=noise)
    changes, counts = increments(x, d, rate, law, seed, REPEATS)
    slots, p = chances(x, d, rate, step)
    mean, variance = -rate * np.outer(x, d), slots * step**2 * (p * (1 - p) + noise**2 * p)
    # beside five standard errors, room for a few of the rare events that are not yet normal
    error = np.sqrt(variance / REPEATS)
    assert (np.abs(changes.mean(0) - mean) < 5 * error + 6 * step / REPEATS).all()
    allowed = (
        5 * variance * np.sqrt((2 + 1 / np.maximum(slots * p, 1e-12)) / REPEATS)
        + 8 * step**2 / REPEATS
    )
    assert (np.abs(changes.var(0) - variance) < allowed).all()
    assert abs(counts.mean() - slots * p.sum()) < 5 * counts.std() / np.sqrt(REPEATS) + 0.02


def test_beyond_the_longest_train_the_update_saturates() -> None:
    x, d = np.ones(N_IN, F), np.ones(N_OUT, F)
    law = ConstantStep(size=0.001, conductance_min=0.0, conductance_max=1e-6)
    changes, counts = increments(x, d, 1.0, law, 1, 50)
    assert counts == pytest.approx(31 * N_IN * N_OUT)
    assert changes == pytest.approx(-0.031, rel=1e-4)


def test_zero_inputs_and_zero_errors_are_never_pulsed() -> None:
    x, d = np.array([0, 0.5, 0, 1, 0, 1], F), np.array([0, -1, 0.5, 0, 0.2], F)
    law = ConstantStep(size=0.01, conductance_min=0.0, conductance_max=1e-6)
    changes, _ = increments(x, d, 0.1, law, 1, 500)
    silent = np.outer(x, d) == 0
    assert (changes[:, silent] == 0).all()
    assert (np.sign(changes.mean(0)) == -np.sign(np.outer(x, d))).all()
    assert increments(np.zeros(N_IN, F), d, 0.1, law, 1, 10)[1].sum() == 0


def test_a_step_of_soft_bounds_depends_on_the_weight() -> None:
    law = SoftBounds(up=0.13, down=0.14, conductance_min=0.0, conductance_max=1e-6)
    for w in (-0.8, 0.0, 0.6):
        cell = array(law.cells(1, generator(1, "cells")), np.full(1, w, F))
        pulse(cell, 0, F(1), F(0))
        assert cell.weights[0] == pytest.approx(w + 0.13 * (1 - w), rel=1e-5)
        cell.weights[0] = w
        pulse(cell, 0, F(-1), F(0))
        assert cell.weights[0] == pytest.approx(w - 0.14 * (1 + w), rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.01, 0.9),
    st.floats(0.01, 0.9),
    st.floats(0, 3),
    st.floats(-1, 1),
    st.lists(st.floats(-4, 4), max_size=60),
)
def test_noisy_pulses_stay_in_bounds(up, down, noise, start, kicks) -> None:
    law = SoftBounds(up=up, down=down, conductance_min=0.0, conductance_max=1e-6, pulse_noise=noise)
    cell = array(law.cells(1, generator(1, "cells")), np.full(1, start, F))
    for k, kick in enumerate(kicks):
        pulse(cell, 0, F(1 if k % 3 else -1), F(kick))
        assert -1 <= cell.weights[0] <= 1


def test_pulse_noise_has_the_stated_relative_spread() -> None:
    law = SoftBounds(up=0.2, down=0.2, conductance_min=0.0, conductance_max=1e-6, pulse_noise=0.3)
    x, d = np.ones(N_IN, F), -np.ones(N_OUT, F)
    changes, _ = increments(x, d, law.step, law, 3, 2000)
    assert changes.mean() == pytest.approx(0.2, rel=0.01)
    assert changes.std() / changes.mean() == pytest.approx(0.3, rel=0.02)
