from acanthite.constants import pJ
from acanthite.cost import BENCHMARK, BIOLOGY, lowest_known
from acanthite.parameters import references


def test_every_entry_has_its_source():
    assert {e.source for e in BENCHMARK} <= set(references())


def test_an_energy_that_is_not_known_stays_blank():
    for entry in BENCHMARK:
        assert (entry.energy is None) == (entry.checked == "not stated")


def test_single_devices_are_not_compared():
    best = lowest_known()
    assert best.array
    assert best.energy == 0.82 * pJ
    assert min(e.energy for e in BENCHMARK if e.energy) < best.energy


def test_the_biological_band():
    assert BIOLOGY[1] / BIOLOGY[0] == 100
