"""Pulses that wait for their column to be read: only when they are made differs from the others."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.nn import (
    AGAD,
    ERIDER,
    ChoppedTTv2,
    Convolution,
    Network,
    ResidualLearning2,
    TTv1,
    TTv2,
)
from acanthite.nn.algorithms.base import Batch
from acanthite.nn.engine.deferred import Deferred, defer, flush_line, flush_lines, make_deferred
from acanthite.nn.engine.pulses import Array, array, firing_lines, update
from acanthite.nn.engine.rng import LINE_PIECE, fill_line_normals, make_rng
from acanthite.nn.training.checkpoint import arrays
from acanthite.random import generator
from acanthite.synapse import SoftBounds
from acanthite.synapse.literature import literature

F = np.float32
NETWORK = Network((11, 7, 3))
DEVICE = SoftBounds(
    up=0.1,
    down=0.13,
    up_spread=0.2,
    down_spread=0.2,
    pulse_noise=0.0,
    conductance_min=30e-9,
    conductance_max=2e-6,
)
NOISY = replace(DEVICE, pulse_noise=0.3)


def fresh(device: SoftBounds) -> Array:
    cells = device.cells(NETWORK.n_weights, generator(1, "cells"))
    return array(cells, np.zeros(NETWORK.n_weights, F))


def waiting(n_events: int = 128, n_rows: int = 4096, bl_max: int = 31) -> Deferred:
    """Return what holds pulses back, with room for so many events a line and rows in all."""
    deferred = make_deferred(NETWORK, bl_max, 1, "noise")
    notes = deferred.notes
    notes = notes._replace(
        events=np.zeros((len(notes.count), n_events), np.int64),
        rows=np.zeros(n_rows, np.uint32),
    )
    return deferred._replace(notes=notes)


def gradients(seed: int, n: int, sparse: float):
    """Yield layers with inputs and errors of both signs, many of them zero."""
    draw = np.random.default_rng(seed)
    for _ in range(n):
        layer = int(draw.integers(len(NETWORK.shapes)))
        x, d = (
            (draw.standard_normal(k) * (draw.random(k) > sparse)).astype(F)
            for k in NETWORK.shapes[layer]
        )
        yield layer, x, d, F(10 ** draw.uniform(-3, 1))


def pulsed(device, deferred, seed, n, sparse, flush_every, bl_max=31) -> tuple[Array, int]:
    """Return an array after gradients whose pulses waited, flushed now and then, and their number."""
    cells = fresh(device)
    lines, rng = firing_lines(NETWORK), make_rng(1, "pulses")
    draw = np.random.default_rng(seed + 1)
    total = 0
    for k, (layer, x, d, rate) in enumerate(gradients(seed, n, sparse)):
        how = rate, F(device.step), bl_max, lines, rng
        total += defer(deferred, cells, layer, x, d, *how)
        if flush_every and k % flush_every == 0:
            flush_line(deferred, cells, int(draw.integers(len(deferred.taken))))
    flush_lines(deferred, cells)
    return cells, total


@pytest.mark.long
@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.5, 0.95]),
    st.sampled_from([0, 1, 7]),
    st.sampled_from([1, 2, 128]),
    st.sampled_from([250, 4096]),
)
def test_without_noise_cells_end_where_pulses_made_at_once_bring_them(
    seed, sparse, flush_every, n_events, n_rows
) -> None:
    deferred = waiting(n_events, n_rows)
    cells, total = pulsed(DEVICE, deferred, seed, 60, sparse, flush_every)
    at_once = fresh(DEVICE)
    lines, rng = firing_lines(NETWORK), make_rng(1, "pulses")
    first = np.cumsum([0, *(a * b for a, b in NETWORK.shapes)])
    expected = 0
    for layer, x, d, rate in gradients(seed, 60, sparse):
        how = rate, F(DEVICE.step), 31, lines, rng
        expected += update(at_once, int(first[layer]), x, d, *how)
    assert total == expected == at_once.counts.sum()
    assert (cells.weights == at_once.weights).all()
    assert (cells.counts == at_once.counts).all()
    assert not deferred.notes.count.any()


@pytest.mark.long
@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.sampled_from([1, 3, 50]), st.sampled_from([1, 5, 128]))
def test_when_pulses_are_made_changes_no_bit_of_their_noise(seed, flush_every, n_events) -> None:
    late = waiting()
    cells, _ = pulsed(NOISY, late, seed, 80, 0.3, 0)
    soon = waiting(n_events)
    again, _ = pulsed(NOISY, soon, seed, 80, 0.3, flush_every)
    assert (again.weights == cells.weights).all()
    assert (late.taken == soon.taken).all()


@pytest.mark.long
def test_the_noise_of_pulses_that_waited_is_that_of_pulses_made_at_once() -> None:
    """One certain pulse a cell: mean and variance over many arrays, against the law's."""
    x, d = np.ones(12, F), np.ones(7, F)
    lines, rng = firing_lines(NETWORK), make_rng(1, "pulses")
    deferred = waiting()
    cells = fresh(NOISY)
    steps = []
    for _ in range(4000):
        cells.weights[:] = 0
        defer(deferred, cells, 0, x, d, F(NOISY.step), F(NOISY.step), 1, lines, rng)
        flush_lines(deferred, cells)
        steps.append(cells.weights[: 12 * 7].copy())
    mean = np.mean(steps, axis=0)
    deviation = np.std(steps, axis=0, ddof=1)
    quiet = fresh(DEVICE)
    update(quiet, 0, x, d, F(DEVICE.step), F(DEVICE.step), 1, lines, rng)
    step = quiet.weights[: 12 * 7]
    error = 0.3 * np.abs(step) / np.sqrt(4000)
    assert np.abs((mean - step) / error).max() < 4.5
    assert deviation / np.abs(step) == pytest.approx(0.3, rel=4.5 / np.sqrt(2 * 4000))


def test_normals_of_a_line_do_not_depend_on_how_many_are_taken_at_once() -> None:
    key = np.array([3, 99], np.uint64)
    words, room = np.zeros(LINE_PIECE // 2, np.uint32), np.zeros(4096, F)
    at = fill_line_normals(room, words, key, 5, 0, 1000)
    assert at == 0
    whole = room[:1000].copy()
    for z, n in ((0, 1), (1, 127), (128, 1), (129, 300), (500, 500), (999, 1)):
        at = fill_line_normals(room, words, key, 5, z, n)
        assert (room[at : at + n] == whole[z : z + n]).all()
    fill_line_normals(room, words, key, 6, 0, 1000)
    assert abs(np.corrcoef(room[:1000], whole)[0, 1]) < 4.5 / np.sqrt(1000)


@pytest.mark.parametrize("algorithm", [TTv2(), ChoppedTTv2(), AGAD()], ids=lambda a: a.name)
def test_a_training_cut_in_two_is_the_same_training(algorithm, small, device, shapes) -> None:
    def trained(*edges: int):
        state = algorithm.start(small, device, 1)
        for first, last in pairwise(edges):
            samples = Batch(shapes.images, shapes.labels, np.arange(first, last))
            algorithm.run(state, samples, 0)
        return state

    whole, parts = trained(0, 300), trained(0, 1, 77, 300)
    assert whole.deferred is not None
    assert whole.deferred.taken.sum() > 1000
    for (name, values), (_, others) in zip(arrays(whole), arrays(parts), strict=True):
        assert (values == others).all(), name
    assert not [name for name, _ in arrays(whole) if "notes" in name], "nothing is left to keep"


def test_pulses_wait_only_where_nobody_looks_at_their_cells(small, device) -> None:
    maps = Network((64, 4), "relu", (Convolution(2, 3),), (8, 8, 1))
    assert TTv2().start(maps, device, 1).deferred is None
    assert TTv2(pulses="mean-field").start(small, device, 1).deferred is None
    for kind in (TTv1, ResidualLearning2, ERIDER):
        assert kind().start(small, device, 1).deferred is None, kind
    for name in ("pcm", "reram-array-hfo2"):
        assert TTv2().start(small, literature(name), 1).deferred is None, name
