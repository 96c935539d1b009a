"""Damaged files end in a clean result or in our own error that names the file, never in anything else."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import labfiles
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acanthite.errors import RecordingError
from acanthite.measurement import check_recording, read, write

TABLE = "# made by a script\nt (s);V (mV);I (µA);Status\n0;0;0,5;OK\n1;500;2;OK\n2;1000;3,5;limit\n3;500;;OK\n"
CYCLES = "device,cycle,V (V),I (A)\n" + "".join(
    f"{d},{c},{v},{v * 1e-6}\n" for d in (1, 2) for c in (1, 2) for v in (0, 1, 2)
)
PULSES = "pulse,a (uS),b (uS)\n" + "".join(f"{n},{n + 1},{30 - n}\n" for n in range(20))
LEVELS = "device,pulse,R (Ohm)\n" + "".join(
    f"{d},{n},{1000 + n}\n" for d in (1, 2) for n in range(6)
)
BARE = "".join(f"{n / 20 - 0.5},{0.5 - n / 20}\n" for n in range(20))
VAR2 = (
    labfiles.easyexpert().replace("Dimension1, 6, 6", "Dimension1, 3, 3").replace("Dimension2, 1, 1", "Dimension2, 2, 2")
    .replace("VAR1, CONST", "VAR1, VAR2")
)  # fmt: skip


def _tidy() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").write_text(labfiles.easyexpert(), encoding="utf-8")
        write(read(Path(folder) / "in")[0], Path(folder) / "out", "csv")
        return (Path(folder) / "out").read_bytes()


def _book() -> bytes:
    head = ["Time", "AI", "AV", "VSET"]
    rows = [head, [0.1, 0.0, 0, 0.7], [0.2, -1e-6, -0.5, "#REF"], [0.3, -2e-6, -1, None]]
    return labfiles.workbook(
        {"Run2": rows, "Run1": rows, "Settings": labfiles.clarius_settings("Run1")}
    )


TEXTS = [
    t.encode() for t in (2 * labfiles.easyexpert(), VAR2, TABLE, CYCLES, PULSES, LEVELS, BARE, "\ufeff" + TABLE)
] + [TABLE.encode("utf-16"), _tidy()]  # fmt: skip
BOOK = _book()
TOKENS = [
    b"", b"nan", b"-", b"1e999", b"-1e308", b"9.91E37", b"\x00", b"\xff\xfe", b"#REF", b"1_0", b"0x1F", b"\xb5", b'"', b"'",
    b";", b"\t", b",", b"\r", b"\n", b"SetupTitle, x\n", b"DataName, \n", b"DataName, V1, V1\n", b"Dimension1, 0\n",
    b"Dimension2, 3\n", b"99999999999999999999", b"(", b"[1]", b" (mV)", b"# layout: {}\n", b"device", b"V", b"<", b"&",
]  # fmt: skip

places = st.integers(0, 2**16)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), places, st.integers(1, 255)),
        st.tuples(st.just("cut"), places, st.just(0)),
        st.tuples(st.just("drop"), places, st.integers(1, 3)),
        st.tuples(st.just("swap"), places, places),
        st.tuples(st.just("twice"), places, st.just(0)),
        st.tuples(st.just("put"), places, st.sampled_from(TOKENS)),
        st.tuples(st.just("cell"), places, st.sampled_from(TOKENS)),
    ),
    min_size=1,
    max_size=4,
)


def mutate(content: bytes, wanted) -> bytes:
    """Return damaged content: bytes flipped, cut short, lines dropped, swapped or repeated, things put in."""
    for kind, place, what in wanted:
        at = place % max(len(content), 1)
        lines = content.splitlines(keepends=True) or [b""]
        line = place % len(lines)
        if kind == "flip" and content:
            content = content[:at] + bytes([content[at] ^ what]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "drop":
            content = b"".join(lines[:line] + lines[line + what :])
        elif kind == "swap":
            other = what % len(lines)
            lines[line], lines[other] = lines[other], lines[line]
            content = b"".join(lines)
        elif kind == "twice":
            content = b"".join([*lines[:line], lines[line], *lines[line:]])
        elif kind == "put":
            content = content[:at] + what + content[at:]
        elif kind == "cell":
            content = _in_cell(lines, line, place, what)
    return content


def _in_cell(lines: list[bytes], line: int, place: int, what: bytes) -> bytes:
    separator = b";" if b";" in lines[line] else b","
    cells = lines[line].split(separator)
    cells[place // len(lines) % len(cells)] = what
    return b"".join([*lines[:line], separator.join(cells), *lines[line + 1 :]])


def mutate_book(content: bytes, part: int, wanted) -> bytes:
    """Return a workbook whose archive is sound and one of whose parts is damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        names = source.namelist()
        for i, name in enumerate(names):
            held = source.read(name)
            target.writestr(name, mutate(held, wanted) if i == part % len(names) else held)
    return out.getvalue()


def ends_well(content: bytes, hints) -> None:
    """Read; whatever comes is either Recordings in order or our error that names the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.dat"
        path.write_bytes(content)
        try:
            recordings = read(path, **hints)
        except RecordingError as error:
            message = str(error)
        else:
            _check(recordings)
            return
    assert "damaged.dat" in message


def _check(recordings) -> None:
    assert recordings
    for recording in recordings:
        check_recording(recording)
        assert all(size > 0 for size in recording.sizes.values())
        assert all(np.issubdtype(v.dtype, np.number) for v in recording.data_vars.values())


HINTS = [
    {}, {}, {"units": "SI"}, {"columns": {"voltage": "V1"}}, {"columns": ["V (V)", "I (A)"]}, {"n_up": 3, "n_down": 3},
]  # fmt: skip
hinted = st.sampled_from(HINTS)
few = settings(max_examples=300, suppress_health_check=list(HealthCheck))
many = settings(max_examples=4000, suppress_health_check=list(HealthCheck))
text_given = given(st.sampled_from(TEXTS), changes, hinted)
book_given = given(st.integers(0, 20), changes)
raw_given = given(changes)


def _text(content, wanted, hints):
    ends_well(mutate(content, wanted), hints)


def _sheet(part, wanted):
    ends_well(mutate_book(BOOK, part, wanted), {})


def _archive(wanted):
    ends_well(mutate(BOOK, wanted), {})


test_damaged_text = few(text_given(_text))
test_damaged_sheets = settings(few, max_examples=100)(book_given(_sheet))
test_damaged_archives = settings(few, max_examples=100)(raw_given(_archive))
test_much_damaged_text = pytest.mark.slow(many(text_given(_text)))
test_much_damaged_sheets = pytest.mark.slow(many(book_given(_sheet)))
test_much_damaged_archives = pytest.mark.slow(many(raw_given(_archive)))


def test_undamaged_all_read():
    for content in TEXTS:
        ends_well(content, {})
    ends_well(BOOK, {})
    with tempfile.TemporaryDirectory() as folder:
        for content in (*TEXTS, BOOK):
            path = Path(folder) / "a"
            path.write_bytes(content)
            assert read(path)
