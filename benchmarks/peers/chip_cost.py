"""The cost of chips beside a peer's: four runs of NeuroSim V1.4 on a perceptron, and VGG-8 of its manual.

    python benchmarks/peers/chip_cost.py [--json]

Only what its runs printed is here, nothing of its code or tables. Its weights are one column a bit, of two's
complement or with an offset; ours take pairs, so the mapping below has the peer's columns. Both count 8-bit inputs,
one bit after the other, on tiles of 128 x 128.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass

import numpy as np

from acanthite.constants import nm, ns
from acanthite.cost import ChipCircuits, ChipCost, chip_cost, network_named, perceptron
from acanthite.crossbar.compute.mapping import Mapping
from acanthite.inference import Chip, ColumnReader, IdealCells, InputDriver

ACTIVITY = 0.092
"""Share of ones in the bits of MNIST's pictures, padded to 1024 pixels."""
READ_TIME = 1 * ns
"""As long as a flash converter of that day takes; the peer does not print its own."""
ACCUMULATION = ("shift and add", "accumulators")
CONVERSION = ("converters", "front ends", "multiplexers")


@dataclass(frozen=True)
class OneColumnABit(Mapping):
    """Weights in two's complement: each digit in a column of its own."""

    digits: int = 8
    bits: int = 1

    def shape(self, outputs: int, inputs: int) -> tuple[int, int]:
        return inputs, self.digits * outputs

    def encode(self, weights, cells):
        whole = np.rint(np.asarray(weights) * (2 ** (self.digits * self.bits - 1) - 1)).astype(int)
        whole = (whole % 2 ** (self.digits * self.bits)).T
        radix = 2**self.bits
        digits = [(whole // radix**k) % radix / (radix - 1) for k in range(self.digits)]
        return cells.at(np.hstack(digits))

    def combine(self, current):
        raise NotImplementedError("only costed")


RUNS = {
    "22 nm, 1 bit a cell, flash of 5 bits": (
        ChipCircuits(node=22 * nm, read_time=READ_TIME, converter="flash"), 8, 1, 5,
        {"area_square_millimetre": 8.39, "energy_nanojoule": 20.1, "conversion": 12.5, "accumulation": 2.6, "other": 5.0},
    ),
    "32 nm, 1 bit a cell, flash of 5 bits": (
        ChipCircuits(node=32 * nm, read_time=READ_TIME, converter="flash"), 8, 1, 5,
        {"area_square_millimetre": 18.6, "energy_nanojoule": 28.7},
    ),
    "22 nm, 4 bits a cell, SAR of 6 bits": (
        ChipCircuits(node=22 * nm, read_time=READ_TIME, converter="sar"), 2, 4, 6,
        {"area_square_millimetre": 3.60, "energy_nanojoule": 7.15},
    ),
    "65 nm, 1 bit a cell, SAR of 5 bits": (
        ChipCircuits(node=65 * nm, read_time=READ_TIME, converter="sar"), 8, 1, 5,
        {"area_square_millimetre": 112.0, "energy_nanojoule": 115.0},
    ),
}  # fmt: skip
"""Circuits, digits a weight, bits a digit, bits of a converter, and what the peer printed."""

MANUAL = {"area_square_millimetre": 382.0, "tops": 6.25, "tops_per_watt": 11.25}


def _chip(digits: int, bits: int, converter_bits: int) -> Chip:
    return Chip(
        cells=IdealCells(conductance_min=1 / 1.7e6, conductance_max=1 / 100e3),
        mapping=OneColumnABit(digits, bits),
        rows=128,
        columns=128,
        read_voltage=0.5,
        inputs=InputDriver(bits=9, scheme="bit-serial"),
        outputs=ColumnReader(bits=converter_bits),
    )


def run(name: str) -> tuple[ChipCost, dict[str, float]]:
    """Return our cost and the peer's numbers."""
    circuits, digits, bits, converter_bits, theirs = RUNS[name]
    network = perceptron((1024, 256, 128, 128)).with_activity(ACTIVITY)
    return chip_cost(network, _chip(digits, bits, converter_bits), circuits), theirs


def vgg8(read_rows: int = 32) -> ChipCost:
    """Return VGG-8 as the manual has it, each layer's tiles copied to keep up with the slowest."""
    circuits = ChipCircuits(
        node=22 * nm,
        read_time=READ_TIME,
        converter="flash",
        rows_at_once=read_rows,
        pipelined=True,
        replication=16,
    )
    return chip_cost(network_named("vgg8").with_activity(ACTIVITY), _chip(8, 1, 4), circuits)


def numbers(cost: ChipCost) -> dict[str, float]:
    """Return ours in the peer's terms."""
    energy = {name: value * 1e9 for name, value in cost.by_component().items()}
    conversion = sum(energy.get(name, 0.0) for name in CONVERSION)
    accumulation = sum(energy.get(name, 0.0) for name in ACCUMULATION)
    return {
        "area_square_millimetre": cost.area_square_metre * 1e6,
        "energy_nanojoule": cost.energy_joule * 1e9,
        "conversion": conversion,
        "accumulation": accumulation,
        "other": sum(energy.values()) - conversion - accumulation,
    }


def main() -> None:
    """Print ours beside the peer's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    table = {}
    for name in RUNS:
        cost, theirs = run(name)
        ours = numbers(cost)
        table[name] = {key: {"ours": ours[key], "peer": theirs.get(key)} for key in ours}
    cost = vgg8()
    ours = {
        "area_square_millimetre": cost.area_square_metre * 1e6,
        "tops": cost.tops,
        "tops_per_watt": cost.tops_per_watt,
    }
    table["VGG-8, 22 nm, flash of 4 bits, 32 rows"] = {
        key: {"ours": ours[key], "peer": peer} for key, peer in MANUAL.items()
    }
    if options.json:
        print(json.dumps(table, indent=2))
        return
    for name, rows in table.items():
        print(name)
        for key, row in rows.items():
            peer = (
                ""
                if row["peer"] is None
                else f"   peer {row['peer']:7.2f}   ratio {row['ours'] / row['peer']:.2f}"
            )
            print(f"  {key:24s} {row['ours']:8.2f}{peer}")


if __name__ == "__main__":
    main()
