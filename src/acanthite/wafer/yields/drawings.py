"""Pictures of a whole wafer: film, threshold, LRS and yield of every die."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import LIGHT, SEQUENTIAL, colour_bar, new_axes, new_figure
from acanthite.formatting import symbol
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.design import WaferDesign
from acanthite.wafer.layout.drawings import draw_wafer, fill_dies
from acanthite.wafer.yields.measured import QUANTITIES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SCALES = {
    "thickness": (1e9, "nm"),
    "roughness": (1e9, "nm"),
    "grain_size": (1e9, "nm"),
    "threshold": (1e3, "mV"),
    "lrs_resistance": (1e-3, "kΩ"),
    "good_share": (100.0, "%"),
}


@accepts_quantities
def plot_wafer_maps(
    data: xr.Dataset, size: tuple[float, float], wafer: WaferDesign | None = None
) -> Figure:
    """Draw film, threshold, LRS and yield of every die.

    Parameters
    ----------
    data : xarray.Dataset
        Of :func:`acanthite.wafer.measure_wafer`.
    size : tuple of float
        Of a die. [m]
    wafer : WaferDesign, optional

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import mm
    >>> places = np.array([[0.0, 0.0], [40 * mm, 0.0]])
    >>> found = ac.wafer.measure_wafer(places, ac.wafer.film_map(places), devices=2)
    >>> type(ac.wafer.plot_wafer_maps(found, size=(20 * mm, 20 * mm))).__name__
    'Figure'
    """
    figure, axes = new_figure(11.5, 7.4, 3, 2, sharex=True, sharey=True)
    for name, ax in zip(QUANTITIES, axes.ravel(), strict=True):
        plot_wafer_map(data, name, size, wafer, ax=ax)
        ax.label_outer()
    return figure


def plot_wafer_map(
    data: xr.Dataset,
    name: str,
    size: tuple[float, float],
    wafer: WaferDesign | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one quantity of every die; dies without a number are crossed out; return the Axes.

    Examples
    --------
    >>> import xarray as xr
    >>> from acanthite.constants import mm, nm
    >>> thickness = ("die", [50 * nm, 48 * nm], {"units": "m", "long_name": "film thickness"})
    >>> dies = xr.Dataset(
    ...     {
    ...         "x": ("die", [-10 * mm, 10 * mm]),
    ...         "y": ("die", [0.0, 0.0]),
    ...         "thickness": thickness,
    ...     }
    ... )
    >>> axes = ac.wafer.plot_wafer_map(dies, "thickness", size=(18 * mm, 18 * mm))
    >>> axes.get_title()
    'film thickness'
    """
    wafer = WaferDesign() if wafer is None else wafer
    ax = new_axes(ax, 4.6, 4.4)
    dies = np.column_stack([data["x"].values, data["y"].values])
    values = data[name].values
    known = np.isfinite(values)
    factor, unit = _SCALES.get(name, (1.0, data[name].attrs["units"]))
    draw_wafer(ax, wafer)
    fill_dies(ax, dies[~known], size, facecolors="#ffffff", edgecolors=LIGHT, hatch="xx")
    filled = fill_dies(ax, dies[known], size, cmap=SEQUENTIAL, edgecolors="face")
    filled.set_array(factor * values[known])
    if name == "good_share":
        filled.set_clim(0.0, 100.0)
    bar = colour_bar(ax, filled)
    bar.ax.set_title(symbol(unit), fontsize=9)
    ax.set_title(data[name].attrs["long_name"], fontsize=10)
    return ax
