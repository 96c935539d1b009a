"""Sums of rates against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.device.kmc import fenwick


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=70),
    st.integers(0, 10**6),
    st.integers(0, 1000),
)
def test_it_is_the_running_sum_whatever_changed(values, where, value):
    rates = np.array(values, float)
    tree = np.empty(rates.size + 1)
    fenwick.build(rates, tree)
    fenwick.change(rates, tree, where % rates.size, float(value))
    assert rates[where % rates.size] == value
    sums = np.cumsum(rates)
    assert fenwick.total(tree) == sums[-1]
    for target in np.linspace(0, sums[-1], 9, endpoint=False):
        if sums[-1] > 0:
            assert fenwick.choose(tree, target) == np.searchsorted(sums, target, side="right")


def test_cells_are_chosen_by_their_rates():
    rates = np.array([1.0, 0.0, 3.0, 6.0])
    tree = np.empty(5)
    fenwick.build(rates, tree)
    targets = (np.arange(1000) + 0.5) / 1000 * 10
    counts = np.bincount([fenwick.choose(tree, t) for t in targets], minlength=4)
    assert counts / 1000 == pytest.approx(rates / 10, abs=2e-3)
