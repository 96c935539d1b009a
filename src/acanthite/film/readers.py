"""A user's own files: diffractograms, height maps, backscattering spectra.

Text files hold numbers in columns parted by commas, semicolons, tabs or spaces (decimal commas too,
where the columns are parted otherwise), comments behind ``#``, ``!``, ``%``, ``*``, ``;`` or
``//``, and at most one line of names.
"""

from __future__ import annotations

import math
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import degree, nm, um
from acanthite.errors import RecordingError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_COMMENT = re.compile(r"\s*(#|!|%|\*|;|//|'|\")")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LARGEST = 64 * 2**20  # bytes; larger files are no table of these
_LENGTHS = {"m": 1.0, "mm": 1e-3, "um": um, "µm": um, "μm": um, "nm": nm, "Å": 1e-10, "pm": 1e-12}


@accepts_quantities
def read_pattern(path: str | Path, wavelength: float | None = None) -> xr.Dataset:
    """Read a diffractogram: 2theta in degrees, then counts; further columns are left.

    Parameters
    ----------
    path : path_like
        ``.xy``, ``.csv``, ``.txt``, ``.dat``.
    wavelength : float, optional
        Kept with the pattern. [m]

    Returns
    -------
    xarray.Dataset
        ``counts`` over ``two_theta`` [rad], rising.

    Raises
    ------
    RecordingError
        If the file is missing, malformed or not a diffractogram; the message names file and line.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import angstrom
    >>> np.savetxt("scan.xy", [[30.0, 12.0], [30.5, 90.0], [31.0, 15.0]])
    >>> scan = ac.film.read_pattern("scan.xy", wavelength=1.5406 * angstrom)
    >>> print(f"peak at {float(np.degrees(scan.counts.idxmax())):.1f} degrees")
    peak at 30.5 degrees
    """
    import xarray as xr

    if wavelength is not None and not 1e-12 < wavelength < 1e-8:
        raise RecordingError(
            f"wavelength (={wavelength:g} m) is not an x-ray's; write 1.540593 * angstrom for Cu "
            "K-alpha1"
        )
    rows, numbers = _table(path)
    table = _columns(path, rows, numbers, 2, "2theta in degrees, counts")
    angle, counts = table[:, 0], table[:, 1]
    for n in np.flatnonzero((angle <= 0) | (angle >= 180)):
        raise RecordingError(
            f"{path}, line {numbers[n]}: 2theta = {angle[n]:g}; expected degrees between 0 and 180"
        )
    for n in np.flatnonzero(counts < 0):
        raise RecordingError(
            f"{path}, line {numbers[n]}: counts = {counts[n]:g}; expected none below zero; undo "
            "the subtraction"
        )
    order = np.argsort(angle, kind="stable")
    steps = np.diff(angle[order])
    if np.any(steps <= 0):
        twice = order[1:][steps <= 0][0]
        raise RecordingError(
            f"{path}, line {numbers[twice]}: 2theta = {angle[twice]:g} appears twice; keep one "
            "scan a file"
        )
    attrs = {"file": Path(path).name} | ({} if wavelength is None else {"wavelength": wavelength})
    return xr.Dataset(
        {"counts": ("two_theta", counts[order], {"long_name": "counts", "units": "1"})},
        {
            "two_theta": (
                "two_theta",
                angle[order] * degree,
                {"long_name": "2theta", "units": "rad"},
            )
        },
        attrs,
    )


@accepts_quantities
def read_height_map(
    path: str | Path, pixel_size: float | None = None, unit: float = 1.0
) -> xr.Dataset:
    """Read a map of heights: a text matrix, one line of pixels a row, or a NumPy array (``.npy``).

    The text Gwyddion exports says its size and unit in comments (``# Width: 2.00 um``, ``# Value
    units: m``); they are used where ``pixel_size`` is not given.

    Parameters
    ----------
    path : path_like
    pixel_size : float, optional
        Side of a pixel. [m]
    unit : float
        Of the heights in the file: ``nm`` for nanometres. [m]

    Returns
    -------
    xarray.Dataset
        ``height`` [m] over (y, x) [m].

    Raises
    ------
    RecordingError
        If the file is missing or malformed, or the size of a pixel is not given.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import nm
    >>> np.savetxt("afm.txt", [[1.0, 2.0, 1.5], [0.5, 1.0, 2.5]])
    >>> heights = ac.film.read_height_map("afm.txt", pixel_size=8 * nm, unit=nm)
    >>> dict(heights.sizes)
    {'y': 2, 'x': 3}
    >>> print(f"{float(heights.height.max()) / nm:.1f} nm at most")
    2.5 nm at most
    """
    import xarray as xr

    if Path(path).suffix == ".npy":
        height = _numpy(path)
        said = {}
    else:
        rows, numbers = _table(path, header=False)
        height = _columns(path, rows, numbers, 0, "a matrix of heights")
        said = _gwyddion(path)
    if min(height.shape) < 2:
        raise RecordingError(
            f"{path}: {height.shape[0]} x {height.shape[1]} heights; expected a map of two "
            "dimensions"
        )
    if pixel_size is None:
        if "Width" not in said:
            raise RecordingError(
                f"{path}: the file does not say how large a pixel is; give pixel_size in metres"
            )
        unit = said.get("Value units", unit)
    pixel = said["Width"] / height.shape[1] if pixel_size is None else pixel_size
    if not (math.isfinite(pixel) and 0 < pixel < 1e-3):
        raise RecordingError(
            f"pixel_size (={pixel:g} m) must be positive and below 1 mm; write 8 * nm"
        )
    y, x = ((np.arange(n) + 0.5) * pixel for n in height.shape)
    axes = {
        name: (name, axis, {"long_name": name, "units": "m"}) for name, axis in (("y", y), ("x", x))
    }
    return xr.Dataset(
        {"height": (("y", "x"), height * unit, {"long_name": "height", "units": "m"})},
        axes,
        {"file": Path(path).name, "pixel_size": pixel},
    )


@accepts_quantities
def read_spectrum(path: str | Path, gain: float, offset: float = 0.0) -> xr.Dataset:
    """Read a backscattering spectrum: channel, then counts; or counts alone, a channel a line.

    Parameters
    ----------
    path : path_like
    gain : float
        Energy of a channel. [J]
    offset : float
        Energy of channel 0. [J]

    Returns
    -------
    xarray.Dataset
        ``counts`` over ``energy`` [J], the middle of each channel.

    Raises
    ------
    RecordingError
        If the file is missing or malformed, or the calibration is no energy.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import keV
    >>> np.savetxt("rbs.txt", [3.0, 40.0, 5.0])
    >>> spectrum = ac.film.read_spectrum("rbs.txt", gain=2 * keV, offset=100 * keV)
    >>> print(f"most counts at {float(spectrum.counts.idxmax()) / keV:.0f} keV")
    most counts at 102 keV
    """
    import xarray as xr

    if not 0 < gain < 1e-13:
        raise RecordingError(f"gain (={gain:g} J a channel) must be positive; write 2 * keV")
    rows, numbers = _table(path)
    table = _columns(path, rows, numbers, 0, "channel, counts")
    channel = np.arange(len(table), dtype=float) if table.shape[1] == 1 else table[:, 0]
    counts = table[:, min(1, table.shape[1] - 1)]
    steps = np.diff(channel)
    for n in np.flatnonzero((steps <= 0) | (steps != steps[:1].sum())):
        raise RecordingError(
            f"{path}, line {numbers[n + 1]}: channel {channel[n + 1]:g}; expected evenly rising "
            "channels"
        )
    for n in np.flatnonzero(counts < 0):
        raise RecordingError(
            f"{path}, line {numbers[n]}: counts = {counts[n]:g}; expected none below zero"
        )
    energy = offset + gain * channel
    return xr.Dataset(
        {"counts": ("energy", counts, {"long_name": "counts of a channel", "units": "1"})},
        {"energy": ("energy", energy, {"long_name": "energy", "units": "J"})},
        {"file": Path(path).name},
    )


def _text(path: str | Path) -> list[str]:
    _refuse_special(path)
    try:
        raw = Path(path).read_bytes() if Path(path).stat().st_size <= _LARGEST else None
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}; check the name") from None
    if raw is None:
        raise RecordingError(f"{path}: more than {_LARGEST >> 20} MiB; expected a table of numbers")
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if "\0" in text:
        raise RecordingError(f"{path}: a binary file; export it as text (.xy, .csv)")
    return text.splitlines()


def _refuse_special(path: str | Path) -> None:
    """Raise where a path is no file of bytes: opening a pipe would wait for ever."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RecordingError(f"{path}: {reason}; check the name") from None
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
        raise RecordingError(f"{path}: {what}, no file of data; save the numbers in a file")


def _table(path: str | Path, header: bool = True) -> tuple[list[list[float]], list[int]]:
    """Return the rows of numbers and the lines they stand on; one line of names may stand above
    them.
    """
    rows: list[list[float]] = []
    numbers: list[int] = []
    named = not header
    for number, line in enumerate(_text(path), 1):
        if not line.strip() or _COMMENT.match(line):
            continue
        row = _numbers(line)
        if row is not None:
            rows.append(row)
            numbers.append(number)
        elif rows or named:
            raise RecordingError(
                f"{path}, line {number}: {line.strip()[:40]!r} is not a row of numbers; mend or "
                "remove it"
            )
        else:
            named = True
    if not rows:
        raise RecordingError(
            f"{path}: no numbers; expected columns parted by commas, semicolons, tabs or spaces"
        )
    return rows, numbers


def _numbers(line: str) -> list[float] | None:
    """Return the finite numbers of a line, or None."""
    if ";" in line or "\t" in line:
        if "," in line and "." in line:
            return None  # which of the two is the decimal sign?
        fields = re.split(r"[;\t]", line.replace(",", "."))
    elif re.search(r"\d,\d+\s+[-+\d]", line):  # decimal commas between spaces
        fields = line.replace(",", ".").split()
    else:
        fields = line.split(",") if "," in line else line.split()
    fields = [field.strip() for field in fields]
    while fields and not fields[-1]:
        fields.pop()
    if not fields or not all(map(_NUMBER.fullmatch, fields)):
        return None
    row = [float(field) for field in fields]
    return row if all(map(math.isfinite, row)) else None


def _columns(
    path: str | Path, rows: list[list[float]], numbers: list[int], least: int, what: str
) -> Array:
    width = len(rows[0])
    if width < least:
        raise RecordingError(f"{path}, line {numbers[0]}: {width} columns; expected {what}")
    for row, number in zip(rows, numbers, strict=True):
        if len(row) != width:
            raise RecordingError(
                f"{path}, line {number}: {len(row)} numbers, {width} in the line above; expected "
                f"{what}"
            )
    return np.array(rows)


def _numpy(path: str | Path) -> Array:
    _refuse_special(path)
    try:
        height = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise RecordingError(
            f"{path}: not a NumPy array: {error}; save it with numpy.save"
        ) from None
    if height.ndim != 2 or height.dtype.kind not in "fiu" or not np.all(np.isfinite(height)):
        raise RecordingError(
            f"{path}: an array of shape {height.shape} and type {height.dtype}; expected finite "
            "heights of shape (y, x)"
        )
    return height.astype(float)


def _gwyddion(path: str | Path) -> dict[str, float]:
    """Return what the comments of a Gwyddion export say, in metres."""
    said = {}
    for line in _text(path)[:20]:
        if match := re.match(r"#\s*(Width|Height):\s*([\d.eE+-]+)\s*(\S+)", line):
            if match[3] in _LENGTHS:
                said[match[1]] = float(match[2]) * _LENGTHS[match[3]]
        elif (match := re.match(r"#\s*(Value units):\s*(\S+)", line)) and match[2] in _LENGTHS:
            said[match[1]] = _LENGTHS[match[2]]
    return said
