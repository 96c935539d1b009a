"""The ways it is packaged say what pyproject.toml says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def test_the_conda_recipe_has_the_same_dependencies():
    recipe = (ROOT / "conda" / "recipe.yaml").read_text()
    run = recipe.partition("  run:\n")[2].partition("\ntests:")[0]
    listed = re.findall(r"^    - (\S+) (\S+)$", run, re.MULTILINE)
    wanted = [re.match(r"([\w-]+)(.*)", entry).groups() for entry in PROJECT["dependencies"]]
    expected = [("python", PROJECT["requires-python"])]
    assert listed == expected + [(CONDA_NAMES.get(name, name), bound) for name, bound in wanted]


def test_the_container_runs_the_script_that_is_tried_without_one():
    text = (ROOT / "Containerfile").read_text()
    assert "RUN /source/scripts/install_in_container /opt/acanthite" in text
    assert (ROOT / "scripts" / "install_in_container").stat().st_mode & 0o111
    (base,) = re.findall(r"python:(\d+\.\d+)", text)
    assert f">={base}" == PROJECT["requires-python"]


def test_the_metadata_says_which_pythons_and_where():
    classifiers = PROJECT["classifiers"]
    assert "Programming Language :: Python :: 3.11" in classifiers
    assert "Programming Language :: Python :: 3.13" in classifiers
    assert PROJECT["urls"]["Paper"].endswith("s40820-024-01559-2")
