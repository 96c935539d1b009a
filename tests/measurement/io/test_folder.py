"""A folder with everything in it that a folder can hold: what is data is read, the rest is told, nothing hangs."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from pathlib import Path

import pytest

from acanthite.cli import main
from acanthite.errors import RecordingError
from acanthite.measurement import read, read_folder
from acanthite.measurement.io import folder
from acanthite.measurement.io.folder import files_in

TABLE = "V (V),I (A)\n0,0\n1,1e-6\n"


@pytest.fixture
def place(tmp_path):
    """Return a folder with one good file, a named pipe, a socket, links to nothing, to itself and to the folder."""
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "good.csv").write_text(TABLE, encoding="utf-8")
    (folder / "empty.csv").touch()
    os.mkfifo(folder / "pipe.csv")
    (folder / "nothing.csv").symlink_to(folder / "gone.csv")
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "up").symlink_to(folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "config.csv").write_text(TABLE, encoding="utf-8")
    return folder


def reasons(skipped):
    return {entry.file.name: entry.reason for entry in skipped}


def test_what_is_no_file_is_told_and_not_waited_for(place):
    recordings, skipped = read_folder(place)
    assert [r.attrs["file"] for r in recordings] == ["good.csv"]
    told = reasons(skipped)
    assert told.pop("circle.csv").startswith("cannot be read: Too many levels of symbolic links")
    assert told == {
        ".git": "hidden; skipped",
        "empty.csv": "the file is empty",
        "nothing.csv": "a link to nothing; mend or remove it",
        "pipe.csv": "a named pipe, no file of data; save the numbers in a file",
        "up": "a link to a folder; skipped",
    }


def test_an_analysis_goes_on_too(place, tmp_path, capsys):
    assert main(["analyse", str(place), "--out", str(tmp_path / "out")]) == 1
    assert "good" in capsys.readouterr().out


def test_convert_goes_on_too(place, tmp_path, capsys):
    assert main(["convert", str(place), "--out", str(tmp_path / "out")]) == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["good.nc"]
    assert capsys.readouterr().err.count("failed  ") == 4


@pytest.mark.parametrize("name", ["pipe.csv", "nothing.csv", "circle.csv"])
def test_each_is_refused_where_it_is_named(place, name):
    with pytest.raises(RecordingError, match=name):
        read(place / name)
    _, (entry,) = read_folder(place / name)
    assert entry.broken


def test_sockets_and_devices():
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{short}/a")
        with pytest.raises(RecordingError, match="a socket, no file of data"):
            read(f"{short}/a")
    with pytest.raises(RecordingError, match="a character device"):
        read("/dev/zero")


def test_a_folder_that_cannot_be_opened_is_told(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    (tmp_path / "good.csv").write_text(TABLE, encoding="utf-8")
    whole = os.scandir

    def scan(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", scan)
    recordings, skipped = read_folder(tmp_path)
    assert len(recordings) == 1
    assert reasons(skipped) == {"shut": "a folder that cannot be opened; check who may read it"}


def test_a_file_that_cannot_be_opened_is_told(tmp_path, monkeypatch):
    (tmp_path / "shut.csv").write_text(TABLE, encoding="utf-8")
    whole = Path.open

    def open_(self, *args, **kwargs):
        if self.name == "shut.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", open_)
    assert reasons(read_folder(tmp_path)[1]) == {"shut.csv": "cannot be read: Permission denied"}


def test_hidden_is_what_is_hidden_in_the_folder_not_above_it(tmp_path):
    (tmp_path / ".cache" / "lab").mkdir(parents=True)
    (tmp_path / ".cache" / "lab" / "good.csv").write_text(TABLE, encoding="utf-8")
    assert len(read_folder(tmp_path / ".cache" / "lab")[0]) == 1
    assert [f.name for f in files_in(tmp_path)] == [".cache"]


def test_a_mistake_of_ours_does_not_end_the_folder(tmp_path, monkeypatch):
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text(TABLE, encoding="utf-8")

    def fails(path, **hints):
        if path.name == "b.csv":
            raise ZeroDivisionError("division by zero")
        if path.name == "c.csv":
            raise MemoryError
        return read(path, **hints)

    monkeypatch.setattr(folder, "read", fails)
    recordings, skipped = read_folder(tmp_path)
    assert len(recordings) == 1
    assert reasons(skipped) == {
        "b.csv": "cannot be read (ZeroDivisionError: division by zero): a mistake in acanthite; please report it",
        "c.csv": "needs more memory than there is; cut it into several files",
    }


def test_no_thread_waits_for_a_pipe(place):
    """Nobody writes to the pipe: whoever opened it would wait for ever."""
    worker = threading.Thread(target=read_folder, args=(place,), daemon=True)
    worker.start()
    worker.join(60)
    assert not worker.is_alive()
