"""What a study of inference found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.display import Display

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many values lie in each bin.

    Parameters
    ----------
    edges : ndarray, shape (bin + 1,)
    counts : mapping of str to ndarray, each of shape (bin,)
        Of values that share the bins, by what they are.

    Examples
    --------
    >>> import numpy as np
    >>> ac.torch.Histogram(np.array([0.0, 1.0]), {"weights": np.array([3])}).counts["weights"]
    array([3])
    """

    edges: Array
    counts: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True)
class InferenceResult(Display):
    """Accuracy of a network on a chip, in time, and what it owes to each fault of the chip.

    Parameters
    ----------
    times : ndarray, shape (time,)
        After programming. [s]
    digital_accuracy : float
        Of the network in full precision. [1]
    accuracy : ndarray, shape (draw, time)
        Of each time it was programmed. [1]
    gains : mapping of str to ndarray, shape (draw,)
        Accuracy gained at the last time without one fault of the chip, cells and noise the same,
        by what was switched off. [1]
    clipped : mapping of str to float
        Share of currents beyond the range of the converters, of each layer. [1]
    notes : tuple of str
        What to know of these numbers.

    Examples
    --------
    >>> import numpy as np
    >>> accuracy = np.array([[0.97, 0.95], [0.96, 0.91]])
    >>> result = ac.torch.InferenceResult(np.array([1.0, 3600.0]), 0.98, accuracy, {}, {}, ())
    >>> result.accuracy_mean.round(3).tolist()
    [0.965, 0.93]
    """

    times: Array
    digital_accuracy: float
    accuracy: Array
    gains: Mapping[str, Array]
    clipped: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def accuracy_mean(self) -> Array:
        """Mean over draws, shape (time,). [1]"""
        return self.accuracy.mean(axis=0)

    @property
    def accuracy_std(self) -> Array:
        """Standard deviation over draws, shape (time,); zero of one draw. [1]"""
        return self.accuracy.std(axis=0, ddof=min(1, len(self.accuracy) - 1))

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON can hold it: fractions, in the order of ``times``."""
        return {
            "digital_accuracy": self.digital_accuracy,
            "times": self.times.tolist(),
            "accuracy_mean": self.accuracy_mean.tolist(),
            "accuracy_std": self.accuracy_std.tolist(),
            "accuracy": self.accuracy.tolist(),
            "gained_without": {
                name: {
                    "mean": float(gain.mean()),
                    "std": float(gain.std(ddof=min(1, len(gain) - 1))),
                }
                for name, gain in self.gains.items()
            },
            "clipped": dict(self.clipped),
            "notes": list(self.notes),
        }
