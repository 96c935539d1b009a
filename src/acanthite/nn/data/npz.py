"""Arrays of an ``.npz`` file, or why they cannot be read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return all arrays of a file by name.

    Raises
    ------
    ValueError
        If they cannot be read; it says why in one line.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, TypeError, AttributeError) as error:
        raise ValueError(getattr(error, "strerror", None) or str(error).split("\n")[0]) from None
