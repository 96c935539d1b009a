"""Recordings on disk: whole, or refused in one line."""

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
        {"voltage": (dims, values), "current": (dims, values * 1e-3), "time": (dims[1:], values[0])},
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


def test_a_failed_write_leaves_the_old_file(recording, tmp_path, monkeypatch):
    path = tmp_path / "r.nc"
    save_recording(recording, path)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", fail)
    with pytest.raises(RecordingError, match=r"r\.nc: cannot be written: disk full"):
        save_recording(recording, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
