"""Masks of arrays in figures: kept as numbers with a recording, drawn again from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from acanthite.wafer import ArrayDesign, WaferDesign
from acanthite.wafer import draw as draw_masks
from acanthite.wafer.layout.drawings import plot_cell
from acanthite.wafer.layout.masks import named

if TYPE_CHECKING:
    import gdstk
    import xarray as xr
    from matplotlib.axes import Axes

_START = "array_"
_WHOLE = ("rows", "columns", "continuous")


def attributes(design: ArrayDesign) -> dict[str, float | int]:
    """Return an array as attributes of a recording."""
    numbers = {name: int(v) if name in _WHOLE else v for name, v in asdict(design).items()}
    return {f"{_START}{name}": value for name, value in numbers.items()}


def design_of(data: xr.Dataset) -> ArrayDesign:
    """Return the array a recording keeps."""
    kept = {str(k).removeprefix(_START): v for k, v in data.attrs.items() if _START in str(k)}
    whole = {name: int(kept.pop(name)) for name in _WHOLE}
    return ArrayDesign(
        whole["rows"], whole["columns"], **kept, continuous=bool(whole["continuous"])
    )


def die(design: ArrayDesign) -> gdstk.Cell:
    """Return the masks of one array."""
    one = WaferDesign(diameter=4 * max(design.die_size), flat_length=0.0, edge_exclusion=0.0)
    return named(draw_masks(design, one), "DIE")


def plot_die(ax: Axes, design: ArrayDesign) -> Axes:
    """Draw the masks of one array from above; return the Axes."""
    from acanthite.drawing import as_map

    plot_cell(die(design), ax=ax)
    as_map(ax)
    ax.set(xlabel="", ylabel="")
    return ax
