"""What a run was made with; nothing about the machine."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from acanthite import __version__

__all__ = ["versions"]

_PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "xarray",
    "h5netcdf",
    "h5py",
    "matplotlib",
    "lmfit",
    "scikit-image",
)


def versions() -> dict[str, str]:
    """Return the versions of acanthite, Python and the packages that bear on the numbers."""
    installed = {"acanthite": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            installed[package] = version(package)
        except PackageNotFoundError:
            installed[package] = "not installed"
    return installed
