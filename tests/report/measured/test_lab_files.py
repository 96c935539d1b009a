"""Real lab files: the whole folder analysed, and the instrument's own results as the outside truth."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from acanthite.report.measured import Options, analyse

pytestmark = pytest.mark.long

HINTS = {
    "old_device*.csv": {"units": "SI"},
    "ispp*.tsv": {
        "columns": [
            "device", "pulses", "set_pulses", "reset_pulses", "resistance (Ohm)", "-", "target_low", "target_high",
            "success", "-", "-",
        ]
    },
}  # fmt: skip
KINDS = {
    "B12 00 Leakage": "conduction", "B12 01 Electroforming": "loops", "B12 02 reset": "loops",
    "B12 03 endurance ratio": "results", "B12 03 endurance": "loops", "gate_sweep": "transistor",
    "inverter_1hz": "transistor", "inverter_records": "transistor", "iv_channel_sweep": "conduction",
    "M12 04 endurance ratio": "results", "M12 04 endurance": "loops",
    "gong_et_al": "pulses", "ispp_wl0.060": "levels", "old_device_-2V_2": "loops", "radius10um_-2V_0": "loops",
    "radius10um_-3V_3": "loops",
}  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Return the analysis of the folder of real lab files, where the developer has it."""
    folder = os.environ.get("ACANTHITE_LAB_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(
            "ACANTHITE_LAB_DATA does not name the folder of lab files; they are not part of the project"
        )
    out = tmp_path_factory.mktemp("report")
    return analyse(folder, out, Options(replicates=19), by_name=HINTS)


def told(result, title, quantity):
    """Return the values of single cycles of a study, by their number."""
    (finding,) = (f for study, f in result.findings if study.title == title)
    return {v.cycle: v.value for v in finding.values if v.quantity == quantity}


def test_every_file_is_what_a_human_takes_it_for(result):
    assert {study.title.partition(":")[0]: study.kind for study, _ in result.findings} == KINDS
    assert result.broken == ()
    assert result.failed == ()


@pytest.mark.parametrize(("device", "cycles"), [("B12 03", range(1, 11)), ("M12 04", range(6, 11))])
def test_switching_voltages_are_those_the_instrument_computed_in_the_same_cycle(
    result, device, cycles
):
    """The runs of B12 are numbered from 113 (SET) and from 117 (RESET); the table of results counts cycles from one."""
    for ours, theirs in (("V_set", "SET_negative#1.VSET"), ("V_reset", "RESET_positive#1.VRESET")):
        found = told(result, f"{device} endurance", ours)
        table = told(result, f"{device} endurance ratio", theirs)
        assert list(found) == list(cycles)
        assert list(table) == list(range(1, 11))
        for cycle, value in found.items():
            assert abs(value) == pytest.approx(abs(table[cycle]), abs=0.016), (ours, cycle)


def test_the_books_of_a_device_are_of_one_device(result):
    devices = {
        (study.title, value.device)
        for study, finding in result.findings
        for value in finding.values
        if study.title.startswith(("B12", "M12"))
    }
    assert {name for title, name in devices if title.startswith("B12")} == {"B12"}
    assert {name for title, name in devices if title.startswith("M12")} == {"M12 04"}


def test_what_the_file_says_of_the_compliance_is_used(result):
    (held,) = (s.held[0] for s in result.sources if s.file.name == "M12 04 endurance set.xlsx")
    assert held.compliance == 5e-4
    assert held.test == "SET_negative#1@1"
