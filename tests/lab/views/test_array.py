"""An array: the written cell's neighbours, and a kernel on a picture."""

import numpy as np
import PIL.Image
import pytest

from acanthite.errors import ImageError
from acanthite.lab.views.array import (
    LARGEST_SIDE,
    array_script,
    array_view,
    as_png,
    kernel_script,
    kernel_view,
    photograph,
    read_picture,
)

IDEAL = {"lines": 8, "segment": 0.01, "lrs": 0, "conductance": 0.1, "voltage": 0.3}


@pytest.mark.parametrize(("bias", "half"), [("V/2", 0.15), ("V/3", 0.1)])
def test_half_selected_cells_see_what_the_scheme_says(bias, half):
    across = array_view(IDEAL, bias).voltage
    assert across[0, -1] == pytest.approx(0.3, rel=1e-6)
    assert across[0, :-1] == pytest.approx(np.full(7, half), rel=1e-5)


def test_long_resistive_wires_take_voltage_from_the_cell():
    turned = {"lines": 32, "segment": 100, "lrs": 100, "conductance": 1000}
    across = array_view(turned).voltage
    assert across[0, -1] < 0.8 * 0.3


def test_the_lines_of_python_repeat_the_voltages():
    turned = {"lines": 10, "pattern": 4}
    names = {}
    exec(array_script(turned, "V/3"), names)
    assert (names["across"] == array_view(turned, "V/3").voltage).all()


def test_a_perfect_array_finds_the_edges_that_arithmetic_finds():
    perfect = {"wire": 0, "spread": 0, "noise": 0, "bits": 12}
    view = kernel_view(photograph(), perfect, "vertical")
    assert np.abs(view.hardware.astype(int) - view.software).max() <= 2
    worse = kernel_view(photograph(), {"spread": 40}, "vertical")
    assert float(worse.rows[0].value) < float(view.rows[0].value)


def test_the_lines_of_python_repeat_the_edges():
    names = {}
    exec(kernel_script({"spread": 10, "bits": 6}, "horizontal"), names)
    view = kernel_view(photograph(), {"spread": 10, "bits": 6}, "horizontal")
    assert (names["hardware"] == view.hardware).all()
    assert view.rows[0].value == f"{names['quality'].ssim:.3f}"


def test_a_picture_of_any_kind_becomes_small_and_grey(tmp_path):
    path = tmp_path / "colour.jpg"
    PIL.Image.new("RGB", (900, 300), (200, 30, 30)).save(path)
    picture = read_picture(path)
    assert picture.dtype == np.uint8
    assert max(picture.shape) == LARGEST_SIDE
    assert as_png(picture).startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no picture", "is not a picture"), (b"\x89PNG\r\n\x1a\n" + bytes(40), "is (not|damaged)")],
)
def test_what_is_no_picture_is_refused(tmp_path, content, said):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=said):
        read_picture(path)


def test_a_picture_that_unpacks_to_too_much_is_refused_before_it_does(tmp_path):
    path = tmp_path / "huge.png"
    PIL.Image.new("1", (9000, 9000)).save(path)
    assert path.stat().st_size < 100_000
    with pytest.raises(ImageError, match="at most 40 million"):
        read_picture(path)
