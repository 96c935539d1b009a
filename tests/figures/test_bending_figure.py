"""Fig. S14 on the twin itself, few devices."""

import io

import numpy as np
import pytest

from acanthite.claims import CLAIMS
from acanthite.figures import Settings
from acanthite.figures.supplement import figS14
from acanthite.parameters import AG2S, Quantity


@pytest.fixture(scope="module")
def outcome():
    return figS14.compute(Settings(seed=2))


def test_bending_changes_little(outcome):
    data = outcome.recordings["bending"]
    volts = np.abs(data.set_voltage).mean(("device", "cycle"))
    assert abs(float(volts[-1] / volts[0]) - 1) < 0.1
    assert float(data.strain[0]) == 0.0
    assert np.all(np.diff(data.strain) > 0)
    assert set(outcome.estimates) == {c.id for c in CLAIMS if c.figure == "figS14"}
    assert outcome.estimates["figS14.bending"].n == 30


def test_a_law_of_the_wrong_size_would_show():
    """The result is no foregone conclusion: a volume sixty times as large moves the threshold by a third or more."""
    key = "bending.activation_volume"
    absurd = AG2S.replace({key: Quantity(60 * AG2S.value(key), "m^3", "test", "", "assumed")})
    data = figS14.compute(Settings(seed=2, parameters=absurd)).recordings["bending"]
    volts = np.abs(data.set_voltage).mean(("device", "cycle"))
    assert abs(float(volts[-1] / volts[0]) - 1) > 0.3 or not np.isfinite(float(volts[-1]))


def test_devices_break_in_the_curve_and_not_at_the_papers_radius(outcome):
    cracks, data = outcome.recordings["cracks"], outcome.recordings["bending"]
    assert not data.broken.any()
    assert float(cracks.device[0]) == 0.0
    assert float(cracks.device[-1]) > 0.99
    assert bool((cracks.device >= cracks.film).all())
    assert not any("not modelled" in note for note in outcome.notes)


def test_brittle_electrodes_would_make_it_a_miss():
    """As with an adhesion layer that cracks at half a per cent: most devices are broken."""
    key = "bending.metal_crack_strain"
    brittle = AG2S.replace({key: Quantity(0.005, "1", "test", "", "assumed")})
    outcome = figS14.compute(Settings(seed=2, parameters=brittle))
    assert outcome.estimates["figS14.bending"].value < 0.5


def test_it_draws(outcome):
    picture = io.BytesIO()
    figS14.draw(outcome).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000
