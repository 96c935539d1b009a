"""Particles under silver-rich films, clusters under a beam."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import kstest

from acanthite import film
from acanthite.constants import elementary_charge, nm, sccm, um
from acanthite.device import kmc
from acanthite.device.kmc import beam
from acanthite.device.kmc.filaments import SILVER_ATOMS
from acanthite.errors import LawError
from acanthite.figures.fig2_switching.fig2i import ratio
from acanthite.parameters import AG2S

pytestmark = pytest.mark.long

RICH = film.grow(film.Recipe(h2s_flow=9 * sccm, anneal_temperature=None))
FILM = film.grow()


def test_silver_is_conserved():
    data = kmc.precipitate(RICH, "Ag", cells=64)
    assert data.sizes["particle"] > 20
    assert float(data["in_particles"] + data["in_film"]) == pytest.approx(
        float(data["supplied"]), rel=1e-9
    )
    volume = 2 / 3 * np.pi * (data["radius"] ** 3).sum()
    assert float(volume) * SILVER_ATOMS == pytest.approx(float(data["in_particles"]), rel=1e-9)
    assert float(data["excess"].min()) >= 0
    assert float(data["excess"].max()) <= RICH.silver_excess * (1 + 1e-9)


def test_gold_keeps_particles_away():
    silver = kmc.precipitate(RICH, "Ag", cells=64)
    gold = kmc.precipitate(RICH, "Au", side=5000 * um, cells=64)
    assert float(silver["density"]) > 10 * float(gold["density"])


def test_without_the_gold_barrier_the_metals_are_alike():
    quantity = AG2S["filament.gold_field"]
    silver = AG2S.value("filament.nucleation_field")
    same = AG2S.replace({"filament.gold_field": dataclasses.replace(quantity, value=silver)})
    silver, gold = (kmc.precipitate(RICH, m, cells=48, parameters=same) for m in ("Ag", "Au"))
    assert np.array_equal(silver["birth"], gold["birth"])


def test_more_excess_more_particles():
    poor = film.grow(film.Recipe(h2s_flow=9.95 * sccm, anneal_temperature=None))
    few, many = (kmc.precipitate(f, "Ag", cells=48).sizes["particle"] for f in (poor, RICH))
    assert few < many


def test_a_stoichiometric_film_is_refused():
    with pytest.raises(LawError, match=r"silver_excess \(=0\) must be positive.*lower h2s_flow"):
        kmc.precipitate(FILM)
    with pytest.raises(LawError, match="substrate = 'Pt'"):
        kmc.precipitate(RICH, "Pt")
    with pytest.raises(LawError, match="side"):
        kmc.precipitate(RICH, "Ag", side=-1.0)


def test_particles_repeat_with_their_key():
    a, b, c = (kmc.precipitate(RICH, "Ag", seed=s, cells=32) for s in (1, 1, 2))
    assert a.identical(b)
    assert not a.birth.identical(c.birth)


def test_the_ratio_bounds_itself_where_gold_has_none():
    area = {"Ag": 1.0, "Au": 100.0}
    assert ratio({"Ag": 30, "Au": 0}, area).value == pytest.approx(1000)
    found = ratio({"Ag": 30, "Au": 3}, area)
    assert found.value == pytest.approx(1000)
    assert found.interval[0] < found.value < found.interval[1]


@pytest.fixture(scope="module")
def scanned():
    return kmc.irradiate(FILM, seed=2, cells=100)


def test_clusters_only_grow_and_stay_apart(scanned):
    radius = scanned["radius"].values
    assert np.all(np.diff(radius, axis=0) >= 0)
    assert np.all(radius[-1] > 0)
    assert np.all(np.diff(scanned["birth"]) > 0)
    x, y = scanned["x"].values, scanned["y"].values
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(x.size, 1)]
    assert apart.min() > AG2S.value("kmc.beam_range")


def test_clusters_hold_no_more_silver_than_the_beam_had_electrons(scanned):
    atoms = 2 / 3 * np.pi * (scanned["radius"].values ** 3).sum(1) * SILVER_ATOMS
    electrons = AG2S.value("kmc.beam_current") * scanned["time"].values / elementary_charge
    assert np.all(atoms <= electrons)
    assert atoms[-1] > 0.3 * electrons[-1]


def test_the_first_cluster_comes_by_the_laws_hazard():
    first = [
        float(kmc.irradiate(FILM, seed=1, index=i, cells=40, duration=60.0)["birth"][0])
        for i in range(120)
    ]
    rate = beam.nucleation_rate(FILM, (2 * um) ** 2) * (2 * um) ** 2
    assert kstest(np.array(first) * rate, "expon").pvalue > 0.01


def test_the_beam_repeats_and_refuses_what_makes_no_sense(scanned):
    assert kmc.irradiate(FILM, seed=2, cells=100).identical(scanned)
    with pytest.raises(LawError, match=r"duration \(=0\) must be positive"):
        kmc.irradiate(FILM, 0.0)
    short = kmc.irradiate(FILM, 1e-9, cells=20, side=100 * nm)
    assert short.sizes["cluster"] == 0


def test_clusters_on_a_section_stay_inside_it_and_hold_what_the_film_catches():
    face = kmc.irradiate_section(FILM, seed=3, width=1 * um)
    assert face.sizes["row"] == round(FILM.thickness / AG2S.value("kmc.cell"))
    assert np.all((face["y"] > 0) & (face["y"] < FILM.thickness))
    radius = face["radius"].values
    assert np.all(np.diff(radius, axis=0) >= 0)
    share = FILM.thickness / (2 * AG2S.value("kmc.beam_range"))
    atoms = 2 / 3 * np.pi * (radius**3).sum(1) * SILVER_ATOMS
    charge = share * AG2S.value("kmc.beam_current") * face["time"].values
    assert np.all(atoms <= charge / elementary_charge)
    assert kmc.irradiate_section(FILM, seed=3, width=1 * um).identical(face)
    with pytest.raises(LawError, match=r"width \(=0\) must be positive"):
        kmc.irradiate_section(FILM, width=0.0)
