from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def put(tmp_path):
    """Return a function that writes a file: text or bytes."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def lab_data():
    """Return the folder of real lab files, where the developer has it."""
    folder = os.environ.get("ACANTHITE_LAB_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(
            "ACANTHITE_LAB_DATA does not name the folder of lab files; they are not part of the project"
        )
    return Path(folder)
