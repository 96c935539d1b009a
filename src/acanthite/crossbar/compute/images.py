"""8-bit grey photographs: the user's own, or one that comes with scikit-image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import ImageError

Image = NDArray[np.uint8]

_MODES = {
    "1": "1-bit black and white",
    "LA": "grey with transparency",
    "P": "palette colour",
    "RGB": "RGB colour",
    "RGBA": "RGB colour with transparency",
    "CMYK": "CMYK colour",
    "I;16": "16-bit grey",
    "I": "32-bit grey",
    "F": "floating-point grey",
}


def photograph(path: str | Path | None = None) -> Image:
    """Return an 8-bit grey photograph, shape (rows, columns).

    Parameters
    ----------
    path : path_like, optional
        A PNG, TIFF, PGM, JPEG, ...; the cameraman of scikit-image without it.

    Raises
    ------
    ImageError
        If the file is missing, damaged, no picture, not 8-bit grey, or smaller than the kernel.

    Examples
    --------
    >>> import numpy as np
    >>> from PIL import Image
    >>> Image.fromarray(np.zeros((8, 12), np.uint8)).save("black.png")
    >>> ac.crossbar.photograph("black.png").shape
    (8, 12)
    """
    if path is None:
        from skimage.data import camera

        return check(camera(), "the built-in photograph")
    return check(_read(Path(path)), f"image {path}")


def check(image: Any, name: str = "image") -> Image:
    """Return ``image`` if it is 8-bit grey and at least 3 x 3.

    Raises
    ------
    ImageError
        If it is not.
    """
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.ndim != 2:
        raise ImageError(
            f"{name}: {image.ndim}-dimensional {image.dtype}; expected two-dimensional uint8, "
            "8-bit grey: convert it first"
        )
    if min(image.shape) < 3:
        raise ImageError(
            f"{name}: {image.shape[1]} x {image.shape[0]} pixels; expected at least 3 x 3"
        )
    return image


def _read(path: Path) -> NDArray[Any]:
    import PIL.Image

    expected = "expected an 8-bit grey picture (PNG, TIFF, PGM ...)"
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ImageError(f"image {path}: {what}; {expected}")
    try:
        with PIL.Image.open(path) as picture:
            mode = picture.mode
            pixels = np.asarray(picture)
    except PIL.UnidentifiedImageError:
        raise ImageError(f"image {path}: is not a picture; {expected}") from None
    except Exception as error:  # of damaged files: OSError, SyntaxError, struct.error ...
        raise ImageError(f"image {path}: is damaged ({error}); {expected}") from None
    if mode != "L":
        what = _MODES.get(mode, f"of mode {mode}")
        raise ImageError(f"image {path}: is {what}; {expected}; convert it to 8-bit grey first")
    return pixels
