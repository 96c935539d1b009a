"""The potential against solutions known in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.device.kmc import field


@pytest.mark.parametrize("rows", [1, 2, 7, 50])
def test_bare_plates_give_a_straight_line(rows):
    phi = field.potential(np.zeros((rows, 12), bool))
    assert phi == pytest.approx(
        np.broadcast_to((np.arange(rows)[:, None] + 0.5) / rows, phi.shape), abs=1e-7
    )


@pytest.mark.parametrize("height", [1, 5, 15])
def test_a_full_layer_is_a_nearer_plate(height):
    metal = np.zeros((16, 10), bool)
    metal[:height] = True
    phi = field.potential(metal)
    gap = 16 - height
    assert np.all(phi[:height] == 0)
    assert phi[height:, 3] == pytest.approx((np.arange(gap) + 0.5) / gap, abs=1e-7)


def test_a_half_cylinder_doubles_the_field_at_its_top():
    """phi = E (z - R^2 z / (x^2 + z^2)) over a plate with a half cylinder: 2 E at the apex, 0 at its foot."""
    rows, columns, radius = 160, 320, 20
    z, x = np.arange(rows)[:, None] + 0.5, np.arange(columns) + 0.5 - columns / 2
    phi = field.potential(x**2 + z**2 < radius**2, 1e-7)
    flat = 1 / rows
    r2 = x**2 + z**2
    exact = flat * z * (1 - radius**2 / r2)
    near = (r2 > (1.3 * radius) ** 2) & (r2 < (2.5 * radius) ** 2)
    assert np.abs(phi - exact)[near].max() < 0.08 * exact[near].max()
    apex = 2 * phi[radius, columns // 2 - 1]
    assert apex / flat == pytest.approx(2.0, rel=0.25)  # staircase and finite plates
    foot = phi[0, columns // 2 + radius + 1]
    assert 2 * foot / flat < 0.5


def test_a_longer_needle_has_a_stronger_tip_and_a_weaker_foot():
    tips, feet = [], []
    for height in (2, 8, 24):
        metal = np.zeros((60, 90), bool)
        metal[:height, 45] = True
        phi = field.potential(metal, 1e-8)
        tips.append(phi[height, 45] * 120)
        feet.append(phi[0, 46] * 120)
    assert tips[0] < tips[1] < tips[2]
    assert feet[0] > feet[1] > feet[2]
    assert tips[0] > 1 > feet[0]


def test_current_is_conserved_through_every_row():
    rng = np.random.Generator(np.random.Philox(3))
    metal = rng.random((20, 16)) < 0.15
    metal[3:] = False
    phi = field.potential(metal, 1e-12)
    flow = np.diff(phi[3:], axis=0).sum(1)
    assert flow == pytest.approx(np.full(flow.size, flow.mean()), rel=1e-6)
    assert 2 * (1 - phi[-1]).sum() == pytest.approx(flow.mean(), rel=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.integers(2, 12), st.integers(4, 12), st.floats(0, 0.5))
def test_the_potential_stays_between_the_plates(seed, rows, columns, share):
    metal = np.random.Generator(np.random.Philox(seed)).random((rows, columns)) < share
    phi = field.potential(metal, 1e-8)
    assert np.all((phi >= -1e-6) & (phi <= 1 + 1e-6))
    assert np.all(phi[metal] == 0)


def test_more_metal_never_raises_the_potential():
    rng = np.random.Generator(np.random.Philox(5))
    metal = rng.random((15, 15)) < 0.1
    more = metal | (rng.random((15, 15)) < 0.1)
    assert np.all(field.potential(more, 1e-10) <= field.potential(metal, 1e-10) + 1e-6)
