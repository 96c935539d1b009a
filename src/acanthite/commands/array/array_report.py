"""What ``acanthite array`` says.

The numbers, the text and the pictures of each of its questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.commands.options import attributes
from acanthite.files import write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from acanthite.wafer import ArrayStudy


@dataclass(frozen=True)
class Report:
    """Numbers in SI, the lines a person reads, pictures and files by name."""

    numbers: dict[str, Any]
    text: list[str]
    pictures: Mapping[str, Callable[[], Figure]]
    files: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> list[str]:
        """Write pictures and files; return their names."""
        from acanthite.drawing import look, save_png

        with look():
            for name, draw in self.pictures.items():
                save_png(draw(), folder / name)
        for name, text in self.files.items():
            write_text(folder / name, text)
        return [*self.pictures, *self.files]


def margin(study: ArrayStudy) -> Report:
    """Report how large an array may be and still be read."""
    from acanthite.crossbar.arrays.drawings import plot_read_margin
    from acanthite.formatting import as_text

    low, high = study.cell.states
    result = study.margins()
    margins = {bias: one.margin.tolist() for bias, one in result.margins.items()}
    sizes = next(iter(result.margins.values())).sizes.tolist()
    film = result.film_left
    rows = [
        (str(size), *(f"{values[k]:.3g}" for values in margins.values()))
        for k, size in enumerate(sizes)
    ]
    largest = ", ".join(f"{bias} {n or 'none'}" for bias, n in result.largest.items())
    numbers = {
        "sizes": sizes,
        "hrs": low,
        "lrs": high,
        "margin": margins,
        "largest": dict(result.largest),
        "limit": result.limit,
        "film_left": {"sizes": film.sizes.tolist(), "share_of_lowest": film.share.tolist()},
    }
    text = [
        f"read margin of square arrays, cells of {as_text(low, 'S')} and {as_text(high, 'S')}"
        f"{_origin(study)}: least current in the LRS less most in the HRS, whatever the other "
        f"cells hold, over that of the LRS cell",
        *_table(("lines", *margins), rows),
        f"largest array with a margin of a half, of up to {result.limit} lines: {largest}",
        f"electrolyte left between the cells, V/2: a cell of {as_text(study.cell.ends[0], 'S')} "
        f"among its like reads {1 + film.share[-1]:.2g} times its own current at {film.sizes[-1]} "
        f"lines, the rest through the film; with all lines held, its own",
    ]
    return Report(numbers, text, {"margin.png": lambda: plot_read_margin(result.margins)})


def _origin(study: ArrayStudy) -> str:
    """Return how the states of a margin came about."""
    cell = study.cell
    if cell.states_from == "device file":
        sign = "negative" if cell.fitted_set_polarity < 0 else "positive"
        return f" (the states of the device file, as training has them: SET at {sign} voltage)"
    if cell.states_from == "write pulses":
        return f" (what {cell.write:g} V for 100 ms make of the typical device, where not given)"
    return ""


def disturb(study: ArrayStudy) -> Report:
    """Report what half-selected cells do."""
    from acanthite.crossbar.arrays.drawings import plot_disturb
    from acanthite.formatting import as_text

    result = study.half_select()
    endured = result.endured
    cells = {"SET": "fresh", "RESET": "potentiated"}
    rows = [
        (
            f"{kind} pulses on {cells[kind]} cells",
            *(str(count) if count else "from the first pulse" for count in parts.values()),
        )
        for kind, parts in endured.items()
    ]
    numbers = {**attributes(result, "write", "width", "change"), "endured": endured}
    text = [
        f"pulses of {as_text(result.write, 'V')}, {as_text(result.width, 's')}, before more than "
        f"1 % of 500 cells have moved by a level, {as_text(result.change, 'S')} (counted in "
        f"decades)",
        *_table(("", *next(iter(endured.values()))), rows),
    ]
    pictures = {
        f"disturb_{kind.lower()}.png": partial(plot_disturb, parts, f"{kind} pulses")
        for kind, parts in result.by_kind.items()
    }
    return Report(numbers, text, pictures)


def program(study: ArrayStudy) -> Report:
    """Report how a map of levels was written."""
    import numpy as np

    from acanthite.console import working
    from acanthite.crossbar import plot_array
    from acanthite.crossbar.arrays.drawings import plot_programmed
    from acanthite.formatting import as_text

    low, high = study.cell.ends
    how = study.write_verify()
    began = time.perf_counter()
    with working("writing") as progress:
        result = study.program(progress)
    took = time.perf_counter() - began
    cost = result.cost
    within = result.within(how.tolerance)
    nearest = result.within(study.step / 2)
    spread = float(result.error.std())
    largest = float(np.abs(result.error).max())
    stuck = int(result.stuck.sum())
    pulses = float(cost.pulses.mean())
    energy = {
        "written": cost.selected,
        "half_selected": cost.half_selected,
        "wires": cost.wires,
        "reads": cost.reading,
    }
    numbers = {
        "shape": list(study.shape),
        "levels": study.levels,
        "low": low,
        "high": high,
        **attributes(how, "largest", "width", "tolerance"),
        "bias": study.bias,
        "within_tolerance": within,
        "within_half_level": nearest,
        "stuck": stuck,
        "error_std": spread,
        "error_largest": largest,
        "pulses_per_cell": pulses,
        **attributes(cost, "set_pulses", "reset_pulses", "reads", "time"),
        "energy": energy,
        "computed_in": took,
    }
    spent = (f"{name.replace('_', ' ')} {as_text(e, 'J')}" for name, e in energy.items())
    text = [
        f"{study.levels} levels from {as_text(low, 'S')} to {as_text(high, 'S')} in "
        f"{study.shape[0]} x {study.shape[1]} cells, {study.bias}, verified to "
        f"{as_text(how.tolerance, 'S')}; computed in {took:.1f} s",
        f"after all rows: {within:.2%} of the cells within it, {nearest:.2%} nearest their own "
        f"level; error {as_text(spread, 'S')} (standard deviation), {as_text(largest, 'S')} at "
        f"most; {stuck or 'none'} given up as stuck",
        f"{pulses:.1f} pulses a cell; {cost.set_pulses} SET and {cost.reset_pulses} RESET pulses "
        f"of rows, {cost.reads} reads, {as_text(cost.time, 's')}",
        f"pulses of {as_text(how.largest, 'V')} at most, {as_text(how.width, 's')}",
        "energy: " + ", ".join(spent),
    ]
    pictures = {
        "program.png": lambda: plot_programmed(result, how.tolerance),
        "map.png": lambda: plot_array(result.final),
    }
    return Report(numbers, text, pictures)


def settle(study: ArrayStudy, within: float, error: float) -> Report:
    """Report how fast a read is, within a time [s] and an error."""
    from acanthite.crossbar.arrays.drawings import plot_settling
    from acanthite.formatting import as_text

    result = study.settling(within, error)
    settled = result.settled(0.01)
    lost = result.lost()
    rows = [
        (f"{n} x {m}", as_text(settled[n, m], "s"), f"{lost[n, m]:.2%}") for n, m in result.reads
    ]
    largest = f"{result.largest} x {result.largest}" if result.largest else "none"
    numbers = {
        "settled": {f"{n}x{m}": value for (n, m), value in settled.items()},
        "lost": {f"{n}x{m}": value for (n, m), value in lost.items()},
        **attributes(result, "largest", "time", "error", "conductance"),
    }
    text = [
        f"all cells {as_text(result.conductance, 'S')}, all word lines stepped to "
        f"{as_text(result.read_voltage, 'V')}",
        *_table(("array", "settled to 1 %", "lost over the wires"), rows),
        f"largest square array read to {result.error:.2g} within {as_text(result.time, 's')}: "
        f"{largest}",
    ]
    ideal = {shape: result.ideal(shape) for shape in result.reads}
    return Report(numbers, text, {"settle.png": lambda: plot_settling(result.reads, ideal)})


def netlist(study: ArrayStudy, whole: bool) -> Report:
    """Report the array for ngspice; print the whole of it, or what it is of."""
    import numpy as np

    from acanthite.crossbar import netlist, plot_array
    from acanthite.formatting import as_text

    circuit = study.crossbar()
    n, m = study.shape
    volts = np.full(n, study.cell.read_voltage)
    solution = circuit.solve(volts)
    numbers = {
        "voltage": volts.tolist(),
        "output_current": solution.output_current.tolist(),
        "conductance": np.asarray(circuit.conductance).tolist(),
    }
    cards = netlist(circuit, volts)
    summary = f"{n} x {m} cells, {as_text(study.cell.read_voltage, 'V')} on every word line"
    text = [cards.rstrip() if whole else summary]
    picture = {"array.png": lambda: plot_array(circuit.conductance, solution)}
    return Report(numbers, text, picture, {"array.cir": cards})


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in (names, *rows)) for k in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (names, *rows)
    ]
