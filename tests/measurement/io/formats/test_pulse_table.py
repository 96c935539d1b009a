from __future__ import annotations

import numpy as np
import pytest

from acanthite.errors import RecordingError
from acanthite.measurement import read

UP, DOWN = np.linspace(1, 2, 20), np.linspace(2, 1, 20)


def table(*columns, names="", sep=","):
    rows = [sep.join(f"{float(x)!r}" for x in row) for row in zip(*columns, strict=True)]
    return "\n".join(([names] if names else []) + rows) + "\n"


def test_a_rise_beside_a_fall_is_known_without_names(put):
    (response,) = read(put("a.csv", table(UP - 1.5, DOWN - 1.5)))
    np.testing.assert_array_equal(response["conductance"].values.ravel(), np.r_[UP, DOWN] - 1.5)
    assert response["conductance"].attrs["units"] == "1"
    assert response["direction"].values.tolist() == [1.0] * 20 + [-1.0] * 20
    assert response["pulse_voltage"].values.tolist() == [-1.0] * 20 + [1.0] * 20
    assert response["pulse_voltage"].attrs["units"] == "1"


def test_its_unit_is_asked_for_where_it_could_have_one(put):
    path = put("a.csv", table(UP, DOWN))
    with pytest.raises(RecordingError, match="nothing says the unit of column 'up'"):
        read(path)
    (response,) = read(path, units={"conductance": "uS"}, pulse_voltage=(-0.7, 0.9))
    assert response["conductance"].values.max() == pytest.approx(2e-6)
    assert response["pulse_voltage"].values[[0, -1]].tolist() == [-0.7, 0.9]
    assert response["pulse_voltage"].attrs["units"] == "V"


def test_an_iv_curve_is_not_one(put):
    v = np.linspace(-1, 1, 20)
    with pytest.raises(RecordingError, match="2 columns without names"):
        read(put("a.csv", table(v, 1e-6 * v)))


def test_a_column_a_device(put):
    both = np.r_[UP, DOWN]
    text = table(np.arange(40), both, 2 * both, names="pulse number,left (uS),right (uS)")
    (response,) = read(put("a.csv", text))
    assert dict(response.sizes) == {"device": 2, "cycle": 1, "pulse": 40}
    assert response["device"].values.tolist() == ["left", "right"]
    np.testing.assert_allclose(response["conductance"].values[1, 0], 2e-6 * both)
    assert response["direction"].values.tolist() == [1.0] * 20 + [-1.0] * 20


def test_a_long_table_of_resistances(put):
    rows = [(d, c, p, 1e3 * (1 + p)) for d in (1, 2) for c in (1, 2, 3) for p in range(4)]
    text = table(*zip(*rows, strict=True), names="device,cycle,pulse,R (Ohm)")
    (response,) = read(put("a.csv", text))
    assert dict(response.sizes) == {"device": 2, "cycle": 3, "pulse": 4}
    np.testing.assert_allclose(response["conductance"].values[1, 2], 1e-3 / np.arange(1, 5))


def test_cycles_are_where_the_pulse_number_falls(put):
    both = np.r_[UP, DOWN]
    (response,) = read(
        put("a.csv", table(np.tile(np.arange(40), 3), np.tile(both, 3), names="pulse,G (S)"))
    )
    assert dict(response.sizes) == {"device": 1, "cycle": 3, "pulse": 40}


def test_cycles_of_as_many_pulses_as_the_user_says(put):
    both = np.tile(np.r_[UP, DOWN], 3)
    path = put("a.csv", table(both, names="conductance (mS)"))
    (response,) = read(path, n_up=20, n_down=20)
    assert dict(response.sizes) == {"device": 1, "cycle": 3, "pulse": 40}
    with pytest.raises(
        RecordingError, match=r"n_up \+ n_down = 50 pulses a cycle; the table has 120"
    ):
        read(path, n_up=20, n_down=30)


def test_the_sign_of_the_pulses_is_kept(put):
    volts = np.r_[np.full(20, -0.3), np.full(20, 0.3)]
    (response,) = read(put("a.csv", table(volts, np.r_[UP, DOWN], names="pulse voltage (V),G (S)")))
    assert response["direction"].values.tolist() == [1.0] * 20 + [-1.0] * 20


def test_cycles_of_unlike_lengths_are_told(put):
    with pytest.raises(RecordingError, match="3 to 4 pulses a cycle"):
        read(put("a.csv", table([0, 1, 2, 3, 0, 1, 2], np.ones(7), names="pulse,G (S)")))


def test_a_resistance_of_nothing_is_told(put):
    with pytest.raises(RecordingError, match="a resistance is 0; expected more than zero"):
        read(put("a.csv", table([1, 2], [5, 0], names="pulse,R (Ohm)")))


def test_amplitudes_and_widths_are_kept(put):
    volts = np.r_[np.linspace(-0.5, -0.7, 20), np.linspace(0.5, 0.7, 20)]
    widths = np.linspace(1, 2, 40)
    text = table(volts, widths, np.r_[UP, DOWN], names="Amplitude (mV),Pulse width (us),G (S)")
    (response,) = read(put("a.csv", text))
    np.testing.assert_allclose(response["pulse_voltage"].values, 1e-3 * volts)
    assert response["pulse_voltage"].attrs["units"] == "V"
    np.testing.assert_allclose(response["Pulse_width_(us)"].values.ravel(), 1e-6 * widths)
    assert response["direction"].values.tolist() == [1.0] * 20 + [-1.0] * 20


def test_cycles_whose_pulses_go_other_ways_are_not_mixed(put):
    rows = [(1, -1, 5), (1, 1, 6), (2, 1, 7), (2, -1, 8)]
    with pytest.raises(
        RecordingError, match="pulses of some cycles go up where those of others go down"
    ):
        read(put("a.csv", table(*zip(*rows, strict=True), names="cycle,Amplitude (V),G (S)")))
