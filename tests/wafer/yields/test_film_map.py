from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from acanthite.constants import celsius, mm, nm
from acanthite.errors import ProcessError
from acanthite.film import Recipe, grow
from acanthite.parameters import AG2S
from acanthite.wafer import WaferDesign, film_map, read_film_map, ring_thickness, statistics
from acanthite.wafer.yields.film_map import random_field

PLACES = WaferDesign().dies((6 * mm, 6 * mm))


@pytest.mark.parametrize("r", [0.0, 10 * mm, 30 * mm, 48 * mm])
def test_the_ring_is_the_integral_over_its_circumference(r):
    """Cosine emission: each arc gives h^2 / distance^4."""
    R, h = 75 * mm, 100 * mm

    def thickness(at):
        return quad(
            lambda a: h**2 / (h**2 + R**2 + at**2 - 2 * R * at * math.cos(a)) ** 2, 0, 2 * math.pi
        )[0]

    assert ring_thickness(r, R, h) == pytest.approx(thickness(r) / thickness(0.0), rel=1e-9)


def test_a_far_source_is_even_and_a_near_one_is_not():
    edge = 50 * mm
    assert ring_thickness(edge, 0.0, 10.0) == pytest.approx(1.0, abs=1e-4)
    assert ring_thickness(edge, 0.0, 50 * mm) == pytest.approx(0.25)  # cos^4 of 45 degrees


def test_a_field_has_unit_variance_and_forgets_over_its_length():
    rng = np.random.default_rng(1)
    places = rng.uniform(-0.5, 0.5, (4000, 2))  # many lengths across
    values = random_field(places, 10 * mm, 3, "test")
    assert values.mean() == pytest.approx(0.0, abs=0.08)
    assert values.std() == pytest.approx(1.0, abs=0.08)
    shifted = random_field(places + np.array([10 * mm, 0.0]), 10 * mm, 3, "test")
    assert np.corrcoef(values, shifted)[0, 1] == pytest.approx(math.exp(-0.5), abs=0.12)


def test_a_place_has_its_film_whatever_else_is_asked_for():
    together, alone = film_map(PLACES, seed=2), film_map(PLACES[5:6], seed=2)
    assert together[5] == alone[0]
    assert film_map(PLACES, seed=3)[5] != together[5]


def test_films_follow_the_recipe_and_the_model():
    films = film_map(PLACES, Recipe(thickness=200 * nm), seed=1)
    thickness = np.array([f.thickness for f in films])
    assert thickness.mean() == pytest.approx(200 * nm, rel=0.02)
    assert 0.002 < thickness.std() / thickness.mean() < 0.03
    roughness = np.array([f.roughness for f in films])
    assert 3 * nm <= roughness.min() < 3.4 * nm
    assert 4.1 * nm < roughness.max() <= 4.5 * nm


def test_a_cooler_edge_has_smaller_grains():
    from dataclasses import replace

    quiet = {key: replace(AG2S[key], value=0.0) for key in ("wafer.tilt", "wafer.thickness_noise")}
    droop = {"wafer.anneal_droop": replace(AG2S["wafer.anneal_droop"], value=10.0)}
    flat = {"wafer.source_radius": replace(AG2S["wafer.source_radius"], value=0.0)}
    far = {"wafer.source_distance": replace(AG2S["wafer.source_distance"], value=10.0)}
    mine = AG2S.replace({**quiet, **droop, **flat, **far})
    middle, edge = film_map([(0.0, 0.0), (50 * mm, 0.0)], parameters=mine)
    assert edge.thickness == pytest.approx(middle.thickness, rel=1e-4)
    expected = grow(Recipe(anneal_temperature=celsius(150)))
    assert edge.grain_size == pytest.approx(expected.grain_size, rel=1e-3)
    assert edge.migration_barrier > middle.migration_barrier


MAP = "x [mm],y [mm],thickness [nm],roughness [nm]\n-40,0,48,3\n40,0,52,4\n0,40,50,3.5\n0,-40,50,3.5\n"


def test_a_measured_map_is_linear_between_its_spots(tmp_path):
    (tmp_path / "map.csv").write_text(MAP)
    films = read_film_map(tmp_path / "map.csv", [(0, 0), (20 * mm, 0), (49 * mm, 0)])
    assert [f.thickness for f in films] == pytest.approx([50 * nm, 51 * nm, 52 * nm])
    assert [f.roughness for f in films] == pytest.approx([3.5 * nm, 3.75 * nm, 4 * nm])
    assert films[1].grain_size == grow(Recipe(thickness=51 * nm)).grain_size


def test_a_measured_grain_sets_the_barrier(tmp_path):
    (tmp_path / "map.csv").write_text(
        "\ufeffx [m], y [m], grain_size (nm)\n0,0,15\n\n", encoding="utf-8"
    )
    (film,) = read_film_map(tmp_path / "map.csv", [(0, 0)])
    assert film.grain_size == pytest.approx(15 * nm)
    assert film.migration_barrier > grow().migration_barrier


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a heading such as"),
        ("x [mm],y [mm],thicknes [nm]\n0,0,1\n", r"line 1: column 'thicknes \[nm\]'; .*did you mean 'thickness'"),
        ("x [mm],y [mm],thickness\n0,0,1\n", "line 1: column 'thickness'; expected a unit in brackets, one of m, mm"),
        ("x [mm],y [mm],thickness [inch]\n0,0,1\n", "expected a unit in brackets"),
        ("x [mm],thickness [nm]\n0,1\n", "line 1: expected x, y and one or more of thickness, roughness, grain_size, each once"),
        ("x [mm],y [mm]\n0,1\n", "line 1: expected x, y and one or more"),
        (MAP + "1,2,3\n", "line 6: 3 cells; expected 4, as in the heading"),
        (MAP + "1,2,abc,3\n", "line 6: thickness = 'abc'; expected a positive number"),
        (MAP + "1,2,-5,3\n", "line 6: thickness = '-5'; expected a positive number"),
        (MAP + "nan,2,5,3\n", "line 6: x = 'nan'; expected a number"),
    ],
)  # fmt: skip
def test_a_map_that_makes_no_sense_is_refused(tmp_path, text, message):
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(ProcessError, match=rf"film map .*map\.csv.*{message}"):
        read_film_map(tmp_path / "map.csv", [(0, 0)])


def test_statistics_leave_out_what_is_no_number():
    found = statistics([1.0, 3.0, float("nan")])
    assert (found.mean, found.lowest, found.highest, found.uniformity, found.n) == (
        2.0,
        1.0,
        3.0,
        0.5,
        2,
    )
    assert found.spread == pytest.approx(math.sqrt(2))
    assert math.isnan(statistics([float("nan")]).mean)
