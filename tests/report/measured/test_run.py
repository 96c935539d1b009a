"""A folder of lab files of known content, analysed: what is said must be what was put in."""

from __future__ import annotations

import csv
import json

import labfiles
import numpy as np
import pytest
from analysis.drawn_loops import draw, recorded

from acanthite.errors import RecordingError, RunFolderError
from acanthite.measurement import read, write
from acanthite.report.measured import Options, analyse
from acanthite.report.measured.grouping.studies import studies
from acanthite.report.measured.kinds.endurance_and_levels import analyse_endurance

QUICK = Options(replicates=99)


def numbers(result, study=0):
    """Return the ungrouped estimates of a study by quantity."""
    return {n.quantity: n.estimate for n in result.findings[study][1].numbers if not n.group}


def rows(path):
    """Return a CSV file as dicts."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def loops(path, **given):
    """Write drawn loops as EasyEXPERT CSV and return the truth about them."""
    drawn = draw(missed=0.0, **given)
    drawn.recording.attrs |= {"test": "loop"}
    write(drawn.recording, path, "easyexpert")
    return drawn


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """Return the truth about twelve loops, their analysis, and its folder."""
    folder = tmp_path_factory.mktemp("analysed")
    truth = loops(folder / "a.csv", cycles=12)
    return truth, analyse(folder / "a.csv", folder / "out", QUICK), folder / "out"


@pytest.mark.long
def test_loops_come_out_as_they_were_put_in(analysed):
    truth, result, _ = analysed
    found = numbers(result)
    assert result.findings[0][0].kind == "loops"
    assert found["V_set"].value == pytest.approx(-truth.set_voltage.mean(), abs=0.03) or found[
        "V_set"
    ].value == pytest.approx(truth.set_voltage.mean(), abs=0.03)
    assert found["sweeps that set"].value == 1.0
    assert found["R_on"].value == pytest.approx(1e4, rel=0.05)
    assert found["R_off"].value == pytest.approx(1e7, rel=0.05)
    low, high = found["V_set"].interval
    assert low < found["V_set"].value < high


def test_every_number_is_in_the_tables(analysed):
    _, result, out = analysed
    told = rows(out / "numbers.csv")
    assert len(told) == len(result.findings[0][1].numbers) > 20
    table = json.loads((out / "analysis.json").read_text(encoding="utf-8"))
    assert [float(r["value"]) for r in told] == [n["value"] for n in table["studies"][0]["numbers"]]
    by_cycle = [r for r in rows(out / "values.csv") if r["quantity"] == "V_set"]
    assert [r["cycle"] for r in by_cycle] == [str(n) for n in range(1, 13)]
    assert all(float(r["confidence"]) > 0.5 for r in by_cycle)
    assert rows(out / "files.csv")[0]["points"] == "402"


def test_every_picture_has_its_data_beside_it_and_says_what_is_to_be_seen(analysed):
    _, result, out = analysed
    page = (out / "report.html").read_text(encoding="utf-8")
    (study, finding) = result.findings[0]
    for drawing in finding.drawings:
        assert drawing.alt not in ("", drawing.caption)
        assert "against" in drawing.alt
        assert drawing.tables == (f"{study.name}_{drawing.name}.csv",)
        assert f'href="figures/{drawing.tables[0]}"' in page
        points = rows(out / "figures" / drawing.tables[0])
        assert points
        assert all(point["series"] for point in points)
    assert "uA" not in page
    assert page.count("alt=") == len(finding.drawings)


@pytest.mark.long
def test_files_of_one_test_are_devices_of_one_study(tmp_path):
    for n in range(3):
        loops(tmp_path / f"loop_d{n}.csv", cycles=6, seed=n + 1, scale=1 + 0.2 * n)
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    assert len(result.findings) == 1
    study, finding = result.findings[0]
    assert study.recordings[0].sizes["device"] == 3
    groups = {n.group for n in finding.numbers}
    assert "Cycle to cycle, device to device" in groups
    assert any("3 files of the same test" in note for note in finding.notes)
    found = [(file, read(file)[0]) for file in sorted(tmp_path.glob("*.csv"))]
    (again,) = studies(found, Options(device="^(loop)"))
    assert dict(again.recordings[0].sizes) == {"device": 1, "cycle": 18, "sample": 402}


@pytest.mark.long
def test_devices_with_fewer_cycles_are_counted_by_the_cycles_they_have(tmp_path):
    for n, cycles in enumerate((11, 3, 6)):
        loops(tmp_path / f"loop_d{n}.csv", cycles=cycles, seed=n + 1)
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    (study, finding) = result.findings[0]
    assert study.recordings[0].sizes["cycle"] == 11
    assert "in 20 of 20 sweeps" in finding.summary
    assert not [note for note in finding.notes if "missed" in note or "gaps" in note]
    told = {n.quantity: n for n in finding.numbers}
    assert told["sweeps that set"].estimate.value == 1.0
    assert told["sweeps that set"].estimate.n == 20
    assert told["devices that failed"].note.startswith("0 of 3")
    assert told["good cycles, least"].estimate.value == 3
    for quantity in ("V_set", "V_reset", "R_on", "R_off"):
        assert sum(value.quantity == quantity for value in finding.values) == 20
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "missed" not in page


def test_a_dead_cell_of_no_current_is_a_failure_and_padding_is_none(tmp_path):
    g = np.full((3, 8, 2), 1e-4)
    g[..., 1] = 1e-6
    g[1, 5:] = 0.0  # open: no current after either pulse
    g[2, 4:] = np.nan
    dims = ("device", "cycle", "pulse")
    recording = recorded(np.ones(4), np.ones(4)).drop_dims(["device", "cycle", "sample"])
    recording = recording.assign(
        voltage=(dims, np.full(g.shape, 0.1), {"units": "V"}),
        current=(dims, 0.1 * g, {"units": "A"}),
    )
    (study,) = studies([(tmp_path / "cycling.nc", recording)], QUICK)
    finding = analyse_endurance(study, QUICK)
    told = {n.quantity: n for n in finding.numbers}
    assert told["devices that failed"].note.startswith("1 of 3")
    assert told["good cycles, least"].estimate.value == 4
    assert finding.summary == "Write-read cycling: 4 to 8 cycles of 3 devices."


def test_a_file_of_sets_and_one_of_resets_are_one_study(tmp_path):
    drawn = draw(cycles=6, missed=0.0)
    half = drawn.recording.sizes["sample"] // 2
    for name, part in (
        ("B1 endurance set", slice(0, half)),
        ("B1 endurance reset", slice(half, None)),
    ):
        write(drawn.recording.isel(sample=part), tmp_path / f"{name}.csv", "easyexpert")
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    assert [study.title for study, _ in result.findings] == ["B1 endurance"]
    found = numbers(result)
    assert {"V_set", "V_reset", "R_on", "R_off"} <= found.keys()


def test_a_broken_file_is_told_with_line_and_reason(tmp_path):
    loops(tmp_path / "a.csv", cycles=3)
    (tmp_path / "b.csv").write_text("V (V),I (A)\n0,0\n1,oops\n", encoding="utf-8")
    (tmp_path / "~$c.xlsx").write_bytes(b"x" * 165)
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    states = {source.file.name: source for source in result.sources}
    assert states["b.csv"].state == "broken"
    assert states["b.csv"].place == "line 3"
    assert "oops" in states["b.csv"].reason
    assert states["~$c.xlsx"].state == "skipped"
    assert len(result.findings) == 1
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "line 3" in page
    assert "1 file could not be read" in page


def test_nothing_readable_is_one_error_and_leaves_nothing(tmp_path):
    (tmp_path / "b.csv").write_text("V (V),I (A)\n0,0\n1,oops\n", encoding="utf-8")
    with pytest.raises(RecordingError, match=r"b\.csv, line 3: .*oops"):
        analyse(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_a_folder_of_other_things_is_refused_and_ones_own_is_written_anew(tmp_path):
    loops(tmp_path / "lab" / "a.csv", cycles=3)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("chapter 1", encoding="utf-8")
    with pytest.raises(RunFolderError, match="is not empty"):
        analyse(tmp_path / "lab", tmp_path / "mine", QUICK)
    first = analyse(tmp_path / "lab", tmp_path / "lab" / "out", QUICK)
    (tmp_path / "lab" / "out" / "figures" / "old_loops.png").write_bytes(b"stale")
    page = (first.path / "report.html").read_bytes()
    second = analyse(tmp_path / "lab", tmp_path / "lab" / "out", QUICK)
    assert len(second.sources) == 1
    assert (first.path / "report.html").read_bytes() == page
    assert not (first.path / "figures" / "old_loops.png").exists()


def test_a_third_terminal_is_shown_and_not_analysed(tmp_path):
    v = np.linspace(-40, 40, 81)
    sweep = recorded(v, 1e-9 * np.exp(v / 10))
    drain = np.full(sweep["current"].shape, 0.1)
    write(
        sweep.assign(DrainV=(sweep["current"].dims, drain, {"units": "V"})),
        tmp_path / "fet.csv",
        "csv",
    )
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    study, finding = result.findings[0]
    assert study.kind == "transistor"
    assert "Not a memristor record" in finding.summary
    assert finding.numbers == ()
    assert "shown" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_grounded_second_terminal_is_no_third_one(tmp_path):
    drawn = draw(cycles=2, missed=0.0).recording
    ground = 1e-5 * np.ones(drawn["current"].shape)
    write(
        drawn.assign(CV=(drawn["current"].dims, ground, {"units": "V"})), tmp_path / "a.csv", "csv"
    )
    assert analyse(tmp_path, tmp_path / "out", QUICK).findings[0][0].kind == "loops"


def test_a_leak_has_its_resistance_and_mechanism(tmp_path):
    v = np.linspace(0, 1, 101)
    write(recorded(v, 1e-8 * v * (1 + 1e-3 * np.sin(99 * v))), tmp_path / "leak.csv", "csv")
    result = analyse(tmp_path, tmp_path / "out", Options(read_voltage=0.5))
    assert result.findings[0][0].kind == "conduction"
    assert numbers(result)["resistance, positive"].value == pytest.approx(1e8, rel=1e-2)
    assert "Conduction, positive" in {n.group for n in result.findings[0][1].numbers}


def test_a_state_under_one_voltage_has_its_lifetime(tmp_path):
    t = np.geomspace(1, 1e4, 60)
    dims = ("device", "cycle", "sample")
    shape = (1, 1, 60)
    held = recorded(np.full(60, 0.1), 0.1 / (1e4 * t**0.1))
    held["time"] = (dims, t.reshape(shape), held["time"].attrs)
    write(held, tmp_path / "hold.csv", "csv")
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    assert result.findings[0][0].kind == "retention"
    found = numbers(result)
    assert found["drift exponent"].value == pytest.approx(0.1, rel=0.2)
    assert found["retention"].unit == "s"


def test_pulses_have_their_labels(tmp_path):
    up = 1e-6 * (1 + np.arange(50) / 49)
    lines = ["up (S),down (S)", *(f"{a:.6e},{b:.6e}" for a, b in zip(up, up[::-1], strict=True))]
    (tmp_path / "ltp.csv").write_text("\n".join(lines), encoding="utf-8")
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    assert result.findings[0][0].kind == "pulses"
    assert numbers(result)["nonlinearity, potentiation"].value == pytest.approx(0, abs=0.05)
    assert numbers(result)["dynamic range"].value == pytest.approx(2, rel=1e-3)


def test_a_device_expression_that_is_none_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected a regular expression"):
        Options(device="(")


def test_easyexpert_metadata_is_told(tmp_path):
    (tmp_path / "a.csv").write_text(labfiles.easyexpert(), encoding="utf-8")
    analyse(tmp_path, tmp_path / "out", QUICK)
    told = rows(tmp_path / "out" / "files.csv")[0]
    assert (told["instrument"], told["test"], told["compliance"]) == (
        "B1500A",
        "I/V Sweep",
        "0.001",
    )


def test_levels_are_told_by_target(tmp_path):
    lines = ["device,pulses,resistance (Ohm),target_low,target_high"]
    for device in range(6):
        lines += [
            f"{device},{3 + device},{1e4 + 10 * device},9900,10100",
            f"{device},2,{5e4 + device},49000,51000",
        ]
    (tmp_path / "verify.csv").write_text("\n".join(lines), encoding="utf-8")
    hints = {"columns": {"device": "device", "resistance": "resistance (Ohm)"}}
    result = analyse(tmp_path, tmp_path / "out", QUICK, **hints)
    assert result.findings[0][0].kind == "levels"
    found = numbers(result)
    assert found["target 9900 to 10100"].value == pytest.approx(1 / 10025, rel=1e-4)
    assert found["target 49000 to 51000"].n == 6


@pytest.mark.long
def test_a_simulated_ladder_reads_as_a_measured_one(tmp_path):
    from acanthite.device import MODELS
    from acanthite.measurement import PulseLadder, run

    ladder = run(MODELS["vteam"].sample(2, seed=1), PulseLadder(up=10, down=10, repeats=3))
    write(ladder, tmp_path / "ladder.nc", "netcdf")
    result = analyse(tmp_path, tmp_path / "out", QUICK)
    assert result.findings[0][0].kind == "pulses"
    assert numbers(result)["dynamic range"].value > 1
