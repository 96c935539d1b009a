import numpy as np
import pytest

from acanthite.constants import nm
from acanthite.crossbar import WriteVerify
from acanthite.errors import CrossbarError, LawError
from acanthite.synapse import SoftBounds
from acanthite.wafer import ArrayStudy, CellDevice, Technology, film_device

THICK = Technology(film_thickness=200 * nm)
FILM = film_device(200 * nm)


def study(shape=(4, 5), cell=None, **options):
    return ArrayStudy(shape, cell or CellDevice(FILM), THICK, **options)


def test_levels_lie_within_what_clusters_conduct():
    low, high = study().cell.ends
    clusters = float(FILM.values["cluster_conductance"])
    assert (low, high) == pytest.approx((0.05 * clusters, 0.8 * clusters))


def test_a_map_holds_levels_and_is_the_same_for_the_same_seed():
    one = study(levels=4)
    levels = (one.random_map() - one.cell.ends[0]) / one.step
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-9)
    assert levels.min() >= 0
    assert levels.max() <= 3
    assert (one.random_map() == study(levels=4).random_map()).all()
    assert (one.random_map() != study(levels=4, seed=1).random_map()).any()
    assert one.crossbar().shape == (4, 5)


def test_a_notebook_writes_a_map():
    one = study((3, 3), levels=4, film_defaults=True)
    written = one.program()
    assert written.within(one.step / 2) == 1.0
    assert one.write_verify() == WriteVerify("V/3", one.step / 4)


def test_smaller_parts_of_a_write_pulse_disturb_later():
    endured = study(levels=4).half_select().endured
    for parts in endured.values():
        assert parts["written"] <= parts["V/2"] <= parts["V/3"]


def test_given_conductances_take_the_place_of_those_of_the_device():
    cell = CellDevice(FILM, lowest=1e-7, highest=1e-6)
    assert cell.states == cell.ends == (1e-7, 1e-6)
    assert cell.states_from == "given"
    assert study(cell=cell).settling(time=1e-8, limit=4).conductance == 1e-6
    with pytest.raises(CrossbarError, match="expected 0 < low < high"):
        CellDevice(FILM, lowest=1e-6, highest=1e-7).ends  # noqa: B018


def test_what_makes_no_sense_is_refused():
    with pytest.raises(CrossbarError, match="2 levels or more"):
        study(levels=1)
    with pytest.raises(CrossbarError, match="a positive voltage"):
        study(cell=CellDevice(FILM, write_voltage=-1.0))
    with pytest.raises(CrossbarError, match="would write the whole row"):
        study(bias="ground").write_verify()


def test_a_pulse_law_knows_no_voltages():
    pulsed = SoftBounds(conductance_min=1e-6, conductance_max=2e-6, up=0.1, down=0.1)
    cell = CellDevice(pulsed)
    assert cell.ends == (1e-6, 2e-6)
    with pytest.raises(LawError, match="knows no voltages"):
        study(cell=cell).half_select()
