"""Cell models by name, and from a file of measured states."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from acanthite.errors import CellError, nearest
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.cmo_reram import CMOReRAM
from acanthite.inference.cells.hermes_pcm import HermesPCM
from acanthite.inference.cells.ideal import IdealCells
from acanthite.inference.cells.measured import MeasuredCells
from acanthite.inference.cells.milo_rram import MiloRRAM
from acanthite.inference.cells.pcm import PCM
from acanthite.inference.cells.wan_reram import WanReRAM

CELLS = {
    "ideal": IdealCells,
    "pcm": PCM,
    "pcm-one-device": partial(HermesPCM, devices=1),
    "pcm-two-devices": partial(HermesPCM, devices=2),
    "reram-wan": WanReRAM,
    "reram-cmo": CMOReRAM,
    "rram-milo": MiloRRAM,
}
"""What makes each cell model, by its name."""


_FILES = (".csv", ".toml")


def is_file(name: str | os.PathLike[str]) -> bool:
    """Return whether a name of cells is that of a file."""
    return isinstance(name, os.PathLike) or str(name).endswith(_FILES)


def cells(name: str | os.PathLike[str], **options: Any) -> CellModel:
    """Return a cell model by its name, or from a table of measured states.

    Parameters
    ----------
    name : str or path
        One of :data:`CELLS`, or a CSV file of states (:meth:`MeasuredCells.read`).
    **options
        What the model takes, such as ``conductance_max``.

    Returns
    -------
    CellModel

    Raises
    ------
    CellError
        If there is no such model or file, or it has no such option.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> print(
    ...     f"{ac.inference.cells('pcm', conductance_max=20 * uS).conductance_max / uS:.0f} uS"
    ... )
    20 uS
    """
    if isinstance(name, os.PathLike) or str(name).endswith(".csv"):
        return MeasuredCells.read(Path(name), **options)
    if name not in CELLS:
        raise CellError(
            f"no cells {name!r}; expected one of {', '.join(CELLS)}, or a .csv file of measured "
            f"states{nearest(str(name), CELLS)}"
        )
    try:
        return CELLS[name](**options)
    except TypeError:
        known = CELLS[name]().__dataclass_fields__
        wrong = next((o for o in options if o not in known), "")
        raise CellError(
            f"cells {name!r} have no option {wrong!r}; expected {', '.join(known)}"
            f"{nearest(wrong, known)}"
        ) from None
