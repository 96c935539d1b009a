"""Cracks of bent devices: whole at the paper's radius, broken far below it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import mm, um
from acanthite.film import bend, broken, broken_share, grow
from acanthite.film.cracks import LAYERS, cracked_share
from acanthite.parameters import AG2S, Quantity


def with_values(**values):
    changes = {f"bending.{k}": Quantity(v, "1", "mine", "", "measured") for k, v in values.items()}
    return AG2S.replace(changes)


@pytest.mark.parametrize("layer", LAYERS)
def test_at_the_scale_all_but_one_over_e_have_cracked(layer):
    scale = AG2S.value(f"bending.{layer}_crack_strain")
    assert cracked_share(layer, scale) == pytest.approx(1 - 1 / math.e)


@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_more_strain_breaks_more_and_squeezing_nothing(one, other):
    low, high = sorted((one, other))
    for layer in LAYERS:
        assert 0 <= cracked_share(layer, low) <= cracked_share(layer, high) <= 1
        assert (cracked_share(layer, high) == 0) or high > 0


def test_the_papers_radius_is_safe_for_any_modulus_in_the_stated_range():
    for modulus in (3.0, 6.0, 15.0):
        p = with_values(film_crack_shape=modulus, metal_crack_shape=modulus)
        assert broken_share(bend(grow(), 3 * mm), p) < 0.01


def test_a_sharp_bend_breaks_every_device_and_an_inward_one_none():
    assert broken_share(bend(grow(), 0.3 * mm)) > 0.999
    assert broken_share(bend(grow(), -0.3 * mm)) == 0.0
    assert broken_share(grow()) == 0.0


def test_a_brittle_metal_breaks_a_device_that_its_film_would_survive():
    """As with 10 nm of chromium under gold."""
    film = bend(grow(), 2 * mm)
    assert broken_share(film) < 0.01
    assert broken_share(film, with_values(metal_crack_strain=0.01)) > 0.5


def test_devices_break_as_often_as_the_share_says_and_stay_broken():
    n, previous = 4000, np.zeros(4000, bool)
    for radius in (1 * mm, 0.7 * mm, 0.6 * mm, 0.5 * mm):
        film = bend(grow(), radius)
        now = broken(film, n, seed=1)
        share = broken_share(film)
        assert now.mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n) + 1e-9)
        assert (now | ~previous).all()
        previous = now
    assert np.array_equal(broken(film, n, seed=1), now)
    assert not np.array_equal(broken(film, n, seed=2), now)


def test_a_thinner_foil_bends_further():
    thin = AG2S.replace(
        {"bending.substrate_thickness": Quantity(5 * um, "m", "mine", "", "measured")}
    )
    assert broken_share(bend(grow(), 0.5 * mm, thin), thin) < 0.001
