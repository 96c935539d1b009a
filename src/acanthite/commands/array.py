"""``acanthite array``: what one asks of an array before it is built."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.asked import Asked, cells_of
from acanthite.commands.layout import lines
from acanthite.commands.options import AsJson, Over, Seed, TrustCode, chosen_parameters
from acanthite.errors import CrossbarError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from acanthite.crossbar import WriteVerify

Question = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help="margin: how large may it be and still be read? disturb: what do half-selected cells do? program: write a map of "
        "levels. settle: how fast is a read? netlist: the array for ngspice.",
    ),
]
Lines = Annotated[
    str, typer.Option("--array", metavar="NxM", help="Word lines x bit lines, such as 64x64.")
]
DeviceFile = Annotated[
    Path | None,
    typer.Option(
        "--device",
        metavar="FILE.toml",
        help="Device file of 'acanthite fit'.",
        show_default="the Ag2S filament",
    ),
]
Thick = Annotated[
    float | None,
    typer.Option(
        "--thickness",
        metavar="NM",
        help="Of the film, in nanometres.",
        show_default="the thick film's 200",
    ),
]
Bias = Annotated[
    str,
    typer.Option(metavar="SCHEME", help="V/2 or V/3: where unselected lines are while writing."),
]
Write = Annotated[
    float | None,
    typer.Option(
        metavar="V",
        help="Magnitude of write pulses: those that disturb, and those that bring about HRS and LRS.",
        show_default="that of the parameters, 0.3, or the largest voltage a device file was fitted to",
    ),
]
Low = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="Lowest conductance: level, or HRS of a margin.",
        show_default="by the device",
    ),
]
High = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="Highest conductance: level, or LRS of a margin.",
        show_default="by the device",
    ),
]
Levels = Annotated[int, typer.Option(metavar="N", help="Levels of the map.")]
WithinTime = Annotated[float, typer.Option("--time", metavar="S", help="A read may take.")]
WithinError = Annotated[
    float, typer.Option("--error", metavar="SHARE", help="A read may be off by.")
]
Resistance = Annotated[
    float | None,
    typer.Option(
        "--segment",
        metavar="OHM",
        help="Resistance of a segment of all lines.",
        show_default="as drawn",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Folder for pictures and files.", show_default="none written"
    ),
]


@dataclass
class Answer:
    """Numbers in SI, the lines a person reads, pictures and files by name."""

    numbers: dict[str, Any]
    text: list[str]
    figures: dict[str, Figure] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


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

    Wires are those 'acanthite layout' draws, of every size anew; cells are of the thick film, which potentiates gradually.
    """
    from acanthite.constants import nm
    from acanthite.figures.style import look
    from acanthite.wafer import Technology

    if question not in ANSWERS:
        raise CrossbarError(
            f"question {question!r} is none of {', '.join(ANSWERS)}{nearest(question, ANSWERS)}"
        )
    shape = lines(array)
    if levels < 2 or not (write is None or write > 0):
        raise CrossbarError(
            f"--levels {levels} --write {write}: expected 2 levels or more and a positive voltage"
        )
    chosen = chosen_parameters(parameters)
    film = chosen.value("stack.thick_film_thickness") if thickness is None else thickness * nm
    asked = Asked(
        shape=shape,
        device=cells_of(device, film, chosen, driven=question in _WRITING, trust=trust_code),
        technology=Technology(chosen, film, segment_resistance=segment),
        bias=bias,
        given_write=write,
        given_low=low,
        given_high=high,
        levels=levels,
        time=time,
        error=error,
        seed=seed,
        out=out,
        usual=all(given is None for given in (device, thickness, write, parameters)),
    )
    with look():
        answer = ANSWERS[question](asked)
        if out is not None:
            _write(answer, out, question)
    typer.echo(
        json.dumps(answer.numbers, indent=2, allow_nan=False) if as_json else "\n".join(answer.text)
    )
    if out is not None and not as_json:
        typer.echo(
            f"written to {out}: {', '.join([*answer.figures, *answer.files, f'{question}.json'])}"
        )


def _write(answer: Answer, out: Path, question: str) -> None:
    from acanthite.files import atomic, write_text

    for name, figure in answer.figures.items():
        with atomic(out / name) as temporary:
            figure.savefig(temporary, dpi=160)
    for name, text in answer.files.items():
        write_text(out / name, text)
    write_text(
        out / f"{question}.json", json.dumps(answer.numbers, indent=2, allow_nan=False) + "\n"
    )


def _margin(asked: Asked) -> Answer:
    from acanthite.crossbar import Cells
    from acanthite.crossbar.arrays.drawings import plot_read_margin
    from acanthite.report.formatting import as_text
    from acanthite.wafer import margins

    low, high = asked.states()
    level = asked.ends()[0]
    found = margins(
        asked.technology,
        max(asked.shape),
        Cells(low, high),
        level=level,
        read_voltage=asked.read_voltage,
        seed=asked.seed,
    )
    sizes = next(iter(found.margins.values())).sizes.tolist()
    film, leaky = found.film_left, found.film_left.sizes.tolist()
    rows = [
        (str(n), *(f"{m.margin[k]:.3g}" for m in found.margins.values()))
        for k, n in enumerate(sizes)
    ]
    numbers = {
        "sizes": sizes,
        "hrs": low,
        "lrs": high,
        "margin": {name: m.margin.tolist() for name, m in found.margins.items()},
        "largest": dict(found.largest),
        "limit": found.limit,
        "film_left": {"sizes": leaky, "share_of_lowest": film.share.tolist()},
    }
    text = [
        f"read margin of square arrays, cells of {as_text(low, 'S')} and {as_text(high, 'S')}{_made(asked)}: least current in the "
        "LRS less most in the HRS, whatever the other cells hold, over that of the LRS cell",
        *_table(("lines", *found.margins), rows),
        f"largest array with a margin of a half, of up to {found.limit} lines: "
        + ", ".join(f"{k} {v or 'none'}" for k, v in found.largest.items()),
        f"electrolyte left between the cells, V/2: a cell of {as_text(level, 'S')} among its like reads "
        f"{1 + film.share[-1]:.2g} times its own current at {leaky[-1]} lines, the rest through the film; with all lines held, "
        "its own",
    ]
    return Answer(numbers, text, {"margin.png": plot_read_margin(found.margins)})


def _made(asked: Asked) -> str:
    """Return how the states of a margin came about."""
    from acanthite.fitting import FittedDevice
    from acanthite.synapse import Synapse

    if isinstance(asked.device, Synapse) or None not in (asked.given_low, asked.given_high):
        return ""
    if isinstance(asked.device, FittedDevice) and asked.given_write is None:
        p = asked.meaning.pulses
        assert p is not None  # a device law has pulses
        return f" (the states of the device file, as training has them: SET at {'negative' if p.potentiation < 0 else 'positive'} voltage)"
    return f" (what {asked.write:g} V for 100 ms make of the typical device, where not given)"


def _disturb(asked: Asked) -> Answer:
    from acanthite.crossbar import disturb
    from acanthite.crossbar.arrays.drawings import plot_disturb
    from acanthite.report.formatting import as_text

    devices, counts = asked.driven.sample(500, seed=asked.seed), [10**k for k in range(9)]
    parts = {"written": 1.0, "V/2": 0.5, "V/3": 1 / 3}
    low, high = asked.ends()
    change, (sets, setting) = (high - low) / (asked.levels - 1), asked.potentiation()
    found = {
        kind: {
            name: disturb(
                devices,
                sign * asked.write * f,
                counts,
                width=asked.write_width,
                prepare=before,
                read_voltage=asked.read_voltage,
                until=100 * change,
            )
            for name, f in parts.items()
        }
        for kind, sign, before in (
            ("SET", sets, ()),
            ("RESET", -sets, ((sets * asked.write, setting),)),
        )
    }
    endured = {kind: {n: d.endured(change) for n, d in one.items()} for kind, one in found.items()}
    rows = [
        (
            f"{kind} pulses on {'fresh' if kind == 'SET' else 'potentiated'} cells",
            *(str(v) if v else "from the first pulse" for v in one.values()),
        )
        for kind, one in endured.items()
    ]
    text = [
        f"pulses of {as_text(asked.write, 'V')}, {as_text(asked.write_width, 's')}, before more than 1 % of 500 cells have moved "
        f"by a level, {as_text(change, 'S')} (counted in decades)",
        *_table(("", *parts), rows),
    ]
    pictures = {
        f"disturb_{kind.lower()}.png": plot_disturb(one, f"{kind} pulses")
        for kind, one in found.items()
    }
    numbers = {
        "write": asked.write,
        "width": asked.write_width,
        "change": change,
        "endured": endured,
    }
    return Answer(numbers, text, pictures)


def _program(asked: Asked) -> Answer:
    import time

    import numpy as np

    from acanthite.console import working
    from acanthite.crossbar import DrivenArray, DynamicCells, plot_array, write_map
    from acanthite.crossbar.arrays.drawings import plot_programmed
    from acanthite.random import generator
    from acanthite.report.formatting import as_text

    low, high = asked.ends()
    step = (high - low) / (asked.levels - 1)
    target = low + step * generator(asked.seed, "array-map").integers(0, asked.levels, asked.shape)
    n, how = int(np.prod(asked.shape)), _method(asked, low, high, step / 4)
    written = DrivenArray(
        DynamicCells(asked.driven.sample(n, seed=asked.seed), asked.shape), asked.wires
    )
    began = time.perf_counter()
    with working("writing") as progress:
        found = write_map(written, target, how, seed=asked.seed, progress=progress)
    took, c = time.perf_counter() - began, found.cost
    energy = {
        "written": c.selected,
        "half_selected": c.half_selected,
        "wires": c.wires,
        "reads": c.reading,
    }
    numbers = {
        "shape": list(asked.shape), "levels": asked.levels, "low": low, "high": high,
        "largest": how.largest, "width": how.width, "tolerance": how.tolerance, "bias": asked.bias,
        "within_tolerance": found.within(how.tolerance), "within_half_level": found.within(step / 2),
        "stuck": int(found.stuck.sum()), "error_std": float(found.error.std()), "error_largest": float(np.abs(found.error).max()),
        "pulses_per_cell": float(c.pulses.mean()), "set_pulses": c.set_pulses, "reset_pulses": c.reset_pulses,
        "reads": c.reads, "time": c.time, "energy": energy, "computed_in": took,
    }  # fmt: skip
    text = [
        f"{asked.levels} levels from {as_text(low, 'S')} to {as_text(high, 'S')} in {asked.shape[0]} x "
        f"{asked.shape[1]} cells, {asked.bias}, verified to {as_text(how.tolerance, 'S')}; computed in {took:.1f} s",
        f"after all rows: {found.within(how.tolerance):.2%} of the cells within it, {found.within(step / 2):.2%} nearest their own "
        f"level; error {as_text(found.error.std(), 'S')} (standard deviation), {as_text(numbers['error_largest'], 'S')} at most; "
        f"{numbers['stuck'] or 'none'} given up as stuck",
        f"{c.pulses.mean():.1f} pulses a cell; {c.set_pulses} SET and {c.reset_pulses} RESET pulses of rows, {c.reads} reads, "
        f"{as_text(c.time, 's')}",
        f"pulses of {as_text(how.largest, 'V')} at most, {as_text(how.width, 's')}",
        "energy: "
        + ", ".join(f"{name.replace('_', ' ')} {as_text(e, 'J')}" for name, e in energy.items()),
    ]
    pictures = {
        "program.png": plot_programmed(found, how.tolerance),
        "map.png": plot_array(found.final),
    }
    return Answer(numbers, text, pictures)


def _method(asked: Asked, low: float, high: float, tolerance: float) -> WriteVerify:
    """Return how a map is written: by the defaults for the 200 nm film, else by what pulses do to the typical device."""
    from acanthite.crossbar import WriteVerify, suited

    if asked.usual:
        return WriteVerify(asked.bias, tolerance)
    WriteVerify(asked.bias)  # an unfit scheme is refused before anything is computed
    return suited(asked.typical, asked.write, low, high, tolerance, asked.bias)


def _settle(asked: Asked) -> Answer:
    from acanthite.crossbar.arrays.drawings import plot_settling
    from acanthite.report.formatting import as_text
    from acanthite.wafer import settling

    conductance = asked.ends()[1]
    found = settling(
        asked.technology,
        asked.shape,
        time=asked.time,
        error=asked.error,
        conductance=conductance,
        read_voltage=asked.read_voltage,
    )
    settled, lost = found.settled(0.01), found.lost()
    rows = [
        (f"{n} x {m}", as_text(settled[n, m], "s"), f"{lost[n, m]:.2%}") for n, m in found.reads
    ]
    numbers = {
        "settled": {f"{n}x{m}": value for (n, m), value in settled.items()},
        "lost": {f"{n}x{m}": value for (n, m), value in lost.items()},
        "largest": found.largest,
        "time": found.time,
        "error": found.error,
        "conductance": conductance,
    }
    text = [
        f"all cells {as_text(conductance, 'S')}, all word lines stepped to {as_text(found.read_voltage, 'V')}",
        *_table(("array", "settled to 1 %", "lost over the wires"), rows),
        f"largest square array read to {found.error:.2g} within {as_text(found.time, 's')}: "
        + (f"{found.largest} x {found.largest}" if found.largest else "none"),
    ]
    ideal = {shape: found.ideal(shape) for shape in found.reads}
    return Answer(numbers, text, {"settle.png": plot_settling(found.reads, ideal)})


def _netlist(asked: Asked) -> Answer:
    import numpy as np

    from acanthite.crossbar import netlist, plot_array
    from acanthite.random import generator
    from acanthite.report.formatting import as_text

    low, high = asked.ends()
    step = (high - low) / (asked.levels - 1)
    G = low + step * generator(asked.seed, "array-map").integers(0, asked.levels, asked.shape)
    circuit, volts = asked.wires.crossbar(G), np.full(asked.shape[0], asked.read_voltage)
    solved = circuit.solve(volts)
    numbers = {
        "voltage": volts.tolist(),
        "output_current": solved.output_current.tolist(),
        "conductance": G.tolist(),
    }
    text = netlist(circuit, volts)
    said = (
        [text.rstrip()]
        if asked.out is None
        else [
            f"{asked.shape[0]} x {asked.shape[1]} cells, {as_text(asked.read_voltage, 'V')} on every word line"
        ]
    )
    return Answer(numbers, said, {"array.png": plot_array(G, solved)}, {"array.cir": text})


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in (names, *rows)) for k in range(len(names))]
    return [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in (names, *rows)
    ]


ANSWERS: Mapping[str, Any] = {
    "margin": _margin, "disturb": _disturb, "program": _program, "settle": _settle, "netlist": _netlist,
}  # fmt: skip
"""Which questions there are."""

_WRITING = ("disturb", "program")
"""Those that need a current at every voltage."""
