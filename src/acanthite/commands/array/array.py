"""``acanthite array``: what one asks of an array before it is built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.array import array_report
from acanthite.commands.options import (
    AsJson,
    Lines,
    Over,
    Seed,
    TrustCode,
    chosen_parameters,
    device_of,
    law_of,
    lines,
    option,
    print_written,
)
from acanthite.errors import CrossbarError, nearest
from acanthite.files import write_text

if TYPE_CHECKING:
    from acanthite.commands.array.array_report import Report

Question = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help="margin: how large may it be and still be read? disturb: what do half-selected cells "
        "do? program: write a map of levels. settle: how fast is a read? netlist: the array for "
        "ngspice.",
    ),
]
DeviceFile = Annotated[
    Path | None,
    option("FILE.toml", "Device file of 'acanthite fit'.", "the Ag2S filament", "--device"),
]
Thick = Annotated[
    float | None,
    option("NM", "Of the film, in nanometres.", "the thick film's 200", "--thickness"),
]
Bias = Annotated[str, option("SCHEME", "V/2 or V/3: where unselected lines are while writing.")]
Write = Annotated[
    float | None,
    option(
        "V",
        "Magnitude of write pulses: those that disturb, and those that bring about HRS and LRS.",
        "that of the parameters, 0.3, or the largest voltage a device file was fitted to",
    ),
]
Low = Annotated[
    float | None,
    option("S", "Lowest conductance: level, or HRS of a margin.", "by the device"),
]
High = Annotated[
    float | None,
    option("S", "Highest conductance: level, or LRS of a margin.", "by the device"),
]
Levels = Annotated[int, option("N", "Levels of the map.")]
WithinTime = Annotated[float, option("S", "A read may take.", name="--time")]
WithinError = Annotated[float, option("SHARE", "A read may be off by.", name="--error")]
Resistance = Annotated[
    float | None, option("OHM", "Resistance of a segment of all lines.", "as drawn", "--segment")
]
Folder = Annotated[
    Path | None, option("DIR", "Folder for pictures and files.", "none written", "--out")
]

QUESTIONS = ("margin", "disturb", "program", "settle", "netlist")
_WRITING = ("disturb", "program")
"""Those that need a current at every voltage."""


def array(
    question: Question,
    array: Lines = "64x64",
    device: DeviceFile = None,
    thickness: Thick = None,
    bias: Bias = "V/3",
    write: Write = None,
    low: Low = None,
    high: High = None,
    levels: Levels = 16,
    time: WithinTime = 100e-9,
    error: WithinError = 0.05,
    segment: Resistance = None,
    out: Folder = None,
    seed: Seed = 0,
    parameters: Over = None,
    as_json: AsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Answer a question about an array: margin, disturb, program, settle or netlist.

    Wires are those 'acanthite layout' draws, of every size anew; cells are of the thick film, which
    potentiates gradually.
    """
    from acanthite import wafer
    from acanthite.constants import nm

    if question not in QUESTIONS:
        raise CrossbarError(
            f"question {question!r} is none of {', '.join(QUESTIONS)}{nearest(question, QUESTIONS)}"
        )
    shape = lines(array)
    chosen = chosen_parameters(parameters)
    film = chosen.value("stack.thick_film_thickness") if thickness is None else thickness * nm
    load = law_of if question in _WRITING else device_of
    law = load(device, trust_code) if device else wafer.film_device(film, chosen)
    study = wafer.ArrayStudy(
        shape=shape,
        cell=wafer.CellDevice(law, chosen, write, low, high),
        technology=wafer.Technology(chosen, film, segment_resistance=segment),
        bias=bias,
        levels=levels,
        film_defaults=all(option is None for option in (device, thickness, write, parameters)),
        seed=seed,
    )
    if question == "margin":
        report = array_report.margin(study)
    elif question == "disturb":
        report = array_report.disturb(study)
    elif question == "program":
        report = array_report.program(study)
    elif question == "settle":
        report = array_report.settle(study, time, error)
    else:
        report = array_report.netlist(study, whole=out is None)
    _show(report, question, out, as_json)


def _show(report: Report, question: str, out: Path | None, as_json: bool) -> None:
    """Write pictures and files, and print the numbers or the text."""
    numbers = json.dumps(report.numbers, indent=2, allow_nan=False)
    names: list[str] = []
    if out is not None:
        names = [*report.write(out), f"{question}.json"]
        write_text(out / names[-1], numbers + "\n")
    typer.echo(numbers if as_json else "\n".join(report.text))
    if out is not None and not as_json:
        print_written([out / name for name in names])
