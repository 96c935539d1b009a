"""The blocks of docs/inference.md run, one after the other; its chip is one, its commands are ones."""

import re
import runpy
from pathlib import Path

import pytest

from acanthite.cli import main
from acanthite.inference import load_chip

PAGE = (Path(__file__).parents[2] / "docs" / "inference.md").read_text(encoding="utf-8")


def test_its_blocks_run(tmp_path, monkeypatch, capsys):
    pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 5
    script = tmp_path / "page.py"
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(script))
    printed = capsys.readouterr().out
    assert "4.7% of the window\n0.4% of the window" in printed


def test_its_chip_is_one(tmp_path):
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    path = tmp_path / "chip.toml"
    path.write_text(block)
    chip = load_chip(path)
    assert (chip.rows, chip.slices, chip.tolerance) == (128, 2, 0.02)
    assert chip.wires.word_line_resistance == 2.0


@pytest.mark.parametrize("line", re.findall(r"^    acanthite ([^\n]*)", PAGE, re.MULTILINE))
def test_every_option_shown_is_one(line, capsys):
    command, *options = line.split()
    main([command, "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in options if option.startswith("--"))
