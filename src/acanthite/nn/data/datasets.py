"""Data sets: MNIST, Fashion-MNIST, CIFAR-10, scikit-learn's digits, and images of one's own."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import DatasetError, DatasetUnavailableError, nearest
from acanthite.nn.array_types import Bytes
from acanthite.nn.data import archives, cifar
from acanthite.nn.data.npz import read_arrays

NAMES = ("mnist", "fashion-mnist", "digits", "cifar10")
"""Data sets known by name."""

_PARTS = ("images", "labels", "test_images", "test_labels")
_KERAS_PARTS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True)
class Dataset:
    """Labelled 8-bit images, split for training and test.

    Parameters
    ----------
    name : str
    images, test_images : ndarray of uint8, shape (n, n_pixels)
        Row by row; the channels of a pixel beside each other.
    labels, test_labels : ndarray of int, shape (n,)
        From 0 to 255; kept as uint8.
    shape : tuple of int, optional
        Height, width and channels of an image; a square of one channel where the pixels make one,
        else a line.

    Raises
    ------
    DatasetError
        If an array is of another shape or type.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((6, 64), np.uint8)
    >>> labels = np.array([0, 1, 2, 0, 1, 2], np.uint8)
    >>> data = ac.nn.Dataset("mine", images[:4], labels[:4], images[4:], labels[4:])
    >>> data.image_shape, data.n_classes
    ((8, 8, 1), 3)
    """

    name: str
    images: Bytes
    labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    shape: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        where = f"data set {self.name!r}"
        n_pixels = np.shape(self.images)[1:] if self.shape is None else (math.prod(self.shape),)
        for part in ("", "test_"):
            name = f"{part}images"
            images = np.asarray(getattr(self, name))
            if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1:] != n_pixels:
                width = n_pixels[0] if len(n_pixels) == 1 else "n_pixels"
                raise DatasetError(
                    f"{where}: {name} has shape {images.shape} and type {images.dtype}; expected "
                    f"(n, {width}) of uint8"
                )
            labels = np.asarray(getattr(self, f"{part}labels"))
            labels = _labels(where, f"{part}labels", labels, len(images))
            object.__setattr__(self, name, images)
            object.__setattr__(self, f"{part}labels", labels)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        if self.shape is not None:
            return self.shape
        n = self.images.shape[1]
        side = round(n**0.5)
        return (side, side, 1) if side * side == n else (1, n, 1)

    @property
    def fingerprint(self) -> str:
        """The name, and a checksum of all images and labels."""
        crc = 0
        for name in _PARTS:
            crc = zlib.crc32(np.ascontiguousarray(getattr(self, name)).data, crc)
        return f"{self.name} (CRC {crc:08x})"

    def read_only(self) -> Dataset:
        """Return the data set with arrays of one memory layout, that cannot be written to.

        Kernels are compiled for each kind of array they are given: these are all of one kind.
        """
        return replace(self, **{name: read_only(getattr(self, name)) for name in _PARTS})

    def part(self, chosen: slice) -> Dataset:
        """Return the data set with some of the training images only."""
        return replace(self, images=self.images[chosen], labels=self.labels[chosen])

    @property
    def n_classes(self) -> int:
        """One more than the largest label."""
        return 1 + max((int(y.max()) for y in (self.labels, self.test_labels) if len(y)), default=0)


def mnist(folder: str | Path | None = None, fetch: bool | None = None) -> Dataset:
    """Return MNIST: 60,000 training and 10,000 test images of 28 x 28 pixels.

    Parameters
    ----------
    folder : path_like, optional
        Where to look first; see :mod:`acanthite.nn.data.archives`.
    fetch : bool, optional
        Whether the files may be fetched if no folder has them; by default unless
        ``ACANTHITE_OFFLINE`` is set.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailableError
        If the files are nowhere and could not be fetched; the message says what to do.
    DatasetError
        If a file is damaged or is not MNIST.

    Examples
    --------
    The files are looked for in the folder given and in that of the package, then fetched:

    >>> data = ac.nn.mnist("my/data", fetch=False)  # doctest: +SKIP
    >>> data.images.shape, data.test_images.shape  # doctest: +SKIP
    ((60000, 784), (10000, 784))
    """
    return _archived(archives.MNIST, folder, fetch)


def fashion_mnist(folder: str | Path | None = None, fetch: bool | None = None) -> Dataset:
    """Return Fashion-MNIST, of as many and as large images as MNIST; see :func:`mnist`.

    Examples
    --------
    >>> data = ac.nn.fashion_mnist()  # doctest: +SKIP
    >>> data.images.shape, data.test_images.shape  # doctest: +SKIP
    ((60000, 784), (10000, 784))
    """
    return _archived(archives.FASHION_MNIST, folder, fetch)


def cifar10(folder: str | Path | None = None) -> Dataset:
    """Return CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 pixels in three colours.

    Parameters
    ----------
    folder : path_like, optional
        Where the files of the binary version are looked for first; see
        :mod:`acanthite.nn.data.cifar`. They are not fetched.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailableError
        If no folder has the files; the message says what to do.
    DatasetError
        If a file is damaged, or only the pickled version is there.

    Examples
    --------
    >>> data = ac.nn.cifar10("cifar-10-batches-bin")  # doctest: +SKIP
    >>> data.images.shape, data.image_shape  # doctest: +SKIP
    ((50000, 3072), (32, 32, 3))
    """
    images, labels, test_images, test_labels = cifar.read(folder)
    return Dataset(cifar.NAME, _flat(images), labels, _flat(test_images), test_labels, cifar.SHAPE)


def _archived(archive: archives.Archive, folder: str | Path | None, fetch: bool | None) -> Dataset:
    images, labels, test_images, test_labels = archives.read(archive, folder, fetch)
    return Dataset(archive.name, _flat(images), labels, _flat(test_images), test_labels)


def read_only(values: Bytes) -> Bytes:
    """Return the same values in C order; only what is in another order is copied."""
    view = np.ascontiguousarray(values).view(np.ndarray)[:]
    view.flags.writeable = False
    return view


def _flat(images: Bytes) -> Bytes:
    return np.ascontiguousarray(images.reshape(len(images), -1))


def digits() -> Dataset:
    """Return scikit-learn's digits of 8 x 8 pixels.

    The first 1,437 are to train on, the last 360, of other writers, to test.

    Raises
    ------
    DatasetUnavailableError
        If scikit-learn is not installed.

    Examples
    --------
    With scikit-learn at hand:

    >>> data = ac.nn.digits()  # doctest: +SKIP
    >>> data.images.shape, data.test_images.shape  # doctest: +SKIP
    ((1437, 64), (360, 64))
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise DatasetUnavailableError(
            "dataset = 'digits' comes with scikit-learn, which is not installed; "
            "pip install 'acanthite[digits]'"
        ) from None
    bunch: Any = load_digits()
    images = np.rint(bunch.data * (255.0 / 16.0)).astype(np.uint8)
    labels = bunch.target.astype(np.uint8)
    return Dataset("digits", images[:1437], labels[:1437], images[1437:], labels[1437:])


def read_npz(path: str | Path) -> Dataset:
    """Return a data set of one's own from an ``.npz`` file.

    Parameters
    ----------
    path : path_like
        With arrays ``images``, ``labels``, ``test_images``, ``test_labels`` (or Keras's
        ``x_train``, ``y_train``, ``x_test``, ``y_test``). Images are uint8 of shape (n, height,
        width), (n, height, width, channels) or (n, n_pixels); labels are whole numbers from 0 to
        255, shape (n,).

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetError
        If the file cannot be read or an array is missing or of another shape or type.

    Examples
    --------
    >>> import numpy as np
    >>> images, labels = np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 2, 0])
    >>> np.savez(
    ...     "mine.npz", images=images, labels=labels, test_images=images, test_labels=labels
    ... )
    >>> data = ac.nn.read_npz("mine.npz")
    >>> data.images.shape, data.n_classes
    ((4, 64), 3)
    """
    path = Path(path)
    try:
        arrays = read_arrays(path)
    except ValueError as reason:
        raise DatasetError(
            f"data set {path}: not an .npz file that can be read ({reason})"
        ) from None
    keys = next((k for k in (_PARTS, _KERAS_PARTS) if set(k) <= set(arrays)), None)
    if keys is None:
        contents = ", ".join(sorted(arrays)) or "nothing"
        raise DatasetError(
            f"data set {path}: holds {contents}; expected the arrays {', '.join(_PARTS)}"
        )
    images, labels, test_images, test_labels = (arrays[name] for name in keys)
    shape = _image_shape(path, keys[0], images)
    if shape != _image_shape(path, keys[2], test_images):
        raise DatasetError(
            f"data set {path}: {keys[0]} has images of shape {images.shape[1:]}, "
            f"{keys[2]} of {test_images.shape[1:]}; expected the same"
        )
    labels = _labels(f"data set {path}", keys[1], labels, len(images))
    test_labels = _labels(f"data set {path}", keys[3], test_labels, len(test_images))
    return Dataset(path.stem, _flat(images), labels, _flat(test_images), test_labels, shape)


def _image_shape(path: Path, name: str, images: NDArray[Any]) -> tuple[int, int, int] | None:
    """Return height, width and channels; None where the images are flat."""
    if images.dtype != np.uint8:
        raise DatasetError(
            f"data set {path}: {name} is of type {images.dtype}; expected uint8, 0 to 255 "
            "(multiply shares by 255, round, and save as uint8)"
        )
    if images.ndim not in (2, 3, 4) or 0 in images.shape:
        raise DatasetError(
            f"data set {path}: {name} has shape {images.shape}; expected (n, height, width), "
            "(n, height, width, channels) or (n, n_pixels), none of them zero"
        )
    if images.ndim == 2:
        return None
    height, width = images.shape[1:3]
    return int(height), int(width), int(images.shape[3]) if images.ndim == 4 else 1


def _labels(where: str, name: str, labels: NDArray[Any], n: int) -> Bytes:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (n,) or labels.dtype.kind not in "iu":
        raise DatasetError(
            f"{where}: {name} has shape {labels.shape} and type {labels.dtype}; "
            f"expected ({n},) whole numbers"
        )
    if n and (labels.min() < 0 or labels.max() > 255):
        raise DatasetError(
            f"{where}: {name} goes from {labels.min()} to {labels.max()}; expected 0 to 255"
        )
    return labels.astype(np.uint8, copy=False)


def load_dataset(dataset: str | Path | Dataset, folder: str | Path | None = None) -> Dataset:
    """Return a data set by name or from a file.

    Parameters
    ----------
    dataset : str, path_like or Dataset
        ``"mnist"``, ``"fashion-mnist"``, ``"digits"``, ``"cifar10"``, the path of an ``.npz`` file,
        or a data set, which is given back.
    folder : path_like, optional
        Where files of the named ones are looked for first.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetError
        If there is none of that name, or it cannot be had or read.
    """
    if isinstance(dataset, Dataset):
        return dataset
    for archive in archives.ARCHIVES:
        if dataset == archive.name:
            return _archived(archive, folder, None)
    if dataset == "digits":
        return digits()
    if dataset == cifar.NAME:
        return cifar10(folder)
    if str(dataset).endswith(".npz"):
        return read_npz(dataset)
    raise DatasetError(
        f"dataset = {str(dataset)!r}; expected {', '.join(map(repr, NAMES))}, "
        f"an .npz file or a Dataset{nearest(str(dataset), NAMES)}"
    )
