"""A named algorithm adapted to its device."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.nn import SGD, Dataset, Job, TTv2
from acanthite.nn.algorithms.catalogue import ALGORITHMS, algorithm_named
from acanthite.nn.training.setup import prepare
from acanthite.synapse import ConstantStep

WINDOW: dict[str, Any] = {"conductance_min": 1e-7, "conductance_max": 1e-6}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_device_of_large_steps_changes_no_knob(name: str) -> None:
    assert algorithm_named(name, ConstantStep(size=0.1, **WINDOW)) == algorithm_named(name)


@given(st.floats(1e-4, 0.3))
def test_no_update_asks_for_more_than_the_longest_train(size: float) -> None:
    synapse = ConstantStep(size=size, **WINDOW)
    ttv2 = TTv2().adapted_to(synapse)
    sgd = SGD().adapted_to(synapse)
    assert ttv2.rate <= ttv2.bl_max * synapse.step * (1 + 1e-12)
    assert sgd.rate <= sgd.bl_max * 0.5 * synapse.step * (1 + 1e-12)
    assert ttv2.shift_pairs >= 2 / size - 1e-6


def test_knobs_of_ones_own_are_left_alone(shapes: Dataset) -> None:
    tiny = ConstantStep(size=0.002, **WINDOW)
    assert algorithm_named(TTv2(), tiny) == TTv2()
    assert algorithm_named(SGD(rate=3.0), tiny) == SGD(rate=3.0)
    setup = prepare(Job(dataset=shapes, network="64-4", synapse=tiny, algorithm="ttv2"))
    assert setup.algorithm == TTv2(rate=31 * tiny.step, shift_pairs=1000)
