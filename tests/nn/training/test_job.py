"""A named algorithm suited to its device."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.nn import SGD, TTv2
from acanthite.nn.algorithms import ALGORITHMS
from acanthite.nn.training.job import Job, algorithm_on_device, resolve, suited
from acanthite.synapse import ConstantStep

WINDOW: dict[str, Any] = {"conductance_min": 1e-7, "conductance_max": 1e-6}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_device_of_large_steps_changes_no_knob(name: str) -> None:
    assert suited(name, ConstantStep(size=0.1, **WINDOW)) == resolve(name)
    assert suited(name, None) == resolve(name)


@given(st.floats(1e-4, 0.3))
def test_no_update_asks_for_more_than_the_longest_train(size: float) -> None:
    synapse = ConstantStep(size=size, **WINDOW)
    for found, step in (
        (suited("ttv2", synapse), synapse.step),
        (suited("sgd", synapse), 0.5 * synapse.step),
    ):
        assert found.rate <= found.bl_max * step * (1 + 1e-12)  # pyright: ignore[reportAttributeAccessIssue]
    assert suited("ttv2", synapse).shift_pairs >= 2 / size - 1e-6  # pyright: ignore[reportAttributeAccessIssue]


def test_knobs_of_ones_own_are_left_alone() -> None:
    tiny = ConstantStep(size=0.002, **WINDOW)
    assert suited(TTv2(), tiny) == TTv2()
    assert suited(SGD(rate=3.0), tiny) == SGD(rate=3.0)
    found = algorithm_on_device(Job("ttv2", tiny))
    assert found == TTv2(rate=31 * tiny.step, shift_pairs=1000)
