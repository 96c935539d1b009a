"""``acanthite layout``: masks of an array, checked, with what their wires add to a circuit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import FAILED, AsJson, Over, Thickness, chosen_parameters

if TYPE_CHECKING:
    from acanthite.wafer import Layout, Violation

Lines = Annotated[
    str, typer.Option("--array", metavar="NxM", help="Word lines x bit lines, such as 64x64.")
]
Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")]


Pitch = Annotated[
    float | None, typer.Option(metavar="UM", help="Of neighbouring cells.", show_default="20")
]
Cell = Annotated[
    float | None,
    typer.Option(
        metavar="UM", help="Side of a cell: width of the lines.", show_default="the paper's 5"
    ),
]
PadPitch = Annotated[
    float | None, typer.Option(metavar="UM", help="Of the pads.", show_default="150")
]
Substrate = Annotated[str, typer.Option(metavar="NAME", help="silicon (oxidised) or polyimide.")]
Continuous = Annotated[
    bool,
    typer.Option("--continuous", help="One electrolyte over the array, its excess not removed."),
]
Check = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Check this .gds or .oas against the rules, draw nothing."),
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
        masks, rules, design = (
            wafer.read(check),
            wafer.Rules.of(chosen),
            wafer.WaferDesign.of(chosen),
        )
        with working("design rules") as progress:
            found = wafer.check(masks, rules, design, progress)
        _print_violations(found, check)
        return FAILED if found else 0
    given = {"pitch": pitch, "cell": cell, "pad_pitch": pad_pitch}
    changes = {name: value * um for name, value in given.items() if value is not None}
    design = wafer.ArrayDesign.of(chosen, *lines(array), continuous=continuous, **changes)
    film = None if thickness is None else thickness * nm
    with working("design rules") as progress:
        written = wafer.write_layout(
            out, design, film_thickness=film, substrate=substrate,  # type: ignore[arg-type]
            parameters=chosen, progress=progress,
        )  # fmt: skip
    _print_layout(written, as_json)
    return 0


def lines(text: str) -> tuple[int, int]:
    """Return word and bit lines of a text such as ``64x64``."""
    parts = text.lower().replace("\u00d7", "x").split("x")
    if len(parts) != 2 or not all(p.strip().isdigit() for p in parts):
        raise typer.BadParameter(f"--array {text}: give word lines x bit lines, such as 64x64")
    return int(parts[0]), int(parts[1])


def _print_layout(layout: Layout, as_json: bool) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text

    if as_json:
        typer.echo(_json(layout))
        return
    size = " x ".join(as_text(side, "m") for side in layout.array.die_size)
    cells = f"{layout.array.rows} x {layout.array.columns} cells"
    typer.echo(f"{cells} on a die of {size}, {layout.dies} dies; no design rule broken")
    rows = [
        (name.replace("_", " "), as_text(value, unit)) for name, value, unit in layout.wires.rows()
    ]
    for line, leads in layout.wires.leads.items():
        rows.append(
            (f"{line} leads", f"{as_text(leads.min(), 'ohm')} to {as_text(leads.max(), 'ohm')}")
        )
    print_table(("wires", "value"), rows)
    typer.echo(
        f"written to {layout.files[0].parent}: {', '.join(path.name for path in layout.files)}"
    )


def _json(layout: Layout) -> str:
    import json
    from dataclasses import asdict

    wires = {name: {"value": value, "unit": unit} for name, value, unit in layout.wires.rows()}
    leads = {
        f"{n}_lead_resistance": {"value": v.tolist(), "unit": "ohm"}
        for n, v in layout.wires.leads.items()
    }
    said = {
        "array": asdict(layout.array),
        "die_size": layout.array.die_size,
        "dies": layout.dies,
        "rules": asdict(layout.rules),
        "wires": {**wires, **leads},
        "files": [str(path) for path in layout.files],
    }
    return json.dumps(said, indent=2, allow_nan=False)


def _print_violations(found: list[Violation], path: Path) -> None:
    from acanthite.console import print_table

    if not found:
        typer.echo(f"{path}: no design rule broken")
        return
    rows = [
        (
            v.rule,
            v.layer,
            v.cell,
            *(f"{1e6 * at:.3f}" for at in v.place),
            v.detail.removeprefix("expected "),
        )
        for v in found
    ]
    print_table(("rule", "layer", "cell", "x (\u00b5m)", "y (\u00b5m)", "expected"), rows)
    typer.echo(f"{path}: {len(found)} violations")
