"""The cross-section through a word line, built step by step as the flow builds it, and drawn.

Line of sight: what is evaporated or sputtered falls straight down on resist, film and substrate
alike; resist levels the surface when it is spun; lift-off takes the resist and all that lies on it.
Sidewalls stay bare, as lift-off needs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite import arguments
from acanthite.constants import nm, um
from acanthite.display import Plotted
from acanthite.drawing import INK, new_axes, new_figure
from acanthite.errors import ProcessError
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.design import ArrayDesign
from acanthite.wafer.layout.wires import check_substrate
from acanthite.wafer.process.flow import DEPOSITIONS, Flow, ProcessStep, celsius_text, deposited

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RESIST = "resist"
RESIST_THICKNESS = 200 * nm  #: over the highest point, assumed; twice what is lifted off is common
COLOURS = {
    "Si": "#5d6670",
    "SiO2": "#cfe3f1",
    "polyimide": "#e8b45a",
    "Au": "#d9a520",
    "Ag2S": "#6a4c93",
    "Ag": "#8e9aa6",
    RESIST: "#e59a9a",
}
_OTHER = "#555555"
_SHOWN = 100 * nm  # of the bulk of the substrate
_TEXT = {"Ag2S": "Ag$_2$S", "SiO2": "SiO$_2$"}

Stack = list[tuple[str, float]]


@dataclass(frozen=True)
class Section(Plotted, picture="acanthite.wafer.process.section:plot_section"):
    """A cross-section.

    Parameters
    ----------
    edges : ndarray, shape (n + 1,)
        Of the columns it is made of, along the word line. [m]
    stacks : tuple of list, length n
        In each column what lies on what: (material, thickness [m]) from the bottom. Of the bulk
        of the substrate, hundreds of micrometres, only the uppermost 100 nm are in it.

    Examples
    --------
    What lies on the wafer in the middle of a cell:

    >>> from acanthite.constants import nm, um
    >>> section = ac.wafer.cross_sections(ac.wafer.process_flow())[-1]
    >>> [f"{material} {thickness / nm:.0f} nm" for material, thickness in section.at(10 * um)][
    ...     1:
    ... ]
    ['SiO2 70 nm', 'Au 50 nm', 'Ag2S 50 nm', 'Ag 50 nm']
    """

    edges: np.ndarray
    stacks: tuple[Stack, ...]

    def at(self, x: float) -> Stack:
        """Return the stack at a place [m]; on an edge between two columns that on its left.

        Raises
        ------
        ProcessError
            If the place is not within the section.
        """
        first, last = float(self.edges[0]), float(self.edges[-1])
        place = arguments.number("x", x, least=first, most=last, error=ProcessError)
        return self.stacks[max(int(np.searchsorted(self.edges, place)) - 1, 0)]

    def heights(self) -> np.ndarray:
        """Return the height of each column, shape (n,). [m]"""
        return np.array([sum(d for _, d in stack) for stack in self.stacks])


@accepts_quantities
def cross_sections(
    flow: Flow, array: ArrayDesign | None = None, substrate: str = "silicon", oxide: float = 70 * nm
) -> list[Section]:
    """Return the cross-section after each step.

    Parameters
    ----------
    flow : tuple of ProcessStep
    array : ArrayDesign, optional
        Widths and pitch; two cells are cut.
    substrate : {"silicon", "polyimide"}
    oxide : float
        On silicon. [m]

    Returns
    -------
    list of Section, one a step

    Raises
    ------
    ProcessError
        If a lift-off finds no resist, or resist is left at the end.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> flow = ac.wafer.process_flow()
    >>> sections = ac.wafer.cross_sections(flow)
    >>> len(sections) == len(flow), f"{sections[-1].heights().max() / nm:.0f} nm"
    (True, '320 nm')
    """
    check_substrate(substrate)
    array = ArrayDesign(1, 2) if array is None else array
    masks = _masks(array)
    ends = (-1.25 * array.pitch, 1.25 * array.pitch)
    edges = np.unique(
        np.clip(np.concatenate([[*ends], *[np.ravel(m) for m in masks.values()]]), *ends)
    )
    middles = 0.5 * (edges[1:] + edges[:-1])
    ground: Stack = (
        [("Si", _SHOWN), ("SiO2", oxide)]
        if substrate == "silicon"
        else [("polyimide", _SHOWN + oxide)]
    )
    stacks = [list(ground) for _ in middles]
    sections = []
    for step in flow:
        _run(step, stacks, middles, masks)
        sections.append(Section(edges, tuple(list(stack) for stack in stacks)))
    if any(material == RESIST for stack in stacks for material, _ in stack):
        raise ProcessError(
            "flow: resist is left on the wafer at the end; add a lift-off after the last deposition"
        )
    return sections


def climbed_step(section: Section, material: str = "Ag") -> float:
    """Return the largest step the upper electrode climbs along its line [m]."""
    tops = section.heights()
    lined = [bool(stack) and stack[-1][0] == material for stack in section.stacks]
    below = tops - [
        stack[-1][1] if on else 0.0 for stack, on in zip(section.stacks, lined, strict=True)
    ]
    both = [i for i in range(len(lined) - 1) if lined[i] and lined[i + 1]]
    return max((abs(below[i + 1] - below[i]) for i in both), default=0.0)


def plot_cross_sections(flow: Flow, sections: list[Section]) -> Figure:
    """Draw the cross-section after each step as one figure, heights enlarged.

    Parameters
    ----------
    flow : tuple of ProcessStep
    sections : list of Section
        Of :func:`cross_sections`.

    Examples
    --------
    >>> flow = ac.wafer.process_flow()
    >>> drawn = ac.wafer.plot_cross_sections(flow[:3], ac.wafer.cross_sections(flow)[:3])
    >>> type(drawn).__name__
    'Figure'
    """
    from matplotlib.patches import Patch

    columns = 3
    rows = -(-len(flow) // columns)
    size = 11.0, 1.75 * rows + 0.9
    figure, axes = new_figure(*size, columns, rows, sharex=True, sharey=True, squeeze=False)
    axes = axes.ravel()
    for number, (step, section, ax) in enumerate(zip(flow, sections, axes, strict=False), 1):
        plot_section(section, ax=ax)
        heat = "" if step.temperature is None else f", {celsius_text(step.temperature)}"
        ax.set_title(f"{number}  {step.name}{heat}", fontsize=9, loc="left")
        if number > len(flow) - columns:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("along a word line (\u00b5m)", fontsize=9)
    used = dict.fromkeys(m for section in sections for stack in section.stacks for m, _ in stack)
    for ax in axes[len(flow) :]:
        ax.axis("off")
    handles = [Patch(color=COLOURS.get(m, _OTHER), label=_TEXT.get(m, m)) for m in used]
    figure.legend(
        handles=handles, ncols=len(handles), loc="outside lower center", fontsize=9, frameon=False
    )
    figure.supylabel("height over the substrate (nm)", fontsize=9, color=INK)
    return figure


def plot_section(section: Section, ax: Axes | None = None) -> Axes:
    """Draw one cross-section; return the Axes.

    Examples
    --------
    >>> section = ac.wafer.cross_sections(ac.wafer.process_flow())[-1]
    >>> axes = ac.wafer.plot_section(section)
    >>> type(axes).__name__
    'Axes'
    """
    from matplotlib.collections import PolyCollection

    ax = new_axes(ax, 5.0, 2.4)
    zero = sum(d for m, d in section.stacks[0] if m in ("Si", "SiO2", "polyimide"))
    shapes: dict[str, list] = {}
    for left, right, stack in zip(
        section.edges[:-1], section.edges[1:], section.stacks, strict=True
    ):
        z = -zero
        for material, d in stack:
            box = [(left, z), (right, z), (right, z + d), (left, z + d)]
            shapes.setdefault(material, []).append([(x / um, y / nm) for x, y in box])
            z += d
    for material, boxes in shapes.items():
        colour = COLOURS.get(material, _OTHER)
        ax.add_collection(
            PolyCollection(boxes, facecolors=colour, edgecolors=colour, linewidths=0.3)
        )
    top = float(section.heights().max() - zero)
    ax.set(
        xlim=(section.edges[0] / um, section.edges[-1] / um),
        ylim=(-zero / nm, max(ax.get_ylim()[1], 1.05 * top / nm)),
    )
    return ax


def _masks(array: ArrayDesign) -> dict[str, list[tuple[float, float]]]:
    """Return what each mask opens along a word line over two bit lines."""
    half, island, x = 0.5 * array.cell, 0.5 * array.island_side, 0.5 * array.pitch
    return {
        "bottom electrode": [(c - half, c + half) for c in (-x, x)],
        "electrolyte": [(c - island, c + island) for c in (-x, x)],
        "top electrode": [(-1.25 * array.pitch, x + island + array.line_end * 0.5)],
    }


def _run(
    step: ProcessStep,
    stacks: list[Stack],
    middles: np.ndarray,
    masks: dict[str, list[tuple[float, float]]],
) -> None:
    if step.kind == "lithography":
        level = max(sum(d for _, d in stack) for stack in stacks) + RESIST_THICKNESS
        for stack, x in zip(stacks, middles, strict=True):
            if not any(a <= x <= b for a, b in masks[step.layer]):
                stack.append((RESIST, level - sum(d for _, d in stack)))
    elif step.kind in DEPOSITIONS:
        for stack in stacks:
            stack.append((step.material, deposited(step)))
    elif step.kind == "lift-off":
        _lift(step, stacks)


def _lift(step: ProcessStep, stacks: list[Stack]) -> None:
    lifted = False
    for stack in stacks:
        materials = [material for material, _ in stack]
        if RESIST in materials:
            del stack[materials.index(RESIST) :]
            lifted = True
    if not lifted:
        raise ProcessError(
            f"flow: {step.name} finds no resist; put its lithography before the deposition"
        )
