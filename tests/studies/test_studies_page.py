"""The blocks of docs/studies.md run, its studies are read, and its commands are ones."""

import re
import runpy
from pathlib import Path

import pytest

from acanthite.cli import main
from acanthite.studies import JOBS, read_study

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_its_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "page.py"
    script.write_text("\n\n".join(_blocks("python")), encoding="utf-8")
    runpy.run_path(str(script))


@pytest.mark.parametrize("text", _blocks("toml"))
def test_its_studies_are_read(text, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    assert read_study(path).axes


def test_it_lists_the_jobs():
    assert set(
        re.findall(r"^\| `([a-z]+)` \|", PAGE.partition("## Designs")[0], re.MULTILINE)
    ) == set(JOBS)


@pytest.mark.parametrize("line", re.findall(r"^    acanthite ([^\n]*)", PAGE, re.MULTILINE))
def test_every_option_shown_is_one(line, capsys):
    command, *options = line.split()
    main([command, "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in options if option.startswith("--"))
