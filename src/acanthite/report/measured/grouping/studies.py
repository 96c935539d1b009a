"""Recordings -> studies: files of one test put together, and what kind of test it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acanthite.measurement.coordinates import is_named
from acanthite.report.measured.grouping.kinds import recognise
from acanthite.report.measured.grouping.labels import cycle_numbers, device_labels
from acanthite.report.measured.grouping.pairing import named_devices, pair_cycles
from acanthite.report.measured.study import Kind, Options, Study

if TYPE_CHECKING:
    import xarray as xr

_SIDE = re.compile(
    r"(?i)(?<![a-z])((re)?set|pos(itive)?|neg(ative)?|ratio|results|summary)(?![a-z])"
)
_ALIKE = 1e-6  # of the largest voltage: two sweeps of the same program


@dataclass(frozen=True)
class _Part:
    """A recording on its way into a study."""

    recording: xr.Dataset
    file: Path
    kind: Kind


@dataclass(frozen=True)
class _Pair:
    """A book of SETs and one of RESETs of the same device.

    Cycles are counted alike, recordings as they were read, with the grounds for the pairing.
    """

    parts: tuple[_Part, _Part]
    originals: tuple[_Part, _Part]
    name: str
    grounds: str


def studies(recordings: Iterable[tuple[Path, xr.Dataset]], options: Options) -> list[Study]:
    """Return what belongs together.

    Sweeps of the same test, instrument and program from several files are devices of one study, or
    cycles where the files name the same device. A file that only sets and one that only resets are
    one study where their names differ in nothing but that; they are put together before devices
    are.

    Parameters
    ----------
    recordings : iterable of (pathlib.Path, xarray.Dataset)
    options : Options

    Returns
    -------
    list of Study
        In the order of the files.
    """
    parts = [
        _Part(recording, file, recognise(recording))
        for file, recording in named_devices(list(recordings))
    ]
    pairs, single = _paired(parts)
    made = [(_place(parts, group[0]), _study(group, options)) for group in _alike(single)]
    made += [
        (_place(parts, group[0].originals[0]), _joined(group, options))
        for group in _pairs_alike(pairs)
    ]
    return _named([study for _, study in sorted(made, key=lambda entry: entry[0])])


def _place(parts: Sequence[_Part], wanted: _Part) -> int:
    return next(place for place, part in enumerate(parts) if part is wanted)


def _alike(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Return the parts by test."""
    groups: list[list[_Part]] = []
    for part in parts:
        home = next((g for g in groups if _same_test(g[0], part)), None)
        groups.append([part]) if home is None else home.append(part)
    return groups


def _same_test(a: _Part, b: _Part) -> bool:
    if a.kind != b.kind or a.kind not in ("loops", "conduction", "retention"):
        return False
    if a.file == b.file:
        return False  # one file says itself what belongs together
    if "current" not in a.recording or "current" not in b.recording:
        return False  # a table of states
    if any(
        a.recording.attrs.get(k) != b.recording.attrs.get(k)
        for k in ("test", "instrument", "compliance")
    ):
        return False
    x, y = (_program(part.recording) for part in (a, b))
    return x.shape == y.shape and bool(
        np.allclose(x, y, rtol=0, atol=_ALIKE * np.nanmax(np.abs(x), initial=0.0), equal_nan=True)
    )


def _program(recording: xr.Dataset) -> np.ndarray:
    from acanthite.analysis.sweeps.excursions import ordered_sweeps

    return ordered_sweeps(recording)[2]


def _study(group: Sequence[_Part], options: Options) -> Study:
    first = group[0]
    files = tuple(dict.fromkeys(part.file for part in group))
    if len(group) == 1:
        named = options.device_of(first.file)
        recording = first.recording
        if named and recording.sizes.get("device") == 1:
            recording = recording.assign_coords(device=("device", [named], {"long_name": "device"}))
        return Study("", _title(files, recording), first.kind, (recording,), files)
    stacked, note = _stack(group, options)
    return Study("", _title(files, stacked), first.kind, (stacked,), files, (note,))


def _title(files: Sequence[Path], recording: xr.Dataset) -> str:
    test = re.sub(r"#\d+@\d+$", "", str(recording.attrs.get("test") or ""))
    if len(files) == 1:
        return f"{files[0].stem}: {test}" if test else files[0].stem
    common = _common([file.stem for file in files])
    return f"{common or test or files[0].parent.name} ({len(files)} files)"


def _common(names: Sequence[str]) -> str:
    """Return what names begin with alike, whole words only."""
    from itertools import takewhile

    shared = "".join(c[0] for c in takewhile(lambda c: len(set(c)) == 1, zip(*names, strict=False)))
    if any(len(name) > len(shared) and name[len(shared)].isalnum() for name in names):
        shared = re.sub(r"[A-Za-z0-9]+$", "", shared)
    return shared.rstrip(" _-.#([")


def _stack(group: Sequence[_Part], options: Options) -> tuple[xr.Dataset, str]:
    """Return sweeps of several files as devices and cycles of one recording, and how so."""
    import xarray as xr

    from acanthite.analysis.sweeps.excursions import ordered_sweeps

    sweeps: dict[str, list[tuple[np.ndarray, ...]]] = {}
    for part in group:
        v, i, _ = ordered_sweeps(part.recording)
        t = part.recording["time"].broadcast_like(part.recording["current"]).values.reshape(v.shape)
        for k, label in enumerate(device_labels(part.recording, part.file, options)):
            sweeps.setdefault(label, []).append((v[k], i[k], t[k]))
    most = max(sum(len(v) for v, _, _ in runs) for runs in sweeps.values())
    cube = np.full((3, len(sweeps), most, group[0].recording.sizes["sample"]), np.nan)
    for k, runs in enumerate(sweeps.values()):
        for q in range(3):
            joined = np.concatenate([run[q] for run in runs])
            cube[q, k, : len(joined)] = joined
    first = group[0].recording
    counted = _cycles_of(group, options)
    coords = {"cycle": ("cycle", counted, {"long_name": "cycle"})} if len(counted) == most else {}
    dims = ("device", "cycle", "sample")
    made = xr.Dataset(
        {
            name: (dims, cube[q], first[name].attrs)
            for q, name in enumerate(("voltage", "current", "time"))
        },
        {"device": ("device", list(sweeps), {"long_name": "device"}), **coords},
        first.attrs,
    )
    return made, (
        f"{len({p.file for p in group})} files of the same test and the same sweep, put together "
        f"as {len(sweeps)} device{'s' * (len(sweeps) != 1)} with up to {most} "
        f"cycle{'s' * (most != 1)}; devices are told apart by the name the file holds, else by the "
        "file's name: --device says otherwise"
    )


def _cycles_of(group: Sequence[_Part], options: Options) -> list[int]:
    """Return how the files count the cycles, where all devices have the same; else nothing."""
    counted: dict[str, list[int]] = {}
    for part in group:
        if not is_named(part.recording, "cycle"):
            return []
        for label in device_labels(part.recording, part.file, options):
            counted.setdefault(label, []).extend(cycle_numbers(part.recording))
    alike = {tuple(numbers) for numbers in counted.values()}
    numbers = list(alike.pop()) if len(alike) == 1 else []
    return numbers if len(set(numbers)) == len(numbers) else []


def _paired(parts: Sequence[_Part]) -> tuple[list[_Pair], list[_Part]]:
    """Return pairs of books that only set and only reset, going by their names, and the rest."""
    sides: dict[tuple[Path, str, int], dict[str, list[_Part]]] = {}
    for part in parts:
        if (
            part.kind == "loops"
            and _SIDE.search(part.file.stem)
            and (side := _side(part.recording))
        ):
            sides.setdefault(_bare(part), {}).setdefault(side, []).append(part)
    pairs = []
    for bare, of in sides.items():
        sets, resets = of.get("set", []), of.get("reset", [])
        if len(sets) == len(resets) == 1 and sets[0].file != resets[0].file:
            results = [
                p.recording for p in parts if p.kind == "results" and _bare(p)[:2] == bare[:2]
            ]
            pairs.append(_pair(sets[0], resets[0], results))
    taken = [part for pair in pairs for part in pair.originals]
    return pairs, [part for part in parts if not any(part is other for other in taken)]


def _pair(first: _Part, second: _Part, results: Sequence[xr.Dataset]) -> _Pair:
    *counted, grounds = pair_cycles(first.recording, second.recording, results)
    name = _without_side(first.file)
    both = tuple(
        replace(part, recording=_called(recording, name))
        for part, recording in zip((first, second), counted, strict=True)
    )
    return _Pair((both[0], both[1]), (first, second), name, grounds)


def _called(recording: xr.Dataset, name: str) -> xr.Dataset:
    """Return a recording of one device without a name under the one that its files share."""
    if is_named(recording, "device") or recording.sizes.get("device") != 1 or not name:
        return recording
    return recording.assign_coords(device=("device", [name], {"long_name": "device"}))


def _side(recording: xr.Dataset) -> str:
    """Return ``set`` or ``reset`` where a recording only does that, else an empty string."""
    from acanthite.analysis import find_events

    kinds = {event.kind for event in find_events(recording)} - {"none"}
    return kinds.pop() if len(kinds) == 1 else ""


def _bare(part: _Part) -> tuple[Path, str, int]:
    """Return the folder, the name without the words for the side, and the number of devices."""
    return (
        part.file.parent,
        _without_side(part.file).casefold(),
        part.recording.sizes.get("device", 1),
    )


def _without_side(file: Path) -> str:
    return " ".join(re.sub(r"[_\-.]+", " ", _SIDE.sub(" ", file.stem)).split())


def _pairs_alike(pairs: Sequence[_Pair]) -> list[list[_Pair]]:
    """Return the pairs by test: devices of one study."""
    groups: list[list[_Pair]] = []
    for pair in pairs:
        home = next(
            (
                g
                for g in groups
                if all(_same_test(a, b) for a, b in zip(g[0].parts, pair.parts, strict=True))
            ),
            None,
        )
        groups.append([pair]) if home is None else home.append(pair)
    return groups


def _joined(group: Sequence[_Pair], options: Options) -> Study:
    """Return the study of the pairs of one test, SETs and RESETs a recording each."""
    sides = [_study([pair.parts[k] for pair in group], options) for k in (0, 1)]
    notes = tuple(
        f"SETs from {pair.parts[0].file.name}, RESETs from {pair.parts[1].file.name}: their names "
        "differ in nothing else" + (f"; {pair.grounds}" if pair.grounds else "")
        for pair in group
    )
    first, second = sides
    title = group[0].name if len(group) == 1 else first.title
    return Study(
        "",
        title or first.title,
        "loops",
        first.recordings + second.recordings,
        first.files + second.files,
        (*first.notes, *second.notes, *notes),
    )


def _named(made: Sequence[Study]) -> list[Study]:
    """Return the studies with names of their own, fit for files."""
    taken: set[str] = set()
    named = []
    for study in made:
        base = (
            re.sub(r"[^a-z0-9]+", "-", study.title.casefold()).strip("-")[:48].strip("-") or "study"
        )
        name, n = base, 2
        while name in taken:
            name, n = f"{base}-{n}", n + 1
        taken.add(name)
        named.append(replace(study, name=name))
    return named
