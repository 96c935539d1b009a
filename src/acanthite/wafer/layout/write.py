"""A layout as a folder.

Masks as GDSII and OASIS, their picture, the rules they keep, and what their lines add to a circuit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from acanthite.drawing import look, save_png
from acanthite.errors import LayoutError
from acanthite.files import write_text
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.design import ArrayDesign, Rules, WaferDesign
from acanthite.wafer.layout.masks import draw, write
from acanthite.wafer.layout.rules import require_clean
from acanthite.wafer.layout.wires import Parasitics, Substrate, parasitics

_UNITS = {
    "resistance": "ohm",
    "capacitance": "F",
    "coupling": "F",
    "conductance": "S",
    "resistivity": "ohm m",
}


@dataclass(frozen=True)
class Layout:
    """A layout that was written.

    Parameters
    ----------
    array : ArrayDesign
    wafer : WaferDesign
    rules : Rules
        All of them are kept.
    dies : int
        On the wafer.
    wires : Parasitics
    files : tuple of Path
        What was written.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> layout = ac.wafer.write_layout("layout", ac.wafer.ArrayDesign(2, 2), small)
    >>> layout.dies, sorted(file.name for file in layout.files)[:3]
    (12, ['leads.csv', 'masks.gds', 'masks.oas'])
    """

    array: ArrayDesign
    wafer: WaferDesign
    rules: Rules
    dies: int
    wires: Parasitics
    files: tuple[Path, ...]


@accepts_quantities
def write_layout(
    out: str | Path,
    array: ArrayDesign,
    wafer: WaferDesign | None = None,
    rules: Rules | None = None,
    *,
    film_thickness: float | None = None,
    substrate: Substrate = "silicon",
    parameters: ParameterSet = AG2S,
    progress: Callable[[float], None] | None = None,
) -> Layout:
    """Draw masks, check them, and write them with their picture and parasitics.

    Parameters
    ----------
    out : path_like
        Folder; it is made where it is missing.
    array : ArrayDesign
    wafer : WaferDesign, optional
    rules : Rules, optional
    film_thickness : float, optional
        Of the electrolyte, for capacitances. [m]
    substrate : {"silicon", "polyimide"}
    parameters : ParameterSet
    progress : callable, optional
        Called with the fraction of the check that is done.

    Returns
    -------
    Layout

    Raises
    ------
    LayoutError
        If a rule is broken, in which case nothing is written, or ``out`` is a file.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> layout = ac.wafer.write_layout("masks", ac.wafer.ArrayDesign(2, 2), small)
    >>> print(f"{layout.wires.word_line_resistance:.1f} ohm from cell to cell")
    2.7 ohm from cell to cell
    """
    from acanthite.wafer.layout.drawings import plot_masks

    out = folder(out)
    wafer, rules = wafer or WaferDesign.of(parameters), rules or Rules.of(parameters)
    library = draw(array, wafer)
    require_clean(library, rules, wafer, progress)
    wires = parasitics(array, film_thickness, substrate, parameters)
    names = "masks.gds", "masks.oas", "masks.png", "rules.csv", "parasitics.csv", "leads.csv"
    files = tuple(out / name for name in names)
    write(library, files[0])
    write(library, files[1])
    with look():
        save_png(plot_masks(library, array, wafer), files[2])
    write_text(
        files[3],
        csv_text(
            ("rule", "least [m]", "violations"),
            [(f.name, getattr(rules, f.name), 0) for f in fields(rules)],
        ),
    )
    write_text(files[4], csv_text(("quantity", "value", "unit"), wires.rows()))
    write_text(files[5], csv_text(("line", "index", "side", "resistance [ohm]"), _lead_rows(wires)))
    return Layout(array, wafer, rules, len(wafer.dies(array.die_size)), wires, files)


def folder(out: str | Path) -> Path:
    """Return ``out`` as a path that is a folder or can become one.

    Raises
    ------
    LayoutError
        If it is a file.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise LayoutError(f"out = {out}: this is a file; give a folder to write to")
    return out


def _lead_rows(wires: Parasitics) -> list[tuple[str, int, str, float]]:
    sides = {"word": ("left", "right"), "bit": ("top", "bottom")}
    return [
        (line, i, sides[line][i % 2], float(value))
        for line, leads in wires.leads.items()
        for i, value in enumerate(leads)
    ]


def csv_text(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV, floats with nine digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(
        [f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row] for row in rows
    )
    return text.getvalue()
