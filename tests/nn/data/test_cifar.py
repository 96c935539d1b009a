"""CIFAR-10 in its binary version: records as its description has them, and files that are not."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.nn import cifar10
from acanthite.nn.data.cifar import TEST, TRAINING
from acanthite.nn.data.datasets import load_dataset


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch):
    monkeypatch.delenv("ACANTHITE_DATA", raising=False)


def records(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, bytes]:
    """Return images, labels, and their file: a label, then 1024 of red, of green, of blue."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, 32, 32, 3)).astype(np.uint8)
    labels = rng.integers(0, 10, n).astype(np.uint8)
    raw = b"".join(
        bytes([label]) + b"".join(image[:, :, c].tobytes() for c in range(3))
        for image, label in zip(images, labels, strict=True)
    )
    return images, labels, raw


@pytest.fixture
def folder(tmp_path):
    for k, name in enumerate((*TRAINING, TEST)):
        (tmp_path / name).write_bytes(records(4 if name == TEST else 3, k)[2])
    return tmp_path


@pytest.mark.parametrize("below", ["", "cifar-10-batches-bin", "cifar10"])
def test_images_and_labels_come_back_pixel_by_pixel(folder, tmp_path_factory, below):
    where = folder
    if below:
        where = tmp_path_factory.mktemp("data")
        folder.rename(where / below)
    data = load_dataset("cifar10", where)
    assert data.name == "cifar10"
    assert data.image_shape == (32, 32, 3)
    assert (len(data.images), len(data.test_images)) == (15, 4)
    expected = [records(3, k)[:2] for k in range(5)]
    images = np.concatenate([part[0] for part in expected])
    assert (data.images.reshape(-1, 32, 32, 3) == images).all()
    assert (data.labels == np.concatenate([part[1] for part in expected])).all()
    assert (data.test_images.reshape(-1, 32, 32, 3) == records(4, 5)[0]).all()
    assert cifar10(where).fingerprint == data.fingerprint


def test_the_folder_of_the_environment_is_looked_in(folder, monkeypatch):
    monkeypatch.setenv("ACANTHITE_DATA", str(folder))
    assert len(cifar10().images) == 15


@pytest.mark.parametrize("name", ["data_batch_3.bin", "test_batch.bin"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: raw[:-1], r"\d+ bytes; expected whole images of 3073 bytes each"),
        (lambda raw: b"", "0 bytes; expected whole images"),
        (lambda raw: raw[:3073] + b"\x0b" + raw[3074:], "image 1 has the label 11; expected 0"),
    ],
)
def test_files_that_are_damaged_are_named(folder, name, change, message):
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DatasetError, match=message) as caught:
        cifar10(folder)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_cut_between_two_images_is_seen_beside_the_others(folder):
    path = folder / "data_batch_2.bin"
    path.write_bytes(path.read_bytes()[:-3073])
    with pytest.raises(DatasetError, match="hold 3, 2, 3, 3, 3 images; expected as many in each"):
        cifar10(folder)


def test_files_that_are_missing_are_named(folder):
    (folder / "data_batch_4.bin").unlink()
    (folder / TEST).unlink()
    with pytest.raises(DatasetError, match=r"no file data_batch_4\.bin, test_batch\.bin of"):
        cifar10(folder)


@pytest.mark.parametrize("below", ["", "cifar-10-batches-py"])
def test_the_pickled_version_is_refused_unread(tmp_path, below):
    where = tmp_path / below
    where.mkdir(exist_ok=True)

    class Runs:
        def __reduce__(self):
            return (tmp_path / "it ran").mkdir, ()

    for k in range(1, 6):
        (where / f"data_batch_{k}").write_bytes(pickle.dumps(Runs()))
    with pytest.raises(DatasetError, match=r"run code when they are read; .* binary version"):
        cifar10(tmp_path)
    assert not (tmp_path / "it ran").exists()


def test_without_files_it_says_what_to_do(tmp_path):
    with pytest.raises(DatasetUnavailableError, match=r"not fetched: put the six \.bin files"):
        cifar10(tmp_path)
    with pytest.raises(DatasetUnavailableError, match="looked for in no folder"):
        cifar10()
    with pytest.raises(DatasetError, match=r"nowhere: not a folder; put the six"):
        cifar10(tmp_path / "nowhere")
