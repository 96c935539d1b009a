"""The blocks of docs/measuring.md run, one after the other, and its commands are ones."""

import re
import runpy
from pathlib import Path

import pytest

from acanthite.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "measuring.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_its_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 5
    script = tmp_path / "measuring.py"  # a law's source is read from its file
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(script))


@pytest.mark.parametrize("line", re.findall(r"^    acanthite ([^\n]*)", PAGE, re.MULTILINE))
def test_every_option_shown_is_one(line, capsys):
    command, *options = line.split()
    main([command, "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in options if option.startswith("--"))
