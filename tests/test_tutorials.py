"""Every tutorial and how-to page runs, in a folder of its own: a script as it is, of a page its Python blocks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "howto"
TUTORIALS = sorted(FOLDER.glob("*.md"))
SCRIPTS = sorted((DOCS / "tutorials").glob("*.py"))


@pytest.mark.long
@pytest.mark.parametrize("path", TUTORIALS, ids=[p.stem for p in TUTORIALS])
def test_tutorial(path, tmp_path):
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert blocks
    script = tmp_path / "tutorial.py"
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error", script.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "Agg"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text):
        assert (tmp_path / picture).stat().st_size > 10_000, (
            f"{picture} is shown but not drawn by the code"
        )
        assert (FOLDER / picture).is_file(), (
            f"put {picture}, as the code draws it, beside the tutorial"
        )


@pytest.mark.slow  # the documentation is built from them, every week too
@pytest.mark.parametrize("path", SCRIPTS, ids=[p.stem for p in SCRIPTS])
def test_tutorial_with_cells(path, tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MPLBACKEND": "Agg"},
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_there_are_tutorials():
    assert TUTORIALS
    assert [path.stem for path in SCRIPTS] == sorted(
        ["process", "device", "lab", "circuit", "machine_learning"]
    )
