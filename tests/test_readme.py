"""What the README promises is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from acanthite import __version__
from acanthite.cli import main
from acanthite.parameters import AG2S, load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("reproduce", "parameters")}


def _blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_it_fits_a_screen():
    assert len(README.split()) < 520


def test_the_two_commands_stand_there_word_for_word():
    assert "\npip install . && acanthite reproduce\n" in README
    assert '\npip install -e ".[dev]" && pytest\n' in README


def test_the_example_runs(capsys):
    (example,) = _blocks("python")
    code, train = example.split("result = ")
    names: dict[str, object] = {}
    exec(code, names)
    assert "SET at negative voltage" in capsys.readouterr().out
    assert train.startswith('ac.nn.train("mnist", "mlp", synapse=synapse, algorithm="ttv2"')
    assert names["synapse"]


def test_the_parameter_file_loads(tmp_path):
    (text,) = _blocks("toml", PAGES["parameters"])
    (tmp_path / "mine.toml").write_text(text)
    assert load(tmp_path / "mine.toml", AG2S)["film.grain_barrier"].source == "our lab"


@pytest.mark.parametrize(
    "line", re.findall(r"^acanthite [^\n]*", "\n".join(PAGES.values()), re.MULTILINE)
)
def test_every_option_shown_is_one(line, capsys):
    command, *options = line.partition("#")[0].split()[1:]
    main([command, "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in options if option.startswith("--"))


@pytest.mark.parametrize(
    "file", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/nomenclature.md"]
)
def test_links_between_documents_lead_somewhere(file):
    path = ROOT / file
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        if not target.endswith(".png"):
            assert (path.parent / target).exists(), target


def test_the_version_stands_in_one_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/acanthite/__init__.py"
    assert __version__ not in (ROOT / "CITATION.cff").read_text()
