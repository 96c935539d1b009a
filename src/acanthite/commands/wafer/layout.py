"""``acanthite layout``: masks of an array, checked, with what their wires add to a circuit."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import (
    FAILED,
    AsJson,
    Folder,
    Lines,
    Over,
    Thickness,
    chosen_parameters,
    in_si,
    lines,
    option,
    print_json,
    print_written,
)

if TYPE_CHECKING:
    from acanthite.parameters import ParameterSet
    from acanthite.wafer import Layout

Pitch = Annotated[float | None, option("UM", "Of neighbouring cells.", "20")]
Cell = Annotated[float | None, option("UM", "Side of a cell: width of the lines.", "the paper's 5")]
PadPitch = Annotated[float | None, option("UM", "Of the pads.", "150")]
Substrate = Annotated[str, option("NAME", "silicon (oxidised) or polyimide.")]
Continuous = Annotated[
    bool,
    typer.Option("--continuous", help="One electrolyte over the array, its excess not removed."),
]
Check = Annotated[
    Path | None, option("FILE", "Check this .gds or .oas against the rules, draw nothing.")
]


def layout(
    array: Lines = "64x64",
    out: Folder = Path("layout"),
    pitch: Pitch = None,
    cell: Cell = None,
    pad_pitch: PadPitch = None,
    thickness: Thickness = None,
    substrate: Substrate = "silicon",
    continuous: Continuous = False,
    check: Check = None,
    parameters: Over = None,
    as_json: AsJson = False,
) -> int:
    """Draw the masks of a wafer of arrays, check them, and print what the wires add."""
    from acanthite import wafer
    from acanthite.console import working
    from acanthite.constants import nm, um

    chosen = chosen_parameters(parameters)
    if check is not None:
        return _check(check, chosen)
    sizes = in_si(pitch=(pitch, um), cell=(cell, um), pad_pitch=(pad_pitch, um))
    design = wafer.ArrayDesign.of(chosen, *lines(array), continuous=continuous, **sizes)
    with working("design rules") as progress:
        written = wafer.write_layout(
            out,
            design,
            film_thickness=None if thickness is None else thickness * nm,
            substrate=substrate,  # type: ignore[arg-type] - checked there
            parameters=chosen,
            progress=progress,
        )
    if as_json:
        print_json(_as_json(written))
    else:
        _print_layout(written)
    return 0


def _check(path: Path, parameters: ParameterSet) -> int:
    """Check a file of masks against the rules, and print those that are broken."""
    from acanthite import wafer
    from acanthite.console import print_table, working

    masks = wafer.read(path)
    rules = wafer.Rules.of(parameters)
    design = wafer.WaferDesign.of(parameters)
    with working("design rules") as progress:
        violations = wafer.check(masks, rules, design, progress)
    if not violations:
        typer.echo(f"{path}: no design rule broken")
        return 0
    rows = []
    for v in violations:
        x, y = (f"{1e6 * at:.3f}" for at in v.place)
        rows.append((v.rule, v.layer, v.cell, x, y, v.detail.removeprefix("expected ")))
    print_table(("rule", "layer", "cell", "x (µm)", "y (µm)", "expected"), rows)
    typer.echo(f"{path}: {len(violations)} violations")
    return FAILED


def _print_layout(layout: Layout) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text

    size = " x ".join(as_text(side, "m") for side in layout.array.die_size)
    cells = f"{layout.array.rows} x {layout.array.columns} cells"
    typer.echo(f"{cells} on a die of {size}, {layout.dies} dies; no design rule broken")
    rows = [(name.replace("_", " "), as_text(v, unit)) for name, v, unit in layout.wires.rows()]
    for line, leads in layout.wires.leads.items():
        ends = as_text(leads.min(), "ohm"), as_text(leads.max(), "ohm")
        rows.append((f"{line} leads", " to ".join(ends)))
    print_table(("wires", "value"), rows)
    print_written(layout.files)


def _as_json(layout: Layout) -> dict[str, Any]:
    wires = {name: {"value": value, "unit": unit} for name, value, unit in layout.wires.rows()}
    leads = {
        f"{line}_lead_resistance": {"value": resistances.tolist(), "unit": "ohm"}
        for line, resistances in layout.wires.leads.items()
    }
    return {
        "array": asdict(layout.array),
        "die_size": layout.array.die_size,
        "dies": layout.dies,
        "rules": asdict(layout.rules),
        "wires": {**wires, **leads},
        "files": [str(path) for path in layout.files],
    }
