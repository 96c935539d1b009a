"""Endurance and retention tables: the numbers of the file, of the states and cycles that it names."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.cli import main
from acanthite.errors import RecordingError
from acanthite.measurement import read
from acanthite.report.measured import Options, analyse

CYCLES = [1, 2, 3, 4, 5]
LRS = [1000.0, 1100.0, 1050.0, 980.0, 1020.0]
HRS = [1e6, 2e6, 1.5e6, 1.2e6, 0.9e6]
TIMES = [1.0, 10.0, 100.0, 1000.0, 10000.0]


def table(names, *columns):
    return (
        "\n".join([names, *(",".join(f"{x!r}" for x in row) for row in zip(*columns, strict=True))])
        + "\n"
    )


@pytest.mark.parametrize(
    ("names", "factors", "unit"),
    [
        ("Cycle, R_LRS, R_HRS", (1, 1), "1"),
        ("Cycle,R_LRS (Ohm),R_HRS (Ohm)", (1, 1), "S"),
        ("cycle number,LRS (kOhm),HRS (MOhm)", (1e3, 1e6), "S"),
        ("n_cycle,Ron/Ohm,Roff/kOhm", (1, 1e3), "S"),
        ("Cycles,LRS resistance [Ω],HRS resistance [Ω]", (1, 1), "S"),
        ("cycle,R_on_Ohm,R_off_Ohm", (1, 1), "S"),
        ("#Cycle,R LRS (Ohm),R HRS (Ohm)", (1, 1), "S"),
        ("Pulse,R_low (Ohm),R_high (Ohm)", (1, 1), "S"),
    ],
)
def test_endurance(put, names, factors, unit):
    lrs, hrs = (np.array(r) / f for r, f in zip((LRS, HRS), factors, strict=True))
    (found,) = read(put("a.csv", table(names, CYCLES, lrs.tolist(), hrs.tolist())))
    assert dict(found.sizes) == {"device": 1, "cycle": 5, "pulse": 2}
    assert found["conductance"].attrs["units"] == unit
    assert found["state"].values.tolist() == ["LRS", "HRS"]
    assert found["cycle"].values.tolist() == CYCLES
    np.testing.assert_allclose(
        1 / found["conductance"].values[0], np.transpose([LRS, HRS]), rtol=1e-12
    )
    assert "pulse_voltage" not in found.coords  # nobody said which pulses


def test_conductances_and_hints(put):
    (found,) = read(put("a.csv", table("Cycle,G_LRS (uS),G_HRS (uS)", CYCLES, HRS, LRS)))
    np.testing.assert_allclose(
        found["conductance"].values[0, :, 0], np.array(HRS) * 1e-6, rtol=1e-12
    )
    (found,) = read(put("b.csv", table("Cycle,R_LRS,R_HRS", CYCLES, LRS, HRS)), units="SI")
    assert found["conductance"].attrs["units"] == "S"
    (found,) = read(
        put("c.csv", table("n,a,b", CYCLES, LRS, HRS)),
        columns={"lrs": "a", "hrs": "b", "cycle": "n"},
        units={"a": "Ohm", "b": "Ohm"},
    )
    np.testing.assert_allclose(1 / found["conductance"].values[0, :, 1], HRS, rtol=1e-12)


def test_several_devices(put):
    names = "Cycle,R_LRS D1 (Ohm),R_HRS D1 (Ohm),R_LRS D2 (Ohm),R_HRS D2 (Ohm)"
    (found,) = read(put("a.csv", table(names, CYCLES, LRS, HRS, HRS, LRS)))
    assert found["device"].values.tolist() == ["D1", "D2"]
    np.testing.assert_allclose(1 / found["conductance"].values[1, :, 0], HRS, rtol=1e-12)
    rows = "".join(
        f"{d},{c},{r},{h}\n" for d in ("x", "y") for c, r, h in zip(CYCLES, LRS, HRS, strict=True)
    )
    (found,) = read(put("b.csv", f"device,Cycle,R_LRS (Ohm),R_HRS (Ohm)\n{rows}"))
    assert found["device"].values.tolist() == ["x", "y"]
    assert dict(found.sizes) == {"device": 2, "cycle": 5, "pulse": 2}


@pytest.mark.parametrize(
    ("names", "unit", "time_unit", "seconds"),
    [
        ("Time, R_LRS, R_HRS", "1", "1", 1),
        ("Time (s),R_LRS (Ohm),R_HRS (Ohm)", "S", "s", 1),
        ("t (ms),LRS (Ohm),HRS (Ohm)", "S", "s", 1e-3),
        ("Time (h),R_LRS,R_HRS", "1", "s", 3600),
    ],
)
def test_retention(put, names, unit, time_unit, seconds):
    (found,) = read(put("a.csv", table(names, TIMES, LRS, HRS)))
    assert found.attrs["kind"] == "retention"
    assert dict(found.sizes) == {"device": 1, "state": 2, "sample": 5}
    assert (found["conductance"].attrs["units"], found["time"].attrs["units"]) == (unit, time_unit)
    np.testing.assert_allclose(1 / found["conductance"].values[0], [LRS, HRS], rtol=1e-12)
    np.testing.assert_allclose(found["time"].values[0, 1], np.array(TIMES) * seconds, rtol=1e-12)


@pytest.mark.parametrize(
    "names", ["Time,Resistance", "Time (s),Resistance (Ohm)", "time (s),R (Ohm)"]
)
def test_a_resistance_against_time_is_no_pulse_response(put, names):
    (found,) = read(put("a.csv", table(names, TIMES, LRS)))
    assert found.attrs["kind"] == "retention"
    assert "pulse" not in found.dims
    assert "direction" not in found.coords
    np.testing.assert_allclose(1 / found["conductance"].values.ravel(), LRS, rtol=1e-12)


def test_pulses_are_pulses_where_the_file_or_the_user_says_so(put):
    (found,) = read(put("a.csv", table("pulse,Time (s),R (Ohm)", CYCLES, TIMES, LRS)))
    assert "pulse" in found.dims
    (found,) = read(put("b.csv", table("Time (s),R (Ohm)", TIMES, LRS)), n_up=3, n_down=2)
    assert found["direction"].values.tolist() == [1, 1, 1, -1, -1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table("Cycle,R_LRS (Ohm),R_HRS (Ohm)", [1, 2, 2], LRS[:3], HRS[:3]), "Cycle is 2 after 2; expected rising numbers"),
        (table("Time (s),R (Ohm)", [1, 2, 1], LRS[:3]), r"Time \(s\) is 1 after 2; expected rising numbers"),
        (table("Cycle,R_LRS (Ohm),R_HRS (Ohm)", [1, 2], [0, 1], [1, 2]), r"R_LRS \(Ohm\) is 0; expected more than zero"),
        (table("Cycle,I_LRS (A),I_HRS (A)", [1, 2], [2, 1], [1, 2]), "expected a resistance or a conductance"),
        (table("Cycle,LRS,HRS", [1, 2], [2, 1], [1, 2]), "nothing says whether 'LRS' is a resistance or a conductance"),
        (table("Cycle,R_LRS (Ohm),R_HRS", [1, 2], [2, 1], [1, 2]), "some columns of states say their unit"),
        (table("Cycle,R_LRS (Ohm),R_HRS (V)", [1, 2], [2, 1], [1, 2]), "is in 'V'; expected a resistance"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(put, text, message):
    with pytest.raises(RecordingError, match=message):
        read(put("a.csv", text))


@pytest.mark.long
def test_they_flow_on_to_studies(put, tmp_path, capsys):
    n = np.arange(1, 31)
    put(
        "lab/endurance.csv",
        table("Cycle, R_LRS, R_HRS", n.tolist(), (1e3 + n).tolist(), (1e6 + n).tolist()),
    )
    put(
        "lab/sparse.csv",
        table(
            "Cycle,R_LRS (Ohm),R_HRS (Ohm)", (10 ** n[:6]).tolist(), [1e3] * 6, [1e6] * 5 + [2e3]
        ),
    )
    t = np.logspace(0, 4, 30)
    put(
        "lab/states.csv",
        table(
            "Time (s), R_LRS (Ohm), R_HRS (Ohm)",
            t.tolist(),
            (1e3 * t**0.01).tolist(),
            (1e6 * t**-0.05).tolist(),
        ),
    )
    put("lab/one.csv", table("Time, Resistance", t.tolist(), (1e3 * t**0.02).tolist()))
    assert main(["analyse", str(tmp_path / "lab"), "--out", str(tmp_path / "out")]) == 0
    result = analyse(tmp_path / "lab", tmp_path / "out", Options(replicates=19))
    kinds = {study.name: study.kind for study, _ in result.findings}
    assert kinds == {
        "endurance": "endurance",
        "sparse": "endurance",
        "states": "retention",
        "one": "retention",
    }
    told = {
        (study.name, n.quantity): n.estimate
        for study, finding in result.findings
        for n in finding.numbers
    }
    assert told["endurance", "R_on"].value == pytest.approx(1015.5)
    assert told["endurance", "R_on"].unit == "1"
    assert told["endurance", "good cycles, least"].value == 30
    assert told["sparse", "good cycles, least"].value == 100000
    assert told["states", "drift exponent, HRS"].value == pytest.approx(
        -0.05, rel=0.1
    )  # times count from the first
    assert told["states", "retention, HRS"].unit == "s"
    assert told["one", "retention"].unit == "1"
    notes = {study.name: " ".join(finding.notes) for study, finding in result.findings}
    assert "does not say the unit of its resistances and times" in notes["one"]
    assert "does not say the unit" in notes["endurance"]
    assert "unit" not in notes["states"]
