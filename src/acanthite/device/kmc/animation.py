"""The growth film as pictures: grains, boundaries, silver and the two electrodes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import LawError
from acanthite.files import atomic
from acanthite.progress import long_call
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr
    from PIL import Image

_GRAIN, _BOUNDARY, _METAL = (58, 66, 84), (28, 32, 42), (226, 229, 233)
_ELECTRODE = {"Ag": (226, 229, 233), "Au": (205, 164, 72)}
_MARGIN = 22  # of a picture, above the film, for the clock


def picture(dataset: xr.Dataset, frame: int = -1) -> NDArray[np.uint8]:
    """Return a frame of a growth film as colours, one pixel a cell, shape (z, x, 3)."""
    grain = dataset["grain"].values.astype(np.int64)
    shade = 0.8 + 0.5 * ((grain * 2654435761 % 1000) / 1000.0)  # neighbours differ
    colours = shade[..., None] * np.array(_GRAIN)
    colours[dataset["boundary"].values] = _BOUNDARY
    colours[dataset["metal"].values[frame]] = _METAL
    return colours.clip(0, 255).astype(np.uint8)


@long_call("drawing frames")
@accepts_quantities
def animate(dataset: xr.Dataset, path: str | Path, *, rate: float = 12.0, width: int = 420) -> Path:
    """Write the growth film as an animated GIF.

    Parameters
    ----------
    dataset : xarray.Dataset
        From :func:`acanthite.device.kmc.grow_filament`.
    path : path_like
        Ending in ``.gif``.
    rate : float
        Frames a second. [1/s]
    width : int
        Of the picture, in pixels; cells are drawn as whole pixels, so it comes out a little
        smaller.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    LawError
        If the path does not end in ``.gif``, or the rate or width is too small.
    """
    path = Path(path)
    if path.suffix.lower() != ".gif":
        raise LawError(
            f"path (={str(path)!r}) must end in .gif; animations are written as GIF only"
        )
    if not rate > 0 or width < 1:
        raise LawError(f"rate (={rate:g}) and width (={width}) must be positive")
    images = [_page(dataset, frame, width) for frame in range(dataset.sizes["frame"])]
    with atomic(path) as temporary:
        images[0].save(
            temporary,
            save_all=True,
            append_images=[
                *images[1:],
                *images[-1:] * round(rate),
            ],  # rests on the last one for a second
            duration=round(1000 / rate),
            loop=0,
        )
    return path


def _page(dataset: xr.Dataset, frame: int, width: int) -> Image.Image:
    """Return a frame with its electrodes and clock, as a Pillow image."""
    from PIL import Image, ImageDraw
    from PIL.ImageFont import load_default

    cells = picture(dataset, frame)
    scale = max(1, width // cells.shape[1])
    film = Image.fromarray(cells).resize(
        (cells.shape[1] * scale, cells.shape[0] * scale), Image.Resampling.NEAREST
    )
    strip = max(4, 2 * scale)
    page = Image.new("RGB", (film.width, film.height + 2 * strip + _MARGIN), (255, 255, 255))
    page.paste(_ELECTRODE["Ag"], (0, _MARGIN, film.width, _MARGIN + strip))
    page.paste(film, (0, _MARGIN + strip))
    page.paste(_ELECTRODE["Au"], (0, page.height - strip, film.width, page.height))
    text = (
        f"{float(dataset.attrs['voltage']):g} V on Ag    t = "
        f"{_engineering(float(dataset['time'][frame]))}s"
    )
    ImageDraw.Draw(page).text((4, 4), text, (34, 37, 43), font=load_default())
    return page.quantize(64, dither=Image.Dither.NONE)


def _engineering(value: float) -> str:
    """Return a number with an SI prefix: 3.14 u."""
    if value == 0:
        return "0 "
    exponent = int(np.clip(np.floor(np.log10(value) / 3), -4, 0))
    return f"{value / 10.0 ** (3 * exponent):.4g} {['p', 'n', 'u', 'm', ''][exponent + 4]}"
