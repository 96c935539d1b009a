"""What is a compliance, and what is only the top of a curve."""

from __future__ import annotations

import numpy as np
import pytest
from analysis.drawn_loops import recorded

from acanthite.analysis.sweeps.current_limit import current_limit

OUT = np.linspace(0, 1, 2001)
LOOP = np.r_[OUT, OUT[::-1]]


def test_the_top_of_a_finely_sampled_resistor_is_no_compliance():
    assert current_limit(recorded(LOOP, 1e-4 * LOOP)) == np.inf


def test_the_flat_maximum_of_a_gradual_reset_is_no_compliance():
    current = 1e-3 * OUT * np.exp(-OUT / 0.5)  # flat at half of the sweep
    assert current_limit(recorded(LOOP, np.r_[current, 0.1 * current[::-1]])) == np.inf


def test_a_current_that_is_held_is_one():
    current = np.minimum(np.where(OUT > 0.6, 1e-2 * OUT, 1e-6 * OUT), 1e-3)
    back = np.minimum(1e-2 * OUT[::-1], 1e-3)
    assert current_limit(recorded(LOOP, np.r_[current, back])) == pytest.approx(1e-3)
