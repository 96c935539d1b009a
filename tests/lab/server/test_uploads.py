"""Files that are sent: names made harmless, nothing left behind."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from acanthite.lab.server.uploads import read_upload, safe_name, without_folder


@given(st.text())
def test_no_name_leads_out_of_the_folder(name):
    safe = safe_name(name)
    assert Path(safe).name == safe
    assert safe not in ("", ".", "..")
    assert not set(safe) & set("/\\\0")


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x\\..\\passwd", "/etc/passwd"])
def test_folders_are_left_out(name):
    assert safe_name(name) == "passwd"


def test_the_file_is_gone_once_it_is_read():
    seen = []

    def reader(path):
        seen.append(path)
        return path.read_bytes()

    assert read_upload("a.csv", b"1,2", reader) == b"1,2"
    assert seen[0].name == "a.csv"
    assert not seen[0].parent.exists()


def test_it_is_gone_when_it_cannot_be_read_too():
    seen = []

    def reader(path):
        seen.append(path)
        raise ValueError(f"{path}, line 3: broken")

    with pytest.raises(ValueError, match="line 3") as raised:
        read_upload("a.csv", b"1,2", reader)
    assert not seen[0].parent.exists()
    assert without_folder(str(raised.value)) == "a.csv, line 3: broken"
