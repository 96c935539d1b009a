"""Variance components against a published example and known simulations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.analysis import variance_components
from acanthite.errors import AnalysisError
from acanthite.random import generator

# Davies and Goldsmith, Statistical Methods in Research and Production (1972), Table 6.2: yields of six batches. The values
# below are those of lme4 1.1 (Bates et al., J. Stat. Softw. 67 (2015), doi:10.18637/jss.v067.i01), lmer(Yield ~ 1 + (1|Batch)).
DYESTUFF = np.array(
    [
        [1545, 1440, 1440, 1520, 1580],
        [1540, 1555, 1490, 1560, 1495],
        [1595, 1550, 1605, 1510, 1560],
        [1445, 1440, 1595, 1465, 1545],
        [1595, 1630, 1515, 1635, 1625],
        [1520, 1455, 1450, 1480, 1445],
    ]
)


def unbalanced(rng, devices=12, cycles=20, between=0.3, within=0.2):
    y = (
        1
        + between * rng.standard_normal((devices, 1))
        + within * rng.standard_normal((devices, cycles))
    )
    y[rng.random(y.shape) < 0.4] = np.nan
    return y


def test_published_example():
    found = variance_components(DYESTUFF)
    assert found.mean.value == pytest.approx(1527.5)
    assert found.device_to_device.value == pytest.approx(42.00, abs=0.01)
    assert found.cycle_to_cycle.value == pytest.approx(49.51, abs=0.01)
    assert found.device_share == pytest.approx(1764.05 / (1764.05 + 2451.25), abs=1e-3)
    assert "42% of the variance lies between devices" in str(found)


def test_intervals_cover_known_components_at_their_level():
    rng, n, hits = generator(1, "variance"), 120, np.zeros(3)
    for _ in range(n):
        r = variance_components(unbalanced(rng))
        for k, (e, truth) in enumerate(
            ((r.mean, 1.0), (r.device_to_device, 0.3), (r.cycle_to_cycle, 0.2))
        ):
            hits[k] += e.interval[0] <= truth <= e.interval[1]
    np.testing.assert_allclose(hits / n, 0.95, atol=0.06)


def test_devices_that_do_not_differ():
    rng = generator(2, "variance")
    found = [variance_components(rng.standard_normal((20, 30))).device_to_device for _ in range(40)]
    assert np.mean([e.interval[0] == 0.0 for e in found]) >= 0.9
    assert np.mean([e.value == 0.0 for e in found]) >= 0.3


@settings(max_examples=15)
@given(st.floats(-6, 6), st.floats(-100, 100), st.integers(0, 1000))
def test_scale_and_offset(power, offset, seed):
    y, factor = unbalanced(generator(seed, "variance")), 10.0**power
    a, b = variance_components(y), variance_components(factor * (y + offset))
    for name in ("device_to_device", "cycle_to_cycle"):
        assert getattr(b, name).value == pytest.approx(
            factor * getattr(a, name).value, rel=1e-3, abs=1e-6 * factor
        )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones(3), "expected \\(device, cycle\\)"),
        (np.ones((1, 3)), "1 devices with values"),
        (np.ones((3, 3)), "no device differs"),
    ],
)
def test_samples_that_cannot_answer(values, message):
    with pytest.raises(AnalysisError, match=message):
        variance_components(values)
