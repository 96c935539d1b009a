import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import angstrom, degree, keV, nm, um
from acanthite.errors import RecordingError
from acanthite.film import read_height_map, read_pattern, read_spectrum


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def to(text, name="mine.xy"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return to


@pytest.mark.parametrize(
    "text",
    [
        "30.0 100\n30.1 200\n",
        "30.0\t100\n30.1\t200\n",
        "2theta,counts\n30.0,100\n30.1,200\n",
        "# diffractometer, 40 kV\n! more\n\n2Theta;I\n30,0;100\n30,1;200;\n",
        "30,0 100,0\n30,1 200,0\n",
        "\ufeff30.0 100 0.1\r\n30.1 200 0.1\r\n",
        "30.1 200\n30.0 100\n",
    ],
)
def test_a_pattern_in_any_of_the_usual_ways(write, text):
    data = read_pattern(write(text), wavelength=1.54 * angstrom)
    np.testing.assert_allclose(data.two_theta, np.array([30.0, 30.1]) * degree)
    np.testing.assert_array_equal(data.counts, [100, 200])
    assert data.attrs["wavelength"] == 1.54 * angstrom


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no numbers"),
        ("# only a comment\n", "no numbers"),
        ("a b\nc d\n", "line 2: 'c d' is not a row of numbers"),
        ("30 100\n30.1 2x0\n", "line 2: '30.1 2x0' is not a row"),
        ("30 100\n30.1 nan\n", "line 2"),
        ("30 100\n\n30.1\n", "line 3: 1 numbers, 2 in the line above"),
        ("30\n31\n", "line 1: 1 columns; expected 2theta in degrees, counts"),
        ("190 100\n", "line 1: 2theta = 190; expected degrees"),
        ("30 -1\n", "line 1: counts = -1"),
        ("30 1\n31 2\n30 3\n", "line 3: 2theta = 30 appears twice"),
    ],
)
def test_a_malformed_pattern_is_refused_with_file_and_line(write, text, message):
    path = write(text)
    with pytest.raises(RecordingError, match=message) as caught:
        read_pattern(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there_or_binary(tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        read_pattern(tmp_path / "none.xy")
    (tmp_path / "raw").write_bytes(b"RAW4.00\0\0\1")
    with pytest.raises(RecordingError, match="binary"):
        read_pattern(tmp_path / "raw")
    with pytest.raises(RecordingError, match="not an x-ray's"):
        read_pattern(tmp_path / "raw", wavelength=1.54)


@given(st.text(alphabet="0123456789.,;- \t\nexa#", max_size=60))
def test_no_text_breaks_the_reader(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.xy"
    path.write_text(text)
    try:
        data = read_pattern(path)
    except RecordingError:
        return
    assert np.all(np.diff(data.two_theta) > 0)
    assert np.all(data.counts >= 0)


def test_height_maps(write, tmp_path):
    z = np.arange(6.0).reshape(2, 3)
    text = "\n".join(" ".join(map(str, row)) for row in z)
    data = read_height_map(write(text, "map.txt"), pixel_size=10 * nm, unit=nm)
    np.testing.assert_allclose(data.height, z * nm)
    np.testing.assert_allclose(data.x, [5 * nm, 15 * nm, 25 * nm])
    np.save(tmp_path / "map.npy", z.astype(np.float32) * nm)
    np.testing.assert_allclose(
        read_height_map(tmp_path / "map.npy", 10 * nm).height, z * nm, rtol=1e-6
    )


def test_a_gwyddion_export_says_its_own_size(write):
    head = "# Channel: Topography\n# Width: 3.00 µm\n# Height: 2.00 µm\n# Value units: nm\n"
    data = read_height_map(write(head + "1 2 3\n4 5 6\n", "map.txt"))
    assert data.attrs["pixel_size"] == pytest.approx(1 * um)
    assert float(data.height[1, 2]) == pytest.approx(6 * nm)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("1 2\n3 4\n", {}, "how large a pixel is"),
        ("1 2\n3\n", {"pixel_size": nm}, "line 2: 1 numbers"),
        ("1 2 3\n", {"pixel_size": nm}, "two dimensions"),
        ("x y\n1 2\n3 4\n", {"pixel_size": nm}, "line 1: 'x y'"),
        ("1 2\n3 4\n", {"pixel_size": 10.0}, "below 1 mm"),
    ],
)
def test_malformed_maps(write, text, options, message):
    with pytest.raises(RecordingError, match=message):
        read_height_map(write(text, "map.txt"), **options)


def test_malformed_arrays(tmp_path):
    (tmp_path / "map.npy").write_bytes(b"no array")
    with pytest.raises(RecordingError, match="not a NumPy array"):
        read_height_map(tmp_path / "map.npy", nm)
    np.save(tmp_path / "map.npy", np.array([[np.nan, 1], [1, 2]]))
    with pytest.raises(RecordingError, match="finite heights"):
        read_height_map(tmp_path / "map.npy", nm)


def test_spectra(write):
    for text in ("0 5\n1 6\n2 7\n", "channel,counts\n0,5\n1,6\n2,7\n", "5\n6\n7\n"):
        data = read_spectrum(write(text), gain=2 * keV, offset=50 * keV)
        np.testing.assert_allclose(data.energy / keV, [50, 52, 54])
        np.testing.assert_array_equal(data.counts, [5, 6, 7])
    with pytest.raises(RecordingError, match="line 3: channel 3; expected evenly"):
        read_spectrum(write("0 5\n1 6\n3 7\n"), gain=2 * keV)
    with pytest.raises(RecordingError, match="must be positive"):
        read_spectrum(write("0 5\n"), gain=2.0)


@pytest.mark.parametrize("cell", ["1_000", "\u0661\u0662", "\uff11", "0x10", "inf", "1.234,5"])
def test_what_is_no_number_elsewhere_is_none_here(write, cell):
    with pytest.raises(RecordingError, match=r"line 2: .* is not a row of numbers"):
        read_pattern(write(f"30.0\t100\n30.1\t{cell}\n"))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    for name in ("pipe.xy", "pipe.npy"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(RecordingError, match="a pipe, socket or device, no file of data"):
        read_pattern(tmp_path / "pipe.xy")
    with pytest.raises(RecordingError, match="a pipe, socket or device, no file of data"):
        read_height_map(tmp_path / "pipe.npy", pixel_size=8 * nm)
    with pytest.raises(RecordingError, match="a folder, no file of data"):
        read_spectrum(tmp_path, 2 * keV)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(RecordingError, match="symbolic links"):
        read_pattern(tmp_path / "circle")


def test_a_pattern_in_utf_16(tmp_path):
    (tmp_path / "a.xy").write_bytes("30.0 100\n30.1 200\n".encode("utf-16"))
    np.testing.assert_array_equal(read_pattern(tmp_path / "a.xy").counts, [100, 200])
