"""Figures follow the parameters they are given: their numbers, and their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import acanthite.figures
from acanthite.errors import FigureError
from acanthite.figures import NAMES, figure
from acanthite.figures.words import spoken_of, worded
from acanthite.parameters import AG2S, Quantity
from tests.figures.perturbed import BASE, changed, digest, reads, settings_of, small

SOURCES = Path(acanthite.figures.__file__).parent
FILMS = ("fig2d", "fig2h", "fig3a", "fig4g", "figS3", "figS4", "figS10", "figS13")
"""Figures of films that are quick to compute, each by another way to its film."""


@pytest.mark.parametrize("key", ["process.deposition_rate", "process.anneal_time", "film.grain_barrier"])
def test_every_film_follows_its_process(key):
    with small():
        stay = [n for n in FILMS if digest(n, settings_of(BASE)) == digest(n, settings_of(changed(key)))]
    assert set(stay) <= (
        {"figS3", "figS10", "figS4"} if key != "process.anneal_time" else {"figS3", "figS10"}
    )


def test_only_one_module_makes_recipes():
    for path in SOURCES.glob("*.py"):
        made = re.findall(r"\bRecipe\(|\bRecipe\.of\(|\bgrow\(", path.read_text(encoding="utf-8"))
        assert not made or path.name == "recipes.py", f"{path.name} makes a film of its own: {made}"


@pytest.mark.parametrize("name", NAMES)
def test_words_follow_the_parameters(name):
    module = figure(name)
    text = f"{module.TITLE} {module.CAPTION}"
    for key in spoken_of(text):
        old = AG2S[key]
        other = AG2S.replace({key: Quantity(1.25 * old.value, old.unit, "test", "", "assumed")})
        assert worded(text, other) != worded(text, AG2S)
    assert "{" not in worded(text, AG2S)
    plain = re.sub(r"\{[^}]*\}", "", text)
    assert not re.search(r"\b(50|200) nm\b|\b160 °?C\b|\b5 mV\b|\b0\.3 V\b|\b1 us\b|\b3 mm\b|\b1 pF\b", plain)


def test_a_text_with_an_unknown_unit_is_refused():
    with pytest.raises(FigureError, match="expected one of nm"):
        worded("{stack.film_thickness:ell}", AG2S)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_figure_reads_its_process_and_nothing_of_the_masks(name):
    with small():
        read = {key.partition(".")[0] for key in reads(name)}
    assert "process" in read
    assert not read & {"layout", "rules", "wire", "budget", "yield", "wafer"}
