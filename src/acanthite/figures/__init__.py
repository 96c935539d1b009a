"""One file per published figure: simulate -> compare -> draw.

Titles and captions hold parameters as fields; :func:`worded` fills them in.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import cast

from acanthite.errors import FigureError, nearest
from acanthite.figures.base import FigureModule, Outcome, Progress, Settings, silent
from acanthite.figures.words import worded

_FOLDERS: dict[str, str] = {
    "fig1_stack_and_energy": "fig1a fig1b fig1c fig1d",
    "fig2_switching": "fig2a fig2b fig2c fig2d fig2e fig2f fig2g fig2h fig2i",
    "fig3_ion_migration": "fig3a fig3b fig3c fig3d fig3e",
    "fig4_computing": "fig4a fig4b fig4c fig4d fig4e fig4f fig4g fig4h fig4i fig4iExplanation",
    "supplement": (
        "figS1 figS2 figS3 figS4 figS5 figS6 figS7 figS8 figS9 figS10 figS11 figS12 figS13 figS14 "
        "figS15 figS16 tableS1 noteS1 noteS2"
    ),
    "predictions": (
        "extraRate extraTemperature extraSetTime extraRetention extraArrhenius extraRelaxation "
        "extraThreshold extraNoise extraChip extraInference extraTraining"
    ),
}
MODULES: dict[str, str] = {
    name: f"acanthite.figures.{folder}.{name}"
    for folder, names in _FOLDERS.items()
    for name in names.split()
}
"""The module of every figure: those of the paper in its order, then predictions."""
NAMES: tuple[str, ...] = tuple(MODULES)
_GROUPS = ("fig1", "fig2", "fig3", "fig4", "figS", "table", "note", "extra")

__all__ = [
    "MODULES",
    "NAMES",
    "FigureModule",
    "Outcome",
    "Progress",
    "Settings",
    "figure",
    "select",
    "silent",
    "worded",
]


def figure(name: str) -> FigureModule:
    """Return the module of one figure.

    Raises
    ------
    FigureError
        If there is none of that name.

    Examples
    --------
    >>> ac.figures.figure("fig2c").__name__
    'acanthite.figures.fig2_switching.fig2c'
    >>> ac.figures.figure("fig9z")
    Traceback (most recent call last):
        ...
    acanthite.errors.FigureError: unknown figure 'fig9z'; did you mean 'figS9'?; list them with
    'acanthite reproduce --list'
    """
    if name not in MODULES:
        raise _unknown(name)
    return cast(FigureModule, importlib.import_module(MODULES[name]))


def select(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the figures of these names, in the order of the paper.

    A group (``"fig2"``, ``"figS"``) stands for all its figures; no name at all, None or an empty
    list, stands for all.

    Raises
    ------
    FigureError
        If a name is neither a figure nor a group, or the names are one text and no list.

    Examples
    --------
    >>> ac.figures.select(["fig3", "fig2c"])
    ('fig2c', 'fig3a', 'fig3b', 'fig3c', 'fig3d', 'fig3e')
    """
    if isinstance(names, str):
        raise FigureError(f"names = {names!r}; expected a list of names: [{names!r}]")
    if not names:
        return NAMES
    chosen: set[str] = set()
    for name in names:
        if name in _GROUPS:
            chosen |= {figure for figure in NAMES if figure.startswith(name)}
        elif name in MODULES:
            chosen.add(name)
        else:
            raise _unknown(name)
    return tuple(name for name in NAMES if name in chosen)


def _unknown(name: str) -> FigureError:
    return FigureError(
        f"unknown figure {name!r}{nearest(name, NAMES)}; list them with 'acanthite reproduce "
        "--list'"
    )
