"""How a plain table is laid out: separator, decimal sign, names, units, where the numbers begin."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from acanthite.errors import RecordingError
from acanthite.measurement.io.parsing import text
from acanthite.measurement.io.parsing.units import parse_unit

COMMENT = re.compile(r"\s*(#(?!REF|N/A|NA\b|DIV/0|VALUE!|NUM!|NAME\?)|%|!|//|;(?![\d\s,;.+-]))")
_PARTED = (
    r"\t+|\s{2,}",
    r"\s*[\t,;]+\s*",
    r"[\t,; ]+",
)  # how names may be parted where the numbers are otherwise
_SAMPLE = 400  # lines looked at
_CANDIDATES = (
    ("\t", "."),
    (";", "."),
    (",", "."),
    (None, "."),
    ("\t", ","),
    (";", ","),
    (None, ","),
    (",", ","),  # in quotation marks
)
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True)
class TableLayout:
    """How a table is laid out.

    Parameters
    ----------
    separator : str or None
        None for any white space.
    decimal : str
    n_cells : int
        Of a line of numbers.
    names : tuple of str
        As many, or none where the file has no header.
    units : tuple of str
        From a line of their own, as many, or none.
    first : int
        Line of the first numbers.
    header : str
        The line of names as it stands, or empty.
    numeric : tuple of bool
        Which cells hold numbers.
    filled : tuple of bool
        Which cells hold something in most lines, as far as was looked.
    preamble : tuple of str
        Lines before the table, comments without their signs.
    """

    separator: str | None
    decimal: str
    n_cells: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    first: int
    header: str
    numeric: tuple[bool, ...]
    filled: tuple[bool, ...]
    preamble: tuple[str, ...]

    def split(self, line: str) -> list[str]:
        """Return the cells of a line."""
        return split(line, self.separator)

    def number(self, cell: str) -> float | None:
        """Return the number in a cell, not-a-number for nothing, None for text."""
        return _number(cell, self.decimal)

    def is_empty(self, column: int) -> bool:
        """Return whether a column has neither name nor content: a separator at the end of each line
        makes one.
        """
        return not (self.filled[column] or (self.names and self.names[column]))


def _number(cell: str, decimal: str) -> float | None:
    """Return the number in a cell; where commas are decimal signs, points are not."""
    if decimal == ".":
        return text.number(cell)
    value = text.number(cell.replace(",", "."))
    return None if value is not None and value == value and "." in cell else value


def split(line: str, separator: str | None) -> list[str]:
    """Return the cells of a line, quotation marks taken off."""
    if separator and '"' in line:
        try:
            quoted = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
            return [cell.strip() for cell in next(quoted)]
        except csv.Error:
            pass  # a mark that is never closed stays in its cell, which is no number then
    cells = [cell.strip() for cell in line.split(separator)]
    return [
        cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'" else cell
        for cell in cells
    ]


def sniff(path: str | Path, numbered: Iterable[tuple[int, str]] | None = None) -> TableLayout:
    """Return the layout of a plain table.

    Parameters
    ----------
    path : path_like
    numbered : iterable of (int, str), optional
        Its numbered lines, where they are not those of the file.

    Raises
    ------
    RecordingError
        If the first lines hold no table of numbers.
    """
    lines = [
        (n, line)
        for n, line in islice(text.lines(path) if numbered is None else numbered, _SAMPLE)
        if line.strip()
    ]
    plain = [(n, line) for n, line in lines if not COMMENT.match(line)]
    best: tuple[float, int, int, tuple[str | None, str]] | None = None
    for rank, candidate in enumerate(_CANDIDATES):
        width, score = _judge([line for _, line in plain], *candidate)
        if width and (best is None or (score, width, -rank) > best[:3]):
            best = (score, width, -rank, candidate)
    if best is None:
        where = plain[0] if plain else lines[0] if lines else (1, "")
        raise text.fail(
            path,
            where[0],
            f"{text.shorten(where[1].strip())}; expected a table of numbers, with or without a "
            "line of names",
        )
    return _layout(path, lines, plain, best[1], *best[3])


def _kinds(line: str, separator: str | None, decimal: str) -> str:
    """Return a letter a cell: a number, nothing, or text."""
    return "".join(_kind(cell, decimal) for cell in split(line, separator))


def _kind(cell: str, decimal: str) -> str:
    value = _number(cell, decimal)
    return "t" if value is None else "n" if value == value else "e"


def _is_data(kinds: str) -> bool:
    return 0 < len(kinds) <= 2 * kinds.count("n")


def _judge(lines: Sequence[str], separator: str | None, decimal: str) -> tuple[int, float]:
    """Return the usual number of cells of the lines of numbers, and how well the lines fit it."""
    rows = [kinds for line in lines if _is_data(kinds := _kinds(line, separator, decimal))]
    if not rows:
        return 0, 0.0
    width = Counter(map(len, rows)).most_common(1)[0][0]
    fitting = [1 - row.count("t") / width for row in rows if len(row) == width]
    return width, round(sum(fitting), 1)


def _mostly_numbers(kinds: Sequence[str]) -> bool:
    return 0 < kinds.count("n") >= kinds.count("t")


def _columns(rows: Sequence[str], width: int) -> tuple[list[bool], int]:
    """Return which columns hold numbers, and the first row that fits them."""
    data = [row for row in rows if len(row) == width and _is_data(row)]
    numeric = [_mostly_numbers([row[i] for row in data]) for i in range(width)]

    def fits(row: str) -> bool:
        return (
            len(row) == width
            and _is_data(row)
            and "t" not in [k for k, n in zip(row, numeric, strict=True) if n]
        )

    return numeric, next((i for i, row in enumerate(rows) if fits(row)), rows.index(data[0]))


def _layout(
    path: str | Path,
    lines: Sequence[tuple[int, str]],
    plain: Sequence[tuple[int, str]],
    width: int,
    separator: str | None,
    decimal: str,
) -> TableLayout:
    kinds = [_kinds(line, separator, decimal) for _, line in plain]
    numeric, start = _columns(kinds, width)
    data = [row for row in kinds[start:] if len(row) == width]
    filled = tuple(2 * sum(row[i] != "e" for row in data) > len(data) for i in range(width))
    first = plain[start][0]
    if decimal == ",":
        _refuse_thousands(path, plain[start:], separator)
    before = [(n, line) for n, line in plain if n < first]
    units: tuple[str, ...] = ()
    if len(before) > 1 and _are_units(split(before[-1][1], separator)):
        units = tuple(_fit(before.pop()[1], separator, numeric) or ())
    header = ""
    names = ()
    if before:
        names = _names_in(path, *before[-1], separator, numeric)
    if names:
        header = before.pop()[1]
    comments = [
        COMMENT.sub("", line, count=1).strip("#%!/; ")
        for n, line in lines
        if n < first and COMMENT.match(line)
    ]
    if (
        not names
        and comments
        and (fitted := _fit(comments[-1], separator, numeric))
        and _letters(fitted)
    ):
        names = fitted
        comments.pop()
    preamble = (*comments, *(line for _, line in before))
    return TableLayout(
        separator,
        decimal,
        width,
        tuple(names),
        units,
        first,
        header,
        tuple(numeric),
        filled,
        preamble,
    )


def _names_in(
    path: str | Path, number: int, line: str, separator: str | None, numeric: Sequence[bool]
) -> tuple[str, ...]:
    """Return the names in the line before the numbers, or nothing where it is part of a preamble.

    Raises
    ------
    RecordingError
        If it names other columns, or is a damaged line of numbers.
    """
    fitted = _fit(line, separator, numeric)
    is_number = any(name and text.number(name.replace(",", ".")) is not None for name in fitted)
    if is_number or (not fitted and re.match(r"\s*[\"']?[-+.]?[0-9]", line)):
        raise text.fail(
            path,
            number,
            f"{text.shorten(line.strip())}; expected {len(numeric)} numbers as in the lines below "
            "it, or a name for each column: "
            "the line is damaged",
        )
    if not fitted and re.search(r"[A-Za-z]\w*", line) and not _is_setting(line):
        raise text.fail(
            path,
            number,
            f"{text.shorten(line.strip())} does not name the {len(numeric)} columns below; pass "
            "the names as columns=[...]",
        )
    return fitted


def _refuse_thousands(
    path: str | Path, lines: Sequence[tuple[int, str]], separator: str | None
) -> None:
    """Raise where it is ambiguous whether 1,234 is a number of thousands or one with decimals."""
    suspects = [(n, cell) for n, line in lines for cell in split(line, separator) if "," in cell]
    if suspects and all(_THOUSANDS.fullmatch(cell) for _, cell in suspects):
        number, cell = suspects[0]
        raise text.fail(
            path,
            number,
            f"{text.shorten(cell)} could be thousands or decimals, and no other number tells; "
            "write the numbers with "
            "decimal points and without separators of thousands",
        )


def _is_setting(line: str) -> bool:
    return bool(re.match(r"[^,;\t]+[:=,;\t]", line.strip()))


def _letters(names: Sequence[str]) -> bool:
    return any(re.search(r"[A-Za-zΩµ]", name) for name in names)


def _are_units(cells: Sequence[str]) -> bool:
    filled = [cell.strip("()[] ") for cell in cells if cell.strip("()[] ")]
    return bool(filled) and all(parse_unit(cell) for cell in filled)


def _fit(line: str, separator: str | None, numeric: Sequence[bool]) -> tuple[str, ...]:
    """Return the names in a line, one for each cell, or nothing where their number is another."""
    width = len(numeric)
    for cells in (split(line, separator), *(re.split(how, line.strip()) for how in _PARTED)):
        if width == 1 and re.search(r"[,;\t]", line.strip()):
            continue  # more than one name
        named = list(cells)
        while named and named[-1] == "":
            named.pop()
        if len(named) == width or (len(named) == width - 1 and not numeric[-1]):
            return tuple(named) + ("",) * (width - len(named))
        if len(cells) == width:
            return tuple(cells)
    return ()


def no_names(where: str, n: int) -> RecordingError:
    """Return the error for a table whose columns have no names."""
    return RecordingError(
        f"{where}: {n} columns without names; name them in order, as columns=['voltage (V)', "
        "'current (A)'], "
        "with '-' for each one to leave out; or up and down for a pulse response, device, "
        "resistance, ..."
    )
