from dataclasses import replace

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import (
    AGAD,
    SGD,
    ChoppedTTv2,
    FloatingPoint,
    Ideal,
    MixedPrecision,
    Network,
    TTv1,
    TTv2,
)
from acanthite.nn.algorithms.base import Algorithm, Batch
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.nn.training.checkpoint import arrays
from acanthite.synapse.rule import LOWER, UPPER

F = np.float32


def batch(data, n: int) -> Batch:
    return Batch(data.images, data.labels, np.arange(n))


@pytest.mark.long
@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_keeps_the_contract(name: str, small, device, shapes) -> None:
    algorithm = ALGORITHMS[name]()
    assert isinstance(algorithm, Algorithm)
    assert algorithm.name == name
    state = algorithm.start(small, device, 1)
    before = algorithm.weights(state).copy()
    tally = algorithm.run(state, batch(shapes, 500), 0)
    assert before.shape == (small.n_weights,)
    assert (algorithm.weights(state) != before).any()
    assert 0 < tally.correct < 500
    assert 0 < tally.loss < 500 * 5
    assert (tally.pulses > 0) == (name != "floating")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_schedule_slows_what_the_decay_slows(name: str, small, device) -> None:
    algorithm = replace(ALGORITHMS[name](), decay=0.5)
    state = algorithm.start(small, device, 1)
    by_schedule = algorithm.at_rate(0.25).knobs(state, 0)
    np.testing.assert_equal(by_schedule, algorithm.knobs(state, 2))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_rate_does_not_grow_from_epoch_to_epoch(name: str) -> None:
    with pytest.raises(TrainingError, match=r"decay = 1\.1; expected a number above 0 to 1"):
        ALGORITHMS[name](decay=1.1)


@pytest.mark.parametrize("algorithm", [SGD(rate=0.05), TTv2(rate=0.5, threshold=10.0)])
def test_weights_stay_in_the_devices_bounds(algorithm, small, device, shapes) -> None:
    state = algorithm.start(small, device, 1)
    algorithm.run(state, batch(shapes, 2000), 0)
    for cells in [state.array] if isinstance(algorithm, SGD) else [state.fast, state.slow]:
        assert (cells.weights >= cells.rows[:, LOWER]).all()
        assert (cells.weights <= cells.rows[:, UPPER]).all()


def test_floating_point_descends_the_gradient(small, device, shapes) -> None:
    algorithm = FloatingPoint(rate=0.01)
    state = algorithm.start(small, None, 1)
    losses = [algorithm.run(state, batch(shapes, 2000), k).loss for k in range(3)]
    assert losses[2] < losses[1] < losses[0]


def test_the_ideal_device_follows_floating_point(device, shapes) -> None:
    network = Network((64, 4), "relu")
    plain, pulsed = FloatingPoint(rate=0.005), Ideal(rate=0.005, decay=1.0, size=1e-4, window=2.0)
    states = [a.start(network, device, 1) for a in (plain, pulsed)]
    for algorithm, state in zip((plain, pulsed), states, strict=True):
        algorithm.run(state, batch(shapes, 300), 0)
    moved = [
        a.weights(s) - network.initial_weights(1)
        for a, s in zip((plain, pulsed), states, strict=True)
    ]
    assert np.corrcoef(moved)[0, 1] > 0.99
    assert moved[1].std() == pytest.approx(moved[0].std(), rel=0.05)


def test_a_column_is_read_into_h_and_fires_where_h_passes_the_threshold(device) -> None:
    network = Network((3, 4), "relu")
    algorithm = TTv2(threshold=3.0, read_noise=0.0, forget=False)
    state = algorithm.start(network, device, 1)._replace(step=0.1)
    state.fast.weights[:] = 0
    state.fast.weights[:4] = [0.5, -0.5, 0.1, 0.0]
    state.slow.weights[:] = 0
    algorithm.transfer(state, 1)
    assert state.slow.counts.sum() == 2
    assert state.digital.hidden[:4] == pytest.approx([2.0, -2.0, 1.0, 0.0], abs=1e-5)
    assert (np.sign(state.slow.weights[:4]) == [1, -1, 0, 0]).all()
    assert (state.slow.weights[4:] == 0).all()
    assert state.clock[1] == 1
    algorithm.transfer(state, 3)
    assert state.clock[1] == 0, "the columns take turns"


def test_forgetting_restarts_h_from_zero(device) -> None:
    algorithm = TTv2(threshold=3.0, read_noise=0.0)
    state = algorithm.start(Network((3, 4), "relu"), device, 1)._replace(step=0.1)
    state.fast.weights[:4] = [0.5, -0.5, 0.1, 0.0]
    algorithm.transfer(state, 1)
    assert state.digital.hidden[:4] == pytest.approx([0.0, 0.0, 1.0, 0.0], abs=1e-5)


@pytest.mark.long
def test_a_cell_of_a_at_rest_reads_zero_and_random_pulses_bring_it_back(device) -> None:
    from acanthite.nn.engine.pulses import firing_lines, update
    from acanthite.nn.engine.rng import make_rng

    network = Network((63, 32), "relu")
    state = TTv2().start(network, device, 1)
    state.fast.weights[:] = 0.4
    draw = np.random.default_rng(0)
    scratch, stream, means = firing_lines(network), make_rng(1, "test"), []
    for k in range(6000):
        x = np.ones(64, F)
        d = draw.choice([-1, 1], 32).astype(F)
        update(state.fast, 0, x, d, F(0.01), F(state.step), 31, scratch, stream)
        if k >= 3000 and k % 50 == 0:
            means.append(state.fast.weights.mean())
    assert abs(np.mean(means)) < 0.05


@pytest.mark.long
@pytest.mark.parametrize("algorithm", [TTv1(), TTv2(threshold=5.0)], ids=lambda a: a.name)
def test_inputs_that_are_always_zero_do_not_let_the_weights_drift(
    algorithm, device, shapes
) -> None:
    network = Network((64, 4), "relu")
    dead = np.arange(64) < 32
    images = np.where(dead, 0, shapes.images).astype(np.uint8)
    state = algorithm.start(network, device, 1)
    before = algorithm.weights(state).reshape(65, 4)[:64][dead].copy()
    for epoch in range(3):
        algorithm.run(state, Batch(images, shapes.labels, np.arange(2000)), epoch)
    moved = (algorithm.weights(state).reshape(65, 4)[:64][dead] - before) / (
        algorithm.window * device.step
    )
    assert abs(moved).mean() < 1.5, "in pulses of C"
    assert abs(moved.mean()) < 0.5


def test_mixed_precision_pulses_whole_steps_and_keeps_the_rest(small, device, shapes) -> None:
    algorithm = MixedPrecision(rate=0.05)
    state = algorithm.start(small, device, 1)
    tally = algorithm.run(state, batch(shapes, 500), 0)
    assert tally.pulses == state.array.counts.sum() > 0
    assert (np.abs(state.accumulator) < state.step).all()


@pytest.mark.long
def test_choppers_flip_and_agad_takes_the_period_before_as_its_reference(
    small, device, shapes
) -> None:
    chopped, agad = ChoppedTTv2(flip=1.0), AGAD(flip=1.0)
    states = [a.start(small, device, 1) for a in (chopped, agad)]
    for algorithm, state in zip((chopped, agad), states, strict=True):
        algorithm.run(state, batch(shapes, 1), 0)
        assert (state.digital.chopper < 0).sum() == 2, "one line of each of the two layers was read"
    assert (states[0].digital.past == 0).all()
    assert (states[1].digital.past != 0).any()
    assert states[1].digital.past == pytest.approx(states[1].digital.recent)


@pytest.mark.long
def test_an_offset_of_a_averages_out_of_h_with_choppers_only(device) -> None:
    network = Network((15, 8), "relu")
    data = np.zeros((400, 15), np.uint8), np.zeros(400, np.uint8)
    drift = {}
    for algorithm in (
        TTv2(threshold=1e6, read_noise=0.0),
        ChoppedTTv2(threshold=1e6, read_noise=0.0, flip=0.5),
    ):
        state = algorithm.start(network, device, 1)
        state.fast.weights[:] = 0.2
        quiet = state._replace(fast=state.fast._replace(weights=state.fast.weights.copy()))
        for _ in range(400):
            quiet.fast.weights[:] = 0.2
            algorithm.run(quiet, Batch(*data, np.arange(1)), 0)
        drift[algorithm.name] = np.abs(quiet.digital.hidden[: 15 * 8]).mean()
    assert drift["c-ttv2"] < 0.5 * drift["ttv2"]


@pytest.mark.long
def test_tiki_taka_reads_a_onto_c_and_runs_on_both(small, device, shapes) -> None:
    algorithm = TTv1(gamma=0.5)
    state = algorithm.start(small, device, 1)
    algorithm.run(state, batch(shapes, 300), 0)
    joined = state.slow.weights + F(0.5 * algorithm.window) * state.fast.weights
    assert algorithm.weights(state) == pytest.approx(joined, abs=1e-6)
    assert state.slow.counts.sum() > 0
    alone = TTv1().start(small, device, 1)
    assert TTv1().weights(alone) is alone.slow.weights


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(rate=0.0), "SGD: rate = 0.0; expected a positive number"),
        (lambda: TTv2(threshold=-1.0), "TTv2: threshold = -1.0; expected a positive number"),
        (
            lambda: TTv2(shift_average=200),
            "shift_average = 200; expected at most shift_pairs = 100",
        ),
        (lambda: Ideal(bl_max=0), "Ideal: bl_max = 0; expected a positive number"),
        (
            lambda: TTv2(reference_mean=np.inf),
            "TTv2: reference_mean = inf; expected a finite number",
        ),
        (lambda: SGD().start(Network((3, 2)), None, 1), "'sgd' needs synapse=...; fit one"),
    ],
)
def test_knobs_that_cannot_be_are_refused(make, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        make()


def test_references_may_be_wrong_either_way(small, device) -> None:
    none, up, down = (
        TTv2(reference_mean=mean).start(small, device, 1).fast.weights for mean in (0.0, 0.2, -0.2)
    )
    np.testing.assert_allclose(none - up, 0.2, rtol=1e-5)
    np.testing.assert_allclose(none - down, -0.2, rtol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("name", ALGORITHMS)
def test_no_samples_change_nothing(name, small, device, shapes) -> None:
    algorithm = ALGORITHMS[name]()
    state = algorithm.start(small, device, 1)
    before = {key: values.copy() for key, values in arrays(state)}
    assert tuple(algorithm.run(state, batch(shapes, 0), 0)) == (0, 0, 0, 0)
    for key, values in arrays(state):
        np.testing.assert_array_equal(values, before[key], err_msg=key)


@pytest.mark.parametrize(
    ("kind", "knob"), [(AGAD, "memory"), (AGAD, "flip"), (ChoppedTTv2, "flip")]
)
def test_a_share_or_chance_beyond_one_is_refused(kind, knob) -> None:
    assert getattr(kind(**{knob: 1.0}), knob) == 1.0
    with pytest.raises(TrainingError, match=f"{kind.__name__}: {knob} = 3.0; expected .*to 1"):
        kind(**{knob: 3.0})


@pytest.mark.long
def test_columns_are_read_by_the_kernel_of_the_algorithm_and_its_way_of_updating(device) -> None:
    network = Network((3, 4), "relu")
    moving = {"transfer_rate": 1.0}
    stochastic, mean = TTv1(**moving), TTv1(**moving, pulses="mean-field")
    for algorithm in (stochastic, mean, TTv2(threshold=0.1), AGAD()):
        state = algorithm.start(network, device, 1)
        state.fast.weights[:] = 0.5
        algorithm.transfer(state, 3)
        assert state.clock[1] == 3
        assert (state.slow.counts.sum() > 0) == (algorithm.name != "agad"), algorithm
