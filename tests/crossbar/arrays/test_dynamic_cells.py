import numpy as np
import pytest
from laws import one_state

from acanthite import measurement, threads
from acanthite.constants import nm, us
from acanthite.crossbar import DynamicCells
from acanthite.device import LINEAR_DRIFT, Filament
from acanthite.errors import CrossbarError, LawError
from acanthite.film import Recipe, grow
from acanthite.measurement.schedule import Schedule

PULSES = ((-0.3, 1 * us), (0.0, 50 * us), (-0.4, 2000 * us), (0.005, 50 * us), (0.3, 20 * us))


class Steps:
    """The same pulses for the instrument."""

    def schedule(self, current_limit):
        rows = np.array([(t, v, v, np.inf) for v, t in PULSES])
        return Schedule(rows, np.ones(len(rows), bool), 1, ("sample",), (len(rows),), {})


@pytest.fixture(scope="module")
def devices():
    return Filament.from_film(grow(Recipe(thickness=50 * nm))).sample(6, seed=4)


def test_cells_do_what_the_instrument_measures(devices):
    quiet = measurement.Instrument(noise_floor=0.0, relative_noise=0.0)
    measured = measurement.run(devices, Steps(), instrument=quiet).current.values[:, 0]
    cells = DynamicCells(devices, (2, 3))
    for k, (v, t) in enumerate(PULSES):
        cells.hold(v, v, t)
        np.testing.assert_allclose(
            cells.current(np.full((2, 3), v))[0].ravel(), measured[:, k], rtol=3e-3
        )
    assert cells.state("phase").shape == (2, 3)
    assert np.ptp(measured[:, 2]) > 1e-6  # some have switched by then, so this was worth comparing


def test_the_charge_is_the_integral_of_the_current():
    relaxing = one_state("relaxing", initial=0.0, push=1e6, g_x=1e-3)
    cells = DynamicCells(relaxing.sample(4, seed=0), (2, 2), tolerance=1e-5)
    volts, time = np.array([[0.1, 0.2], [0.3, 0.4]]), 5 * us
    charge = cells.hold(volts, volts, time)
    k = 1e6 * volts
    np.testing.assert_allclose(cells.state("x"), 1 - np.exp(-k * time), rtol=1e-4)
    np.testing.assert_allclose(
        charge, 1e-3 * volts * (time - (1 - np.exp(-k * time)) / k), rtol=1e-4
    )


def test_the_slope_is_the_derivative(devices):
    cells = DynamicCells(devices, (2, 3))
    cells.hold(-0.4, -0.4, 2000 * us)
    v = np.linspace(-0.3, 0.3, 6).reshape(2, 3)
    numeric = (cells.current(v + 1e-4)[0] - cells.current(v - 1e-4)[0]) / 2e-4
    np.testing.assert_allclose(cells.current(v)[1], numeric, rtol=1e-4)


def test_a_snapshot_takes_everything_back(devices):
    cells = DynamicCells(devices, (2, 3))
    cells.hold(-0.3, -0.3, 1 * us)
    before = cells.snapshot()
    first = [cells.hold(-0.4, -0.4, 2000 * us), cells.conductance()]
    cells.restore(before)
    second = [cells.hold(-0.4, -0.4, 2000 * us), cells.conductance()]
    np.testing.assert_array_equal(first, second)


def test_threads_do_not_show(monkeypatch):
    monkeypatch.setattr("acanthite.crossbar.arrays.dynamic_cells._LEAST_BLOCK", 256)
    devices = LINEAR_DRIFT.sample(1024, seed=2, spread={"mobility": 0.2})
    volts = np.linspace(-1, 1, 1024).reshape(32, 32)
    found = []
    for n in (1, 4):
        threads.use(n)
        try:
            cells = DynamicCells(devices, (32, 32))
            found.append([cells.hold(volts, volts, 1e-3), cells.conductance(0.1)])
        finally:
            threads.use(None)
    np.testing.assert_array_equal(*found)


def test_what_does_not_fit_is_refused(devices):
    with pytest.raises(CrossbarError, match=r"devices: 6 for an array of shape \(2, 2\)"):
        DynamicCells(devices, (2, 2))
    with pytest.raises(CrossbarError, match="state 'gaps' is none of law 'filament'"):
        DynamicCells(devices, (2, 3)).state("gaps")


@pytest.mark.long
def test_a_law_that_gives_no_numbers_names_the_cell():
    endless = {"swing": 1.0, "dead": 0.4, "v_swing": 1e-4}  # no number holds the sinh of a thousand
    broken = one_state("broken", lower=None, upper=None, g=1.0, **endless)
    cells = DynamicCells(broken.sample(2, seed=0), (1, 2))
    with pytest.raises(
        LawError, match=r"cell \(0, 1\): the integrator got stuck.*rates are finite"
    ):
        cells.hold([[0.1, 0.5]], [[0.1, 0.5]], 1.0)


def test_time_passes_where_it_is_told_to(devices):
    some = np.array([[True, False, True], [False, False, True]])
    cells, all_of_them = DynamicCells(devices, (2, 3)), DynamicCells(devices, (2, 3))
    fresh = cells.snapshot()
    charge = cells.hold(-0.4, -0.4, 2000 * us, some)
    np.testing.assert_array_equal(charge, some * all_of_them.hold(-0.4, -0.4, 2000 * us))
    np.testing.assert_array_equal(cells.conductance()[some], all_of_them.conductance()[some])
    all_of_them.restore(fresh, ~some)
    np.testing.assert_array_equal(cells.snapshot().states, all_of_them.snapshot().states)
    np.testing.assert_array_equal(cells.snapshot().counts, all_of_them.snapshot().counts)
