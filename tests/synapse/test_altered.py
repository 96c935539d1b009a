import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.errors import ParameterError
from acanthite.nn import SGD, Network, TTv2
from acanthite.nn.algorithms.base import Batch
from acanthite.random import generator
from acanthite.synapse import ConstantStep, PowerStep, SoftBounds, altered
from acanthite.synapse.rule import LOWER, UPPER

DEVICE = SoftBounds(
    up=0.12, down=0.13, up_spread=0.3, down_spread=0.1, lower_spread=0.02, upper_spread=0.03, pulse_noise=0.15,
    conductance_min=0.0, conductance_max=2e-6,
)  # fmt: skip
CURVED = PowerStep(
    up=0.2,
    down=0.2,
    up_power=2.0,
    down_power=1.5,
    spread={"up": 0.2},
    conductance_min=0.0,
    conductance_max=2e-6,
)


def drawn(synapse, n=4000):
    return synapse.cells(n, generator(3, "test"))


@pytest.mark.parametrize(
    "base", [DEVICE, CURVED, ConstantStep(size=0.01, conductance_min=0.0, conductance_max=1e-6)]
)
def test_nothing_changed_is_the_device_itself(base) -> None:
    same = altered(base)
    for ours, own in zip(
        drawn(same).steps(np.full(1, 0.3)), drawn(base).steps(np.full(1, 0.3)), strict=True
    ):
        np.testing.assert_allclose(ours, own, rtol=1e-5)
    np.testing.assert_array_equal(drawn(same).upper, drawn(base).upper)
    assert same.step == pytest.approx(base.step, rel=1e-3)
    assert same.write_energy == base.write_energy


@pytest.mark.parametrize("base", [DEVICE, CURVED])
@settings(deadline=None, max_examples=20)
@given(scale=st.floats(0.05, 2.0), curvature=st.floats(0.0, 1.0), w=st.floats(-0.9, 0.9))
def test_the_mean_device_is_what_its_cells_do(base, scale, curvature, w) -> None:
    synapse = altered(base, scale=scale, curvature=curvature, step_spread=0.0)
    up, down = drawn(synapse, 500).steps(np.full(500, w, np.float32))
    assert min(np.mean(up), 1 - w) == pytest.approx(synapse.step_up(w), rel=0.08)
    assert max(np.mean(down), -1 - w) == pytest.approx(synapse.step_down(w), rel=0.08)


def test_half_the_step_is_twice_the_states() -> None:
    assert altered(DEVICE, scale=0.5).n_states == pytest.approx(2 * DEVICE.n_states, rel=1e-3)


def test_without_curvature_all_steps_are_alike() -> None:
    flat = altered(DEVICE, curvature=0.0)
    w = np.linspace(-0.8, 0.8, 5)
    np.testing.assert_allclose(flat.step_up(w), DEVICE.up)
    np.testing.assert_allclose(flat.step_down(w), -DEVICE.down)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("base", [DEVICE, CURVED])
def test_the_spread_of_the_steps_is_the_one_asked_for(base, spread) -> None:
    up, down = drawn(altered(base, step_spread=spread), 20_000).steps(np.zeros(1))
    for steps in (up, down) if base is DEVICE else (np.asarray(up) - np.asarray(down),):
        assert np.std(steps) / abs(np.mean(steps)) == pytest.approx(
            spread, abs=0.06 * spread + 1e-6
        )


@pytest.mark.long
@pytest.mark.parametrize("share", [0.1, 1.0])
@pytest.mark.parametrize(
    ("base", "algorithm"),
    [
        (DEVICE, SGD(rate=0.1)),
        pytest.param(CURVED, SGD(rate=0.1), marks=pytest.mark.slow),
        pytest.param(DEVICE, TTv2(rate=0.5, threshold=0.05), marks=pytest.mark.slow),
    ],
)
def test_stuck_cells_stay_where_they_are_whatever_the_pulses(base, share, algorithm) -> None:
    network, draw = Network((16, 8, 3), "relu"), generator(1, "test")
    state = algorithm.start(network, altered(base, stuck=share), 1)
    cells = state.array if isinstance(algorithm, SGD) else state.slow
    lower, upper = cells.rows[:, LOWER], cells.rows[:, UPPER]
    stuck = lower == upper
    assert stuck.mean() == pytest.approx(share, abs=0.08)
    images = draw.integers(0, 256, (400, 16)).astype(np.uint8)
    before = cells.weights.copy()
    algorithm.run(
        state, Batch(images, draw.integers(0, 3, 400).astype(np.uint8), np.arange(400)), 0
    )
    np.testing.assert_array_equal(cells.weights[stuck], before[stuck])
    assert np.abs(before[stuck]).max() <= algorithm.window * 1.2
    assert share == 1.0 or (cells.weights[~stuck] != before[~stuck]).any()


def test_skew_moves_up_against_down() -> None:
    skewed = altered(DEVICE, skew=0.2, step_spread=0.0)
    assert skewed.step_up(0.0) == pytest.approx(1.2 * DEVICE.up)
    assert skewed.step_down(0.0) == pytest.approx(-0.8 * DEVICE.down)
    assert skewed.symmetry_point == pytest.approx(
        float(np.mean(drawn(skewed).symmetry_points)), abs=0.02
    )


@pytest.mark.parametrize(
    ("base", "change", "message"),
    [
        (DEVICE, {"stuck": 1.2}, r"stuck = 1.2; expected 0 to 1"),
        (DEVICE, {"curvature": -0.1}, r"curvature = -0.1; expected 0 to 1"),
        (DEVICE, {"scale": 0.0}, r"scale = 0; expected more than zero"),
        (DEVICE, {"step_spread": -1.0}, r"step_spread = -1; expected zero or more"),
        (CURVED, {"skew": 0.1}, r"skew = 0.1: law 'power-step' is not linear"),
    ],
)
def test_what_makes_no_sense_is_refused(base, change, message) -> None:
    with pytest.raises(ParameterError, match=message):
        altered(base, **change)
