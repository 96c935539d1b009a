"""An array: its voltages while one cell is written, and a kernel run on a picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import mV, uS
from acanthite.errors import ImageError
from acanthite.formatting import as_text, percent
from acanthite.lab.views.curves import Row
from acanthite.lab.views.knobs import Knob, si_values

Picture = NDArray[np.uint8]

ARRAY_KNOBS: tuple[Knob, ...] = (
    Knob("lines", "lines of the array", "", 4, 64, 1, 24, whole=True),
    Knob("segment", "wire between two cells", "Ω", 0.01, 1000, 0.01, 5, logarithmic=True),
    Knob("lrs", "cells in the LRS", "%", 0, 100, 1, 50, factor=0.01),
    Knob("conductance", "conductance of the LRS", "µS", 0.1, 1000, 0.1, 20, uS, logarithmic=True),
    Knob("voltage", "write voltage", "V", 0.05, 1.0, 0.01, 0.3),
    Knob("pattern", "pattern number", "", 1, 1000, 1, 1, whole=True),
)
"""The knobs of an array that is written."""

KERNEL_KNOBS: tuple[Knob, ...] = (
    Knob("wire", "wire between two cells", "Ω", 0, 200, 1, 0),
    Knob("spread", "mismatch of the cells", "%", 0, 40, 0.5, 5, factor=0.01),
    Knob("noise", "noise of a read", "%", 0, 40, 0.5, 2, factor=0.01),
    Knob("bits", "bits of the converter", "", 2, 12, 1, 8, whole=True),
)
"""The knobs of an array that holds a kernel."""

BIASES = ("V/2", "V/3", "ground", "float")
RATIO = 1000.0
"""LRS over HRS of the cells."""

LARGEST_SIDE = 128
"""Pixels of a picture's longer side; larger pictures are made smaller."""

_MOST_PIXELS = 40_000_000


@dataclass(frozen=True)
class ArrayView:
    """What is seen of an array while one cell is written.

    Parameters
    ----------
    voltage : ndarray, shape (lines, lines)
        Across each cell. [V]
    rows : tuple of Row
    """

    voltage: np.ndarray
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class KernelView:
    """A picture, and its edges by arithmetic and by an array.

    Parameters
    ----------
    original, software, hardware : ndarray of uint8
    rows : tuple of Row
    """

    original: Picture
    software: Picture
    hardware: Picture
    rows: tuple[Row, ...]


def array_view(shown: Mapping[str, float], bias: str = "V/2") -> ArrayView:
    """Return the voltages of an array whose last cell, farthest from the drivers, is written.

    Raises
    ------
    AcanthiteError
        If a value is out of bounds, or there is no such bias scheme.
    """
    from acanthite.crossbar import Wires, select

    values = si_values(ARRAY_KNOBS, shown)
    n = int(values["lines"])
    G = _pattern(n, values["lrs"], values["conductance"], int(values["pattern"]))
    cell = (0, n - 1)
    wires = Wires(values["segment"], values["segment"])
    solution = select(G, cell, values["voltage"], bias, wires)
    across = np.asarray(solution.device_voltage)
    others = np.abs(across).ravel()
    others = np.delete(others, n - 1)
    rows = (
        Row("across the selected cell", as_text(float(across[cell]), "V")),
        Row("lost in wires", percent(1.0 - float(across[cell]) / values["voltage"])),
        Row("largest across another cell", as_text(float(others.max()), "V")),
        Row("power", as_text(float(solution.power.delivered), "W")),
    )
    return ArrayView(np.abs(across), rows)


def _pattern(n: int, share: float, lrs: float, seed: int) -> np.ndarray:
    """Return an array of cells in the LRS and the HRS, the selected one in the HRS. [S]"""
    from acanthite.random import generator

    low = generator(seed, "lab.pattern").random((n, n)) < share
    low[0, n - 1] = False
    return np.where(low, lrs, lrs / RATIO)


def kernel_view(picture: Picture, shown: Mapping[str, float], kernel: str) -> KernelView:
    """Return the edges of a picture, found by arithmetic and by an array.

    Raises
    ------
    AcanthiteError
        If a value is out of bounds, or the picture is too small.
    """
    from acanthite import crossbar

    values = si_values(KERNEL_KNOBS, shown)
    weights = crossbar.KERNELS[kernel]
    matrix = crossbar.AnalogMatrix(
        weights.reshape(1, 9).astype(float),
        crossbar.RowPairs(),
        dac=crossbar.Converter(full_scale=255.0),
        adc=crossbar.Converter(int(values["bits"])),
        read_voltage=25.5 * mV,
        wires=crossbar.Wires(values["wire"], values["wire"]) if values["wire"] else None,
        effects=crossbar.Effects(
            spread=crossbar.Spread(values["spread"]) if values["spread"] else None,
            noise=crossbar.ReadNoise(values["noise"]) if values["noise"] else None,
        ),
        seed=1,
    )
    software = crossbar.render(crossbar.convolve_in_software(picture, weights))
    hardware = crossbar.render(crossbar.convolve(picture, matrix)[0])
    quality = crossbar.compare(hardware, software)
    rows = (
        Row("structural similarity (SSIM)", f"{quality.ssim:.3f}", "1: the same picture"),
        Row("RMSE", f"{quality.rmse:.1f} grey levels"),
    )
    return KernelView(picture, software, hardware, rows)


def photograph() -> Picture:
    """Return the picture that comes with the package, small enough to be quick."""
    from acanthite import crossbar

    return crossbar.photograph()[::4, ::4].copy()


def read_picture(path: Path) -> Picture:
    """Return any picture as 8-bit grey, its longer side at most :data:`LARGEST_SIDE` pixels.

    Raises
    ------
    ImageError
        If it is no picture, damaged, or larger than a camera makes.
    """
    from acanthite import crossbar

    small = path.with_name(f"grey-{path.stem[:40]}.png")
    _write_grey(path, small)
    return crossbar.photograph(small)


def _write_grey(path: Path, target: Path) -> None:
    """Write a picture in small and grey, for the reader of all pictures."""
    import PIL.Image

    expected = "expected a picture such as PNG or JPEG"
    try:
        with PIL.Image.open(path) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                raise ImageError(
                    f"picture {path.name}: {width} x {height} pixels; expected at most 40 million"
                )
            grey = picture.convert("L")
            grey.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            grey.save(target)
    except ImageError:
        raise
    except PIL.UnidentifiedImageError:
        raise ImageError(f"picture {path.name}: is not a picture; {expected}") from None
    except Exception as error:  # of damaged files: OSError, SyntaxError, struct.error ...
        raise ImageError(f"picture {path.name}: is damaged ({error}); {expected}") from None


def as_png(picture: Picture) -> str:
    """Return a picture as the address of an image that needs no request."""
    import PIL.Image

    out = io.BytesIO()
    PIL.Image.fromarray(picture).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def array_script(shown: Mapping[str, float], bias: str) -> str:
    """Return the lines of Python that repeat the voltages."""
    v = si_values(ARRAY_KNOBS, shown)
    n = int(v["lines"])
    return f"""import numpy as np

import acanthite as ac

low = ac.random.generator({v["pattern"]:g}, "lab.pattern").random(({n}, {n})) < {v["lrs"]!r}
low[0, {n - 1}] = False
conductance = np.where(low, {v["conductance"]!r}, {v["conductance"]!r} / {RATIO})
wires = ac.crossbar.Wires({v["segment"]!r}, {v["segment"]!r})
voltage = {v["voltage"]!r}
solution = ac.crossbar.select(conductance, (0, {n - 1}), voltage, {bias!r}, wires)
across = abs(solution.device_voltage)
"""


def kernel_script(shown: Mapping[str, float], kernel: str) -> str:
    """Return the lines of Python that repeat the edges of the picture that comes with the package."""
    v = si_values(KERNEL_KNOBS, shown)
    wires = f"ac.crossbar.Wires({v['wire']!r}, {v['wire']!r})" if v["wire"] else "None"
    spread = f"ac.crossbar.Spread({v['spread']!r})" if v["spread"] else "None"
    noise = f"ac.crossbar.ReadNoise({v['noise']!r})" if v["noise"] else "None"
    return f"""import acanthite as ac

picture = ac.crossbar.photograph()[::4, ::4]  # or photograph("grey.png"), yours
kernel = ac.crossbar.KERNELS[{kernel!r}]
matrix = ac.crossbar.AnalogMatrix(
    kernel.reshape(1, 9).astype(float),
    ac.crossbar.RowPairs(),
    dac=ac.crossbar.Converter(full_scale=255.0),
    adc=ac.crossbar.Converter({v["bits"]:g}),
    read_voltage=25.5e-3,
    wires={wires},
    effects=ac.crossbar.Effects(spread={spread}, noise={noise}),
    seed=1,
)
hardware = ac.crossbar.render(ac.crossbar.convolve(picture, matrix)[0])
software = ac.crossbar.render(ac.crossbar.convolve_in_software(picture, kernel))
quality = ac.crossbar.compare(hardware, software)
"""
