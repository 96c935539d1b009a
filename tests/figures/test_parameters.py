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
from tests.figures.perturbed import BASE, all_changed, at_base, digest, moves, settings_of
from tests.figures.still import OTHER_MATERIALS, still

SOURCES = Path(acanthite.figures.__file__).parent
FILMS = (
    "fig2d",
    "fig2h",
    "fig3a",
    "fig4c",
    "fig4g",
    "figS3",
    "figS4",
    "figS10",
    "figS13",
    "noteS1",
)
"""Figures of films that are quick to compute, each by another way to its film."""
KEYS = (
    "process.anneal_time",
    "process.critical_h2s_pressure",
    "film.grain_barrier",
    "filament.site_number",
    "stack.thick_film_thickness",
    "pulse.read_voltage",
)
TRAINED = ("fig4h", "fig4i", "fig4iExplanation", "extraTraining")
NOT_FIG4I = tuple(name for name in NAMES if name not in TRAINED)
"""All but the trainings, which takes seconds for each parameter; it takes its device by the same way as figure S15."""
ELSEWHERE = ("rules",)
"""Groups for masks of one's own: no published figure shows them."""
MASKS = ("budget", "layout", "rules", "wafer", "wire", "yield")
"""Groups of masks, wafers and arrays."""


@pytest.mark.long
@pytest.mark.parametrize("key", KEYS)
def test_a_figure_that_names_a_parameter_follows_it(key):
    named = [name for name in FILMS if key in at_base(name)[1]]
    assert len(named) > 1
    assert {name for name in named if not moves(name, key)} <= still(key)


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [*NOT_FIG4I, *(pytest.param(name, marks=pytest.mark.slow) for name in TRAINED)]
)
def test_a_figure_follows_no_parameter_that_it_does_not_name(name):
    """All the others are changed at once, and not a bit moves."""
    said, named = at_base(name)
    assert digest(name, settings_of(all_changed(set(BASE) - named))) == said


@pytest.mark.slow
@pytest.mark.parametrize("key", AG2S)
def test_every_parameter_moves_the_figures_that_name_it(key):
    named = {name for name in NOT_FIG4I if key in at_base(name)[1]}
    if not named:
        assert key.startswith(tuple(f"{group}." for group in ELSEWHERE)) or key in OTHER_MATERIALS
        return
    lost = {name for name in named if not moves(name, key)}
    assert lost <= still(key)
    assert lost < named, "nothing follows it"


def test_only_one_module_makes_recipes():
    for path in SOURCES.rglob("*.py"):
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
    assert not re.search(
        r"\b(50|200) nm\b|\b160 °?C\b|\b5 mV\b|\b0\.3 V\b|\b1 us\b|\b3 mm\b|\b1 pF\b", plain
    )


def test_a_text_with_an_unknown_unit_is_refused():
    with pytest.raises(FigureError, match="expected one of nm"):
        worded("{stack.film_thickness:ell}", AG2S)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_figure_reads_its_process_and_nothing_of_the_masks(name):
    groups = {key.partition(".")[0] for key in at_base(name)[1]}
    assert "process" in groups
    assert not groups & set(MASKS)
