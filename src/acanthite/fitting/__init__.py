"""Recordings -> device file: any law fitted to a lab's own data, with errors and provenance."""

from acanthite.fitting.curves import Curve, curves
from acanthite.fitting.device_file import DataFile, FittedDevice, data_file, load_device, save
from acanthite.fitting.device_fit import DeviceFit, Fitted, fit
from acanthite.fitting.drawings import (
    draw,
    plot_correlation,
    plot_curves,
    plot_parameters,
    plot_residuals,
)

__all__ = [
    "Curve",
    "DataFile",
    "DeviceFit",
    "Fitted",
    "FittedDevice",
    "curves",
    "data_file",
    "draw",
    "fit",
    "load_device",
    "plot_correlation",
    "plot_curves",
    "plot_parameters",
    "plot_residuals",
    "save",
]
