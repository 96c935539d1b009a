"""Chips by name: the default one of each kind of cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acanthite.constants import mV
from acanthite.errors import ChipError, nearest
from acanthite.inference.cells.catalogue import CELLS
from acanthite.inference.chip.chip import Chip

_DRIFTING = ("pcm", "pcm-one-device", "pcm-two-devices", "reram-cmo")

_WRITTEN_BY_PULSES = {"programming": "write-verify", "read_voltage": 5 * mV}

CHIPS: Mapping[str, Mapping[str, Any]] = {
    name: {
        "cells": name,
        "compensation": "global" if name in _DRIFTING else "none",
        **(_WRITTEN_BY_PULSES if name == "ag2s" else {}),
    }
    for name in CELLS
}
"""What differs from :class:`Chip` on the default chip of each kind of cell, by its name."""


def chip_named(name: str) -> Chip:
    """Return the default chip of a kind of cell.

    Parameters
    ----------
    name : str
        One of :data:`CHIPS`.

    Raises
    ------
    ChipError
        If there is none of that name.

    Examples
    --------
    >>> ac.inference.chip_named("pcm").compensation
    'global'
    """
    if name not in CHIPS:
        raise ChipError(
            f"no chip {name!r}; expected one of {', '.join(CHIPS)}{nearest(name, CHIPS)}"
        )
    return Chip(**CHIPS[name])
