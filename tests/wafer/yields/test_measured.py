from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from acanthite import threads
from acanthite.constants import celsius, nm
from acanthite.device import Filament, population
from acanthite.errors import LawError, ProcessError
from acanthite.film import Recipe, grow
from acanthite.wafer import Criteria, measure_wafer, pinhole_probability

FOUR = np.array([(-0.01, 0), (0.01, 0), (0, 0.01), (0, -0.01)])


def test_one_film_gives_the_population_it_always_gave():
    nominal = Filament.from_film(grow())
    assert np.array_equal(population([nominal], 7, seed=3).values, nominal.sample(7, seed=3).values)


def test_no_two_devices_of_a_wafer_are_alike():
    film = Filament.from_film(grow())
    radius = population([film, film, film], 5, seed=1).parameter("contact_radius")
    assert len(set(radius)) == 15


def test_a_population_needs_films_and_devices():
    with pytest.raises(LawError, match="nominal is empty"):
        population([], 5, seed=1)
    with pytest.raises(LawError, match="n = 0 devices"):
        population([Filament.from_film(grow())], 0, seed=1)


def test_each_die_has_the_threshold_of_its_film():
    films = [grow(Recipe(anneal_temperature=celsius(t))) for t in (160, 145)] + [
        grow(Recipe(thickness=200 * nm)),
        grow(),
    ]
    data = measure_wafer(FOUR, films, devices=20, seed=1)
    v = data["threshold"].values
    assert v[1] > v[0] > v[2]  # as in Figs. 3c and 3d
    assert v[0] == pytest.approx(0.22, abs=0.02)
    assert v[3] == pytest.approx(v[0], abs=0.03)
    assert 100 < data["lrs_resistance"].values[0] < 1e4
    assert data["set_voltage"].shape == (4, 20)


def test_the_threads_do_not_show():
    films = [grow()] * 4
    try:
        one = (threads.use(1), measure_wafer(FOUR, films, devices=3, seed=5))[1]
        two = (threads.use(2), measure_wafer(FOUR, films, devices=3, seed=5))[1]
    finally:
        threads.use(None)
    assert one.identical(two)


def test_criteria_decide_the_yield():
    films = [grow()] * 4
    lenient = measure_wafer(FOUR, films, devices=10, seed=1)
    assert lenient.attrs["device_yield"] > 0.9
    median = float(np.nanmedian(np.abs(lenient["set_voltage"])))
    strict = measure_wafer(FOUR, films, devices=10, seed=1, criteria=Criteria(set_voltage=median))
    assert 0.3 < strict.attrs["device_yield"] < 0.6
    none = measure_wafer(FOUR, films, devices=10, seed=1, criteria=Criteria(ratio=1e9))
    assert none.attrs["device_yield"] == 0.0
    assert none.attrs["die_yield"] < 1e-3


def test_a_die_is_judged_by_all_its_cells_not_by_those_measured():
    """Few devices say less of a die, not something else."""
    films = [grow()] * 24
    places = np.zeros((24, 2))
    found = [measure_wafer(places, films, devices=n, seed=1).attrs for n in (1, 2, 5, 20)]
    low, high = (np.array([one[f"die_yield_{end}"] for one in found]) for end in ("low", "high"))
    assert low.max() <= high.min()  # all hold one value
    assert (found[-1]["die_yield"], low[-1], high[-1]) == pytest.approx((1.0, 1.0, 1.0), abs=0.02)
    assert low[0] < 0.98


def test_no_more_devices_are_measured_than_a_die_has():
    data = measure_wafer(FOUR, [grow()] * 4, cells=6, seed=1)
    assert data.sizes["device"] == 6
    with pytest.raises(ProcessError, match="devices = 7 measured of each die, cells = 6"):
        measure_wafer(FOUR, [grow()] * 4, cells=6, devices=7)


def test_a_film_that_never_sets_has_no_threshold():
    data = measure_wafer(FOUR, [grow(Recipe(anneal_temperature=None))] * 4, devices=5, seed=1)
    assert np.isnan(data["threshold"].values).all()
    assert np.isnan(data["lrs_resistance"].values).all()
    assert data.attrs["device_yield"] == 0.0


def test_pinholes_are_the_deepest_of_many_heights():
    """Against heights drawn at random, for a film as thin as a few times its roughness."""
    film = replace(grow(Recipe(thickness=20 * nm)), roughness=4 * nm)
    rms, spots = 4 * nm * np.sqrt(np.pi / 2), round((5e-6 / 40e-9) ** 2)
    deepest = norm(scale=rms).rvs((400, spots), random_state=1).max(1)
    assert pinhole_probability(film) == pytest.approx((deepest > film.thickness).mean(), abs=0.07)
    assert pinhole_probability(replace(film, thickness=10 * nm)) == pytest.approx(1.0)
    assert pinhole_probability(grow()) < 1e-6


def test_a_film_too_thin_for_its_roughness_shorts():
    film = replace(grow(Recipe(thickness=12 * nm)), roughness=4.5 * nm)
    data = measure_wafer(FOUR, [film] * 4, devices=20, seed=1)
    assert data["shorted"].values.mean() > 0.9
    assert data.attrs["device_yield"] < 0.1


def test_a_die_without_film_is_refused():
    with pytest.raises(ProcessError, match="films: 3; expected one for each of 4 dies"):
        measure_wafer(FOUR, [grow()] * 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("device_share", 3), ("device_share", -0.1), ("set_voltage", 0.0), ("ratio", float("nan"))],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ProcessError, match=f"criteria: {name} = .*; expected a"):
        Criteria(**{name: value})


def test_places_may_be_a_list():
    films = [grow(Recipe())] * 2
    places = [[0.0, 0.0], [1e-3, 2e-3]]
    data = measure_wafer(places, films, devices=2, seed=1)
    assert data["y"].values.tolist() == [0.0, 2e-3]
    with pytest.raises(ProcessError, match=r"places: shape \(2,\); expected \(n, 2\)"):
        measure_wafer([0.0, 1e-3], films, devices=2)
