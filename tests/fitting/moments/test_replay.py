"""The sweep of a recording, replayed."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.errors import FitError
from acanthite.fitting.moments.replay import Replay
from acanthite.measurement import run
from tests.fitting.conftest import LOOP


def test_a_replay_takes_the_same_devices_the_same_way(loops, population):
    again = run(population, Replay.of(loops), instrument=_exact(), tolerance=1e-5)
    first = run(population, LOOP, instrument=_exact(), tolerance=1e-5)
    np.testing.assert_allclose(again.current[:, 0], first.current[:, 0], rtol=1e-3, atol=1e-12)
    np.testing.assert_allclose(again.time[0], first.time[0], rtol=1e-6)
    assert again.sizes["cycle"] == 2


def _exact():
    from acanthite.measurement import Instrument

    return Instrument("exact", 0.1, 0.0, 0.0)


def test_sweeps_of_different_lengths_are_refused(loops):
    measured = loops.drop_vars("applied")
    wide = measured.assign(voltage=measured.voltage.copy())
    wide.voltage[0] *= 2
    with pytest.raises(FitError, match="expected one sweep for all"):
        Replay.of(wide)


def test_no_times_and_no_rate_is_told(loops):
    with pytest.raises(FitError, match="speed as rate"):
        Replay.of(loops.assign(time=loops.time * np.nan))
    assert Replay.of(loops.assign(time=loops.time * np.nan), rate=1.0).duration[3] == pytest.approx(
        0.02
    )
