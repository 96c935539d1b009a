"""Workbooks (``.xlsx``): opened without trusting them, and their sheets row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from acanthite.errors import RecordingError

Row = tuple[Any, ...]

_HARMLESS = 64 * 2**20  # bytes unpacked, however small the file
_DENSEST = 100  # times its size: sheets of numbers unpack to five to twenty times
_FIRST = 400  # rows looked at for the width of a table
_MOST_ROWS = 1_048_576  # that a sheet can have


@contextmanager
def opened(path: str | Path) -> Iterator[Any]:
    """Open a workbook for reading; whatever the library says of a damaged one is said in our words.

    Raises
    ------
    RecordingError
        If it is no workbook, damaged, or unpacks to far more than any table of numbers does.
    """
    import openpyxl

    _refuse_bomb(path)
    with Path(path).open(
        "rb"
    ) as handle:  # a handle, since of a path openpyxl wants a certain ending
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(handle, read_only=True, data_only=True)
        except Exception as error:  # zip, XML, key and value errors of many kinds
            raise RecordingError(_cannot_open(path, error)) from None
        try:
            yield book
        finally:
            book.close()


def _cannot_open(path: str | Path, error: Exception) -> str:
    return (
        f"{path}: cannot be opened as a workbook ({_reason(error)}); it may be cut short: export "
        "it again"
    )


def _refuse_bomb(path: str | Path) -> None:
    """Raise where the archive says that it unpacks to more than it could hold of numbers."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except Exception as error:  # damaged archives raise errors of many kinds
        raise RecordingError(_cannot_open(path, error)) from None
    packed = Path(path).stat().st_size
    if unpacked > max(_HARMLESS, _DENSEST * packed):
        raise RecordingError(
            f"{path}: {packed} bytes that unpack to {unpacked}; expected at most {_DENSEST} times "
            "as much, as a workbook of "
            "numbers does: save it again with the sheets of data only"
        )


def _reason(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def rows(path: str | Path, book: Any, title: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a sheet that hold anything, numbered from one, without the empty cells
    behind the last.

    Raises
    ------
    RecordingError
        If the sheet is damaged or no sheet of rows.
    """
    if not hasattr(book[title], "reset_dimensions"):
        return  # a sheet with a chart only
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book[title].reset_dimensions()  # a stray cell far out would fill every row up to it
            for number, row in enumerate(book[title].iter_rows(values_only=True), 1):
                if number > _MOST_ROWS:
                    raise ValueError(f"a row beyond {_MOST_ROWS}")
                if cells := _trimmed(row):
                    yield number, cells
    except Exception as error:
        raise RecordingError(
            f"{path}, sheet {title!r}: cannot be read ({_reason(error)}); the file is damaged: "
            "export it again"
        ) from None


def _trimmed(row: Row) -> Row:
    n = len(row)
    while n and row[n - 1] is None:
        n -= 1
    return tuple(row[:n])


def cell_name(column: int, row: int) -> str:
    """Return what a spreadsheet calls a cell.

    Parameters
    ----------
    column : int
        From zero.
    row : int
        From one.
    """
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return f"{letters}{row}"


def as_lines(path: str | Path, book: Any, title: str) -> Iterator[tuple[int, str]]:
    """Yield the rows of a sheet as lines of a table with tabs; numbers keep every bit.

    Empty cells at the end of a row are there as far as the widest of the first rows goes.
    """
    width = max((len(row) for _, row in islice(rows(path, book, title), _FIRST)), default=0)
    for number, row in rows(path, book, title):
        cells = [_as_text(cell) for cell in row]
        yield number, "\t".join(cells + [""] * (width - len(cells)))


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return " ".join(cell.split())
    return repr(cell) if isinstance(cell, int | float) else str(cell)
