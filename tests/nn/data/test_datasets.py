from __future__ import annotations

import sys

import numpy as np
import pytest

from acanthite.errors import DatasetError, DatasetUnavailableError
from acanthite.nn.data import datasets


def arrays(shape: tuple[int, ...] = (5, 6)) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(0)
    return {
        "images": draw.integers(0, 256, (20, *shape)).astype(np.uint8),
        "labels": np.arange(20) % 3,
        "test_images": draw.integers(0, 256, (7, *shape)).astype(np.uint8),
        "test_labels": np.arange(7) % 3,
    }


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((5, 6), (5, 6, 1)), ((5, 6, 3), (5, 6, 3)), ((16,), (4, 4, 1)), ((15,), (1, 15, 1))],
)
def test_images_of_ones_own_come_back(tmp_path, shape, expected) -> None:
    given = arrays(shape)
    np.savez(tmp_path / "mine.npz", **given)
    data = datasets.load_dataset(tmp_path / "mine.npz")
    assert data.name == "mine"
    assert data.image_shape == expected
    assert data.n_classes == 3
    assert (data.images.reshape(given["images"].shape) == given["images"]).all()
    assert (data.test_labels == given["test_labels"]).all()
    assert data.labels.dtype == np.uint8


def test_the_names_of_keras_do_too(tmp_path) -> None:
    given = arrays()
    keras = dict(zip(("x_train", "y_train", "x_test", "y_test"), given.values(), strict=True))
    np.savez(tmp_path / "mine.npz", **keras)
    assert len(datasets.read_npz(tmp_path / "mine.npz").test_images) == 7


def without(name: str) -> dict[str, np.ndarray]:
    return {k: v for k, v in arrays().items() if k != name}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (without("test_labels"), "holds images, labels, test_images; expected the arrays images, labels"),
        ({**arrays(), "images": np.zeros((20, 5, 6))}, "images is of type float64; expected uint8"),
        ({**arrays(), "labels": np.zeros(19, int)}, r"labels has shape \(19,\) .* expected \(20,\) whole numbers"),
        ({**arrays(), "labels": np.zeros(20)}, "labels has shape .* type float64"),
        ({**arrays(), "labels": np.full(20, 300)}, "labels goes from 300 to 300; expected 0 to 255"),
        ({**arrays(), "test_images": np.zeros((7, 6, 5), np.uint8)}, r"shape \(5, 6\), test_images of \(6, 5\)"),
        ({**arrays(), "images": np.zeros(20, np.uint8)}, r"images has shape \(20,\); expected \(n, height, width\)"),
    ],
)  # fmt: skip
def test_what_is_no_data_set_is_refused_in_one_line(tmp_path, given, message) -> None:
    np.savez(tmp_path / "mine.npz", **given)
    with pytest.raises(DatasetError, match=message) as caught:
        datasets.read_npz(tmp_path / "mine.npz")
    assert str(tmp_path / "mine.npz") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.npz: .*No such file"):
        datasets.read_npz(tmp_path / "nowhere.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(DatasetError, match=r"text\.npz: not an \.npz file"):
        datasets.read_npz(tmp_path / "text.npz")


def test_digits_are_eight_by_eight_and_use_the_whole_range() -> None:
    pytest.importorskip("sklearn", reason="needs scikit-learn, in the extra [digits]")
    data = datasets.digits()
    assert data.images.shape == (1437, 64)
    assert data.test_images.shape == (360, 64)
    assert (data.images.min(), data.images.max(), data.n_classes) == (0, 255, 10)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DatasetUnavailableError, match=r"pip install 'acanthite\[digits\]'"):
        datasets.load_dataset("digits")


def test_an_unknown_name_answers_with_the_nearest() -> None:
    with pytest.raises(DatasetError, match=r"dataset = 'fashion'; .* did you mean 'fashion-mnist'"):
        datasets.load_dataset("fashion")


IMAGES, LABELS = np.zeros((4, 6), np.uint8), np.arange(4, dtype=np.uint8)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": LABELS[:3]}, r"labels has shape \(3,\) .* expected \(4,\) whole numbers"),
        ({"test_labels": LABELS * 1.0}, "test_labels has shape .* type float64"),
        ({"labels": LABELS.astype(int) + 254}, "labels goes from 254 to 257; expected 0 to 255"),
        ({"images": IMAGES / 255}, r"images has shape .* type float64; expected \(n, 6\) of uint8"),
        ({"test_images": IMAGES[:, :5]}, r"test_images has shape \(4, 5\) .* expected \(n, 6\)"),
        ({"images": IMAGES.reshape(4, 2, 3)}, r"images has shape \(4, 2, 3\) .* \(n, n_pixels\)"),
        ({"shape": (2, 2, 1)}, r"images has shape \(4, 6\) .* expected \(n, 4\)"),
    ],
)
def test_arrays_that_are_no_data_set_are_refused_when_it_is_made(changed, message) -> None:
    given = {"images": IMAGES, "labels": LABELS, "test_images": IMAGES, "test_labels": LABELS}
    with pytest.raises(DatasetError, match=f"data set 'mine': {message}"):
        datasets.Dataset("mine", **{**given, **changed})
