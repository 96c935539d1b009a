"""Updates by implicit pulses and by the mean field, beside those by stochastic trains."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from acanthite.errors import TrainingError
from acanthite.nn import ALGORITHMS, SGD, Ideal, TTv2, train
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array, array, firing_lines
from acanthite.nn.engine.rng import make_rng
from acanthite.nn.engine.updates import PULSES, change, trains
from acanthite.random import generator
from acanthite.synapse import PowerStep, SoftBounds

from .test_update_statistics import N_IN, N_OUT, WINDOW, F, theory
from .test_update_statistics import trains as slots_of

pytestmark = pytest.mark.long

SOFT = SoftBounds(up=0.02, down=0.03, up_spread=0.1, **WINDOW)
NOISY = SoftBounds(up=0.02, down=0.03, pulse_noise=0.2, **WINDOW)


@njit
def moved(layer, x, d, rate, smallest, trains, scratch, stream):
    return change(layer, 0, x, d, rate, smallest, trains, scratch, stream)


def tile(law, start: float = 0.1) -> Array:
    return array(law.cells(N_IN * N_OUT, generator(1, "cells")), np.full(N_IN * N_OUT, start, F))


def update(layer: Array, x, d, rate: float, smallest: float, pulses: str, seed: int = 1) -> int:
    scratch = firing_lines(Network((N_IN - 1, N_OUT)))
    return moved(
        layer, x, d, F(rate), F(smallest), trains(pulses, 31), scratch, make_rng(seed, "updates")
    )


def vectors(seed: int = 1):
    draw = generator(seed, "vectors")
    x, d = draw.uniform(-1, 1, N_IN).astype(F), draw.uniform(-1, 1, N_OUT).astype(F)
    x[2] = 0.0
    return x, d


@pytest.mark.parametrize("law", [SOFT, PowerStep(up=0.05, down=0.08, up_power=1.3, **WINDOW)])
def test_implicit_pulses_are_the_expected_ones_in_whole_numbers_whatever_the_seed(law) -> None:
    x, d = vectors()
    one, other = tile(law), tile(law)
    n = update(one, x, d, 0.5, law.step, "implicit", 1)
    assert n == update(other, x, d, 0.5, law.step, "implicit", 2)
    assert (one.weights == other.weights).all()
    slots, chance = slots_of(x, d, 0.5, law.step)
    counts = np.rint(slots * chance).astype(int)
    assert counts.max() > 3
    assert n == counts.sum()
    expected = np.full(N_IN * N_OUT, 0.1)
    cells = law.cells(N_IN * N_OUT, generator(1, "cells"))
    falls = np.outer(x, d).ravel() > 0
    for k in range(counts.max()):
        up, down = cells.steps(expected)
        expected += np.where(counts > k, np.where(falls, down, up), 0.0)
    assert one.weights == pytest.approx(expected, abs=2e-5)


def test_implicit_pulses_have_the_noise_of_the_device_and_no_other() -> None:
    x, d = np.ones(N_IN, F), -np.ones(N_OUT, F)
    layer = tile(NOISY, 0.0)
    assert update(layer, x, d, NOISY.step, NOISY.step, "implicit") == N_IN * N_OUT
    steps = layer.weights / NOISY.up
    assert steps.std() == pytest.approx(0.2, rel=0.5)
    assert steps.mean() == pytest.approx(1, abs=4 * 0.2 / np.sqrt(N_IN * N_OUT))


def test_the_mean_field_is_the_mean_of_stochastic_updates_as_steps_become_small() -> None:
    x, d = vectors()
    off = []
    for step in (0.04, 0.02, 0.01):
        law = SoftBounds(up=step, down=step, **WINDOW)
        layer = tile(law)
        rate = 0.3 / (np.abs(x).max() * np.abs(d).max())
        update(layer, x, d, rate, step, "mean-field")
        slots, chance = slots_of(x, d, rate, step)
        mean, _ = theory(
            law.cells(1, generator(1, "c")), np.full(N_IN * N_OUT, 0.1), x, d, slots, chance
        )
        off.append(np.abs(layer.weights - F(0.1) - mean).max())
    assert off[0] < 0.005
    assert off[0] / off[1] == pytest.approx(2, rel=0.35)
    assert off[1] / off[2] == pytest.approx(2, rel=0.35)


def test_below_one_pulse_the_mean_field_is_the_mean_exactly_and_noise_plays_no_part() -> None:
    x, d = vectors(2)
    layer, rate = tile(NOISY), 0.9 * NOISY.step
    update(layer, x, d, rate, NOISY.step, "mean-field")
    slots, chance = slots_of(x, d, rate, NOISY.step)
    assert slots == 1
    mean, _ = theory(
        NOISY.cells(1, generator(1, "c")), np.full(N_IN * N_OUT, 0.1), x, d, slots, chance
    )
    assert layer.weights - F(0.1) == pytest.approx(mean, abs=1e-7)


def test_beyond_the_longest_train_all_ways_saturate_alike() -> None:
    x, d = np.ones(N_IN, F), np.ones(N_OUT, F)
    ends = []
    for pulses in PULSES:
        layer = tile(SOFT, 0.5)
        assert update(layer, x, d, 10.0, SOFT.step, pulses) == 31 * N_IN * N_OUT
        ends.append(layer.weights)
    assert ends[1] == pytest.approx(ends[0], abs=1e-6)
    assert ends[2] == pytest.approx(ends[0], abs=1e-6)


def test_pulses_of_the_mean_field_are_counted_right_on_average() -> None:
    x, d = vectors()
    updater = BatchUpdater(N_IN, N_OUT, 1, "test", pulses="mean-field")
    layer, rate, n = tile(SOFT), 0.01 * SOFT.step, 40_000
    counts = updater.update(layer, np.tile(x, (n, 1)), np.tile(d, (n, 1)), rate, SOFT.step)
    expected = rate / SOFT.step * n * np.outer(x, d)
    assert counts[0] == pytest.approx(-expected[expected < 0].sum(), rel=0.2)
    assert counts[1] == pytest.approx(expected[expected > 0].sum(), rel=0.2)


@pytest.mark.parametrize("pulses", PULSES[1:])
def test_batches_move_a_tile_as_updates_one_after_the_other_on_any_number_of_threads(
    pulses: str,
) -> None:
    draw = generator(3, "batch")
    x, d = (draw.uniform(-1, 1, (40, n)).astype(F) for n in (N_IN, N_OUT))
    one = tile(SOFT)
    for own_x, own_d in zip(x, d, strict=True):
        update(one, own_x, own_d, 0.1, SOFT.step, pulses)
    bits = set()
    for threads in (1, 3):
        layer = tile(SOFT)
        counts = BatchUpdater(N_IN, N_OUT, 1, "test", pulses=pulses).update(
            layer, x, d, 0.1, SOFT.step, threads=threads
        )
        bits.add(layer.weights.tobytes())
        # another kernel, in which the compiler may order the same sums otherwise
        assert layer.weights == pytest.approx(one.weights, abs=1e-6)
        assert layer.counts.tolist() == list(counts)
    assert len(bits) == 1
    if pulses == "implicit":
        assert layer.counts.tolist() == one.counts.tolist()


def test_noise_of_a_batch_is_the_same_on_any_number_of_threads() -> None:
    draw = generator(3, "batch")
    x, d = (draw.uniform(-1, 1, (40, n)).astype(F) for n in (N_IN, N_OUT))
    ends = []
    for threads in (1, 3):
        layer = tile(NOISY)
        BatchUpdater(N_IN, N_OUT, 1, "test", pulses="implicit").update(
            layer, x, d, 0.1, 0.02, threads=threads
        )
        ends.append(layer.weights.tobytes())
    assert ends[0] == ends[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "algorithm", [Ideal(pulses="mean-field", rate=0.02), TTv2(pulses="implicit", threshold=15.0)]
)
def test_networks_train_by_them(algorithm, small, shapes, device) -> None:
    result = train(shapes, small, device, algorithm, seed=1, epochs=2)
    assert result.test_accuracy is not None
    assert result.test_accuracy[-1] > 0.6
    assert result.pulses.min() > 100


@pytest.mark.slow
@pytest.mark.parametrize("pulses", PULSES[1:])
@pytest.mark.parametrize("name", ["sgd", "ttv1", "ttv2", "c-ttv2", "agad", "ideal"])
def test_every_algorithm_that_pulses_takes_them(
    name: str, pulses: str, small, shapes, device
) -> None:
    result = train(shapes, small, device, ALGORITHMS[name](pulses=pulses), seed=1, epochs=1)
    assert np.isfinite(result.loss).all()


@pytest.mark.parametrize(
    "make",
    [lambda: SGD(pulses="mean-feild"), lambda: BatchUpdater(3, 3, 1, "t", pulses="mean-feild")],
)
def test_an_unknown_way_is_refused(make) -> None:
    with pytest.raises(
        TrainingError,
        match=r"pulses = 'mean-feild'; expected one of stochastic.*did you mean 'mean-field'",
    ):
        make()
