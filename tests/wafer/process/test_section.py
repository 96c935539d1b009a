from __future__ import annotations

from dataclasses import replace

import pytest

from acanthite.constants import nm, um
from acanthite.errors import ProcessError
from acanthite.film import Recipe
from acanthite.wafer import (
    ArrayDesign,
    ProcessStep,
    cross_sections,
    plot_cross_sections,
    plot_section,
    process_flow,
    recipe_of,
)
from acanthite.wafer.process.section import RESIST, climbed_step


def materials(section, x):
    return [material for material, _ in section.at(x)]


def test_the_finished_cell_is_the_papers_stack():
    last = cross_sections(process_flow())[-1]
    stack = last.at(-10 * um)
    assert [m for m, _ in stack] == ["Si", "SiO2", "Au", "Ag2S", "Ag"]
    assert [d for _, d in stack[1:]] == pytest.approx([70 * nm, 50 * nm, 50 * nm, 50 * nm])


def test_between_the_cells_no_electrolyte_is_left():
    assert materials(cross_sections(process_flow())[-1], 0.0) == ["Si", "SiO2", "Ag"]
    assert materials(cross_sections(process_flow(continuous=True))[-1], 0.0) == [
        "Si",
        "SiO2",
        "Ag2S",
        "Ag",
    ]


def test_the_island_keeps_the_electrodes_apart_at_its_edge():
    array = ArrayDesign(1, 2)
    last = cross_sections(process_flow(), array)[-1]
    just_beside_the_bottom_electrode = -10 * um - 0.5 * array.cell - 0.5 * array.island_margin
    assert materials(last, just_beside_the_bottom_electrode) == ["Si", "SiO2", "Ag2S", "Ag"]


def test_lift_off_takes_resist_and_what_lies_on_it():
    flow = process_flow()
    sections = dict(zip((s.name for s in flow), cross_sections(flow), strict=True))
    assert materials(sections["evaporation, bottom electrode"], 0.0) == ["Si", "SiO2", RESIST, "Au"]
    assert materials(sections["lift-off, bottom electrode"], 0.0) == ["Si", "SiO2"]
    assert RESIST not in {m for stack in sections["anneal"].stacks for m, _ in stack}


def test_resist_levels_the_surface():
    flow = process_flow()
    for step, section in zip(flow, cross_sections(flow), strict=True):
        if step.kind == "lithography":
            tops = {round(sum(d for _, d in s), 12) for s in section.stacks if s[-1][0] == RESIST}
            assert len(tops) == 1


def test_on_polyimide_there_is_no_oxide():
    assert materials(cross_sections(process_flow(), substrate="polyimide")[-1], 0.0) == [
        "polyimide",
        "Ag",
    ]


def test_the_top_electrode_climbs_the_film_it_lies_on():
    thin, thick = (
        climbed_step(cross_sections(process_flow(Recipe(thickness=d)))[-1])
        for d in (50 * nm, 200 * nm)
    )
    assert (thin, thick) == (pytest.approx(50 * nm), pytest.approx(200 * nm))


def test_flows_out_of_order_are_refused():
    flow = process_flow()
    with pytest.raises(ProcessError, match="lift-off, bottom electrode finds no resist"):
        cross_sections((flow[0], *flow[2:]))
    with pytest.raises(ProcessError, match="resist is left on the wafer at the end"):
        cross_sections(flow[:3])


def test_pictures_have_a_panel_a_step():
    flow = (*process_flow(), ProcessStep("bake"))
    sections = cross_sections(flow)
    figure = plot_cross_sections(flow, sections)
    assert [ax.get_title(loc="left") for ax in figure.axes[:2]] == [
        "1  clean",
        "2  lithography, bottom electrode, 150 \u00b0C",
    ]
    ax = figure.axes[0]
    assert plot_section(sections[-1], ax=ax) is ax


def test_a_place_is_within_the_section_both_edges_included():
    section = cross_sections(process_flow())[-1]
    first, last = section.edges[0], section.edges[-1]
    assert section.at(first) is section.stacks[0]
    assert section.at(last) is section.stacks[-1]
    for x in (-1.0, first - 1 * nm, last + 1 * nm, 1.0, float("nan"), "here"):
        with pytest.raises(ProcessError, match=r"x = .*; expected a number from .* to "):
            section.at(x)


def test_a_deposition_without_a_thickness_is_refused():
    flow = tuple(
        replace(step, thickness=None) if step.material == "Ag2S" else step
        for step in process_flow()
    )
    message = "flow: sputter, electrolyte deposits 'Ag2S'; give its thickness"
    with pytest.raises(ProcessError, match=message):
        cross_sections(flow)
    with pytest.raises(ProcessError, match=message):
        recipe_of(flow, Recipe())
