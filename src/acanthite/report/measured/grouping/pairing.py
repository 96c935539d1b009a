"""Which RESET follows which SET where each has its own book, and which device books are of."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acanthite.measurement.coordinates import is_named

if TYPE_CHECKING:
    import xarray as xr

_TESTS = frozenset(
    {
        "cycling",
        "electroforming",
        "endurance",
        "forming",
        "hysteresis",
        "iv",
        "leakage",
        "loop",
        "loops",
        "ltd",
        "ltp",
    }
    | {
        "neg",
        "negative",
        "pos",
        "positive",
        "pulse",
        "pulses",
        "ratio",
        "read",
        "reset",
        "results",
        "retention",
        "set",
    }
    | {"summary", "sweep"}
)
"""Words for what was measured: the device's name stands before them."""
_SIDES = {"set", "reset", "pos", "neg", "positive", "negative", "ratio", "results", "summary"}
_TIME = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def pair_cycles(
    first: xr.Dataset, second: xr.Dataset, results: Sequence[xr.Dataset] = ()
) -> tuple[xr.Dataset, xr.Dataset, str]:
    """Return two recordings of one device whose cycles are counted alike, and on which grounds.

    The numbers of runs have holes, and each test counts its own; so the grounds are, in this order:
    a table of results that repeats what each run's own formulas gave, bit for bit; the cycles that
    the settings name; the time at which each run was made; the numbers of the runs, where both
    books begin or end with the same; their order, where the books have as many runs with the same
    holes. Where none of these holds, nothing is paired and the note says so.

    Parameters
    ----------
    first, second : xarray.Dataset
        Such as SETs and RESETs, dims (device, cycle, sample).
    results : sequence of xarray.Dataset
        Tables of results by cycle of the same device.
    """
    if not (is_named(first, "cycle") and is_named(second, "cycle")):
        return first, second, ""
    for table in results:
        of_first, of_second = _by_results(first, table), _by_results(second, table)
        if of_first and of_second:
            return *_counted(
                first, second, (of_first, of_second)
            ), "cycles counted by the table of results"
    a, b = (np.asarray(r["cycle"].values).tolist() for r in (first, second))
    if _named(first) and _named(second):
        return first, second, "cycles counted as the settings say"
    if (timed := _by_time(first, second)) is not None:
        return *_counted(
            first, second, timed
        ), "each RESET with the SET before it, by the times at which they were made"
    if a[0] == b[0] or a[-1] == b[-1] or set(a) <= set(b) or set(b) <= set(a):
        left = sorted({*a} ^ {*b})
        alone = f"; {', '.join(f'{n:g}' for n in left)} without a partner" if left else ""
        return first, second, f"cycles counted by the number of the run{alone}"
    if len(a) == len(b) and np.array_equal(np.diff(a), np.diff(b)):
        order = list(range(1, len(a) + 1))
        note = (
            f"runs from {a[0]:g} and from {b[0]:g} on, paired in their order, since no sheet says "
            "more"
        )
        return *_counted(first, second, (order, order)), note
    return (
        first,
        second,
        (
            f"runs {a[0]:g} to {a[-1]:g} and {b[0]:g} to {b[-1]:g}: nothing says which belong "
            "together, so cycles are counted by the number of the run in its own book"
        ),
    )


def _counted(
    first: xr.Dataset, second: xr.Dataset, counted: tuple[Sequence[int], Sequence[int]]
) -> tuple[xr.Dataset, xr.Dataset]:
    label = {"long_name": "cycle"}
    made = (
        recording.assign_coords(cycle=("cycle", np.asarray(numbers), label))
        for recording, numbers in zip((first, second), counted, strict=True)
    )
    one, other = made
    return one, other


def _by_results(recording: xr.Dataset, table: xr.Dataset) -> list[int] | None:
    """Return the cycle of each run, as a table of their results repeats them.

    None where a run is not in the table, or is there twice.
    """
    shared = {
        (str(name), str(column))
        for name, variable in recording.data_vars.items()
        if variable.dims == ("device", "cycle") and recording.sizes["device"] == 1
        for column in table.data_vars
        if str(column).rpartition(".")[2] == name
    }
    if not is_named(table, "cycle") or not shared:
        return None
    tests = {column.rpartition(".")[0] for _, column in shared}
    for test in sorted(tests):
        names = [(name, column) for name, column in shared if column.rpartition(".")[0] == test]
        rows = np.array([recording[name].values[0] for name, _ in names])
        columns = np.array([table[column].values for _, column in names])
        alike = (rows[:, :, None] == columns[:, None, :]).all(axis=0)  # (run, row of the table)
        if (alike.sum(axis=1) == 1).all() and (alike.sum(axis=0) <= 1).all():
            return [int(table["cycle"].values[k]) for k in alike.argmax(axis=1)]
    return None


def _named(recording: xr.Dataset) -> bool:
    return bool(_settings(recording).get("Cycle"))


def _settings(recording: xr.Dataset) -> Mapping[str, Sequence[str]]:
    try:
        settings = json.loads(recording.attrs.get("settings") or "{}")
    except (TypeError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _by_time(first: xr.Dataset, second: xr.Dataset) -> tuple[list[int], list[int]] | None:
    """Return the place of each run in time.

    A run of ``second`` has that of the run of ``first`` before it.
    """
    before, after = _times(first), _times(second)
    if before is None or after is None:
        return None
    if len(set(before)) < len(before) or len(set(after)) < len(after):
        return None
    order = sorted(
        [(t, 0, k) for k, t in enumerate(before)] + [(t, 1, k) for k, t in enumerate(after)]
    )
    counted: tuple[dict[int, int], dict[int, int]] = {}, {}
    cycle = 1
    for _, side, k in order:
        if cycle in counted[side].values() or (side == 0 and cycle in counted[1].values()):
            cycle += 1
        counted[side][k] = cycle
    a, b = ([places[k] for k in range(len(places))] for places in counted)
    return a, b


def _times(recording: xr.Dataset) -> list[datetime] | None:
    if "executed" not in recording.coords or recording.sizes["device"] != 1:
        return None
    times = [_time(str(text)) for text in recording["executed"].values[0]]
    known = [time for time in times if time is not None]
    return known if len(known) == len(times) else None


def _time(text: str) -> datetime | None:
    for form in _TIME:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def named_devices(recordings: Sequence[tuple[Path, xr.Dataset]]) -> list[tuple[Path, xr.Dataset]]:
    """Return recordings with devices from the names of workbooks, where files do not say.

    Parameters
    ----------
    recordings : sequence of (pathlib.Path, xarray.Dataset)
    """
    names = device_names([file for file, _ in recordings])
    return [(file, _with_device(recording, names[file])) for file, recording in recordings]


def _with_device(recording: xr.Dataset, name: str) -> xr.Dataset:
    if recording.attrs.get("format") != "Clarius workbook":
        return recording
    site = _site(_settings(recording))
    label = f"{name} {site}" if site else name
    if "device" not in recording.dims:
        return recording.assign_attrs(device=label)
    if recording.sizes["device"] != 1 or is_named(recording, "device"):
        return recording
    return recording.assign_coords(device=("device", [label], {"long_name": "device"}))


def _site(settings: Mapping[str, Sequence[str]]) -> str:
    """Return the site on the wafer, or an empty string for Clarius's default."""
    for key, usual in (("Site Coordinate", "0,0"), ("Site Number", "1")):
        site = next(iter(settings.get(key, [])), "")
        if site and site != usual:
            return f"site {site}"
    return ""


def device_names(files: Sequence[Path]) -> dict[Path, str]:
    """Return which device each file is of, as their names tell.

    A name tells the device before the first word for a test: ``M12 set`` and ``M12 reset`` are of
    M12. A number between the two counts the tests of one device where each number is another test
    (``B12 00 leakage``, ``B12 01 forming``); else it may count devices, and stays.

    Parameters
    ----------
    files : sequence of pathlib.Path
    """
    parted = {file: _parted(file.stem) for file in files}
    tests: dict[tuple[Path, str], dict[str, set[frozenset[str]]]] = {}
    for file, (base, step, words) in parted.items():
        tests.setdefault((file.parent, base), {}).setdefault(step, set()).add(words)
    return {
        file: base
        if _counts_tests(tests[file.parent, base])
        else " ".join(filter(None, (base, step)))
        for file, (base, step, _) in parted.items()
    }


def _counts_tests(steps: Mapping[str, set[frozenset[str]]]) -> bool:
    kinds = [frozenset(words) for words in steps.values()]
    return (
        len(steps) > 1 and all(len(words) == 1 for words in kinds) and len(set(kinds)) == len(kinds)
    )


def _parted(stem: str) -> tuple[str, str, frozenset[str]]:
    """Return the device, the number behind it, and the words for the test.

    Words that say SET or RESET are left out.
    """
    words = [word for word in re.split(r"[\s_\-.]+", stem) if word]
    first = next((k for k, word in enumerate(words) if word.casefold() in _TESTS), 0)
    if not first:
        return stem, "", frozenset()
    name, step = words[:first], ""
    if len(name) > 1 and name[-1].isdecimal():
        step = name.pop()
    rest = {word.casefold() for word in words[first:]} - _SIDES
    return " ".join(name), step, frozenset(rest)
