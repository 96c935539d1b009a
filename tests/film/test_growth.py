from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import celsius, eV, hour, minute, nm, sccm
from acanthite.film import (
    Recipe,
    deposition_rate,
    grain_size,
    grow,
    migration_barrier,
    stable_phase,
)
from acanthite.film.growth import film_densities
from acanthite.parameters import AG2S

anneals = st.floats(celsius(30), celsius(176))
thicknesses = st.floats(10 * nm, 400 * nm)


def test_the_papers_film():
    film = grow()
    assert film.thickness == 50 * nm
    assert film.grain_size == pytest.approx(22 * nm, rel=1e-3)
    assert film.silver_excess == 0.0
    assert film.phase == "monoclinic"
    assert film.disorder == pytest.approx(1.0)


def test_thickness_and_time_are_two_ways_to_say_one_thing():
    by_time = grow(Recipe(deposition_time=10 * minute))
    assert by_time.thickness == pytest.approx(60 * nm)
    assert grow(Recipe(thickness=by_time.thickness)).grain_size == pytest.approx(by_time.grain_size)


def test_unannealed_grain_is_the_as_deposited_one():
    film = grow(Recipe(anneal_temperature=None))
    assert film.grain_size == pytest.approx(AG2S.value("film.grain_as_deposited"), rel=1e-3)
    assert film.disorder > 2


@given(st.lists(anneals, min_size=2, max_size=4).map(sorted), thicknesses)
def test_hotter_anneals_give_larger_grains_and_lower_barriers(temperatures, thickness):
    films = [grow(Recipe(thickness=thickness, anneal_temperature=t)) for t in temperatures]
    for cool, hot in pairwise(films):
        assert hot.grain_size >= cool.grain_size
        assert hot.migration_barrier <= cool.migration_barrier


@given(st.lists(thicknesses, min_size=2, max_size=4).map(sorted), anneals)
def test_thicker_films_have_larger_grains_and_lower_barriers(thickness, temperature):
    films = [grow(Recipe(thickness=d, anneal_temperature=temperature)) for d in thickness]
    for thin, thick in pairwise(films):
        assert thick.grain_size >= thin.grain_size
        assert thick.migration_barrier <= thin.migration_barrier


@given(thicknesses, st.floats(0, 1e3))
def test_no_grain_outgrows_its_film(thickness, hours):
    film = grow(Recipe(thickness=thickness, anneal_time=hours * hour))
    assert 0 < film.grain_size <= film.thickness


def test_grains_grow_parabolically_in_time():
    square = [grain_size(Recipe(anneal_time=t * hour), 50 * nm) ** 2 for t in (0.0, 1.0, 2.0)]
    assert square[2] - square[1] == pytest.approx(square[1] - square[0])


def test_the_barrier_falls_to_the_grains_own():
    assert migration_barrier(1e-6) == pytest.approx(0.2 * eV, rel=1e-3)
    assert migration_barrier(1e-12) == pytest.approx(0.95 * eV, rel=1e-3)
    assert migration_barrier(AG2S.value("film.barrier_grain_size")) == pytest.approx(
        (0.2 + 0.375) * eV
    )


def test_rate_follows_power_and_the_papers_point():
    assert deposition_rate(Recipe()) == pytest.approx(6 * nm / minute)
    assert deposition_rate(Recipe(rf_power=75.0)) == pytest.approx(3 * nm / minute)


@given(st.one_of(st.floats(1, 9.99), st.floats(10.01, 200)))
def test_starving_the_target_of_h2s_makes_the_film_silver_rich(flow):
    film = grow(Recipe(h2s_flow=flow * sccm))
    assert (film.silver_excess > 0) == (flow < 10)  # a third of the gas, at 20 sccm Ar
    assert deposition_rate(film.recipe) >= deposition_rate(Recipe()) * (1 - 1e-12)


def test_phase_changes_at_177_celsius():
    assert stable_phase(celsius(176.9)) == "monoclinic"
    assert stable_phase(celsius(177.1)) == "bcc"


@given(st.floats(0.1, 10))
def test_rate_falls_with_pressure_where_sulphur_suffices(pressure):
    """Keller and Simmons: flat at low pressure, as one over it at high."""
    rate = deposition_rate(Recipe(pressure=pressure, h2s_flow=1e-3, argon_flow=0.0))
    more = deposition_rate(Recipe(pressure=1.1 * pressure, h2s_flow=1e-3, argon_flow=0.0))
    assert rate / 1.1 < more * (1 + 1e-9)
    if pressure > 0.23:  # above the critical H2S pressure
        assert more < rate


def test_densities_follow_the_crystal():
    """7.23 g/cm3 for acanthite; excess silver fills up as silver."""
    dense = film_densities(0.0)
    mass = (dense["Ag"] * 107.868 + dense["S"] * 32.06) * 1.66054e-27
    assert mass == pytest.approx(7.26e3, rel=0.01)
    assert film_densities(1e6)["Ag"] == pytest.approx(5.86e28, rel=0.01)
