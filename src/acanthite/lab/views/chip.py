"""A chip that forgets: digits told apart by weights written once and read for a year."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import hour, minute, mm, nm
from acanthite.errors import CellError, ChipError, RangeWarning
from acanthite.formatting import as_text, percent
from acanthite.lab.views.curves import Curve, Row
from acanthite.lab.views.knobs import Knob, si_values

if TYPE_CHECKING:
    from acanthite.inference import Chip

DAY = 24 * hour
YEAR = 365.25 * DAY

CHIP_KNOBS: tuple[Knob, ...] = (
    Knob("rows", "rows of an array", "", 16, 512, 1, 128, whole=True),
    Knob("columns", "columns of an array", "", 16, 512, 1, 128, whole=True),
    Knob("node", "process node", "nm", 7, 130, 1, 22, factor=nm),
    Knob("seed", "chip number", "", 1, 1000, 1, 1, whole=True),
)
"""The knobs of a chip."""

COMPENSATIONS = ("global", "column", "none")

TIMES = (25.0, minute, 10 * minute, hour, 6 * hour, DAY, 2 * DAY, 7 * DAY, 30 * DAY, YEAR)
"""When the chip is read, after it was written. [s]"""

NETWORK = "65-10"
"""64 pixels and a bias, ten digits."""

_RIDGE = 1.0


@dataclass(frozen=True)
class ChipView:
    """What is seen of a chip over a year.

    Parameters
    ----------
    accuracy : Curve
        Share of test images told right [1] against time [days].
    error : Curve
        Root mean square error of the weights, over their own, against time [days].
    rows : tuple of Row
    cost : tuple of Row
        Energy and time of an inference, and the area, each with its interval.
    note : str
        What the cells' model does not say.
    """

    accuracy: Curve
    error: Curve
    rows: tuple[Row, ...]
    cost: tuple[Row, ...]
    note: str


@dataclass(frozen=True)
class _Classifier:
    """Weights fitted in closed form, and the images they are judged by."""

    weights: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    accuracy: float


@cache
def _classifier() -> _Classifier:
    """Return a linear classifier of digits, fitted by ridge regression to the training images."""
    from acanthite.nn import digits

    data = digits()
    x, test = (_with_bias(images) for images in (data.images, data.test_images))
    target = np.eye(10)[data.labels] - 0.1
    weights = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ target).T
    right = float((np.argmax(test @ weights.T, 1) == data.test_labels).mean())
    return _Classifier(weights, test, data.test_labels, right)


def _with_bias(images: np.ndarray) -> np.ndarray:
    return np.hstack([images / 255.0, np.ones((len(images), 1))])


def chip_view(shown: Mapping[str, float], cells: str, compensation: str = "global") -> ChipView:
    """Return what a chip knows over a year.

    Parameters
    ----------
    shown : mapping of str to float
        Values of :data:`CHIP_KNOBS`.
    cells : str
        A name of :data:`acanthite.inference.CELLS`.
    compensation : str
        One of :data:`COMPENSATIONS`.

    Raises
    ------
    AcanthiteError
        If a value is out of bounds, or scikit-learn is missing.
    """
    from acanthite.inference import Chip, ProgrammedMatrix

    values = si_values(CHIP_KNOBS, shown)
    chip = Chip(
        cells=cells,
        rows=int(values["rows"]),
        columns=int(values["columns"]),
        compensation=compensation,  # type: ignore[arg-type]
    )
    known = _classifier()
    matrix = ProgrammedMatrix(known.weights, chip, seed=int(values["seed"]))
    accuracy, error, silent = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RangeWarning)
        for time in TIMES:
            try:
                W = matrix.weights_at(time, read=0) * matrix.compensation(time)[:, None]
            except CellError as reason:
                silent.append(str(reason))
                continue
            right = (np.argmax(known.images @ W.T, 1) == known.labels).mean()
            off = np.sqrt(np.mean((W - known.weights) ** 2) / np.mean(known.weights**2))
            accuracy.append([time / DAY, float(right)])
            error.append([time / DAY, float(off)])
    rows = [
        Row("arrays", str(len(matrix.tiles))),
        Row("test images right, exact weights", percent(known.accuracy)),
    ]
    if accuracy:
        rows += [
            Row("on the chip, first read", percent(accuracy[0][1])),
            Row("on the chip, last read", percent(accuracy[-1][1])),
        ]
    return ChipView(
        Curve("test images right", accuracy),
        Curve("error of the weights", error),
        tuple(rows),
        cost_rows(chip, values["node"]),
        silent[0] if silent else "",
    )


def cost_rows(chip: Chip, node: float) -> tuple[Row, ...]:
    """Return what an inference of the page's network costs on a chip; why not, if that is unknown."""
    from acanthite.cost import ChipCircuits, chip_cost

    try:
        cost = chip_cost(NETWORK, chip, ChipCircuits(node=node))
    except ChipError as error:
        return (Row("not known", str(error)),)
    shown: dict[str, tuple[str, Callable[[float], str]]] = {
        "energy_joule": ("energy of an inference", lambda value: as_text(value, "J")),
        "latency_second": ("latency", lambda value: as_text(value, "s")),
        "area_square_metre": ("area", lambda value: f"{value / mm**2:.3g} mm²"),
        "tops_per_watt": ("TOPS/W", as_text),
    }
    rows = []
    for name, (label, text) in shown.items():
        ends = cost.intervals.get(name)
        interval = "" if ends is None else f"{text(ends[0])} to {text(ends[1])}"
        rows.append(Row(label, text(getattr(cost, name)), interval))
    return tuple(rows)


def chip_script(shown: Mapping[str, float], cells: str, compensation: str) -> str:
    """Return the lines of Python that repeat the accuracies."""
    v = si_values(CHIP_KNOBS, shown)
    return f"""import numpy as np

import acanthite as ac

digits = ac.nn.digits()
x, test = (
    np.hstack([images / 255.0, np.ones((len(images), 1))])
    for images in (digits.images, digits.test_images)
)
target = np.eye(10)[digits.labels] - 0.1
weights = np.linalg.solve(x.T @ x + {_RIDGE} * np.eye(65), x.T @ target).T
chip = ac.inference.Chip(
    cells={cells!r}, rows={v["rows"]:g}, columns={v["columns"]:g}, compensation={compensation!r}
)
matrix = ac.inference.ProgrammedMatrix(weights, chip, seed={v["seed"]:g})
year = 365.25 * 24 * 3600.0
last = matrix.weights_at(year, read=0) * matrix.compensation(year)[:, None]
accuracy = (np.argmax(test @ last.T, 1) == digits.test_labels).mean()
cost = ac.cost.chip_cost({NETWORK!r}, chip, ac.cost.ChipCircuits(node={v["node"]!r}))
"""
