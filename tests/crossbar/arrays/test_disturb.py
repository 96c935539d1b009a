import numpy as np
import pytest
from laws import one_state

from acanthite.constants import nm, us
from acanthite.crossbar import disturb
from acanthite.device import Filament
from acanthite.errors import CrossbarError
from acanthite.film import Recipe, grow


def test_it_is_the_law_over_the_time_of_all_pulses():
    simple = one_state("simple", initial=0.0, push=-1e4, g_x=1e-5)
    found = disturb(simple.sample(3, seed=0), -0.15, (1, 10, 1000), width=1 * us)
    expected = 1e-5 * -np.expm1(-1e4 * 0.15 * 1e-6 * np.array([0, 1, 10, 1000]))
    np.testing.assert_allclose(
        found.conductance, np.repeat(expected[:, None], 3, 1), rtol=2e-3, atol=1e-12
    )
    np.testing.assert_array_equal(found.disturbed(1e-6), [0, 0, 1])
    assert found.endured(1e-6) == 10
    assert found.endured(1e-9) == 0
    assert found.endured(1.0) == 1000


def test_a_third_is_endured_longer_than_a_half_and_that_longer_than_all():
    devices = Filament.from_film(grow(Recipe(thickness=200 * nm))).sample(40, seed=2)
    counts = [10**k for k in range(7)]
    endured = [disturb(devices, -0.3 * part, counts).endured(0.1e-6) for part in (1, 1 / 2, 1 / 3)]
    assert endured[0] < endured[1] < endured[2]


def test_a_state_can_be_prepared():
    devices = Filament.from_film(grow(Recipe(thickness=200 * nm))).sample(5, seed=2)
    found = disturb(devices, 0.1, (1,), prepare=((-0.3, 10 * us),))
    assert (found.conductance[0] > 1e-6).all()
    np.testing.assert_allclose(found.conductance[1], found.conductance[0], rtol=1e-3)


def test_a_device_that_has_moved_is_left_alone():
    devices = Filament.from_film(grow(Recipe(thickness=200 * nm))).sample(3, seed=2)
    counts = [
        10**k for k in range(9)
    ]  # a minute of exchanging atoms, event by event, could not be integrated
    far = disturb(devices, -0.6, counts, until=1e-5)
    near = disturb(devices, -0.6, counts[:3])
    taken_out = np.argmax(np.abs(far.conductance - far.conductance[0]) > 1e-5, axis=0)
    assert (taken_out > 0).all()
    for device, k in enumerate(taken_out):
        assert (far.conductance[k:, device] == far.conductance[k, device]).all()
        np.testing.assert_array_equal(far.pulsed[:, device], np.arange(9) < k)
    np.testing.assert_array_equal(far.endured(1e-7), near.endured(1e-7))


def test_counts_must_grow():
    devices = Filament.from_film(grow(Recipe())).sample(1, seed=2)
    with pytest.raises(CrossbarError, match="expected growing whole numbers"):
        disturb(devices, -0.1, (10, 10))
    with pytest.raises(CrossbarError, match="width = 0"):
        disturb(devices, -0.1, (10,), width=0.0)
