"""The figures of wafer, process, microscope and array: what they say is what the rooms say."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.claims import CLAIMS
from acanthite.constants import celsius
from acanthite.figures import Settings, figure
from acanthite.parameters import AG2S, Quantity

_QUICK = Settings(quick=True)


def changed(key: str, value: float) -> Settings:
    quantity = Quantity(value, AG2S[key].unit, "test", "", "assumed")
    return Settings(quick=True, parameters=AG2S.replace({key: quantity}))


@pytest.fixture(scope="module")
def outcomes():
    names = ("fig1a", "fig1b", "fig2a", "fig2b", "fig4a", "figS5", "noteS2")
    return {name: figure(name).compute(_QUICK) for name in names}


def test_each_answers_its_claims(outcomes):
    for name, outcome in outcomes.items():
        assert set(outcome.estimates) == {c.id for c in CLAIMS if c.figure == name}


def test_the_wafer_keeps_its_edge_free_and_its_roughness_in_range(outcomes):
    data = outcomes["fig1a"].recordings["wafer"]
    far = np.hypot(data["x"], data["y"]).max()
    assert far < 0.5 * AG2S.value("wafer.diameter") - AG2S.value("wafer.edge_exclusion")
    assert data["roughness"].min() >= AG2S.value("film.roughness_low")
    assert data["roughness"].max() <= AG2S.value("film.roughness_high")


def test_a_film_that_is_left_adds_more_the_larger_the_array_and_less_through_junctions(outcomes):
    paths = outcomes["fig1b"].recordings["paths"]
    assert np.all(np.diff(paths["perfect_contacts"]) > 0)
    assert np.all(paths["through_junctions"] < paths["perfect_contacts"])
    assert np.all(np.abs(paths["grounded"]) < 1e-6)


def test_a_film_that_does_not_conduct_is_no_sneak_path():
    """The row can fail: with a thousandth of the conductivity the film adds less than the unit."""
    dry = 1e-4 * AG2S.value("filament.bulk_conductivity")
    outcome = figure("fig1b").compute(changed("filament.bulk_conductivity", dry))
    assert outcome.estimates["fig1b.crosstalk"].value < 1.0


def test_a_hotter_bake_breaks_the_rule_of_the_process(outcomes):
    claim = next(c for c in CLAIMS if c.id == "figS5.hottest")
    assert claim.verdict(outcomes["figS5"].estimates["figS5.hottest"]) == "match"
    hot = figure("figS5").compute(changed("budget.bake_temperature", celsius(180.0)))
    assert hot.estimates["figS5.hottest"].value == pytest.approx(celsius(180.0))
    assert claim.verdict(hot.estimates["figS5.hottest"]) == "miss"


def test_a_cluster_is_bright_in_silver_and_dark_in_sulphur(outcomes):
    cluster = outcomes["fig2a"].recordings["cluster"]
    assert cluster["Ag"].values[0, 0] == cluster["S"].values[0, 0] == 1.0
    assert cluster["Ag"].max() > 1.0
    assert cluster["S"].min() < 1.0


def test_the_foil_keeps_its_length_in_one_plane(outcomes):
    stack = outcomes["fig4a"].recordings["stack"]
    plane = np.interp(0.0, stack["strain"], stack["height"])
    assert plane == pytest.approx(stack.attrs["neutral_plane"])
    slope = np.polyfit(stack["height"], stack["strain"], 1)[0]
    assert slope == pytest.approx(1 / AG2S.value("bending.radius"))


def test_grounded_lines_let_arrays_grow_the_most(outcomes):
    attrs = outcomes["fig4a"].recordings["margins"].attrs
    largest = {name: attrs[f"largest_{name}"] for name in ("ground", "V/3", "V/2", "float")}
    assert largest["ground"] == max(largest.values()) > largest["V/2"]


def test_noise_is_added_up_faster_against_a_zero_that_is_off(outcomes):
    data = outcomes["noteS2"].recordings["shift"]
    drift = np.abs(data["mean_read"]).mean("cell")
    assert float(drift.sel(zero="own")) < float(drift.sel(zero="middle"))


def test_the_table_has_the_twin_first_and_leaves_blank_what_is_not_known():
    data = figure("tableS1").compute(_QUICK).recordings["devices"]
    assert np.isfinite(
        [float(data[name][0]) for name in data if name not in ("bound", "array")]
    ).all()
    assert np.isnan(data["energy"].values).any()
