"""Real lab files: the whole folder analysed, and the instrument's own results as the outside truth."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from acanthite.report.measured import Options, analyse

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
    """Return the values of single cycles of a study."""
    (finding,) = (f for study, f in result.found if study.title == title)
    return np.array([v.value for v in finding.values if v.quantity == quantity])


def test_every_file_is_what_a_human_takes_it_for(result):
    assert {study.title.partition(":")[0]: study.kind for study, _ in result.found} == KINDS
    assert result.broken == ()
    assert result.failed == ()


def test_switching_voltages_are_those_the_instrument_computed(result):
    table = "B12 03 endurance ratio"
    for ours, theirs in (("V_set", "SET_negative#1.VSET"), ("V_reset", "RESET_positive#1.VRESET")):
        found = np.abs(told(result, "B12 03 endurance", ours))
        expected = np.abs(told(result, table, theirs))
        np.testing.assert_allclose(found, expected, atol=0.016)
