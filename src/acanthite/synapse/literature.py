"""Devices of the literature by name, each a device file with its source and conditions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from acanthite.errors import ParameterError, brief, nearest
from acanthite.synapse.base import Synapse
from acanthite.synapse.device_file import load

_FOLDER = Path(__file__).parent / "devices"

LITERATURE: tuple[str, ...] = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Their names."""


@cache
def literature(name: str) -> Synapse:
    """Return a device of the literature.

    Parameters
    ----------
    name : str
        One of :data:`LITERATURE`.

    Raises
    ------
    ParameterError
        If there is none of that name.

    Examples
    --------
    >>> ecram = ac.synapse.literature("ecram")
    >>> print(f"{ecram.n_states:.0f} states; {ecram.provenance['source'][:23]}")
    1000 states; J. Tang et al., IEDM (2
    """
    if name not in LITERATURE:
        raise ParameterError(
            f"literature: name = {brief(name)}; expected one of {', '.join(LITERATURE)}"
            f"{nearest(str(name), LITERATURE)}"
        )
    return load(_FOLDER / f"{name}.toml")
