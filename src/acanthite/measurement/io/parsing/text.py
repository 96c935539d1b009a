"""Text files of any encoding and line ending, read line by line; errors that say where."""

from __future__ import annotations

import codecs
import csv
import re
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.errors import RecordingError

if TYPE_CHECKING:
    import pandas as pd

HEAD = 1 << 16
"""Bytes read to recognise the format of a file."""


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("acanthite-latin1", _as_latin)


def fail(path: str | Path, line: int | str, problem: str) -> RecordingError:
    """Return an error that names the file and the line, or the sheet and cell."""
    place = f"line {line}" if isinstance(line, int) else line
    return RecordingError(f"{path}, {place}: {problem}")


def shorten(value: object, longest: int = 40) -> str:
    """Return ``value`` as it stands in a file, cut to what an error can show."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[:longest]}...'"


def head(path: str | Path) -> bytes:
    """Return the first bytes of a file.

    Raises
    ------
    RecordingError
        If it is missing, a folder, empty or cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        raise RecordingError(f"{path}: a folder; read it with read_folder")
    if why := not_regular(path):
        raise RecordingError(f"{path}: {why}")
    try:
        with path.open("rb") as handle:
            start = handle.read(HEAD)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not start.strip():
        raise RecordingError(f"{path}: the file is empty")
    return start


_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)


def not_regular(path: Path) -> str:
    """Return why a path is no file with bytes in it, or an empty string; opening a pipe would wait
    for ever.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "a link to nothing; mend or remove it" if path.is_symlink() else "no such file"
    except (
        OSError,
        ValueError,
    ) as error:  # a loop of links, a name that is too long, a zero byte in it
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    what = next((name for test, name in _SPECIAL if test(mode)), "")
    return f"{what}, no file of data; save the numbers in a file" if what else ""


def encoding(start: bytes) -> str:
    """Return the encoding that the byte order mark says, UTF-8 without one."""
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without its end; bytes that are no UTF-8 are read as Latin-1.

    Raises
    ------
    RecordingError
        If the file is no text.
    """
    kind = encoding(head(path))
    try:
        with Path(path).open(
            encoding=kind, errors="acanthite-latin1" if kind == "utf-8-sig" else "strict"
        ) as handle:
            for number, line in enumerate(handle, 1):
                if "\0" in line:
                    raise fail(
                        path,
                        number,
                        "holds zero bytes; expected text: the file is damaged or of another kind",
                    )
                yield number, line.rstrip("\r\n")
    except UnicodeError as error:
        raise RecordingError(f"{path}: no text in {kind}: {error}") from None


def is_plain(path: str | Path) -> bool:
    """Return whether a file is bytes of text whose lines end as usual, so that all programs count
    them alike.
    """
    if encoding(head(path)) != "utf-8-sig":
        return False
    with Path(path).open("rb") as handle:
        while part := handle.read(1 << 20):
            if part.endswith(b"\r"):
                part += handle.read(1)
            if b"\0" in part or (b"\r" in part and part.count(b"\r") != part.count(b"\r\n")):
                return False
    return True


def unended(path: str | Path) -> str:
    """Return the last line of a file where nothing ends it, else an empty string."""
    kind = encoding(head(path))
    with Path(path).open("rb") as handle:
        handle.seek(
            max(Path(path).stat().st_size // 2 * 2 - HEAD, 0)
        )  # even: pairs of bytes stay together
        tail = handle.read()
    return re.split(r"[\r\n]", tail.decode(kind, errors="replace"))[-1].strip()


NOTHING = frozenset(
    {
        "",
        "nan",
        "+nan",
        "-nan",
        "n/a",
        "na",
        "<na>",
        "#n/a",
        "#na",
        "#n/a n/a",
        "#ref",
        "#ref!",
        "#div/0!",
        "#value!",
        "#num!",
        "#name?",
        "-1.#ind",
        "1.#ind",
        "-1.#qnan",
        "1.#qnan",
        "none",
        "null",
        "--",
        "-",
    }
)
"""What stands for not-a-number, in small letters."""

_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OVERFLOW = 9.9e37  # what SCPI instruments write for not-a-number (9.91e37) and overflow (9.9e37)


def number(cell: str) -> float | None:
    """Return the number a cell holds, not-a-number for an empty or spoilt one, None for other text.

    A number is written in ASCII digits: ``1_000``, hexadecimal digits and the digits of other
    scripts are text.
    """
    bare = cell.strip()
    if _NUMBER.fullmatch(bare):
        value = float(bare)
        return value if abs(value) < OVERFLOW else float("nan")
    small = bare.lower()
    return float("nan") if small in NOTHING or small in _INFINITE else None


def parse_table(path: str | Path, **options: Any) -> pd.DataFrame:
    """Return a table by pandas' C parser, every float the nearest to its text.

    Raises
    ------
    ValueError
        Where a line is not as the options say.
    """
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # pandas 3.1 has this precision always, and a warning for whoever asks for it
        warnings.filterwarnings("ignore", message="The 'float_precision' argument is deprecated")
        try:
            return pd.read_csv(
                path,
                float_precision="round_trip",
                encoding=encoding(head(path)),
                index_col=False,  # else a first line that is too long is read shifted
                quoting=csv.QUOTE_NONE,  # else a stray quotation mark swallows lines
                **options,
            )
        except (
            Exception
        ) as error:  # ParserError, OverflowError, IndexError, warnings ... on odd files
            raise ValueError(str(error) or type(error).__name__) from None
