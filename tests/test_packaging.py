"""The ways it is packaged say what pyproject.toml says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import acanthite

ROOT = Path(__file__).parents[1]
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, BUILD = WHOLE["project"], WHOLE["build-system"]
DEPENDENCIES = [re.match(r"([\w-]+)(.*)", entry).groups() for entry in PROJECT["dependencies"]]
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def test_the_conda_recipe_has_the_same_dependencies():
    recipe = (ROOT / "conda" / "recipe.yaml").read_text()
    run = recipe.partition("  run:\n")[2].partition("\ntests:")[0]
    listed = re.findall(r"^    - (\S+) (\S+)$", run, re.MULTILINE)
    expected = [("python", PROJECT["requires-python"])]
    assert listed == expected + [
        (CONDA_NAMES.get(name, name), bound) for name, bound in DEPENDENCIES
    ]


def test_the_conda_recipe_builds_what_pip_does():
    recipe = (ROOT / "conda" / "recipe.yaml").read_text()
    host = recipe.partition("  host:\n")[2].partition("  run:\n")[0]
    needed = re.findall(r"^    - (\S+)(?: (\S+))?$", host, re.MULTILINE)
    builder = [re.match(r"(\w+)(.*)", entry).groups() for entry in BUILD["requires"]]
    assert needed == [("python", PROJECT["requires-python"]), ("pip", ""), *builder]
    points = re.findall(r"^      - (\S+) = (\S+)$", recipe, re.MULTILINE)
    assert dict(points) == PROJECT["scripts"]
    assert f"license: {PROJECT['license']}\n" in recipe
    assert f'summary: "{PROJECT["description"]}"' in recipe


@pytest.mark.slow
def test_the_conda_recipe_renders(monkeypatch):
    """What a builder makes of it; no package is fetched. The builder is 30 MB, of the weekly run."""
    builder = pytest.importorskip(
        "rattler_build", reason="no builder of conda packages: pip install py-rattler-build"
    )
    monkeypatch.setenv("ACANTHITE_VERSION", acanthite.__version__)
    (variant,) = builder.Stage0Recipe.from_file(ROOT / "conda" / "recipe.yaml").render()
    rendered = variant.recipe.to_dict()
    assert rendered["package"] == {"name": "acanthite", "version": acanthite.__version__}
    assert rendered["build"]["noarch"] == "python"
    run = [entry.partition(" ")[::2] for entry in rendered["requirements"]["run"]]
    assert [(CONDA_NAMES.get(name, name), bound) for name, bound in DEPENDENCIES] == run[1:]


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
