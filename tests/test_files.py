from __future__ import annotations

import os
import stat

import pytest

from acanthite.files import atomic, write_text


def test_a_finished_file_is_moved_into_place(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == ".txt"
        temporary.write_text("done")
        assert not path.exists()
    assert path.read_text() == "done"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with atomic(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_an_error_of_the_system_names_the_file_that_was_wanted(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match="directory") as caught:
        write_text(tmp_path / "a.txt", "text")
    assert caught.value.filename == str(tmp_path / "a.txt")


def test_text_is_utf8(tmp_path):
    write_text(tmp_path / "a.txt", "µΩ\n")
    assert (tmp_path / "a.txt").read_bytes() == "µΩ\n".encode()


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_the_file_has_the_usual_mode(tmp_path):
    write_text(tmp_path / "a.txt", "")
    (tmp_path / "b.txt").touch()
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "b.txt").stat().st_mode
    )
