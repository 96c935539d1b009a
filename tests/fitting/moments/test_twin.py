"""A simulated population that goes through the measured sweeps."""

from __future__ import annotations

import numpy as np

from acanthite import fitting
from acanthite.fitting.loops.free_parameters import free_parameters
from acanthite.fitting.moments.twin import Twin, programs
from acanthite.measurement import Sweep, run

LOOP = Sweep(-0.4, 0.4, rate=5.0, step=0.02)


def _loops(n):
    return run(fitting.filament().sample(n, seed=1), LOOP)


def test_files_of_one_sweep_are_simulated_together():
    loops = _loops(5)
    apart = [loops.isel(device=[0]), loops.isel(device=slice(1, 5))]
    (one,) = programs(apart, None)
    assert one[1] == 5
    other = run(fitting.filament().sample(2, seed=1), Sweep(-0.5, 0.4, rate=5.0, step=0.02))
    assert [n for _, n in programs([*apart, other], None)] == [5, 2]


def test_sweeps_with_a_compliance_are_told_apart_by_it():
    law = fitting.filament()
    loops = [
        run(law.sample(2, seed=1), Sweep(-0.4, 0.4, rate=5.0, step=0.02, compliance=limit))
        for limit in (1e-4, 1e-4, 1e-5)
    ]
    assert [n for _, n in programs(loops, None)] == [4, 2]


def test_the_same_random_numbers_under_all_parameters():
    loops = _loops(4)
    law = fitting.filament()
    unknowns = free_parameters(law, fitting.curves(loops), ["migration_barrier", "hrs_conductance"])
    twin = Twin(law, unknowns, programs([loops], None), 2, 7, -1)
    own = np.array([float(f.seen(law.parameters[f.name])) for f in unknowns])
    first, again = twin.loops(own), twin.loops(own)
    assert first.shape == (4, 2, 4, 1)
    np.testing.assert_array_equal(first, again)
    higher = twin.loops(own + np.array([0.05, 0.0]))
    assert (higher[0] > first[0]).mean() > 0.8  # device by device, a higher barrier sets later
    np.testing.assert_array_equal(np.isfinite(higher[0]), np.isfinite(first[0]))


def test_devices_that_set_at_the_other_sign_show_nothing():
    loops = _loops(3)
    law = fitting.filament()
    unknowns = free_parameters(law, fitting.curves(loops), ["hrs_conductance"])
    twin = Twin(law, unknowns, programs([loops], None), 1, 7, 1)
    assert np.isnan(twin.loops(np.array([np.log(1e-9)]))).all()
