import numpy as np
import PIL.Image
import pytest

from acanthite.crossbar.compute.images import check, photograph
from acanthite.errors import ImageError


def test_the_built_in_photograph_is_8_bit_grey():
    image = photograph()
    assert image.dtype == np.uint8
    assert image.ndim == 2
    assert image.std() > 30


@pytest.mark.parametrize("ending", ["png", "tif", "pgm"])
def test_a_users_picture_comes_back_unchanged(tmp_path, ending):
    image = np.arange(35, dtype=np.uint8).reshape(5, 7)
    PIL.Image.fromarray(image).save(tmp_path / f"mine.{ending}")
    np.testing.assert_array_equal(photograph(tmp_path / f"mine.{ending}"), image)


@pytest.mark.parametrize(
    ("mode", "what"),
    [("RGB", "RGB colour"), ("I;16", "16-bit grey"), ("P", "palette"), ("1", "1-bit")],
)
def test_a_picture_that_is_not_8_bit_grey_is_refused(tmp_path, mode, what):
    path = tmp_path / "other.png"
    PIL.Image.new(mode, (8, 8)).save(path)
    with pytest.raises(ImageError, match=what) as caught:
        photograph(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.png").touch()
    whole = tmp_path / "whole.png"
    PIL.Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)).save(whole)
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:900])
    for name, message in (
        ("text.png", "is not a picture"),
        ("empty.png", "is not a picture"),
        ("cut.png", "is damaged"),
        ("gone.png", "does not exist"),
        (".", "is a folder"),
    ):
        with pytest.raises(ImageError, match=message):
            photograph(tmp_path / name)


def test_arrays_are_checked():
    with pytest.raises(ImageError, match="float64"):
        check(np.zeros((8, 8)))
    with pytest.raises(ImageError, match="2 x 9 pixels; expected at least 3 x 3"):
        check(np.zeros((9, 2), np.uint8))
