"""Lab files of known content, and the trivial parsers that say what stands in them, damaged or not.

A parser here knows how the sound file was laid out (separator, decimal sign, number of columns) and nothing else. A line of
other cells, or with a word where a number belongs, is one that a reader must refuse.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
EMPTY = {
    "",
    "nan",
    "n/a",
    "na",
    "#n/a",
    "#ref",
    "#ref!",
    "null",
    "none",
    "-",
    "--",
    "inf",
    "-inf",
    "+inf",
    "+nan",
    "-nan",
}
PREFIX = {
    "": 1.0,
    "f": 1e-15,
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "µ": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
}
FACTORS = {p + u: f for p, f in PREFIX.items() for u in ("V", "A", "s", "S", "Ohm", "Ω")} | {
    "h": 3600.0,
    "min": 60.0,
}
COMMENT = re.compile(r"\s*(#(?!REF|N/A)|%|!|//|;(?![\d\s,;.+-]))")


class NoRowError(Exception):
    """Here stands something that no reader may take for numbers."""


@dataclass(frozen=True)
class Case:
    """A sound text file, and how it is laid out."""

    name: str
    text: str
    separator: str | None = ","
    decimal: str = "."
    header: int = 1  # lines before the numbers
    words: tuple[int, ...] = ()  # columns that hold words
    hints: dict = field(default_factory=dict)
    kind: str = "table"

    def n_columns(self) -> int:
        """Return the number of columns of the sound file."""
        return len(self.text.splitlines()[-1].rstrip("\r\n").split(self.separator))


def number(cell: str, decimal: str = ".") -> float | None:
    """Return the number in a cell, not-a-number for nothing, None for a word."""
    bare = unquoted(cell)
    if decimal == "," and "." in bare:
        return None
    bare = bare.replace(",", ".") if decimal == "," else bare
    if NUMBER.fullmatch(bare):
        value = float(bare)
        return value if abs(value) < 9.9e37 else math.nan
    return math.nan if bare.lower() in EMPTY else None


def unquoted(cell: str) -> str:
    """Return a cell without white space and quotation marks around it."""
    bare = cell.strip()
    return (
        bare[1:-1].strip() if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare
    )


def decoded(content: bytes) -> str:
    """Return the text of a file as any editor shows it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def lines(content: bytes) -> list[str]:
    """Return the lines of a file, whatever ends them."""
    return re.split(r"\r\n|\n|\r", decoded(content))


def table(case: Case, content: bytes) -> tuple[list[str], np.ndarray]:
    """Return the names in the header and the rows of a table; words are not-a-number.

    Raises
    ------
    NoRowError
        Where a line does not hold a number, or nothing, in each column.
    """
    found = lines(content)
    if case.separator == "\t":
        found = [line.strip() for line in found]  # tabs before and after are white space
    header, begin = "", 0
    if case.header:
        place = _header(case, found)
        header, begin = found[place], place + 1
    data = [
        line.split(case.separator)
        for line in found[begin:]
        if line.strip() and not COMMENT.match(line) and not (case.header and line == header)
    ]
    bare = header.lstrip("#%!; ") if COMMENT.match(header) else header
    names = [unquoted(cell) for cell in bare.split(case.separator)] if case.header else []
    n, words = _layout(case, names, data)
    return names, np.array([_row(case, cells, n, words) for cells in data], float).reshape(-1, n)


def _header(case: Case, found: list[str]) -> int:
    """Return the place of the names: where they stand as they were, else the last line before the numbers without any."""
    sound = case.text.splitlines()[case.header - 1].strip("\ufeff")
    if sound in found:
        return found.index(sound)
    first = range(min(case.header + 3, len(found)))
    cells = {
        n: [number(cell, case.decimal) for cell in found[n].split(case.separator)] for n in first
    }
    numbers = {n: sum(x is not None and x == x for x in row) for n, row in cells.items()}
    begin = next((n for n in first if 2 * numbers[n] >= case.n_columns()), case.header)
    return max(begin - 1, 0)


def _layout(case: Case, names: list[str], data: list[list[str]]) -> tuple[int, set[int]]:
    """Return the number of columns and those of words; another one where a column was put in or taken out of every line."""
    n = case.n_columns()
    widths = {len(cells) for cells in data} | ({len(names)} if names else set())
    if len(widths) == 1:
        n = widths.pop()
    whole = [cells for cells in data if len(cells) == n]
    kinds = [[number(cells[i], case.decimal) for cells in whole] for i in range(n)]
    numbers = [sum(x is not None and x == x for x in column) for column in kinds]
    return n, {i for i in range(n) if kinds[i].count(None) > numbers[i] or not numbers[i]}


def _row(case: Case, cells: list[str], n: int, words: set[int]) -> list[float]:
    if len(cells) == n + 1 and not cells[-1].strip() and n - 1 not in words:
        cells = cells[:-1]  # a separator at the end
    if len(cells) == n - 1 and n - 1 in words and cells[-1].strip():
        cells = [*cells, ""]  # no word, no separator
    if len(cells) != n and case.separator == "\t":
        cells = "\t".join(cells).split()  # a tab too many is white space
    if len(cells) != n:
        raise NoRowError(case.separator.join(cells) if case.separator else " ".join(cells))
    values = [
        math.nan if i in words else number(cell, case.decimal) for i, cell in enumerate(cells)
    ]
    if any(value is None for value in values):
        raise NoRowError((case.separator or " ").join(cells))
    return [value for value in values if value is not None]


def records(content: bytes) -> list[tuple[list[str], np.ndarray]]:
    """Return names and rows of each record of an EasyEXPERT file.

    Raises
    ------
    NoRowError
        Where a row has other values than there are names, or one that is no number.
    """
    found: list[tuple[list[str], list[list[float | None]]]] = []
    for line in lines(content):
        head, _, rest = line.partition(",")
        if head.strip() == "DataName":
            found.append(([name.strip() for name in rest.rstrip(" ,").split(",")], []))
        elif head.strip() == "DataValue":
            if not found:
                raise NoRowError(line)
            cells = rest.split(",")
            n = len(found[-1][0])
            values = [number(cell) for cell in cells]
            if None in values or len(cells) < n or "".join(cells[n:]).strip():
                raise NoRowError(line)
            found[-1][1].append(values[:n])
    return [(names, np.array(rows, float).reshape(-1, len(names))) for names, rows in found]


def factor(name: str) -> float | None:
    """Return the factor of the unit in a column's name, None where it has no unit that is known here."""
    told = re.search(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$", name) or re.search(r"/(\S+)$", name)
    return FACTORS.get(told[1]) if told else None


def _rows(rows, separator, decimal=".", form="{!r}"):
    text = [
        separator.join(form.format(x) if isinstance(x, float) else str(x) for x in row)
        for row in rows
    ]
    return [line.replace(".", ",") for line in text] if decimal == "," else text


def sweep(n=24):
    """Return time, voltage and current of a loop, every number another."""
    v = np.r_[np.linspace(0.013, 1.2, n // 2), np.linspace(1.187, 0.031, n - n // 2)]
    i = 1e-6 * np.sinh(2.5 * v) * np.r_[np.ones(n // 2), 3 * np.ones(n - n // 2)]
    t = 0.11 + 0.1037 * np.arange(n)
    return [
        [round(float(a), 5), round(float(b), 6), float(f"{c:.5e}")]
        for a, b, c in zip(t, v, i, strict=True)
    ]


def _tables() -> list[Case]:
    cases = []
    heads = {
        "brackets": "Time (s){0}Voltage (V){0}Current (A)",
        "square": "t [ms]{0}V [mV]{0}I [uA]",
        "slash": "Time/s{0}Voltage/V{0}Current/mA",
    }
    for separator, decimal in ((",", "."), (";", "."), ("\t", "."), (";", ","), ("\t", ",")):
        for style, head in heads.items():
            text = "\n".join([head.format(separator), *_rows(sweep(), separator, decimal)]) + "\n"
            cases.append(Case(f"table {style} {separator!r} {decimal}", text, separator, decimal))
    rows = _rows(sweep(), ",")
    cases.append(
        Case(
            "units in a row",
            "\n".join(["t,V,I", "s,V,uA", *rows]) + "\n",
            header=2,
            kind="units row",
        )
    )
    cases.append(
        Case(
            "trailing separator",
            "\n".join(["t (s),V (V),I (A),", *(r + "," for r in rows)]) + "\n",
            words=(3,),
        )
    )
    status = "\n".join(["t (s),V (V),I (A),Status", *(r + ",OK" for r in rows)]) + "\n"
    cases.append(Case("words", status, words=(3,)))
    remarks = "# made by a script\n# 12.5 V\nt (s),V (V),I (A)\n"
    cases.append(Case("comments", remarks + "\n".join(rows) + "\n", header=3))
    cases.append(Case("crlf", "\ufeff" + "\r\n".join(["t (s),V (V),I (A)", *rows]) + "\r\n"))
    quoted = ['"t (s)","V (V)","I (A)"', *('"' + r.replace(",", '","') + '"' for r in rows)]
    cases.append(Case("quoted", "\n".join(quoted) + "\n"))
    hints = {"columns": ["t (s)", "V (V)", "I (A)"]}
    cases.append(Case("no names", "\n".join(rows) + "\n", header=0, hints=hints))
    return cases


def _counted() -> list[Case]:
    rows = [[d, c, *row[1:]] for d in (1, 2) for c in (1, 3) for row in sweep(8)]
    loops = "\n".join(["device,cycle,V (V),I (uA)", *_rows(rows, ",")]) + "\n"
    return [Case("devices and cycles", loops, kind="counted")]


def _pulsed() -> list[Case]:
    level = [float(f"{x:.5g}") for x in np.r_[np.linspace(1.1, 9.3, 15), np.linspace(9.1, 1.3, 15)]]
    volts = [-0.75] * 15 + [0.75] * 15
    rows = [[n, v, g] for n, (v, g) in enumerate(zip(volts, level, strict=True), 1)]
    head = "pulse,Amplitude (V),G (uS)"
    cases = [Case("pulses", "\n".join([head, *_rows(rows, ",")]) + "\n", kind="pulses")]
    rows = [[n, g] for n, g in enumerate(level, 1)]
    cases.append(
        Case(
            "resistances",
            "\n".join(["pulse;R (kOhm)", *_rows(rows, ";", ",")]) + "\n",
            ";",
            ",",
            kind="pulses",
        )
    )
    cells = [
        [w, b, 1e3 * g + 0.5, v, 1e-6, "P", "R2", 0.5]
        for w, b in ((1, 1), (1, 2))
        for g, v in zip(level[:12], volts, strict=False)
    ]
    head = "Wordline,Bitline,Resistance,Amplitude (V),Pulse width (s),Tag,ReadTag,ReadVoltage"
    text = "\r\n".join(["Session", "Mon Nov 29 12:00:00 2026", head, *_rows(cells, ",")]) + "\r\n"
    return [*cases, Case("ArC", text, header=3, words=(5, 6), kind="arc")]


def _states() -> list[Case]:
    lrs = [float(f"{1000 + 3.7 * n:.6g}") for n in range(20)]
    hrs = [float(f"{1e6 + 4321.5 * n:.8g}") for n in range(20)]
    rows = [[n, a, b] for n, (a, b) in enumerate(zip(lrs, hrs, strict=True), 1)]
    times = [[round(1.3**n, 4), a, b] for n, (a, b) in enumerate(zip(lrs, hrs, strict=True), 1)]
    single = [row[:2] for row in times]
    return [
        Case("endurance", "\n".join(["Cycle,R_LRS (Ohm),R_HRS (Ohm)", *_rows(rows, ",")]) + "\n", kind="states"),
        Case("endurance, bare", "\n".join(["Cycle, R_LRS, R_HRS", *_rows(rows, ", ")]) + "\n", kind="states"),
        Case("endurance, kOhm", "\n".join(["Cycle\tLRS (kOhm)\tHRS (MOhm)", *_rows(rows, "\t")]) + "\n", "\t", kind="states"),
        Case("retention", "\n".join(["Time (s);R_LRS (Ohm);R_HRS (Ohm)", *_rows(times, ";", ",")]) + "\n", ";", ",", kind="states"),
        Case("retention, one", "\n".join(["Time (h),Resistance (kOhm)", *_rows(single, ",")]) + "\n", kind="states"),
    ]  # fmt: skip


def easyexpert(n_records=3, steps=1, crlf=True, points=8) -> str:
    """Return an EasyEXPERT file: a byte order mark, a blank line, several records, or several steps of VAR2."""
    out = []
    for k in range(n_records):
        rows = sweep(points * steps)
        out += [
            "", f"SetupTitle, Test {k // 2}", "PrimitiveTest, I/V Sweep", "TestParameter, Channel.IName, I1, I2",
            "TestParameter, Channel.VName, V1, V2", "TestParameter, Channel.Mode, V, V",
            f"TestParameter, Channel.Func, VAR1, {'VAR2' if steps > 1 else 'CONST'}",
            "TestParameter, Measurement.Primary.Locus, Single", "TestParameter, Measurement.Primary.Compliance, 0.001",
            f"MetaData, TestRecord.TestTarget, D{k}", f"Dimension1, {points}, {points}, {points}",
            f"Dimension2, {steps}, {steps}, {steps}", "DataName, V1, I1, Extra",
            *(f"DataValue, {v + k!r}, {i * (k + 1):.6E}, {t!r}" for t, v, i in rows),
        ]  # fmt: skip
    return "\ufeff" + ("\r\n" if crlf else "\n").join(out) + "\n"


def cases() -> list[Case]:
    """Return every sound text file."""
    expert = [
        Case("EasyEXPERT, records", easyexpert(), kind="easyexpert"),
        Case("EasyEXPERT, VAR2", easyexpert(1, 3), kind="easyexpert"),
        Case("EasyEXPERT, one", easyexpert(1, 1, crlf=False, points=24), kind="easyexpert"),
    ]
    return [*_tables(), *_counted(), *_pulsed(), *_states(), *expert]
