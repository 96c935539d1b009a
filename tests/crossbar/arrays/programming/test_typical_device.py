import numpy as np
import pytest

from acanthite.constants import nm, uS
from acanthite.crossbar import (
    DrivenArray,
    DynamicCells,
    Wires,
    WriteVerify,
    suited,
    window,
    write_map,
)
from acanthite.device import FILAMENT, LINEAR_DRIFT, VTEAM, Devices, Filament, without_noise
from acanthite.errors import CrossbarError
from acanthite.film import Recipe, grow
from tests.fitting.conftest import TRUTH


@pytest.fixture(scope="module")
def film():
    values = Filament.from_film(grow(Recipe(thickness=200 * nm))).values
    return without_noise(Devices(FILAMENT, np.array([list(values.values())]), 0))


@pytest.mark.long
def test_the_window_is_what_the_law_says_whichever_polarity_sets():
    found = window(VTEAM.sample(1, seed=0, **TRUTH), 0.8)
    assert found.hrs == pytest.approx(1 / TRUTH["r_off"])
    assert found.lrs == pytest.approx(1 / TRUTH["r_on"])
    assert found.set_polarity == -1
    assert window(LINEAR_DRIFT.sample(1, seed=0), 2.0).set_polarity == +1


def test_a_device_that_does_not_switch_is_said():
    with pytest.raises(CrossbarError, match=r"does not switch at 0\.2 V within 0\.1 s"):
        window(VTEAM.sample(1, seed=0, **TRUTH), 0.2)
    with pytest.raises(CrossbarError, match=r"no pulse of 0\.8 V .* half the way"):
        suited(VTEAM.sample(1, seed=0, **TRUTH), 0.8, 5e-5, 2e-3, 1e-5)  # beyond its LRS


def test_what_suits_the_film_is_near_the_defaults_that_were_chosen_by_trying(film):
    found, usual = suited(film, 0.3, 0.1 * uS, 1.6 * uS, 25e-9), WriteVerify()
    assert found.set_start == pytest.approx(usual.set_start, rel=0.1)
    assert found.reset_start == pytest.approx(usual.reset_start, rel=0.15)
    assert found.efold == pytest.approx(usual.efold, rel=0.25)
    assert found.largest == pytest.approx(usual.largest, rel=0.1)
    assert usual.width <= found.width <= 2 * usual.width
    assert found.set_polarity == usual.set_polarity


@pytest.mark.parametrize(
    ("law", "values", "voltage", "levels", "shape"),
    [
        (VTEAM, TRUTH, 0.8, (3e-5, 4e-4), (4, 4)),
        (LINEAR_DRIFT, {}, 2.0, (6.4e-5, 7.0e-5), (1, 1)),  # sets at positive voltage; V/3 moves it
    ],
)
def test_levels_are_written_into_devices_of_any_law(law, values, voltage, levels, shape):
    step, n = (levels[1] - levels[0]) / 7, shape[0] * shape[1]
    target = levels[0] + step * np.random.default_rng(0).integers(0, 8, shape)
    how = suited(law.sample(1, seed=0, **values), voltage, *levels, step / 4)
    array = DrivenArray(DynamicCells(law.sample(n, seed=1, **values), shape), Wires(1.0, 1.0))
    found = write_map(array, target, how, seed=2)
    assert found.within(step / 2) > 0.9
