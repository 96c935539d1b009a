# ruff: noqa: E402
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from acanthite.random import generator
from acanthite.torch import AnalogLinear, reads


def rows(seed: int, n: int, n_in: int, full: float) -> np.ndarray:
    draw = generator(seed, "rows")
    return (draw.normal(size=(n, n_in)) * (draw.random((n, n_in)) < full)).astype(np.float32)


@given(
    st.integers(0, 99), st.integers(0, 4), st.integers(1, 40), st.integers(1, 20), st.floats(0, 1)
)
def test_a_product_of_few_inputs_is_the_product(
    seed: int, n: int, n_in: int, n_out: int, full: float
) -> None:
    x, weights = rows(seed, n, n_in, full), rows(seed + 1, n_in, n_out, 1.0)
    y = np.full((n, n_out), np.nan, np.float32)
    reads.product_of_few(x, weights, y)
    assert y == pytest.approx(x.astype(float) @ weights.astype(float), abs=1e-5)
    assert reads.share(x) == pytest.approx((x != 0).mean() if x.size else 0)


@pytest.mark.parametrize("full", [0.1, 0.9])
def test_gradients_are_torchs_whichever_way_the_product_goes(full: float) -> None:
    layer = AnalogLinear(30, 7, algorithm="floating", seed=1)
    twin = torch.nn.Linear(30, 7)
    twin.load_state_dict({"weight": layer.weight, "bias": layer.bias})
    found = []
    for one in (layer, twin):
        x = torch.from_numpy(rows(1, 20, 30, full)).requires_grad_()
        y = one(x)
        y.square().sum().backward()
        found.append([y, x.grad, one.weight.grad, one.bias.grad])
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_seen_as_it_is_copied(bad: float) -> None:
    x = rows(1, 3, 50, 1.0)
    out = np.empty_like(x)
    assert reads.keep(x, out)
    assert np.array_equal(out, x)
    x[2, 49] = bad
    assert not reads.keep(x, out)
    assert np.array_equal(out, x, equal_nan=True)
