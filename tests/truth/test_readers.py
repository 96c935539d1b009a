"""Damaged lab files: a reader refuses, or every number is the one that stands in the file.

Each case is a sound file, damaged in one to three ways by a seeded generator, read by acanthite and by a parser of a few
lines (:mod:`truth.lab_files`) that knows the layout of the sound one. Where that parser finds a line that is no row, acanthite must refuse;
else it may refuse, or must give the very numbers, in their order.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import labfiles
import numpy as np
import pytest
import xarray as xr
from truth import lab_files
from truth.lab_files import Case, NoRowError

from acanthite.errors import RecordingError
from acanthite.measurement import read, write
from acanthite.measurement.coordinates import is_named

CASES = lab_files.cases()
BY_KIND = {case.name: case for case in CASES}
TOKENS = [
    b"nan", b"-", b"1e999", b"9.91E37", b"\x00", b"\xff", b"\xe9", b"#REF", b"1_0", b"0x1F", b"\xc2\xb5", b'"', b"'", b";",
    b"\t", b",", b".", b" ", b"\r", b"\n", b"e", b"E-", b"+", b"--", b"1,234", b"1.234,5", b"\xd9\xa1", b"\xef\xbc\x91", b"7",
    b"DataValue, 1, 2\n", b"SetupTitle, x\n", b"#", b"%", b"(mV)", b"(", b"\xef\xbb\xbf", b"d", b"inf", b"\n\n", b"=", b"[1]",
]  # fmt: skip


def damage(rng: np.random.Generator, case: Case, content: bytes) -> bytes:
    """Return the file damaged once."""
    how = rng.choice(
        ["flip", "digit", "delete", "insert", "token", "cut", "line", "field", "whole"]
    )
    at = int(rng.integers(len(content) + 1))
    if how == "flip" and at < len(content):
        return content[:at] + bytes([content[at] ^ int(rng.integers(1, 256))]) + content[at + 1 :]
    if how == "digit":
        places = [m.start() for m in re.finditer(rb"[0-9]", content)]
        at = int(rng.choice(places)) if places else 0
        return content[:at] + b"%d" % rng.integers(10) + content[at + 1 :]
    if how == "delete":
        return content[:at] + content[at + int(rng.integers(1, 4)) :]
    if how == "insert":
        return content[:at] + bytes([int(rng.integers(32, 127))]) + content[at:]
    if how == "token":
        return content[:at] + TOKENS[rng.integers(len(TOKENS))] + content[at:]
    if how == "cut":
        return content[:at]
    if how == "line":
        return _lines(rng, content)
    if how == "field":
        return _fields(rng, case, content)
    return _whole(rng, content)


def _lines(rng, content):
    lines = content.splitlines(keepends=True) or [b""]
    a, b = rng.integers(len(lines), size=2)
    how = rng.integers(3)
    if how == 0:
        return b"".join(lines[:a] + lines[a + 1 :])
    if how == 1:
        return b"".join([*lines[:a], lines[a], *lines[a:]])
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _fields(rng, case, content):
    """Take a field out, put one in, or swap two, in one line or in all."""
    separator = (case.separator or " ").encode()
    lines = content.split(b"\n")
    chosen = range(len(lines)) if rng.random() < 0.2 else [int(rng.integers(len(lines)))]
    how, where = rng.integers(4), int(rng.integers(9))
    for n in chosen:
        cells = lines[n].split(separator)
        k = where % len(cells)
        if how == 0:
            cells.pop(k)
        elif how == 1:
            cells.insert(k, [b"", b"7", b"x"][where % 3])
        elif how == 2:
            cells[k], cells[0] = cells[0], cells[k]
        else:
            cells[k] = b'"' + cells[k] + b'"'
        lines[n] = separator.join(cells)
    return b"\n".join(lines)


def _whole(rng, content):
    """Change what ends the lines, or the encoding."""
    how = rng.integers(5)
    if how == 0:
        return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if how == 1:
        return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r")
    if how == 2:
        return content.decode("utf-8", errors="replace").lstrip("\ufeff").encode("utf-16")
    if how == 3:
        return (
            content.decode("utf-8", errors="replace")
            .lstrip("\ufeff")
            .encode("latin-1", errors="replace")
        )
    return b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")


def passes(recordings: list[xr.Dataset]) -> list[tuple[int, dict[str, np.ndarray]]]:
    """Return the columns of each pass, by the number of its run, in their order."""
    found: dict[int, list[dict[str, np.ndarray]]] = {}
    for recording in recordings:
        sizes = recording.sizes
        for d, c in itertools.product(range(sizes.get("device", 1)), range(sizes.get("cycle", 1))):
            number = int(recording["run"].values[d, c]) if "run" in recording.coords else 1
            columns = {
                str(variable.attrs["column"]): np.atleast_1d(variable.values[d, c])
                for variable in recording.data_vars.values()
                if variable.attrs.get("column", "not recorded") != "not recorded"
            }
            found.setdefault(number, []).append(columns)
    return [
        (n, {k: np.concatenate([p[k] for p in parts]) for k in parts[0]})
        for n, parts in sorted(found.items())
    ]


def same(found: np.ndarray, expected: np.ndarray, ulps: float = 4) -> bool:
    """Return whether numbers are the same but for the last bits that a factor of ten costs."""
    if found.size == 1 and expected.size > 1 and np.isnan(expected[1:]).all():
        expected = expected[:1]  # a result in the first row
    return found.shape == expected.shape and np.allclose(
        found, expected, rtol=ulps * np.finfo(float).eps, atol=5e-324, equal_nan=True
    )


def same_in_some_unit(found: np.ndarray, columns: np.ndarray) -> bool:
    """Return whether numbers are a column of the file in some unit: where the header was damaged."""
    return any(
        same(found, column * f) for column in columns.T for f in {*lab_files.FACTORS.values(), 0.01}
    )


def check_table(case: Case, content: bytes, recordings: list[xr.Dataset]) -> None:
    """Compare a table, all its runs one after another."""
    names, rows = lab_files.table(case, content)
    parts = [columns for _, columns in passes(recordings)]
    if case.header == 0:
        names = case.hints["columns"]
    for name in parts[0]:
        values = np.concatenate([part[name] for part in parts])
        scale = lab_files.factor(name)
        if names.count(name) == 1 and scale is not None and case.kind == "table":
            assert same(values, rows[:, names.index(name)] * scale), name
        else:
            assert same_in_some_unit(values, rows), name


def check_counted(case: Case, content: bytes, recordings: list[xr.Dataset]) -> None:
    """Compare each sample with its device and cycle."""
    _, rows = lab_files.table(case, content)
    found = Counter()
    for recording in recordings:
        if not all(is_named(recording, name) for name in ("device", "cycle")):
            names = lab_files.table(case, content)[0]
            assert not {"device", "cycle"} <= set(names)  # else both are lost
            return
        for (d, c, s), v in np.ndenumerate(recording["voltage"].values):
            key = (
                float(recording["device"].values[d]),
                float(recording["cycle"].values[c]),
                v,
                recording["current"].values[d, c, s],
            )
            found[tuple(f"{x:.12g}" for x in key)] += 1
    unit = lab_files.table(case, content)[0]
    scales = [lab_files.factor(name) or 1.0 for name in unit]
    assert found == Counter(tuple(f"{x:.12g}" for x in row * scales) for row in rows)


def check_levels(case: Case, content: bytes, recordings: list[xr.Dataset]) -> None:
    """Compare the levels of pulses and states, whatever their order by device and cycle."""
    names, rows = lab_files.table(case, content)
    scales = [lab_files.factor(name) or 1.0 for name in names] + [1.0] * rows.shape[1]
    found = np.sort(np.concatenate([r["conductance"].values.ravel() for r in recordings]))
    columns = range(rows.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = [rows[:, i] * scales[i] for i in columns]
        inverse = [1 / column for column in direct]
    for values in (direct, inverse):
        chosen = [*((i,) for i in columns), *itertools.combinations(columns, 2)]
        if any(
            same(found, np.sort(np.concatenate([values[i] for i in of])), ulps=8) for of in chosen
        ):
            return
    raise AssertionError(f"levels {found} are in no column")


def check_arc(case: Case, content: bytes, recordings: list[xr.Dataset]) -> None:
    """Compare each row of a history, cell by cell."""
    _, rows = lab_files.table(case, content)
    found = Counter()
    for recording in recordings:
        beside = [
            recording[n]
            for n in ("pulse_amplitude", "pulse_width", "read_voltage")
            if n in recording
        ]
        if len(beside) < 3:
            return  # a name was damaged: what is left is a column less
        for (d, c, p), g in np.ndenumerate(recording["conductance"].values):
            key = (
                recording["word"].values[d],
                recording["bit"].values[d],
                1 / g,
                *(v.values[d, c, p] for v in beside),
            )
            found[tuple(f"{x:.12g}" for x in key)] += 1
    expected = Counter(tuple(f"{x:.12g}" for x in (*row[:5], row[7])) for row in rows)
    touched = (
        lab_files.lines(content)[case.header - 1]
        != lab_files.lines(case.text.encode())[case.header - 1]
    )
    assert found == expected or touched


def check_records(case: Case, content: bytes, recordings: list[xr.Dataset]) -> None:
    """Compare each record of an EasyEXPERT file."""
    records = lab_files.records(content)
    found = passes(recordings)
    assert len(found) == len(records)
    for (_, columns), (names, rows) in zip(found, records, strict=True):
        for name, values in columns.items():
            if names.count(name) == 1:
                assert same(values, rows[:, names.index(name)]) or same_in_some_unit(
                    values, rows
                ), name
            elif name not in names:  # a voltage that was forced and not measured
                assert np.ptp(values) == 0, name


CHECKS = {
    "table": check_table, "units row": check_table, "counted": check_counted, "pulses": check_levels, "states": check_levels,
    "arc": check_arc, "easyexpert": check_records,
}  # fmt: skip


def attempt(path: Path, **hints) -> list[xr.Dataset] | None:
    """Return what a file holds, or None where it is refused by an error that names it."""
    with contextlib.suppress(RecordingError):
        return read(path, **hints)
    with pytest.raises(RecordingError, match=re.escape(path.name)):
        read(path, **hints)
    return None


def judge(case: Case, content: bytes, path: Path) -> str:
    """Read a file and compare; return what came of it."""
    path.write_bytes(content)
    recordings = attempt(path, **case.hints)
    if recordings is None:
        return "refused"
    try:
        CHECKS[case.kind](case, content, recordings)
    except NoRowError as line:
        raise AssertionError(f"read although a line is no row: {str(line)!r}") from None
    return "read"


def run_seed(seed: int, cases: list[Case], path: Path) -> str:
    """Damage a file as a seed says, and judge."""
    rng = np.random.default_rng([2026, seed])
    case = cases[seed % len(cases)]
    content = case.text.encode()
    for _ in range(int(rng.integers(1, 4))):
        content = damage(rng, case, content)
    try:
        return judge(case, content, path)
    except Exception as error:
        note = f"seed {seed}, {case.name}: {content!r}"
        raise AssertionError(f"{note}\n{type(error).__name__}: {error}") from error


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sound_files_are_read(case, tmp_path):
    assert judge(case, case.text.encode(), tmp_path / "a.dat") == "read"


def test_damaged_files(tmp_path):
    outcome = Counter(run_seed(seed, CASES, tmp_path / "a.dat") for seed in range(400))
    assert min(outcome["read"], outcome["refused"]) > 60


@pytest.mark.slow
def test_many_damaged_files(tmp_path):
    outcome = Counter(run_seed(seed, CASES, tmp_path / "a.dat") for seed in range(400, 6400))
    assert min(outcome["read"], outcome["refused"]) > 1000


SAVED = [
    # a first row that is too long was read one field further on
    ("no names", b"9,9,0.1,0.5,2e-6\n0.2,0.6,3e-6\n0.3,0.7,4e-6\n"),
    # a field too many before an empty last column
    ("trailing separator", b"t (s),V (V),I (A),\n0.1,0.5,2e-6,\n9,0.2,0.6,3e-6,\n0.3,0.7,4e-6,\n"),
    # a field too few there
    ("trailing separator", b"t (s),V (V),I (A),\n0.1,0.5,2e-6,\n0.6,3e-6,\n0.3,0.7,4e-6,\n"),
    # the last number cut in two, which the missing separator tells
    ("trailing separator", b"t (s),V (V),I (A),\n0.1,0.5,2e-6,\n0.2,0.6,3e-6,\n0.3,0.7,4.15"),
    # or the quotation mark that is not closed
    ("quoted", b'"t (s)","V (V)","I (A)"\n"0.1","0.5","2e-6"\n"0.2","0.6","3e-6"\n"0.3","0.7","4.15'),
    # two names over one column
    ("retention, one", b"Time (h),Resistance (kOhm)\n1.3"),
    # a damaged first row taken for names, or left out as a preamble
    ("no names", b"0.1,0.5,x\n0.2,0.6,3e-6\n0.3,0.7,4e-6\n"),
    ("table brackets ',' .", b"Time (s),Voltage (V),Current (A)\n0.1,0.5\n0.2,0.6,3e-6\n0.3,0.7,4e-6\n"),
    # lines ended twice, which not all programs count alike
    ("table brackets ',' .", b"Time (s),Voltage (V),Current (A)\r\r0.1,0.5\r\r0.2,0.6,3e-6\r\r0.3,0.7,4e-6\r\r"),
    # two records without what parts them
    ("EasyEXPERT, records", b"SetupTitle, a\nDataName, V1\nDataValue, 1\nDataName, V1, I1\nDataValue, 1, 2\n"),
    # numbers that only some readers took
    ("EasyEXPERT, one", b"SetupTitle, a\nDataName, V1, I1\nDataValue, 1_000, 2\n"),
    ("EasyEXPERT, one", "SetupTitle, a\nDataName, V1, I1\nDataValue, \u0661, 2\n".encode()),
    ("table brackets ',' .", "Time (s),Voltage (V),Current (A)\n1,1,1\n2,\u0661,2\n".encode()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), SAVED)
def test_what_was_once_read_wrongly_is_refused(name, content, tmp_path):
    assert judge(BY_KIND[name], content, tmp_path / "a.dat") == "refused"


@pytest.mark.parametrize("end", ["\r\r", "\r", "\r\r\n", "\n\r", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
def test_ends_of_lines_lose_no_row(end, encoding, tmp_path):
    case = BY_KIND["table brackets ',' ."]
    content = case.text.replace("\n", end).encode(encoding)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert judge(case, mark + content, tmp_path / "a.dat") == "read"


def book(runs=((6, 1), (7, 2), (9, 4))) -> dict[str, list[list]]:
    """Return the sheets of a Clarius book of several cycles, run numbers with holes."""
    sheets: dict[str, list[list]] = {}
    settings: list[list] = []
    for run, cycle in reversed(runs):
        first, name, rule, _, *rest = labfiles.clarius_settings(f"Run{run}")
        settings += [first, name, rule, rule, [f"Cycle {cycle}"], rule, *rest]
        rows = [[t, i * run, v, i / v, None] for t, v, i in lab_files.sweep(8)]
        rows[0][4] = 0.77
        sheets[f"Run{run}"] = [["Time", "AI", "AV", "RESISTANCE", "VSET"], *rows]
    return {**sheets, "Calc": [], "Settings": settings}


def damage_book(rng: np.random.Generator, sheets: dict[str, list[list]]) -> dict[str, list[list]]:
    """Return a workbook with one thing changed by a user: cells, columns, rows, sheets."""
    made = {title: [list(row) for row in rows] for title, rows in sheets.items()}
    title = str(rng.choice([t for t in made if t.startswith("Run")]))
    rows = made[title]
    r, c = int(rng.integers(1, len(rows))), int(rng.integers(5))
    how = rng.integers(10)
    if how == 0:
        rows[r][c] = [
            None,
            7.5,
            "7.5",
            "#REF",
            "1_0",
            "high",
            1e99,
            "\u0661",
            12345678901234567890,
            "1,5",
        ][rng.integers(10)]
    elif how == 1:
        rows.pop(r)
    elif how == 2:
        rows.insert(r, [])
    elif how == 3:
        for row in rows:
            row += [None] * (5 - len(row))
            row[c], row[0] = row[0], row[c]
    elif how == 4:
        rows[r].insert(c, 7.5)
    elif how == 5:
        rows[r] = rows[r][:c] + rows[r][c + 1 :]
    elif how == 6:
        rows += [[]] * int(rng.integers(1, 30)) + [[None] * c + [7.5]]
    elif how == 7:
        made["Notes"] = [["Time", "AI", "AV"], ["see", "the", "notebook"]]
    elif how == 8:
        made[f"Run{rng.integers(1, 99)}"] = made.pop(title)
    else:
        made["Settings"].pop(int(rng.integers(len(made["Settings"]))))
    return made


def stands_there(sheets: dict[str, list[list]]) -> dict[int, dict[str, np.ndarray]]:
    """Return the columns of each run, as a few lines read them.

    Raises
    ------
    NoRowError
        Where a cell is neither a number nor empty, or stands under no name.
    """
    found = {}
    for title, rows in sheets.items():
        if title in ("Calc", "Settings") or not rows:
            continue
        names = [str(cell or "") for cell in rows[0]]
        columns = np.full((len(rows) - 1, len(names)), np.nan)
        for (r, c), _ in np.ndenumerate(np.zeros((len(rows) - 1, max(map(len, rows))))):
            cell = rows[r + 1][c] if c < len(rows[r + 1]) else None
            value = cell if isinstance(cell, int | float) else lab_files.number(str(cell or ""))
            if value is None or (cell is not None and not (c < len(names) and names[c])):
                raise NoRowError(f"{title} {r} {c} {cell!r}")
            if cell is not None:
                columns[r, c] = value if abs(value) < 9.9e37 else np.nan
        found[int(title.removeprefix("Run"))] = dict(zip(names, columns.T, strict=True))
    return found


def judge_book(sheets: dict[str, list[list]], path: Path) -> str:
    """Read a workbook and compare every column of every run."""
    path.write_bytes(labfiles.workbook(sheets))
    recordings = attempt(path)
    if recordings is None:
        return "refused"
    try:
        expected = stands_there(sheets)
    except NoRowError as cell:
        raise AssertionError(f"read although a cell is none: {cell}") from None
    found = dict(passes(recordings))
    assert found.keys() == expected.keys()
    for run, columns in found.items():
        for name, values in columns.items():
            cells = expected[run][name]
            first = next(
                (
                    n
                    for n in range(len(cells))
                    if any(np.isfinite(x[n]) for x in expected[run].values())
                ),
                0,
            )
            trimmed = cells[first : first + len(values)] if len(values) > 1 else cells[first:]
            assert same(values, trimmed), (run, name, values, cells)
    return "read"


def run_book(seed: int, path: Path) -> str:
    rng = np.random.default_rng([77, seed])
    sheets = book()
    for _ in range(int(rng.integers(1, 3))):
        sheets = damage_book(rng, sheets)
    try:
        return judge_book(sheets, path)
    except Exception as error:
        raise AssertionError(f"seed {seed}: {sheets}\n{type(error).__name__}: {error}") from error


def test_a_sound_book_is_read(tmp_path):
    assert judge_book(book(), tmp_path / "a.xlsx") == "read"


def test_damaged_books(tmp_path):
    outcome = Counter(run_book(seed, tmp_path / "a.xlsx") for seed in range(60))
    assert min(outcome["read"], outcome["refused"]) > 8


@pytest.mark.slow
def test_many_damaged_books(tmp_path):
    outcome = Counter(run_book(seed, tmp_path / "a.xlsx") for seed in range(60, 1060))
    assert min(outcome["read"], outcome["refused"]) > 100


def cells_of(content: bytes) -> dict[str, dict[str, float]]:
    """Return the numbers of each sheet of a workbook by cell, straight from its XML."""
    found: dict[str, dict[str, float]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                try:
                    tree = ElementTree.fromstring(archive.read(name))
                except ElementTree.ParseError:
                    continue  # no number of it may be read
                space = tree.tag.partition("}")[0] + "}"
                found[name] = {}
                for cell in tree.iter(f"{space}c"):
                    value = cell.find(f"{space}v")
                    said = None if value is None else lab_files.number(value.text or "")
                    if said is not None:
                        place = str(cell.get("r"))
                        twice = place in found[name]  # a damaged place may be that of another cell
                        found[name][f"{place}, again" if twice else place] = said
    return found


def run_bytes_of_book(seed: int, content: bytes, path: Path) -> str:
    """Flip bytes of one sheet of a sound archive; every number read must be one that the XML says."""
    rng = np.random.default_rng([99, seed])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        sheets = [name for name in old.namelist() if name.startswith("xl/worksheets/sheet")]
        chosen = sheets[rng.integers(len(sheets))]
        for name in old.namelist():
            held = old.read(name)
            if name == chosen:
                for _ in range(int(rng.integers(1, 4))):
                    at = int(rng.integers(len(held)))
                    put = (
                        bytes([held[at] ^ int(rng.integers(1, 256))])
                        if rng.random() < 0.4
                        else b"%d" % rng.integers(10)
                    )
                    held = held[:at] + put + held[at + 1 :]
            new.writestr(name, held)
    path.write_bytes(out.getvalue())
    recordings = attempt(path)
    if recordings is None:
        return "refused"
    said = np.array([x for sheet in cells_of(out.getvalue()).values() for x in sheet.values()])
    for run, columns in passes(recordings):
        for name, values in columns.items():
            known = values[np.isfinite(values)]
            assert np.isin(known, said).all(), (
                f"seed {seed}, run {run}, {name}: {known[~np.isin(known, said)]}"
            )
    return "read"


def test_damaged_sheets(tmp_path):
    content = labfiles.workbook(book())
    outcome = Counter(run_bytes_of_book(seed, content, tmp_path / "a.xlsx") for seed in range(60))
    assert outcome["read"] > 5


@pytest.mark.slow
def test_many_damaged_sheets(tmp_path):
    content = labfiles.workbook(book())
    outcome = Counter(
        run_bytes_of_book(seed, content, tmp_path / "a.xlsx") for seed in range(60, 1060)
    )
    assert outcome["read"] > 100


def test_a_flipped_byte_of_an_archive_is_refused_or_changes_nothing(tmp_path):
    content = labfiles.workbook(book())
    (tmp_path / "sound.xlsx").write_bytes(content)
    sound = dict(passes(read(tmp_path / "sound.xlsx")))
    rng = np.random.default_rng(5)
    for _ in range(60):
        at = int(rng.integers(len(content)))
        (tmp_path / "a.xlsx").write_bytes(
            content[:at] + bytes([content[at] ^ int(rng.integers(1, 256))]) + content[at + 1 :]
        )
        try:
            recordings = read(tmp_path / "a.xlsx")
        except RecordingError:
            continue
        for run, columns in passes(recordings):
            assert all(same(values, sound[run][name], ulps=0) for name, values in columns.items())


REAL = {
    "easyexpert/gate_sweep.csv": Case("gate_sweep", "", ", ", kind="easyexpert"),
    "easyexpert/iv_channel_sweep.csv": Case("iv_channel_sweep", "", ", ", kind="easyexpert"),
    "easyexpert/inverter_1hz.csv": Case("inverter_1hz", "", ", ", kind="easyexpert"),
    "easyexpert/inverter_records.csv": Case("inverter_records", "", ", ", kind="easyexpert"),
    "tables/radius10um_-2V_0.csv": Case("radius10um", "", kind="units row"),
    "tables/radius10um_-3V_3.csv": Case("radius10um", "", kind="units row"),
    "tables/old_device_-2V_2.csv": Case("old_device", "", "\t", kind="units row", hints={"units": "SI"}),
    "pulses/gong_et_al.csv": Case("gong", "", header=0, kind="pulses"),
}  # fmt: skip


@pytest.fixture(scope="module")
def real():
    """Return the sound files of a laboratory, where the developer has them."""
    folder = os.environ.get("ACANTHITE_LAB_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(
            "ACANTHITE_LAB_DATA does not name the folder of lab files; they are not part of the project"
        )
    return [
        Case(case.name, (Path(folder) / name).read_bytes().decode("utf-8"), case.separator, ".", case.header, (), case.hints, case.kind)
        for name, case in REAL.items()
    ]  # fmt: skip


def test_real_files_are_read(real, tmp_path):
    for case in real:
        assert judge(case, case.text.encode(), tmp_path / "a.dat") == "read", case.name


def test_damaged_real_files(real, tmp_path):
    outcome = Counter(run_seed(seed, real, tmp_path / "a.dat") for seed in range(10_000, 10_064))
    assert min(outcome["read"], outcome["refused"]) > 5


@pytest.mark.slow
def test_many_damaged_real_files(real, tmp_path):
    outcome = Counter(run_seed(seed, real, tmp_path / "a.dat") for seed in range(10_064, 12_064))
    assert min(outcome["read"], outcome["refused"]) > 200


@pytest.mark.slow
def test_damaged_real_books(tmp_path):
    folder = os.environ.get("ACANTHITE_LAB_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(
            "ACANTHITE_LAB_DATA does not name the folder of lab files; they are not part of the project"
        )
    content = (Path(folder) / "clarius" / "B12 00 Leakage.xlsx").read_bytes()
    outcome = Counter(run_bytes_of_book(seed, content, tmp_path / "a.xlsx") for seed in range(400))
    assert outcome["read"] > 20


@pytest.mark.parametrize("format", ["netcdf", "csv", "easyexpert", "parquet"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_written_reads_back_bit_for_bit(case, format, tmp_path):
    (tmp_path / "in.dat").write_bytes(case.text.encode())
    for recording in read(tmp_path / "in.dat", **case.hints):
        if format == "easyexpert" and "voltage" not in recording:
            with pytest.raises(RecordingError, match="EasyEXPERT CSV holds voltage and current"):
                write(recording, tmp_path / "out", format)
            continue
        write(recording, tmp_path / "out", format)
        (back,) = read(tmp_path / "out")
        xr.testing.assert_identical(back, recording)


@pytest.mark.parametrize("format", ["netcdf", "csv", "easyexpert", "parquet"])
def test_a_book_reads_back_bit_for_bit(format, tmp_path):
    (tmp_path / "in.xlsx").write_bytes(labfiles.workbook(book()))
    for recording in read(tmp_path / "in.xlsx"):
        write(recording, tmp_path / "out", format)
        xr.testing.assert_identical(read(tmp_path / "out")[0], recording)
