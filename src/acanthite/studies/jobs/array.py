"""A square array as drawn: how well it is read, and how exactly it multiplies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acanthite.crossbar import ConductanceRange, read_margin
from acanthite.errors import StudyError
from acanthite.random import generator
from acanthite.studies.jobs.films import changed
from acanthite.wafer import Technology

UNITS = {"line_resistance": "Ω"}


def array(
    lines: int = 32,
    lowest: float = 1e-8,
    highest: float = 2e-6,
    bias: str = "ground",
    segment_resistance: float | None = None,
    substrate: str = "silicon",
    read_voltage: float = 5e-3,
    inputs: int = 16,
    parameters: Mapping[str, float] = {},
    seed: int = 1,
) -> dict[str, float]:
    """Read a square array of random conductances through its wires.

    Parameters
    ----------
    lines : int
        Word lines, and bit lines.
    lowest, highest : float
        Ends of the random conductances; also the two states of the read margin. [S]
    bias : str
        Of the read margin: ``"V/2"``, ``"V/3"``, ``"ground"``, ``"float"``.
    segment_resistance : float
        Of the lines from cell to cell; as drawn without it. [Ω]
    substrate : str
        ``"silicon"`` or ``"polyimide"``.
    read_voltage : float
        [V]
    inputs : int
        Random input vectors of the product.
    parameters : mapping of str to float
        Over the parameter set, in SI.
    seed : int
        Of conductances and inputs.

    Returns
    -------
    dict of str to float
        ``read_margin`` of the farthest cell; ``product_error``, the root mean square departure of
        column currents from those of ideal wires over their own root mean square, and
        ``worst_product_error``, the largest; ``line_resistance`` of a segment.
    """
    if substrate not in ("silicon", "polyimide"):
        raise StudyError(f"substrate = {substrate!r}; expected silicon or polyimide")
    n = int(lines)
    technology = Technology(
        changed(parameters),
        substrate=substrate,  # type: ignore[arg-type]  # one of the two
        segment_resistance=segment_resistance,
    )
    wires = technology.wires(n)
    rng = generator(seed, "studies.array")
    cells = rng.uniform(lowest, highest, (n, n))
    volts = rng.uniform(0.0, read_voltage, (int(inputs), n))
    ideal = volts @ cells
    off = wires.crossbar(cells).solve(volts).output_current - ideal
    size = float(np.sqrt(np.mean(ideal**2)))
    margin = read_margin(
        [n],
        bias,
        cells=ConductanceRange(lowest, highest),
        wires=wires,
        read_voltage=read_voltage,
        seed=seed,
    )
    return {
        "read_margin": float(margin.margin[-1]),
        "product_error": float(np.sqrt(np.mean(off**2))) / size,
        "worst_product_error": float(np.abs(off).max()) / size,
        "line_resistance": wires.word_line_resistance,
    }
