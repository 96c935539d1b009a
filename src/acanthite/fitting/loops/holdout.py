"""What of the data is fitted, and what is held out to be predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError
from acanthite.fitting.loops.curves import Curve
from acanthite.random import generator

Array = NDArray[np.float64]

_ENOUGH = 5  # devices, of which some can be held out; with fewer, cycles are


@dataclass(frozen=True)
class Split:
    """Curves fitted and curves held out.

    Parameters
    ----------
    fitted : list of Curve
    others : list of Curve
        Held out as a whole.
    held : str
        "devices", "cycles" or "nothing".
    last : mapping of str to int
        First held cycle of each device whose curve runs over all cycles.
    """

    fitted: list[Curve]
    others: list[Curve]
    held: str
    last: Mapping[str, int]

    def fitted_samples(self, curve: Curve) -> NDArray[np.bool_]:
        """Return which samples of a curve are fitted."""
        if curve.cycle >= 0 or curve.label not in self.last:
            return np.ones(curve.current.size, bool)
        return curve.cycles < self.last[curve.label]

    def stand_in(self, curve: Curve, own: Mapping[tuple[str, int], Array], center: Array) -> Array:
        """Return the parameters that predict a held curve: the mean of its device's cycles, else
        the population's.
        """
        mine = [u for (label, _), u in own.items() if label == curve.label]
        return np.mean(mine, axis=0) if mine else center


def split(data: Sequence[Curve], share: float, seed: int) -> Split:
    """Return the data with a share held out: devices where there are five or more, else the last
    cycles.

    Raises
    ------
    FitError
        If the share is not in [0, 1), or one curve of one cycle cannot be divided.
    """
    if not 0 <= share < 1:
        raise FitError(f"holdout = {share:g}; expected a share from 0 to below 1")
    data = list(data)
    if share == 0:
        return Split(data, [], "nothing", {})
    labels = list(dict.fromkeys(c.label for c in data))
    if len(labels) >= _ENOUGH:
        n = min(max(1, round(share * len(labels))), len(labels) - 2)
        chosen = {labels[i] for i in generator(seed, "holdout").permutation(len(labels))[:n]}
        fitted = [c for c in data if c.label not in chosen]
        return Split(fitted, [c for c in data if c.label in chosen], "devices", {})
    last = {
        label: _cut(sorted({int(i) for c in data if c.label == label for i in c.cycles}), share)
        for label in labels
    }
    if all(cut is None for cut in last.values()):
        raise FitError(
            f"holdout = {share:g}: {len(labels)} devices of one cycle each; expected five devices "
            "or two cycles, or leave it out"
        )
    cuts = {label: cut for label, cut in last.items() if cut is not None}
    others = [c for c in data if c.cycle >= 0 and c.label in cuts and c.cycle >= cuts[c.label]]
    gone = {id(c) for c in others}
    return Split([c for c in data if id(c) not in gone], others, "cycles", cuts)


def _cut(cycles: Sequence[int], share: float) -> int | None:
    """Return the first of the last cycles that are held out."""
    if len(cycles) < 2:
        return None
    n = min(max(1, round(share * len(cycles))), len(cycles) - 1)
    return cycles[-n]
