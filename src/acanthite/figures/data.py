"""Small datasets figures keep beside the Recordings they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.analysis import Switching


def thresholds(switching: Switching, attrs: Mapping[str, Any]) -> xr.Dataset:
    """Return what :func:`acanthite.analysis.switching` gives as a dataset, dims (device, cycle)."""
    import xarray as xr

    def variable(values: np.ndarray, unit: str, label: str) -> tuple[Any, ...]:
        return ("device", "cycle"), values, {"units": unit, "long_name": label}

    return xr.Dataset(
        {
            "set_voltage": variable(switching.set_voltage, "V", "set voltage"),
            "reset_voltage": variable(switching.reset_voltage, "V", "reset voltage"),
            "lrs_conductance": variable(switching.lrs_conductance, "S", "LRS conductance"),
            "hrs_conductance": variable(switching.hrs_conductance, "S", "HRS conductance"),
        },
        attrs=dict(attrs),
    )


def series(
    x: np.ndarray, values: list[np.ndarray], name: str, unit: str, along: str, along_unit: str
) -> xr.Dataset:
    """Return a quantity of each device along a series, dims (along, device); not-a-number where it
    has none.
    """
    import xarray as xr

    return xr.Dataset(
        {
            name: (
                (along, "device"),
                np.array(values),
                {"units": unit, "long_name": name.replace("_", " ")},
            )
        },
        {
            along: (
                along,
                np.asarray(x, float),
                {"units": along_unit, "long_name": along.replace("_", " ")},
            )
        },
    )
