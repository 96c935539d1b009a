"""docs/lab.md: its blocks run, its commands are ones, its picture is there."""

import re
import runpy
from pathlib import Path

import pytest

from acanthite.cli import main

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "lab.md").read_text(encoding="utf-8")


def test_its_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "page.py"
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(script))


@pytest.mark.parametrize("line", re.findall(r"^    acanthite ([^\n]*)", PAGE, re.MULTILINE))
def test_every_option_shown_is_one(line, capsys):
    command, *options = line.split()
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(option in shown for option in options if option.startswith("--"))


def test_it_says_what_the_gate_allows():
    from acanthite.lab.server.gate import LARGEST_UPLOAD
    from acanthite.lab.views.array import LARGEST_SIDE

    assert f"{LARGEST_UPLOAD / 1e6:g} MB" in PAGE
    assert f"{LARGEST_SIDE} pixels" in PAGE


def test_its_picture_is_there():
    (picture,) = re.findall(r"!\[[^]]*\]\(([^)]+)\)", PAGE)
    assert (DOCS / picture).stat().st_size > 10_000
