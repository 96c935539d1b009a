"""``recording.acanthite``: a picture and a tidy table of a Recording; importing this registers it
with xarray.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from acanthite.drawing import CYCLE, legend_above, new_axes, prefix_axis
from acanthite.errors import RecordingError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MOST = 10  # devices with a colour and a name of their own
_DIM = 0.6  # opacity of one line of many


@xr.register_dataset_accessor("acanthite")
class RecordingAccessor:
    """What a Recording can do beside what every Dataset can.

    Parameters
    ----------
    recording : xarray.Dataset

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.25, cycles=3))
    >>> ax = loops.sel(device=1).acanthite.plot()
    >>> ax.get_xlabel(), ax.get_yscale(), len(ax.lines)
    ('voltage', 'log', 3)
    >>> loops.acanthite.to_dataframe().columns.tolist()
    ['device', 'cycle', 'branch', 'voltage', 'current', 'time', 'applied']
    """

    def __init__(self, recording: xr.Dataset) -> None:
        self._recording = recording

    def plot(self, ax: Axes | None = None) -> Axes:
        r"""Draw the Recording, a colour a device; return the Axes.

        Sweeps are drawn as current against voltage, reads after pulses as conductance against their
        number, samples within pulses as current and retention as conductance against time.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        RecordingError
            If it holds neither a current and a voltage nor a conductance.
        """
        x, y = self._axes()
        ax = new_axes(ax)
        lines = self._lines(x, y)
        devices = dict.fromkeys(label for label, _, _ in lines)
        colors = dict(zip(devices, CYCLE * (1 + len(devices) // len(CYCLE)), strict=False))
        alpha = 1.0 if len(lines) == 1 else _DIM
        for label, along, values in lines:
            shown = label if devices.pop(label, 1) is None else f"_{label}"
            style = {"color": colors[label], "alpha": alpha, "linewidth": 0.9, "label": shown}
            ax.plot(along, values, **style)
        self._dress(ax, x, y)
        if 1 < len(colors) <= _MOST:
            legend_above(ax, ncols=5)
        return ax

    def to_dataframe(self) -> pd.DataFrame:
        """Return a row a sample: coordinates of numbers and names first, then what was measured.

        Returns
        -------
        pandas.DataFrame
            In the units of the variables, SI; ``sample`` is left out: it is the order of the rows.
        """
        recording = self._recording
        order = [d for d in ("device", "cycle", "pulse", "sample") if d in recording.sizes]
        order += [str(d) for d in recording.sizes if d not in order]
        table = recording.to_dataframe(dim_order=order).reset_index()
        first = [str(d) for d in order if d != "sample"]
        first += [str(c) for c in recording.coords if c not in first and c in table]
        return table.loc[:, [*first, *map(str, recording.data_vars)]]

    def _axes(self) -> tuple[xr.DataArray, xr.DataArray]:
        """Return what is drawn against what."""
        recording = self._recording
        if "conductance" in recording:
            y = recording["conductance"]
        elif {"voltage", "current"} <= set(recording.variables):
            y = recording["current"]
            if "pulse" in y.dims and "sample" in y.dims:
                return recording["time"], y
            if "sample" in y.dims and not _reads(recording["voltage"]):
                return recording["voltage"], y
            y = (y / recording["voltage"]).assign_attrs(units="S")
        else:
            held = ", ".join(map(str, recording.data_vars)) or "nothing"
            raise RecordingError(
                f"plot: the recording holds {held}; expected voltage and current, or a conductance"
            )
        if "pulse" in y.dims:
            count = y.sizes["pulse"] * y.sizes.get("cycle", 1)
            shape = [n for d, n in y.sizes.items() if d in ("cycle", "pulse")]
            dims = [d for d in y.dims if d in ("cycle", "pulse")]
            numbers = np.arange(1, count + 1).reshape(shape)
            return xr.DataArray(numbers, dims=dims, attrs={"long_name": "pulse"}), y
        return recording["time"], y

    def _lines(self, x: xr.DataArray, y: xr.DataArray) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """Return lines with the names of their devices: one a cycle where it is a loop."""
        along, values = (each.broadcast_like(y) for each in (x, y))
        inner = ["sample"] if x.name == "voltage" else ["cycle", "pulse", "sample"]
        last = [d for d in inner if d in y.dims]
        outer = [d for d in y.dims if d not in last]
        lines = []
        for at in np.ndindex(*(y.sizes[d] for d in outer)):
            one = dict(zip(outer, map(int, at), strict=True))
            picked = values.isel(one)
            named = "device" in picked.coords
            label = f"device {picked['device'].values if named else one.get('device', 0)}"
            flat = [a.isel(one).transpose(*last).values.ravel() for a in (along, values)]
            lines.append((label, flat[0], flat[1]))
        return lines

    def _dress(self, ax: Axes, x: xr.DataArray, y: xr.DataArray) -> None:
        loop = x.name == "voltage"
        if loop:
            for line in ax.lines:
                size = np.abs(np.asarray(line.get_ydata(), float))
                line.set_ydata(np.where(size > 0, size, np.nan))
            ax.set_yscale("log")
            ax.relim()
            ax.autoscale_view()
        for axis, array, name in (("x", x, str(x.name or "pulse")), ("y", y, "conductance")):
            unit = str(array.attrs.get("units", "1"))
            label = ("|current|" if loop else "current") if array.name == "current" else name
            if unit != "1":
                prefix_axis(ax, axis, unit)
            getattr(ax, f"set_{axis}label")(label)


def _reads(voltage: xr.DataArray) -> bool:
    """Return whether all samples were taken at about one voltage."""
    size = np.abs(voltage.values)
    return bool(np.nanmin(size) > 0.5 * np.nanmax(size))
