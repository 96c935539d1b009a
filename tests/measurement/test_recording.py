"""Recordings on disk: whole, or refused in one line."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from acanthite.errors import RecordingError
from acanthite.measurement import build_recording, load_recording, save_recording


@pytest.fixture
def recording():
    dims = ("device", "cycle", "sample")
    values = np.arange(24.0).reshape(2, 3, 4)
    return build_recording(
        {
            "voltage": (dims, values),
            "current": (dims, values * 1e-3),
            "time": (dims[1:], values[0]),
        },
        {"temperature": ("device", [300.0, 310.0], "K", "temperature")},
        {"instrument": "test"},
    )


def test_nothing_is_lost(recording, tmp_path):
    save_recording(recording, tmp_path / "r.nc")
    assert load_recording(tmp_path / "r.nc").identical(recording)


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.9])
def test_a_truncated_file_is_refused(recording, tmp_path, keep):
    path = tmp_path / "r.nc"
    save_recording(recording, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if isinstance(keep, float) else keep])
    with pytest.raises(RecordingError, match=r"r\.nc: cannot be read as NetCDF-4"):
        load_recording(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match="no such file"):
        load_recording(tmp_path / "none.nc")


def test_a_foreign_dataset_is_refused(tmp_path):
    save_recording(xr.Dataset({"x": ("a", [1.0])}), tmp_path / "x.nc")
    with pytest.raises(RecordingError, match="has no variable 'voltage'"):
        load_recording(tmp_path / "x.nc")


def test_wrong_units_are_refused(recording):
    recording["current"].attrs["units"] = "mA"
    from acanthite.measurement import check_recording

    with pytest.raises(RecordingError, match="'mA'; expected 'A'"):
        check_recording(recording)


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited in size there")
def test_a_full_disk_is_an_error_that_names_the_file_and_leaves_the_old_one(recording, tmp_path):
    path = tmp_path / "r.nc"
    save_recording(recording, path)
    before = path.read_bytes()
    script = (
        "import resource, sys\n"
        "from acanthite.measurement import load_recording, save_recording\n"
        "recording = load_recording(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try:\n"
        "    save_recording(recording, sys.argv[1])\n"
        "except OSError as error:\n"
        "    print(error.filename)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
