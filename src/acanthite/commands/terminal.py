"""Where the command line writes to: any encoding, a pipe that closes, a disk that is full."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from typing import Any

__all__ = ["explain", "flush", "write_plainly"]

_PLAIN = {
    "\N{MICRO SIGN}": "u",
    "\N{GREEK SMALL LETTER MU}": "u",
    "\N{OHM SIGN}": "Ohm",
    "\N{GREEK CAPITAL LETTER OMEGA}": "Ohm",
    "°": "deg",
    "±": "+-",
    "·": ".",
    "•": "*",
    "×": "x",
    "√": "sqrt",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "−": "-",
    "–": "-",
    "—": "-",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "⁻": "-",
    "α": "alpha",
    "Γ": "Gamma",
    "σ": "sigma",
    "━": "-",
    "╸": "-",
    "╺": "-",
}
"""How each sign is spelt in ASCII; a "?" in place of a unit would leave a number without one."""
_SUPERSCRIPTS = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_HANDLER = "acanthite-plain"
_SAMPLE = "0123456789 abcXYZ.-+"


def _plain(sign: str, encoding: str) -> bytes:
    """Return what stands for one character outside ASCII.

    A spelling, itself, its letter without accents, or "?".
    """
    if sign in _PLAIN:
        return _PLAIN[sign].encode()
    decomposed = unicodedata.normalize("NFKD", sign)
    if sign in _SUPERSCRIPTS:
        return decomposed.encode("ascii", "ignore")
    try:
        return sign.encode(encoding)
    except UnicodeEncodeError:
        return decomposed.encode("ascii", "ignore") or b"?"


def _spell(text: str, before: str, encoding: str) -> bytes:
    """Return a run of characters outside ASCII.

    An exponent gets its "^", or 10⁶ would be read as 106.
    """
    spelt = b""
    for sign in text:
        opens = sign in _SUPERSCRIPTS and before not in _SUPERSCRIPTS
        spelt += b"^" * opens + _plain(sign, encoding)
        before = sign
    return spelt


def write_plainly() -> None:
    """Let standard output and error take any text: "100 uS" where their encoding has no "µ".

    Only Unicode has all signs of the tables; where the encoding is another, every sign is spelt
    out, those it has too: 10¹⁴ half in superscripts is no number.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not stream.encoding.lower().startswith(
            ("utf", "u8", "u16")
        ):
            _reconfigure(stream)


def _reconfigure(stream: Any) -> None:
    encoding = stream.encoding

    def replace(error: UnicodeError) -> tuple[bytes, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        before = error.object[error.start - 1] if error.start else " "
        return _spell(error.object[error.start : error.end], before, encoding), error.end

    handler = f"{_HANDLER}-{encoding}"
    codecs.register_error(handler, replace)
    if _SAMPLE.encode(encoding) == _SAMPLE.encode("ascii"):
        stream.reconfigure(encoding="ascii", errors=handler)
    else:
        stream.reconfigure(errors=handler)


def flush() -> None:
    """Write out what is buffered, so that a failure shows now and not when the interpreter ends.

    Raises
    ------
    OSError
        If it cannot be written; what is left is dropped.
    """
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
        raise


def _drop_output() -> None:
    """Send what is still buffered nowhere; the interpreter would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def explain(error: OSError) -> str:
    """Return one line for an error of the operating system: the file, what is wrong, what to do."""
    where = f"{error.filename}: " if error.filename else "the output cannot be written: "
    return (
        f"{where}{error.strerror or error}; check the space left and the rights there, or name "
        "another place"
    )
