"""Filaments on cells: bounds, reproducibility, and the statistics of the compact law."""

import dataclasses

import numpy as np
import pytest
from scipy.ndimage import label
from scipy.stats import kstest

from acanthite import film, threads
from acanthite.constants import nm
from acanthite.device import kmc
from acanthite.device.kmc import compact, filaments, growth, shape
from acanthite.errors import LawError
from acanthite.parameters import AG2S

pytestmark = pytest.mark.long

FILM = film.grow()
SHORT = film.grow(film.Recipe(thickness=20 * nm))


@pytest.fixture(scope="module")
def grown():
    return kmc.grow_filament(FILM, -0.25, seed=3)


def test_a_filament_bridges_from_top_to_bottom(grown):
    metal = grown["metal"].values
    assert grown["bridged"] == 1
    assert metal.shape == (grown.sizes["frame"], 50, 64)
    assert not metal[0].any()
    assert np.all(metal[-1].any(1))  # silver in every row
    assert np.isfinite(grown["fill_time"].values[metal[-1]]).all()
    assert np.isnan(grown["fill_time"].values[~metal[-1]]).all()
    assert 0 < float(grown["nucleation_time"]) < float(grown["bridge_time"])


def test_silver_stays_in_one_piece_that_touches_its_electrode(grown):
    for frame in grown["metal"].values[1:]:
        pieces, _ = label(np.tile(frame, 5))  # left and right edges are joined
        middle = pieces[:, 2 * frame.shape[1] : 3 * frame.shape[1]]
        assert set(middle[middle > 0].tolist()) <= set(pieces[0].tolist())


def test_the_front_never_goes_back_under_a_strong_drive(grown):
    depth = [np.flatnonzero(frame.any(1)).max(initial=-1) for frame in grown["metal"].values]
    assert np.all(np.diff(depth) >= 0)
    assert np.all(np.diff(grown["time"].values) >= 0)


def test_the_potential_belongs_to_the_silver(grown):
    phi, metal = grown["potential"].values, grown["metal"].values[-1]
    assert np.all(phi[metal] == 0)
    assert phi.min() >= -1e-5  # relaxed, not solved
    assert phi.max() <= 0.25 * (1 + 1e-6)


def test_a_filament_from_gold_starts_at_the_bottom_and_needs_longer():
    up = kmc.grow_filament(SHORT, 0.7, seed=1, electrode="Au")
    first = np.unravel_index(np.nanargmin(up["fill_time"].values), up["fill_time"].shape)[0]
    assert first == up.sizes["z"] - 1
    assert up["metal"].values[-1][0].any()
    rate = {e: compact.nucleation_rate(FILM, 0.3, e) for e in ("Ag", "Au")}
    assert rate["Ag"] / rate["Au"] > 100


def test_guided_silver_keeps_to_boundaries_and_free_silver_does_not():
    guided = kmc.grow_many(FILM, 8, -0.3, seed=5)
    free = kmc.grow_many(FILM, 8, -0.3, seed=5, guided=False)
    assert guided["boundary_share"].mean() > 3 * guided["film_boundary_share"].mean()
    assert free["boundary_share"].mean() == pytest.approx(
        float(free["film_boundary_share"].mean()), abs=0.1
    )
    assert free["filament_width"].mean() > 1.3 * guided["filament_width"].mean()


def test_bits_do_not_depend_on_threads_or_order():
    results = []
    for number in (1, 2, 5):
        threads.use(number)
        results.append(kmc.grow_many(SHORT, 6, -0.25, seed=9))
    assert results[0].identical(results[1])
    assert results[0].identical(results[2])
    alone = kmc.grow_filament(SHORT, -0.25, seed=9, index=4)
    assert float(alone["bridge_time"]) == float(results[0]["bridge_time"][4])
    assert kmc.grow_filament(SHORT, -0.25, seed=9, index=4).identical(alone)
    assert not kmc.grow_filament(SHORT, -0.25, seed=10, index=4).metal.identical(alone.metal)


@pytest.mark.parametrize("voltage", [-0.15, -0.3])
def test_nucleation_is_the_compact_laws_poisson_process(voltage):
    grown = kmc.grow_many(
        SHORT, 250, voltage, seed=int(-1000 * voltage), width=24 * nm, duration=1e12
    )
    times = grown["nucleation_time"]
    found = kstest(times.values * compact.nucleation_rate(SHORT, -voltage), "expon")
    assert found.pvalue > 0.01


def test_growth_follows_the_compact_laws_field():
    """The slope of ln t against 1/V is within a quarter of the compact law's B_x."""
    volts = np.array([0.12, 0.2, 0.35])
    cells = [
        np.log(kmc.grow_many(FILM, 24, -v, seed=4)["growth_time"].values).mean() for v in volts
    ]
    law = [np.log(compact.growth_time(FILM, v)) for v in volts]
    slope = {name: np.polyfit(1 / volts, t, 1)[0] for name, t in (("cells", cells), ("law", law))}
    assert slope["cells"] == pytest.approx(slope["law"], rel=0.25)
    assert np.abs(np.subtract(cells, law)).max() < np.log(4)


def test_over_a_flat_front_the_rates_are_the_compact_laws():
    p = filaments.rates(FILM, 0.2, "Ag", 64 * nm, AG2S)
    g = AG2S.value("filament.tip_promotion")
    for gap in (50, 20, 1):
        assert growth.overpotential(50 / gap, p) == pytest.approx(0.2 * (1 + g * (1 - gap / 50)))
    assert p.first_nucleation * np.exp(-p.nucleation_field / 0.2) == pytest.approx(
        compact.nucleation_rate(FILM, 0.2)
    )


def test_events_obey_detailed_balance():
    """Filling a cell and emptying it again have rates in the ratio of its gain of energy."""
    path, sites = np.ones((10, 12)), np.full(12, 1 / 12)
    p = filaments.rates(SHORT, 0.02, "Ag", 12 * nm, AG2S)._replace(tip_promotion=0.0)
    metal = np.zeros((10, 12), np.uint8)
    metal[0] = 1
    metal[1, 3:8] = 1
    phi = np.zeros((10, 12))
    phi[1:-1] = 1 / 16  # so that the field is the same whether the cell is metal or not
    phi[metal > 0] = 0
    before = growth.cell_rate(phi, metal, path, sites, 0.0, 2, 5, p)
    metal[2, 5], phi[2, 5] = 1, 0.0
    after = growth.cell_rate(phi, metal, path, sites, 0.0, 2, 5, p)
    gain = p.charge * 0.02 + p.bond * (1 - 2)
    assert before / after == pytest.approx(np.exp(gain), rel=1e-6)
    assert after > 0


def test_what_holds_the_silver_together_is_not_removed():
    metal = np.zeros((8, 9), np.uint8)
    metal[0] = 1
    metal[1:5, 4] = 1
    assert [bool(growth.removable(metal, r, 4)) for r in (1, 2, 3, 4)] == [
        False,
        False,
        False,
        True,
    ]
    metal[1:5, 5] = 1
    assert growth.removable(metal, 4, 4)
    assert growth.removable(metal, 3, 5)


def test_the_whole_potential_often_enough_relaxed():
    """Relaxing after every event instead of every eighth moves the growth time by less than its spread's error."""
    often, seldom = (
        [
            np.log(h.times[-1] - h.times[0])
            for h in (
                filaments.simulate(SHORT, -0.25, 1, i, True, "Ag", 1e9, None, AG2S, n)
                for i in range(40)
            )
        ]
        for n in (1, growth.EVERY)
    )
    error = np.hypot(np.std(often), np.std(seldom)) / np.sqrt(40)
    assert abs(np.mean(often) - np.mean(seldom)) < 2 * error


def test_too_short_a_time_leaves_it_open():
    open_ = kmc.grow_filament(FILM, -0.05, seed=1, duration=1e-3)
    assert open_["bridged"] == 0
    assert np.isnan(float(open_["bridge_time"]))
    assert not open_["metal"].any()
    assert open_.sizes["frame"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"voltage": 0.0}, r"voltage \(=0 V\) never drives silver out at the Ag electrode"),
        ({"voltage": 0.25}, "expected a negative one"),
        ({"voltage": -0.25, "electrode": "Au"}, "expected a positive one"),
        ({"voltage": float("nan")}, "never drives silver"),
        ({"electrode": "Pt"}, "electrode = 'Pt'; expected 'Ag'"),
        ({"duration": 0.0}, r"duration \(=0\) must be positive"),
        ({"frames": 0}, r"frames \(=0\) must be positive"),
        ({"width": 2 * nm}, "expected at least 2 by 4"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(LawError, match=message):
        kmc.grow_filament(FILM, **{"voltage": -0.25, **change})


def test_a_film_without_thickness_is_refused():
    with pytest.raises(LawError, match="thickness"):
        kmc.grow_filament(dataclasses.replace(FILM, thickness=0.0))
    with pytest.raises(LawError, match="n = 0 filaments"):
        kmc.grow_many(FILM, 0)


def test_shapes():
    fork = np.zeros((4, 8), bool)
    fork[:2, 4] = True
    fork[2:, [2, 6]] = True
    assert shape.branches(fork) == 1.5
    assert list(shape.row_widths(fork)) == [1, 1, 2, 2]
    assert shape.boundary_share(fork, fork) == 1.0
    assert shape.last_birth(np.array([3, 3, 7, 8])) == 2
    around = np.zeros((1, 6), bool)
    around[0, [0, 5]] = True  # one run across the joined edges
    assert shape.branches(around) == 1.0


def test_the_animation_is_a_gif_of_all_frames(grown, tmp_path):
    from PIL import Image

    path = kmc.animate(grown, tmp_path / "film.gif", rate=10.0)
    with Image.open(path) as image:
        assert image.format == "GIF"
        assert image.n_frames > grown.sizes["frame"] / 2
        assert image.info["duration"] == 100
    assert kmc.picture(grown).shape == (50, 64, 3)
    with pytest.raises(LawError, match=r"must end in \.gif"):
        kmc.animate(grown, tmp_path / "film.mp4")


def test_it_is_stored_and_read_again(grown, tmp_path):
    import xarray as xr

    grown.to_netcdf(tmp_path / "grown.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "grown.nc", engine="h5netcdf") as again:
        assert float(again["bridge_time"]) == float(grown["bridge_time"])
