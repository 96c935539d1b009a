"""``acanthite array``: what one asks of an array before it is built."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.asked import Asked, cells_of
from acanthite.commands.layout import lines
from acanthite.commands.options import AsJson, Over, Seed, chosen_parameters
from acanthite.errors import CrossbarError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from acanthite.crossbar import Wires, WriteVerify

Question = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help="margin: how large may it be and still be read? disturb: what do half-selected cells do? program: write a map of "
        "levels. settle: how fast is a read? netlist: the array for ngspice.",
    ),
]
Lines = Annotated[str, typer.Option("--array", metavar="NxM", help="Word lines x bit lines, such as 64x64.")]
DeviceFile = Annotated[
    Path | None,
    typer.Option(
        "--device",
        metavar="FILE.toml",
        help="Device file of 'acanthite fit'.",
        show_default="the Ag2S filament",
    ),
]
Thick = Annotated[float, typer.Option("--thickness", metavar="NM", help="Of the film, in nanometres.")]
Bias = Annotated[
    str, typer.Option(metavar="SCHEME", help="V/2 or V/3: where unselected lines are while writing.")
]
Write = Annotated[
    float | None,
    typer.Option(
        metavar="V",
        help="Magnitude of write pulses: those that disturb, and those that bring about HRS and LRS.",
        show_default="0.3, or the largest voltage a device file was fitted to",
    ),
]
Low = Annotated[
    float | None,
    typer.Option(
        metavar="S", help="Lowest conductance: level, or HRS of a margin.", show_default="by the device"
    ),
]
High = Annotated[
    float | None,
    typer.Option(
        metavar="S", help="Highest conductance: level, or LRS of a margin.", show_default="by the device"
    ),
]
Levels = Annotated[int, typer.Option(metavar="N", help="Levels of the map.")]
WithinTime = Annotated[float, typer.Option("--time", metavar="S", help="A read may take.")]
WithinError = Annotated[float, typer.Option("--error", metavar="SHARE", help="A read may be off by.")]
Resistance = Annotated[
    float | None,
    typer.Option(
        "--segment", metavar="OHM", help="Resistance of a segment of all lines.", show_default="as drawn"
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder for pictures and files.", show_default="none written"),
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
    thickness: Thick = 200.0,
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
) -> None:
    """Answer a question about an array: margin, disturb, program, settle or netlist.

    Wires are those of 'acanthite layout' for the array; cells are of the 200 nm film, which potentiates gradually.
    """
    from acanthite.figures.style import look
    from acanthite.files import write_text

    if question not in ANSWERS:
        raise CrossbarError(
            f"question {question!r} is none of {', '.join(ANSWERS)}{nearest(question, ANSWERS)}"
        )
    shape = lines(array)
    if levels < 2 or not (write is None or write > 0):
        raise CrossbarError(
            f"--levels {levels} --write {write}: expected 2 levels or more and a positive voltage"
        )
    wires, leaky = _wires(shape, thickness, segment, parameters)
    chosen = cells_of(device, thickness, parameters, driven=question in _WRITING)
    asked = Asked(
        shape, chosen, wires, leaky, bias, write, low, high, levels, time, error, seed, out,
        usual=device is None and thickness == 200.0 and write is None,
    )  # fmt: skip
    with look():
        answer = ANSWERS[question](asked)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name, figure in answer.figures.items():
                figure.savefig(out / name, dpi=160)
            for name, text in answer.files.items():
                write_text(out / name, text)
            write_text(out / f"{question}.json", json.dumps(answer.numbers, indent=2, allow_nan=False) + "\n")
    typer.echo(json.dumps(answer.numbers, indent=2, allow_nan=False) if as_json else "\n".join(answer.text))
    if out is not None and not as_json:
        typer.echo(f"written to {out}: {', '.join([*answer.figures, *answer.files, f'{question}.json'])}")


def _wires(
    shape: tuple[int, int], thickness: float, segment: float | None, file: Path | None
) -> tuple[Wires, Wires]:
    """Return the wires of the drawn array, without and with the electrolyte left between its cells."""
    from acanthite import wafer
    from acanthite.constants import nm

    chosen, found = chosen_parameters(file), []
    for continuous in (False, True):
        design = wafer.ArrayDesign.of(chosen, *shape, continuous=continuous)
        wires = wafer.parasitics(design, thickness * nm, parameters=chosen).of_crossbar()
        if segment is not None:
            wires = replace(wires, word_line_resistance=segment, bit_line_resistance=segment)
        found.append(wires)
    return found[0], found[1]


def _margin(asked: Asked) -> Answer:
    from acanthite.crossbar import SCHEMES, Cells, crosstalk, read_margin
    from acanthite.crossbar.charts import plot_read_margin
    from acanthite.report.formatting import as_text

    most = max(asked.shape)
    sizes = [n for n in (2**k for k in range(1, 11)) if n < most] + [most]
    low, high = asked.states()
    cells, level = Cells(low, high), asked.ends()[0]
    found = {
        name: read_margin(sizes, name, cells=cells, wires=asked.wires, seed=asked.seed) for name in SCHEMES
    }
    rows = [(str(n), *(f"{m.margin[k]:.3g}" for m in found.values())) for k, n in enumerate(sizes)]
    small = [n for n in sizes if n <= 128]
    film = crosstalk(small, asked.leaky, "V/2", selected=level, others=level)
    numbers = {
        "sizes": sizes,
        "hrs": low,
        "lrs": high,
        "margin": {name: m.margin.tolist() for name, m in found.items()},
        "largest": {name: m.largest() for name, m in found.items()},
        "film_left": {"sizes": small, "share_of_lowest": film.share.tolist()},
    }
    text = [
        f"read margin, cells of {as_text(low, 'S')} and {as_text(high, 'S')}{_made(asked)}: least current in the LRS less most in the "
        "HRS, whatever the other cells hold, over that of the LRS cell",
        *_table(("lines", *found), rows),
        "largest array with a margin of a half: "
        + ", ".join(f"{k} {v or 'none'}" for k, v in numbers["largest"].items()),
        f"electrolyte left between the cells, V/2: a cell of {as_text(level, 'S')} among its like reads "
        f"{1 + film.share[-1]:.2g} times its own current at {small[-1]} lines, the rest through the film; with all lines held, its own",
    ]
    return Answer(numbers, text, {"margin.png": plot_read_margin(found)})


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
    from acanthite.crossbar.charts import plot_disturb
    from acanthite.report.formatting import as_text

    devices, counts = asked.driven.sample(500, seed=asked.seed), [10**k for k in range(9)]
    parts = {"written": 1.0, "V/2": 0.5, "V/3": 1 / 3}
    low, high = asked.ends()
    change, (sets, setting) = (high - low) / (asked.levels - 1), asked.potentiation()
    found = {
        kind: {
            name: disturb(devices, sign * asked.write * f, counts, prepare=before, until=100 * change)
            for name, f in parts.items()
        }
        for kind, sign, before in (("SET", sets, ()), ("RESET", -sets, ((sets * asked.write, setting),)))
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
        f"pulses of {as_text(asked.write, 'V')}, 1 us, before more than 1 % of 500 cells have moved by a level, "
        f"{as_text(change, 'S')} (counted in decades)",
        *_table(("", *parts), rows),
    ]
    pictures = {
        f"disturb_{kind.lower()}.png": plot_disturb(one, f"{kind} pulses") for kind, one in found.items()
    }
    numbers = {"write": asked.write, "width": 1e-6, "change": change, "endured": endured}
    return Answer(numbers, text, pictures)


def _program(asked: Asked) -> Answer:
    import time

    import numpy as np

    from acanthite.console import working
    from acanthite.crossbar import DrivenArray, DynamicCells, plot_array, write_map
    from acanthite.crossbar.charts import plot_programmed
    from acanthite.random import generator
    from acanthite.report.formatting import as_text

    low, high = asked.ends()
    step = (high - low) / (asked.levels - 1)
    target = low + step * generator(asked.seed, "array-map").integers(0, asked.levels, asked.shape)
    n, how = int(np.prod(asked.shape)), _method(asked, low, high, step / 4)
    written = DrivenArray(DynamicCells(asked.driven.sample(n, seed=asked.seed), asked.shape), asked.wires)
    began = time.perf_counter()
    with working("writing") as progress:
        found = write_map(written, target, how, seed=asked.seed, progress=progress)
    took, c = time.perf_counter() - began, found.cost
    energy = {"written": c.selected, "half_selected": c.half_selected, "wires": c.wires, "reads": c.reading}
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
        "energy: " + ", ".join(f"{name.replace('_', ' ')} {as_text(e, 'J')}" for name, e in energy.items()),
    ]
    pictures = {"program.png": plot_programmed(found, how.tolerance), "map.png": plot_array(found.final)}
    return Answer(numbers, text, pictures)


def _method(asked: Asked, low: float, high: float, tolerance: float) -> WriteVerify:
    """Return how a map is written: by the defaults for the 200 nm film, else by what pulses do to the typical device."""
    from acanthite.crossbar import WriteVerify, suited

    if asked.usual:
        return WriteVerify(asked.bias, tolerance)
    WriteVerify(asked.bias)  # an unfit scheme is refused before anything is computed
    return suited(asked.typical, asked.write, low, high, tolerance, asked.bias)


def _settle(asked: Asked) -> Answer:
    import numpy as np

    from acanthite.constants import mV
    from acanthite.crossbar import largest_array, transient
    from acanthite.crossbar.charts import plot_settling
    from acanthite.report.formatting import as_text

    n, G = max(asked.shape), asked.ends()[1]
    found, rows = {}, []
    for size in sorted({max(1, n // 4), max(1, n // 2), n}):
        one = transient(np.full((size, size), G), asked.wires, np.full(size, 5 * mV), 10 * asked.time)
        settled, lost = one.settled(0.01), 1 - float(one.output_current[-1].min()) / (size * 5 * mV * G)
        found[size] = one
        rows.append((f"{size} x {size}", as_text(settled, "s"), f"{lost:.2%}"))
    largest = largest_array(asked.wires, asked.time, asked.error, conductance=G)
    numbers = {
        "settled": {str(k): v.settled(0.01) for k, v in found.items()},
        "largest": largest, "time": asked.time, "error": asked.error, "conductance": G,
    }  # fmt: skip
    text = [
        f"all cells {as_text(G, 'S')}, all word lines stepped to 5 mV",
        *_table(("array", "settled to 1 %", "lost over the wires"), rows),
        f"largest array read to {asked.error:.2g} within {as_text(asked.time, 's')}: "
        + (f"{largest} x {largest}" if largest else "none"),
    ]
    return Answer(numbers, text, {"settle.png": plot_settling(found, 5 * mV, G)})


def _netlist(asked: Asked) -> Answer:
    import numpy as np

    from acanthite.constants import mV
    from acanthite.crossbar import netlist, plot_array
    from acanthite.random import generator

    low, high = asked.ends()
    step = (high - low) / (asked.levels - 1)
    G = low + step * generator(asked.seed, "array-map").integers(0, asked.levels, asked.shape)
    circuit, volts = asked.wires.crossbar(G), np.full(asked.shape[0], 5 * mV)
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
        else [f"{asked.shape[0]} x {asked.shape[1]} cells, 5 mV on every word line"]
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
