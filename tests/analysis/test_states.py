"""Retention and endurance of states drawn by hand."""

import numpy as np
import pytest

from acanthite.analysis import conductance, endurance, retained
from acanthite.errors import AnalysisError
from acanthite.measurement import build_recording, read


def reads(g, dims):
    g = np.asarray(g, float)
    v = np.full(g.shape, 5e-3)
    return build_recording(
        {
            "voltage": (dims, v),
            "current": (dims, v * g),
            "time": (dims[-1:], np.arange(g.shape[-1], dtype=float)),
        },
        {},
        {},
    )


def test_failures_are_counted_on_each_side():
    g = np.tile([1e-3, 1e-9], (1, 10, 1))
    g[0, 3, 0], g[0, 5, 1], g[0, 6, 1] = 1e-9, 1e-3, 1e-3
    found = endurance(reads(g, ("device", "cycle", "pulse")))
    assert found.set_failures.tolist() == [1]
    assert found.reset_failures.tolist() == [2]
    assert found.good_share.tolist() == [0.7]


def test_endurance_wants_two_states():
    with pytest.raises(AnalysisError, match="3 pulses a cycle"):
        endurance(reads(np.ones((1, 2, 3)), ("device", "cycle", "pulse")))


def test_retained_share():
    g = np.array([[[1e-3, 9e-4]]])
    assert retained(reads(g, ("device", "cycle", "sample"))).item() == pytest.approx(0.9)


def test_a_table_of_states_against_cycles(tmp_path):
    rows = [
        "cycle,LRS (ohm),HRS (ohm)",
        *(f"{n},1000,{1e6 if n != 3 else 1000}" for n in range(1, 9)),
    ]
    (tmp_path / "endurance.csv").write_text("\n".join(rows))
    (table,) = read(tmp_path / "endurance.csv")
    result = endurance(table)
    np.testing.assert_allclose(result.lrs, 1e-3)
    assert result.reset_failures.tolist() == [1]
    assert result.set_failures.tolist() == [0]


def test_a_table_of_states_against_time(tmp_path):
    rows = ["time (s),LRS (ohm),HRS (ohm)", *(f"{10**n},{1000 + 100 * n},1e6" for n in range(6))]
    (tmp_path / "retention.csv").write_text("\n".join(rows))
    (table,) = read(tmp_path / "retention.csv")
    assert conductance(table).attrs["units"] == "S"
    np.testing.assert_allclose(np.sort(retained(table).values.ravel()), [2 / 3, 1.0])


def test_what_holds_no_conductance_is_refused():
    recording = reads(np.ones((1, 2, 2)), ("device", "cycle", "pulse"))
    with pytest.raises(AnalysisError, match="expected conductance, or current and voltage"):
        endurance(recording.drop_vars("voltage"))
    with pytest.raises(AnalysisError, match=r"expected \(\.\.\., sample\)"):
        retained(recording)
    with pytest.raises(AnalysisError, match=r"expected \(device, cycle, pulse\)"):
        endurance(recording.rename(pulse="sample"))
