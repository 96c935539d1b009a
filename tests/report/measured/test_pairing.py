"""Which RESET goes with which SET, and which device a book is of."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from analysis.drawn_loops import draw

from acanthite.report.measured import Options
from acanthite.report.measured.grouping.pairing import device_names, named_devices, pair_cycles
from acanthite.report.measured.grouping.studies import studies
from acanthite.report.measured.run import _analyse


def book(runs, times=None, named=False, **results):
    """Return a recording with the cycles that a book of runs gives it."""
    n = len(runs)
    coords = {"cycle": ("cycle", runs)}
    if times is not None:
        told = [[f"12/05/2025 12:{t // 60:02d}:{t % 60:02d}" for t in times]]
        coords["executed"] = (("device", "cycle"), np.array(told))
    variables = {name: (("device", "cycle"), [values]) for name, values in results.items()}
    variables["current"] = (("device", "cycle", "sample"), np.zeros((1, n, 2)))
    attrs = {"settings": json.dumps({"Cycle": ["1"]})} if named else {}
    return xr.Dataset(variables, coords, attrs)


def cycles(pair):
    return [r["cycle"].values.tolist() for r in pair[:2]]


def test_the_numbers_of_runs_have_holes():
    pair = pair_cycles(book([6, 7, 9, 10]), book([6, 8, 9, 10]))
    assert cycles(pair) == [[6, 7, 9, 10], [6, 8, 9, 10]]
    assert pair[2] == "cycles counted by the number of the run; 7, 8 without a partner"


def test_a_table_of_results_tells_bit_for_bit():
    v_set, v_reset = [0.5, 0.6, 0.7, 0.8], [1.1, 1.2, 1.3, 1.4]
    table = xr.Dataset(
        {"SET#1.VSET": ("cycle", v_set), "RESET#1.VRESET": ("cycle", v_reset)},
        {"cycle": ("cycle", [1, 2, 3, 4])},
    )
    sets, resets = (
        book([113, 115, 116], VSET=[0.5, 0.7, 0.8]),
        book([117, 118, 119], VRESET=[1.1, 1.2, 1.4]),
    )
    assert cycles(pair_cycles(sets, resets, [table])) == [[1, 3, 4], [1, 2, 4]]
    other = book([117, 118, 119], VRESET=[1.1, 1.2, 1.4000001])
    assert (
        "paired in their order"
        in pair_cycles(book([113, 114, 115], VSET=[0.5, 0.7, 0.8]), other, [table])[2]
    )


def test_the_settings_name_the_cycles():
    pair = pair_cycles(book([1, 2, 4], named=True), book([2, 3, 4], named=True))
    assert cycles(pair) == [[1, 2, 4], [2, 3, 4]]
    assert "as the settings say" in pair[2]


def test_the_time_of_each_run():
    """SET, RESET, SET (its RESET was lost), SET, RESET, then a RESET without a SET."""
    pair = pair_cycles(book([1, 2, 3], times=[0, 20, 40]), book([5, 6, 8], times=[10, 50, 60]))
    assert cycles(pair) == [[1, 2, 3], [1, 3, 4]]
    assert "by the times" in pair[2]


def test_other_numbers_in_the_same_order_are_said_to_be_that():
    pair = pair_cycles(book([113, 114, 116]), book([117, 118, 120]))
    assert cycles(pair) == [[1, 2, 3], [1, 2, 3]]
    assert "runs from 113 and from 117 on, paired in their order" in pair[2]


def test_what_nothing_tells_is_not_paired():
    pair = pair_cycles(book([113, 114, 116]), book([117, 119, 120]))
    assert cycles(pair) == [[113, 114, 116], [117, 119, 120]]
    assert "nothing says which belong together" in pair[2]


@pytest.mark.parametrize(
    ("names", "devices"),
    [
        (["M12 endurance set", "M12 endurance reset", "M12 endurance ratio"], ["M12"]),
        (
            ["B12 00 Leakage", "B12 01 Electroforming", "B12 02 reset", "B12 03 endurance set"],
            ["B12"],
        ),
        (["Device 1 set", "Device 2 set", "Device 1 reset"], ["Device 1", "Device 2"]),
        (["wafer3_01_iv", "wafer3_02_iv"], ["wafer3 01", "wafer3 02"]),
        (["old_device_-2V", "radius10um"], ["old_device_-2V", "radius10um"]),
        (["set", "reset"], ["set", "reset"]),
    ],
)
def test_the_device_that_names_tell(names, devices):
    found = device_names([Path(f"{name}.xlsx") for name in names])
    assert list(dict.fromkeys(found.values())) == devices


def test_another_site_is_another_device():
    recordings = [
        (
            Path(f"D1 {k} set.xlsx"),
            book([1]).assign_attrs(
                format="Clarius workbook", settings=json.dumps({"Site Coordinate": [site]})
            ),
        )
        for k, site in enumerate(("0,0", "1,0"))
    ]
    assert [r["device"].values.tolist() for _, r in named_devices(recordings)] == [
        ["D1 0"],
        ["D1 1 site 1,0"],
    ]


def halves(drawn):
    half = drawn.recording.sizes["sample"] // 2
    return drawn.recording.isel(sample=slice(0, half)), drawn.recording.isel(
        sample=slice(half, None)
    )


def counted(recording, runs):
    return recording.assign_coords(cycle=("cycle", runs)).drop_vars("device", errors="ignore")


def test_sets_go_with_their_own_resets_though_other_devices_lie_beside_them():
    """Two devices whose RESET books look alike: each SET book is joined with its own."""
    found = []
    for n, name in enumerate(("A1", "B2")):
        sets, resets = halves(draw(cycles=6, missed=0.0, seed=n + 1))
        sets.attrs["compliance"] = 1e-3 * (n + 1)
        found.append((Path(f"{name} set.csv"), counted(sets, [1, 2, 3, 4, 5, 6])))
        found.append((Path(f"{name} reset.csv"), counted(resets, [1, 2, 3, 4, 5, 6])))
    options = Options(replicates=19)
    made = studies(found, options)
    assert [study.title for study in made] == ["A1", "B2"]
    for study, name in zip(made, ("A1", "B2"), strict=True):
        assert [file.name for file in study.files] == [f"{name} set.csv", f"{name} reset.csv"]
        assert {value.device for value in _analyse(study, options).values} == {name}


def test_values_are_numbered_by_the_run():
    sets, resets = halves(draw(cycles=4, missed=0.0))
    found = [
        (Path("A set.csv"), counted(sets, [6, 7, 9, 10])),
        (Path("A reset.csv"), counted(resets, [6, 8, 9, 10])),
    ]
    options = Options(replicates=19)
    (study,) = studies(found, options)
    values = _analyse(study, options).values
    assert [v.cycle for v in values if v.quantity == "V_set"] == [6, 7, 9, 10]
    assert [v.cycle for v in values if v.quantity == "V_reset"] == [6, 8, 9, 10]


def test_pairs_of_one_test_are_devices_of_one_study():
    found = []
    for n, name in enumerate(("A1", "B2")):
        sets, resets = halves(draw(cycles=6, missed=0.0, seed=n + 1))
        found += [
            (Path(f"{name} set.csv"), counted(sets, range(1, 7))),
            (Path(f"{name} reset.csv"), counted(resets, range(1, 7))),
        ]
    (study,) = studies(found, Options(replicates=19))
    assert [r["device"].values.tolist() for r in study.recordings] == [["A1", "B2"], ["A1", "B2"]]
