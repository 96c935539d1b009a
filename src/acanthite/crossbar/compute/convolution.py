r"""Multiply-accumulate on the array: an edge kernel swept over a photograph (paper, Sect. 2.4).

A pixel p of 0..255 becomes the read voltages +-p x 0.1 mV. The column adds the currents of its
memristors,

.. math:: I = \sum_k s_k I_k(s_k v_k),\qquad v_k = 0.1\,\mathrm{mV} \times p_k,

with :math:`I_k` the measured current-voltage curve of the k-th LRS memristor, looked up from a
table of 256 levels, and is decoded by the curve of the (1, 1) memristor: the paper's procedure,
which measures each device alone and so knows no wires. :func:`convolve` is the whole array instead,
linear devices with wires, converters and noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Shape
from acanthite.crossbar.compute.images import Image, check
from acanthite.crossbar.compute.kernels import Encoding
from acanthite.crossbar.compute.multiplier import AnalogMatrix
from acanthite.errors import AnalysisError, ImageError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr


LEVELS = 256  #: grey levels of an 8-bit picture


@dataclass(frozen=True)
class Quality:
    """How near a picture comes to the one it should be.

    Parameters
    ----------
    rmse : float
        Root mean square difference. [grey levels]
    ssim : float
        Structural similarity (Wang et al. 2004), 1 for the same picture. [1]

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    >>> ac.crossbar.compare(picture, picture).ssim
    1.0
    """

    rmse: float
    ssim: float


def current_at(
    voltage: ArrayLike, measured_voltage: ArrayLike, measured_current: ArrayLike
) -> Array:
    """Return a device's current [A] at any voltage [V], linear between the points of its sweep.

    Repeated voltages (a sweep there and back) are averaged.

    Parameters
    ----------
    voltage : array_like, shape (...)
    measured_voltage, measured_current : array_like, shape (n,)
        Not-a-number points are left out.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    AnalysisError
        If the sweep does not reach all these voltages.

    Examples
    --------
    >>> from acanthite.constants import mV, nA
    >>> current = ac.crossbar.current_at(
    ...     3 * mV, [-10 * mV, 0.0, 10 * mV], [-20 * nA, 0.0, 20 * nA]
    ... )
    >>> print(f"{float(current) / nA:.1f} nA")
    6.0 nA
    """
    v, i = np.asarray(measured_voltage, float).ravel(), np.asarray(measured_current, float).ravel()
    keep = np.isfinite(v) & np.isfinite(i)
    # steps of 1 nV are one voltage
    points, group = np.unique(np.round(v[keep], 9), return_inverse=True)
    if points.size < 2:
        raise AnalysisError(f"the sweep has {points.size} distinct voltages; at least 2 expected")
    mean = np.bincount(group, i[keep]) / np.bincount(group)
    voltage = np.asarray(voltage, float)
    low, high = voltage.min(), voltage.max()
    if low < points[0] - 1e-9 or high > points[-1] + 1e-9:
        raise AnalysisError(
            f"the sweep covers {points[0]:.4g} to {points[-1]:.4g} V, the pixels need {low:.4g} to "
            f"{high:.4g} V; measure a wider sweep"
        )
    return np.interp(voltage, points, mean)


@accepts_quantities
def lookup_tables(recording: xr.Dataset, encoding: Encoding, volt_per_level: float) -> Array:
    """Return the differential current [A] of each LRS memristor at each grey level, (n_lrs, 256).

    Parameters
    ----------
    recording : xarray.Dataset
        Sweeps over (device, cycle, sample); the first ``n_lrs`` devices stand for the kernel's LRS
        memristors in row order. With a ``state`` coordinate, the first that are ``"LRS"``.
    encoding : Encoding
        Devices of -1 are read with the negative voltage.
    volt_per_level : float
        [V]

    Raises
    ------
    AnalysisError
        If there are too few devices or a sweep is too short.

    Examples
    --------
    Sweeps of six devices of 100 uS; pixels are read with 0.1 mV a grey level:

    >>> import numpy as np
    >>> import xarray as xr
    >>> from acanthite.constants import mV, nA, uS
    >>> volts = np.tile(np.linspace(-30 * mV, 30 * mV, 61), (6, 1))
    >>> axes = ("device", "sample")
    >>> sweeps = xr.Dataset({"voltage": (axes, volts), "current": (axes, 100 * uS * volts)})
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> tables = ac.crossbar.lookup_tables(sweeps, encoding, 0.1 * mV)
    >>> [f"{i / nA:.0f} nA" for i in tables[:2, 255]]
    ['2550 nA', '-2550 nA']
    """
    devices = states(recording, "LRS")
    if (given := devices.sizes["device"]) < encoding.n_lrs:
        raise AnalysisError(
            f"{given} LRS devices given, {encoding.n_lrs} needed for the kernel; read more devices"
        )
    volts = volt_per_level * np.arange(LEVELS)
    table = np.empty((encoding.n_lrs, LEVELS))
    for k, sign in enumerate(encoding.signs):
        one = devices.isel(device=k)
        table[k] = current_at(sign * volts, one.voltage.values, one.current.values)
    return table


def states(recording: xr.Dataset, state: str) -> xr.Dataset:
    """Return the devices of a recording that are in ``state``; all where it does not say."""
    if "state" not in recording.coords:
        return recording
    return recording.isel(device=np.flatnonzero(recording.state.values == state))


def conductances(recording: xr.Dataset) -> Array:
    """Return the conductance [S] of each device, a least-squares line through the origin.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> from acanthite.constants import mV, uS
    >>> volts = np.linspace(-10 * mV, 10 * mV, 21)
    >>> current = np.outer([50 * uS, 80 * uS], volts)
    >>> sweeps = {"voltage": ("sample", volts), "current": (("device", "sample"), current)}
    >>> recording = xr.Dataset(sweeps)
    >>> [f"{g / uS:.0f} uS" for g in ac.crossbar.conductances(recording)]
    ['50 uS', '80 uS']
    """
    v, i = recording.voltage.broadcast_like(recording.current), recording.current
    axes = [d for d in i.dims if d != "device"]
    return ((v * i).sum(axes) / (v * v).sum(axes)).values


@accepts_quantities
def convolve_by_lookup(image: Image, encoding: Encoding, tables: ArrayLike) -> Array:
    """Return the column current of every 3 x 3 window, from the LRS memristors' tables alone.

    Parameters
    ----------
    image : ndarray of uint8, shape (rows, columns)
    encoding : Encoding
    tables : array_like, shape (n_lrs, 256)
        From :func:`lookup_tables`. [A]

    Returns
    -------
    ndarray, shape (rows - 2, columns - 2)
        [A]

    Examples
    --------
    An edge between black and white; the six LRS devices give 2.5 uA each at white, with the sign of
    their weight:

    >>> import numpy as np
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> tables = np.outer(encoding.signs, np.linspace(0.0, 2.5e-6, 256))
    >>> image = np.zeros((3, 6), np.uint8)
    >>> image[:, 3:] = 255
    >>> [
    ...     f"{i * 1e6:.1f} uA"
    ...     for i in ac.crossbar.convolve_by_lookup(image, encoding, tables)[0]
    ... ]
    ['0.0 uA', '-7.5 uA', '-7.5 uA', '0.0 uA']
    """
    image, tables = check(image), np.asarray(tables, float)
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    total = np.zeros((rows, columns))
    for table, (i, j) in zip(tables, encoding.cells, strict=True):
        total += table[image[i : i + rows, j : j + columns]]
    return total


def convolve(image: Image, matrix: AnalogMatrix, shape: Shape = (3, 3)) -> Array:
    """Return what kernels held by arrays give for every window, with all effects of the arrays.

    Parameters
    ----------
    image : ndarray of uint8, shape (rows, columns)
    matrix : AnalogMatrix
        A kernel a row, flattened; give its DAC the full scale 255 to read white with its read
        voltage. Where it has noise, each row of windows is one read.
    shape : tuple of int
        Height and width of the kernels.

    Returns
    -------
    ndarray, shape (kernels, rows - height + 1, columns - width + 1)
        [grey levels]

    Raises
    ------
    AnalysisError
        If the kernels have another size, or the image is smaller than they are.

    Examples
    --------
    >>> import numpy as np
    >>> kernel = [[1, 0, -1, 1, 0, -1, 1, 0, -1]]
    >>> matrix = ac.crossbar.AnalogMatrix(kernel, dac=ac.crossbar.Converter(full_scale=255))
    >>> image = np.zeros((5, 6), np.uint8)
    >>> image[:, 2:] = 200
    >>> ac.crossbar.convolve(image, matrix)[0, :, :2].round().tolist()
    [[-600.0, -600.0], [-600.0, -600.0], [-600.0, -600.0]]
    """
    image, (height, width) = check(image), shape
    if matrix.shape[1] != height * width or image.shape[0] < height or image.shape[1] < width:
        raise AnalysisError(
            f"shape {height} x {width}: the matrix has {matrix.shape[1]} inputs and the image "
            f"{image.shape[0]} x {image.shape[1]} pixels; expected kernels of that size within it"
        )
    windows = sliding_window_view(image, shape)
    rows = windows.reshape(len(windows), -1, height * width)
    products = [matrix.multiply(row.astype(float), read=k).T for k, row in enumerate(rows)]
    return np.stack(products, axis=1)


@accepts_quantities
def decode(current: ArrayLike, reference_current: float) -> Array:
    """Return convolution values in grey levels from column currents.

    Parameters
    ----------
    current : array_like
        [A]
    reference_current : float
        Of the (1, 1) memristor at the white level, 255. [A]

    Raises
    ------
    AnalysisError
        If the reference carries no current.

    Examples
    --------
    >>> from acanthite.constants import nA
    >>> ac.crossbar.decode([100 * nA, -40 * nA], reference_current=100 * nA).round(1).tolist()
    [255.0, -102.0]
    """
    if not abs(reference_current) > 0:
        raise AnalysisError(
            f"reference_current = {reference_current} A; expected a current: take another device"
        )
    return (LEVELS - 1) / reference_current * np.asarray(current, float)


def convolve_in_software(image: Image, kernel: ArrayLike) -> Array:
    """Return the exact convolution values in grey levels, shape (rows - 2, columns - 2).

    The kernel is laid on the image unflipped, as on the array.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.zeros((3, 6), np.uint8)
    >>> image[:, 3:] = 200
    >>> edges = ac.crossbar.convolve_in_software(image, [[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> edges.tolist()
    [[0.0, -600.0, -600.0, 0.0]]
    """
    from scipy.signal import correlate2d

    return correlate2d(check(image).astype(float), np.asarray(kernel, float), mode="valid")


def render(values: ArrayLike) -> Image:
    """Return an edge picture: magnitudes, cut off at white.

    Examples
    --------
    >>> ac.crossbar.render([[-300.0, -20.4, 90.0]]).tolist()
    [[255, 20, 90]]
    """
    return np.clip(np.rint(np.abs(np.asarray(values))), 0, LEVELS - 1).astype(np.uint8)


def compare(picture: Image, truth: Image) -> Quality:
    """Return how near ``picture`` comes to ``truth``, both 8-bit grey of one shape.

    Raises
    ------
    ImageError
        If one is no such image, or their shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.arange(256, dtype=np.uint8).reshape(16, 16)
    >>> quality = ac.crossbar.compare(np.minimum(truth, 200), truth)
    >>> print(f"off by {quality.rmse:.1f} grey levels, similarity {quality.ssim:.2f}")
    off by 14.9 grey levels, similarity 0.97
    """
    from skimage.metrics import structural_similarity

    picture = check(picture, "picture")
    truth = check(truth, "truth")
    if picture.shape != truth.shape:
        raise ImageError(f"compare: picture of shape {picture.shape}, truth of shape {truth.shape}")
    difference = picture.astype(float) - truth.astype(float)
    window = min(7, (min(truth.shape) - 1) | 1)
    ssim = structural_similarity(truth, picture, data_range=LEVELS - 1, win_size=window)
    return Quality(float(np.sqrt(np.mean(difference**2))), float(np.asarray(ssim)))
