"""From trainings to the map.

Accuracy against each property, what a perfect one would bring, and how much worse is bearable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.display import Display, Plotted
from acanthite.explore.properties import PROPERTIES, chosen
from acanthite.explore.study import AS_IT_IS, PropertyStudy
from acanthite.synapse.base import Synapse

LOSS = 0.01  #: of accuracy, that counts as bearable


@dataclass(frozen=True)
class PropertyCurve(Display):
    """Test accuracy of one algorithm along one property.

    Each value has the rate that is best on held-out images.

    Parameters
    ----------
    property, algorithm : str
    values : ndarray, shape (n,)
        From perfect to worst.
    accuracy : ndarray, shape (n, seeds)
        On the test images; chance where no rate could be trained with. [1]
    rates : ndarray, shape (n,)
        Factors on the rate that were chosen.

    Examples
    --------
    >>> import numpy as np
    >>> accuracy = np.array([[0.92, 0.94], [0.80, 0.82]])  # of two seeds each
    >>> curve = ac.explore.PropertyCurve(
    ...     "cycle-noise", "sgd", np.array([0.0, 1.0]), accuracy, np.ones(2)
    ... )
    >>> [f"{mean:.0%}" for mean in curve.accuracy.mean(axis=1)]
    ['93%', '81%']
    """

    property: str
    algorithm: str
    values: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    rates: NDArray[np.float64]


@dataclass(frozen=True)
class PropertyEffect(Display):
    """What one property means to one algorithm.

    Parameters
    ----------
    property, algorithm : str
    own, perfect : float
        The device's value, and the best of the range.
    gain, gain_error : float
        Accuracy gained if this property alone were perfect, the mean over seeds and its standard
        error (NaN for one seed). [1]
    bearable : float or None
        Worse than its own, the value at which a point of accuracy is lost, between the explored
        ones; None if none loses it.

    Examples
    --------
    >>> finding = ac.explore.PropertyEffect(
    ...     "cycle-noise", "sgd", 0.15, 0.0, gain=0.021, gain_error=0.002, bearable=0.25
    ... )
    >>> print(f"{finding.property}: {100 * finding.gain:.1f} points to be gained")
    cycle-noise: 2.1 points to be gained
    """

    property: str
    algorithm: str
    own: float
    perfect: float
    gain: float
    gain_error: float
    bearable: float | None


@dataclass(frozen=True)
class Findings(Plotted, picture="acanthite.explore.drawings:draw_property"):
    """The map.

    Parameters
    ----------
    study : PropertyStudy
    own : mapping of str to float
        The device's value of each property.
    baseline : mapping of str to PropertyCurve
        The device as it is, by algorithm; one value.
    curves : tuple of PropertyCurve

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.explore import PropertyCurve, Findings, PropertyStudy
    >>> noise = PropertyCurve(
    ...     "cycle-noise", "sgd", np.array([0.0, 1.0]), np.array([[0.93], [0.80]]), np.ones(2)
    ... )
    >>> own = PropertyCurve("as it is", "sgd", np.zeros(1), np.array([[0.90]]), np.ones(1))
    >>> found = Findings(PropertyStudy(), {"cycle-noise": 0.15}, {"sgd": own}, (noise,))
    >>> best = found.ranking[0]
    >>> print(
    ...     f"{best.property}: {best.gain:.0%} to be gained, a point is lost at {best.bearable:.2f}"
    ... )
    cycle-noise: 3% to be gained, a point is lost at 0.24
    """

    study: PropertyStudy
    own: Mapping[str, float]
    baseline: Mapping[str, PropertyCurve]
    curves: tuple[PropertyCurve, ...]

    @property
    def ranking(self) -> list[PropertyEffect]:
        """What to improve, most gained first."""
        return sorted((self._finding(curve) for curve in self.curves), key=lambda f: -f.gain)

    def _finding(self, curve: PropertyCurve) -> PropertyEffect:
        base = self.baseline[curve.algorithm].accuracy[0]
        gained = curve.accuracy[0] - base
        error = (
            float(gained.std(ddof=1) / np.sqrt(len(gained))) if len(gained) > 1 else float("nan")
        )
        own = self.own[curve.property]
        return PropertyEffect(
            curve.property,
            curve.algorithm,
            own,
            float(curve.values[0]),
            float(gained.mean()),
            error,
            _bearable(curve, own, float(base.mean())),
        )


def _bearable(curve: PropertyCurve, own: float, base: float) -> float | None:
    """Return the value, worse than the device's own, at which a point of accuracy is lost."""
    log = PROPERTIES[curve.property].log
    x = np.log(curve.values) if log else curve.values
    here = np.log(own) if log else own
    worse = (x - here) * np.sign(x[-1] - x[0]) > 0
    x, y = np.r_[here, x[worse]], np.r_[base, curve.accuracy.mean(1)[worse]]
    below = np.flatnonzero(y < base - LOSS)
    if not len(below):
        return None
    k = int(below[0])
    at = x[k - 1] + (x[k] - x[k - 1]) * (y[k - 1] - (base - LOSS)) / (y[k - 1] - y[k])
    return float(np.exp(at) if log else at)


def collect(
    study: PropertyStudy, synapse: Synapse, results: Iterable[Mapping[str, Any]]
) -> Findings:
    """Return the map of a finished exploration.

    Parameters
    ----------
    study : PropertyStudy
    synapse : Synapse
    results : iterable of mapping
        What each task is and gave, by name.
    """
    by_task: dict[tuple[Any, ...], Mapping[str, Any]] = {
        (r["property"], r["value"], r["algorithm"], r["rate"], r["seed"]): r for r in results
    }

    def curve(name: str, values: tuple[float, ...], algorithm: str) -> PropertyCurve:
        best = [_best(study, by_task, name, value, algorithm) for value in values]
        accuracy, rates = np.array([b[0] for b in best]), np.array([b[1] for b in best])
        return PropertyCurve(name, algorithm, np.array(values), accuracy, rates)

    properties = chosen(study.properties, synapse)
    return Findings(
        study,
        {p.name: p.own(synapse) for p in properties},
        {name: curve(AS_IT_IS, (0.0,), name) for name in study.algorithms},
        tuple(
            curve(p.name, p.values(study.points), name)
            for p in properties
            for name in study.algorithms
        ),
    )


def _best(
    study: PropertyStudy,
    by_task: Mapping[tuple[Any, ...], Mapping[str, Any]],
    name: str,
    value: float,
    algorithm: str,
) -> tuple[list[float], float]:
    """Return the test accuracies with the rate that is best on held-out images, and that rate."""
    seeds = range(1, study.seeds + 1)
    tried = [
        [by_task[name, value, algorithm, rate, seed] for seed in seeds] for rate in study.rates
    ]
    held = [np.mean([r["validation_accuracy"] or 0.0 for r in runs]) for runs in tried]
    best = int(np.argmax(held))
    return [r["test_accuracy"] or 0.0 for r in tried[best]], study.rates[best]
