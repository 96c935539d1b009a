"""A random law fitted to the distributions of its loops, and what it does with data it cannot be
fitted to.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from acanthite import fitting
from acanthite.errors import FitError
from acanthite.fitting.moments.moments import NAMES
from acanthite.measurement import Sweep, run

FREE = ("migration_barrier", "contact_radius", "hrs_conductance")
LOOP = Sweep(-0.4, 0.4, rate=5.0, step=0.01, cycles=2)


@pytest.fixture(scope="module")
def truth():
    own = fitting.filament().parameters
    factors = dict(zip(FREE, (0.94, 1.36, 4.0), strict=True))
    return {name: factor * own[name] for name, factor in factors.items()}


@pytest.fixture(scope="module")
def loops(truth):
    return run(
        fitting.filament().sample(24, seed=3, spread={"contact_radius": 0.35}, **truth), LOOP
    )


@pytest.fixture(scope="module")
def found(loops):
    return fitting.fit_moments(
        loops,
        fitting.filament(),
        free=FREE,
        spread=("contact_radius",),
        replicates=2,
        points=0,
        holdout=0.2,
    )


@pytest.mark.long
def test_parameters_come_back_within_their_errors(found, truth):
    for name, value in truth.items():
        p = found.parameters[name]
        assert abs(np.log(p.value / value)) < 4 * max(p.error / p.value, 1e-3), name
        assert p.error < 0.3 * p.value
    spread, low, high = found.parameters["contact_radius"].device_spread
    assert abs(np.log(spread / 0.35)) < np.log(high / low)  # twice the half width of 95 %
    assert found.rms < 2.5


def test_held_out_devices_are_predicted(found, loops):
    assert found.n_devices == 19
    assert 0 < found.held_out < 3


def test_the_moments_of_the_fitted_law_are_those_measured(found):
    table = found.moments.sel(moment="set_voltage middle")
    assert table["fitted"].item() == pytest.approx(table["measured"].item(), abs=0.1)
    assert list(found.moments["moment"].values) == list(NAMES)


def test_a_device_file_keeps_law_and_spread(found, tmp_path):
    fitting.save(found, tmp_path / "my.toml")
    read = fitting.load_device(tmp_path / "my.toml")
    assert read.law.parameters == pytest.approx(found.law.parameters)
    assert read.spread["contact_radius"] == pytest.approx(found.spread["contact_radius"])
    assert read.reach == pytest.approx((-0.4, 0.4))
    assert np.isfinite(run(read.sample(2, seed=1), replace(LOOP, cycles=1))["current"]).all()


def test_four_panels_are_drawn(found, tmp_path):
    figure = fitting.draw_moments(found)
    assert len(figure.axes) == 4
    assert figure.axes[0].lines[0].get_xdata().size > 20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"free": ("migration_barier",)}, "did you mean 'migration_barrier'"),
        ({"free": ("contact_radius",), "spread": ("series_resistance",)}, "which is not fitted"),
        ({"holdout": 1.0}, "expected a share"),
        ({"holdout": 0.9}, "expected five or more"),
    ],
)
def test_bad_input_is_told(loops, change, message):
    with pytest.raises(FitError, match=message):
        fitting.fit_moments(loops, fitting.filament(), points=0, **change)


def test_more_unknowns_than_moments_are_refused(loops):
    names = (
        *FREE,
        "nucleation_field",
        "radial_field",
        "cycle_rupture",
        "series_resistance",
        "growth_velocity",
    )
    with pytest.raises(FitError, match="10 unknowns"):
        fitting.fit_moments(loops, fitting.filament(), free=names, points=0)


def test_wrong_polarity_is_told(loops):
    few = loops.isel(device=slice(6))
    flipped = few.assign(voltage=-few.voltage, current=-few.current, applied=-few.applied)
    with pytest.raises(FitError, match="--flip"):
        fitting.fit_moments(flipped, fitting.filament(), free=FREE, replicates=1, points=0)


def test_what_no_loop_shows_is_refused():
    law = fitting.filament()
    loops = run(law.sample(5, seed=1), Sweep(-0.4, 0.2, rate=5.0, step=0.02))
    with pytest.raises(FitError, match="hrs_conductance: no loop shows the state"):
        fitting.fit_moments(loops, law, free=["migration_barrier", "hrs_conductance"], spread=())
