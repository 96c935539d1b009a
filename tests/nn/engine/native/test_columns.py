"""Sums of columns against NumPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from acanthite.nn.engine.native.columns import sum_columns


@given(st.integers(1, 700), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_outputs_are_the_sum_of_the_columns_listed(n_out, n_in, seed) -> None:
    draw = np.random.default_rng(seed)
    active = np.flatnonzero(draw.random(n_in) < 0.5).astype(np.uint32)
    w, x = (
        draw.normal(size=(n_in, n_out)).astype(np.float32),
        draw.normal(size=n_in).astype(np.float32),
    )
    around = np.full(n_out + 40, 7.0, np.float32)
    z = around[20 : 20 + n_out]
    sum_columns(w.ravel(), active, x[active], len(active), z)
    np.testing.assert_allclose(z, x[active] @ w[active], rtol=1e-4, atol=1e-5)
    assert (around[:20] == 7).all()
    assert (around[20 + n_out :] == 7).all(), "nothing behind the outputs is touched"
