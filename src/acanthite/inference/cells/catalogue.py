"""Cell models by name, and from a file of measured states."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from acanthite.errors import CellError, nearest
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.cmo_reram import CMOReRAM
from acanthite.inference.cells.devices.ag2s import Ag2SCells
from acanthite.inference.cells.devices.fitted import FittedCells
from acanthite.inference.cells.devices.pulse_law import PulseLawCells
from acanthite.inference.cells.hermes_pcm import HermesPCM
from acanthite.inference.cells.ideal import IdealCells
from acanthite.inference.cells.measured import MeasuredCells
from acanthite.inference.cells.milo_rram import MiloRRAM
from acanthite.inference.cells.pcm import PCM
from acanthite.inference.cells.wan_reram import WanReRAM

CELLS = {
    "ideal": IdealCells,
    "ag2s": Ag2SCells,
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
    """Return a cell model by its name, or of a file.

    Parameters
    ----------
    name : str or path
        One of :data:`CELLS`; a CSV file of measured states (:meth:`MeasuredCells.read`); or a device
        file as ``acanthite fit`` writes it, of a device law or of a pulse law.
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
    if is_file(name):
        return _of_file(Path(name), options)
    if name not in CELLS:
        raise CellError(
            f"no cells {name!r}; expected one of {', '.join(CELLS)}, a .csv file of measured states, "
            f"or a .toml file of a device or a synapse{nearest(str(name), CELLS)}"
        )
    kind = CELLS[str(name)]
    _check_options(repr(name), options, kind().__dataclass_fields__)
    return kind(**options)


def _of_file(path: Path, options: Mapping[str, Any]) -> CellModel:
    """Return the cells of a file: measured states, a device law or a pulse law."""
    if path.suffix != ".toml":
        _check_options(f"of {path}", options, ())
        return MeasuredCells.read(path)
    _check_options(f"of {path}", options, ("conductance_min", "conductance_max", "trust"))
    kind = PulseLawCells if _holds_pulse_law(path) else FittedCells
    return kind(file=str(path), **options)


def _holds_pulse_law(path: Path) -> bool:
    from acanthite.parameters.toml import read

    return "synapse" in read(path, "device file", CellError)


def _check_options(name: str, options: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for option in options:
        if option not in known:
            expected = f"; expected {', '.join(known)}{nearest(option, known)}" if known else ""
            raise CellError(f"cells {name} have no option {option!r}{expected}")
