"""One file per published figure: simulate -> compare -> draw."""

from __future__ import annotations

import importlib
from typing import cast

from acanthite.errors import FigureError, nearest
from acanthite.figures.base import FigureModule, Outcome, Progress, Settings, silent

NAMES: tuple[str, ...] = (
    "fig1b", "fig1c", "fig1d",
    "fig2c", "fig2d", "fig2e", "fig2f", "fig2g", "fig2h", "fig2i",
    "fig3a", "fig3b", "fig3c", "fig3d", "fig3e",
    "fig4b", "fig4c", "fig4d", "fig4e", "fig4f", "fig4g", "fig4i",
    "figS1", "figS2", "figS3", "figS4", "figS6", "figS7", "figS8", "figS9", "figS10", "figS11", "figS12", "figS13",
    "figS14", "figS15", "figS16",
    "noteS1",
    "extraRate", "extraTemperature",
)  # fmt: skip
"""Every figure acanthite computes: the paper's in its order, then predictions nobody has measured."""

__all__ = ["NAMES", "FigureModule", "Outcome", "Progress", "Settings", "figure", "select", "silent"]


def figure(name: str) -> FigureModule:
    """Return the module of one figure.

    Raises
    ------
    FigureError
        If there is none of that name.
    """
    if name not in NAMES:
        raise FigureError(
            f"unknown figure {name!r}{nearest(name, NAMES)}; list them with 'acanthite reproduce --list'"
        )
    return cast(FigureModule, importlib.import_module(f"acanthite.figures.{name}"))


def select(names: list[str] | None) -> tuple[str, ...]:
    """Return the figures asked for, in the order of the paper; a group (``"fig2"``, ``"figS"``) stands for all its own.

    Raises
    ------
    FigureError
        If a name is neither a figure nor a group.
    """
    if not names:
        return NAMES
    chosen: set[str] = set()
    for name in names:
        group = {n for n in NAMES if n == name or (n.startswith(name) and name in _GROUPS)}
        if not group:
            figure(name)
        chosen |= group
    return tuple(n for n in NAMES if n in chosen)


_GROUPS = ("fig1", "fig2", "fig3", "fig4", "figS", "note", "extra")
