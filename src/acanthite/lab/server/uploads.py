"""Files that a person sends: kept under a name of their own for as long as they are read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


def read_upload(name: str, data: bytes, reader: Callable[[Path], Value]) -> Value:
    """Return what a reader makes of a file that was sent; nothing of it stays on the disk.

    Parameters
    ----------
    name : str
        As the browser gave it; only its harmless characters are used.
    data : bytes
    reader : callable
        Called with a path.
    """
    with tempfile.TemporaryDirectory(prefix="acanthite-lab-") as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(data)
        return reader(path)


def safe_name(name: str) -> str:
    """Return a file name without folders, dots in front, or anything but letters and digits."""
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r"[^\w.\- ]", "_", last).lstrip(". ")
    return plain[-100:] or "file"


def without_folder(message: str) -> str:
    """Return a message without the place where an upload was kept."""
    return re.sub(r"\S*acanthite-lab-[^/\\]+[/\\]", "", message)
