"""The grain map: sizes follow the film's law, boundaries separate grains."""

import numpy as np
import pytest

from acanthite import film
from acanthite.constants import nm
from acanthite.device.kmc.grains import boundaries, grain_map, grain_profile
from acanthite.parameters import AG2S

THICK = film.grow(film.Recipe(thickness=200 * nm))


def test_the_profile_ends_at_the_films_grain_and_falls_to_the_bottom():
    height = np.linspace(0, THICK.thickness, 50)
    profile = grain_profile(THICK, height)
    assert profile[-1] == pytest.approx(THICK.grain_size)
    assert profile[0] == pytest.approx(AG2S.value("kmc.first_grain"))
    assert np.all(np.diff(profile) >= 0)


def test_there_are_as_many_grains_as_the_profile_asks_for():
    section = grain_map(THICK, 400 * nm, seed=1)
    z = THICK.thickness - (np.arange(200) + 0.5) * nm
    expected = (1 / grain_profile(THICK, z) ** 2).sum() * nm * 400 * nm
    assert np.unique(section.grain).size == pytest.approx(expected, rel=0.05)


def test_grains_are_larger_at_the_top():
    section = grain_map(THICK, 400 * nm, seed=2)
    assert np.unique(section.grain[:50]).size < 0.5 * np.unique(section.grain[-50:]).size
    assert section.boundary[:50].mean() < 0.5 * section.boundary[-50:].mean()


def test_a_better_film_has_fewer_boundaries():
    raw = film.grow(film.Recipe(anneal_temperature=None))
    annealed = film.grow()
    assert (
        grain_map(raw, 200 * nm, 1).boundary_share > grain_map(annealed, 200 * nm, 1).boundary_share
    )


def test_boundaries_stand_between_any_two_grains():
    section = grain_map(film.grow(), 64 * nm, seed=3)
    grain, boundary = section.grain, section.boundary
    for axis in (0, 1):
        other = np.roll(grain, -1, axis)
        differs = grain != other
        if axis == 0:
            differs[-1] = False
        assert np.all(boundary[differs])
    assert not boundaries(np.zeros((5, 5), np.int32)).any()


def test_the_same_key_gives_the_same_map_another_index_another():
    a, b, c = (grain_map(film.grow(), 64 * nm, 1, i) for i in (0, 0, 1))
    assert np.array_equal(a.grain, b.grain)
    assert not np.array_equal(a.grain, c.grain)
