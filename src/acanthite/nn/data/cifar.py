"""CIFAR-10 in its binary version: six files of records, each a label and 32 x 32 pixels.

The files ``data_batch_1.bin`` to ``data_batch_5.bin`` and ``test_batch.bin`` are looked for in the
folder the caller names, then in that of the environment variable ``ACANTHITE_DATA``, each directly
or in the subfolder ``cifar-10-batches-bin`` or ``cifar10``. Nothing is fetched. The Python version
of the same data is pickled, and to read a pickle is to run what it holds: it is refused.

References
----------
.. [1] A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images* (2009).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.nn.array_types import Bytes

NAME = "cifar10"
SHAPE = (32, 32, 3)  #: height, width and channels of an image
CLASSES = 10
TRAINING = tuple(f"data_batch_{k}.bin" for k in range(1, 6))
TEST = "test_batch.bin"

_PIXELS = 32 * 32
_RECORD = 1 + 3 * _PIXELS  # a label, then all of red, all of green, all of blue
_SUBFOLDERS = ("", "cifar-10-batches-bin", NAME)
_PICKLED = ("", "cifar-10-batches-py")
_REMEDY = (
    "put the six .bin files of the binary version (cifar-10-binary.tar.gz) into a folder and name "
    "it by --data or the environment variable ACANTHITE_DATA"
)


def read(folder: str | Path | None = None) -> list[Bytes]:
    """Return the images and labels for training, then those for test.

    Parameters
    ----------
    folder : path_like, optional
        Where to look first.

    Returns
    -------
    list of ndarray of uint8
        Images of shape (n, 32, 32, 3), labels from 0 to 9.

    Raises
    ------
    DatasetUnavailableError
        If no folder has the files; the message says what to do.
    DatasetError
        If a file is damaged, or only the pickled version is there.
    """
    if folder is not None and not Path(folder).is_dir():
        raise DatasetError(f"data folder {folder}: not a folder; {_REMEDY}")
    where = _found(folder)
    parts = [_records(where / name) for name in TRAINING]
    lengths = [len(part) for part in parts]
    if len(set(lengths)) > 1:
        counts = ", ".join(map(str, lengths))
        raise DatasetError(
            f"{where}: the training files hold {counts} images; expected as many in each"
        )
    test_images, test_labels = _split(_records(where / TEST))
    images, labels = _split(np.concatenate(parts))
    return [images, labels, test_images, test_labels]


def _bases(folder: str | Path | None) -> Iterator[Path]:
    for base in (folder, os.environ.get("ACANTHITE_DATA")):
        if base:
            yield Path(base)


def _found(folder: str | Path | None) -> Path:
    """Return the folder that holds the files, or say what is wrong with those that do not."""
    for base in _bases(folder):
        for name in _SUBFOLDERS:
            missing = [file for file in (*TRAINING, TEST) if not (base / name / file).is_file()]
            if not missing:
                return base / name
            if len(missing) <= len(TRAINING):
                raise DatasetError(
                    f"{base / name}: no file {', '.join(missing)} of CIFAR-10; {_REMEDY}"
                )
        for name in _PICKLED:
            if (base / name / "data_batch_1").is_file():
                raise DatasetError(
                    f"{base / name}: CIFAR-10 in its Python version, whose files run code when "
                    f"they are read; {_REMEDY}"
                )
    tried = ", ".join(map(str, _bases(folder))) or "no folder"
    raise DatasetUnavailableError(
        f"CIFAR-10 was looked for in {tried} and is not there; it is not fetched: {_REMEDY}"
    )


def _records(path: Path) -> Bytes:
    """Return the records of a file, shape (n, 3073)."""
    try:
        raw = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from None
    if not raw.size or raw.size % _RECORD:
        raise DatasetError(
            f"{path}: {raw.size} bytes; expected whole images of {_RECORD} bytes each, a label and "
            "32 x 32 pixels in three colours: replace it by the original"
        )
    records = raw.reshape(-1, _RECORD)
    wrong = np.flatnonzero(records[:, 0] >= CLASSES)
    if wrong.size:
        raise DatasetError(
            f"{path}: image {wrong[0]} has the label {records[wrong[0], 0]}; expected 0 to "
            f"{CLASSES - 1}: damaged, or not CIFAR-10"
        )
    return records


def _split(records: Bytes) -> tuple[Bytes, Bytes]:
    """Return images, shape (n, 32, 32, 3), and labels."""
    planes = records[:, 1:].reshape(-1, 3, *SHAPE[:2])
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), records[:, 0].copy()
