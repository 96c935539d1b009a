"""The cost model against silicon: NeuRRAM, 130 nm, 256 x 256 cells, two a signed weight (Wan et al., Nature 2022).

    python benchmarks/silicon.py           # a table: measured, calibrated, and each width as a prediction from the others
    python benchmarks/silicon.py --json    # rows of every width from (3, 1) to (10, 8)

Energies are an operation: a cell of the array and a product, two a signed multiplication and addition. Three numbers
are calibrated on the three measured widths, one a part: how much a word line costs over charging it, the current of a
neuron, and the energy of an input pulse. Every other width is a prediction.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from math import exp, log

from acanthite.constants import fJ, nm
from acanthite.cost import CONSTANTS, IntegratingConverter, ProcessNode, WordLine
from acanthite.cost.converters.integrating import magnitude_bits

PARTS = ("word_line", "neuron", "input")
MEASURED = {
    (3, 1): (8.99, 10.6, 3.45),
    (6, 4): (21.8, 29.1, 11.5),
    (8, 6): (37.2, 52.5, 19.2),
}
"""By output and input bits: fJ an operation of word-line switching, neuron and control, and input pulses."""
MEASURED_TOPS_PER_WATT = {(3, 1): 43.1, (6, 4): 16.0, (8, 6): 8.26}

CELLS = 256
SUPPLY = 1.8
SWING, HIGH = 1.3, 2.2
WIDTHS = [(o, i) for o in range(3, 11) for i in range(1, 9) if o >= i]
"""Output and input bits: an output has at least the bits of the input, as the chip's phases ask for."""

_NODE = ProcessNode(130 * nm, CONSTANTS)


@dataclass(frozen=True)
class Calibration:
    """Three factors on what the components say: of the word line, of the neuron's current, and of an input pulse."""

    word_line: float
    neuron: float
    input: float

    def energies(self, output_bits: int, input_bits: int) -> tuple[float, float, float]:
        """Return the three parts of an operation, in fJ."""
        parts = uncalibrated(output_bits, input_bits)
        factors = (self.word_line, self.neuron, self.input)
        return tuple(f * part for f, part in zip(factors, parts, strict=True))  # type: ignore[return-value]


def uncalibrated(output_bits: int, input_bits: int) -> tuple[float, float, float]:
    """Return word line and neuron as their components have them, in fJ, and the number of input pulses."""
    pulses = magnitude_bits(input_bits)
    line = WordLine(node=_NODE, cells=CELLS, swing=SWING, high=HIGH)
    neuron = IntegratingConverter(
        node=_NODE, bits=output_bits, input_bits=input_bits, supply=SUPPLY
    )
    return pulses * line.energy() / CELLS / fJ, neuron.energy() / CELLS / fJ, float(pulses)


def calibrate(widths: list[tuple[int, int]]) -> Calibration:
    """Return the factors of least squared logarithms over some measured widths."""
    factors = []
    for k in range(len(PARTS)):
        logs = [log(MEASURED[width][k] / uncalibrated(*width)[k]) for width in widths]
        factors.append(exp(sum(logs) / len(logs)))
    return Calibration(*factors)


def rows(calibration: Calibration) -> list[dict[str, object]]:
    """Return the energies of every width."""
    table = []
    for output_bits, input_bits in WIDTHS:
        parts = calibration.energies(output_bits, input_bits)
        row: dict[str, object] = {"output_bits": output_bits, "input_bits": input_bits}
        row |= {f"{name}_femtojoule": part for name, part in zip(PARTS, parts, strict=True)}
        row["tops_per_watt"] = 1e3 / sum(parts)
        row["calibrated_on"] = (output_bits, input_bits) in MEASURED
        table.append(row)
    return table


def largest_error(calibration: Calibration, widths: list[tuple[int, int]]) -> float:
    """Return the largest relative error over parts and some measured widths."""
    return max(
        abs(model / measured - 1)
        for width in widths
        for model, measured in zip(calibration.energies(*width), MEASURED[width], strict=True)
    )


def main() -> None:
    """Print the table, or the rows as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    every = list(MEASURED)
    calibration = calibrate(every)
    held_out = {
        width: largest_error(calibrate([w for w in every if w != width]), [width])
        for width in every
    }
    if options.json:
        result = {
            "calibrated": vars(calibration),
            "rows": rows(calibration),
            "largest_error": largest_error(calibration, every),
            "largest_error_of_a_width_held_out": max(held_out.values()),
        }
        print(json.dumps(result, indent=2))
        return
    _print(calibration, held_out)


def _print(calibration: Calibration, held_out: dict[tuple[int, int], float]) -> None:
    print("bits     word line        neuron           input            TOPS/W")
    for row in rows(calibration):
        width = (row["output_bits"], row["input_bits"])
        text = f"({width[0]},{width[1]})".ljust(9)
        for k, name in enumerate(PARTS):
            model = row[f"{name}_femtojoule"]
            off = f" ({model / MEASURED[width][k] - 1:+.0%})" if width in MEASURED else ""
            text += f"{model:5.1f} fJ{off}".ljust(17)
        off = ""
        if width in MEASURED:
            off = f" ({row['tops_per_watt'] / MEASURED_TOPS_PER_WATT[width] - 1:+.0%})"
        print(f"{text}{row['tops_per_watt']:.1f}{off}")
    print(
        f"three numbers calibrated: word line x {calibration.word_line:.3f}, neuron x {calibration.neuron:.3f} uA, "
        f"input {calibration.input:.2f} fJ a pulse"
    )
    for width, error in held_out.items():
        print(f"{width} predicted from the other two: within {error:.0%}")


if __name__ == "__main__":
    main()
