"""Results of a comparison of conduction mechanisms: which may describe a branch, how surely, and
why the others do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.conduction.mechanisms import MECHANISMS
from acanthite.analysis.floats import floats
from acanthite.display import Plotted
from acanthite.estimate import Estimate

Array = NDArray[np.float64]

_SURE = 0.9  # weight from which one mechanism is named
_CANDIDATE = 0.05  # weight from which a mechanism is among those named


@dataclass(frozen=True)
class ConductionFit(Plotted, picture="acanthite.analysis.result_drawings:conduction"):
    """A mechanism fitted to a branch.

    Parameters
    ----------
    mechanism : str
    parameters : dict of str to Estimate
        By the names that :func:`fit_conduction` lists, with 95 % intervals, which allow for
        neighbouring residuals that go together.
    derived : dict of str to Estimate
        What they mean where temperature and thickness are known.
    aicc, weight : float
        Akaike's criterion, corrected for small samples, and the weight of this law among those that
        may describe the branch.
    decades : float
        Root mean square distance from the data, in decades of current, where it or the data stand
        out of the noise.
    n : int
        Samples fitted.
    trouble : str
        Why it does not describe the branch: a number out of its physical range, or how far off it
        is. Empty where it may.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.linspace(0.01, 0.5, 50)
    >>> fit = ac.analysis.fit_conduction(v, 1e-3 * v, mechanisms=["ohmic"])[0]
    >>> print(f"{fit.mechanism}: {fit.parameters['conductance'].value * 1e3:.2f} mS")
    ohmic: 1.00 mS
    >>> print(f"{float(fit.current(0.2)) * 1e6:.0f} uA at 0.2 V")
    200 uA at 0.2 V
    """

    mechanism: str
    parameters: dict[str, Estimate]
    derived: dict[str, Estimate]
    aicc: float
    weight: float
    decades: float
    n: int
    trouble: str = ""

    @property
    def describes(self) -> bool:
        """Whether it may describe the branch."""
        return not self.trouble

    def current(self, voltage: ArrayLike) -> Array:
        """Return the current at ``voltage``, with its sign. [A]"""
        v = floats(voltage, "voltage")
        values = [p.value for p in self.parameters.values()]
        size = np.maximum(np.abs(v), np.finfo(float).tiny)
        return np.sign(v) * MECHANISMS[self.mechanism].current(size, *values)

    def __str__(self) -> str:
        numbers = {**self.parameters, **self.derived}
        text = ", ".join(
            f"{n} {e.value:.3g}" + (f" {e.unit}" if e.unit != "1" else "")
            for n, e in numbers.items()
        )
        weight = f"weight {self.weight:.2f}" if self.describes else "left out   "
        end = f"; {self.trouble}" if self.trouble else ""
        return f"{self.mechanism:16s} {weight}  {self.decades:.3f} decades  {text}{end}"


@dataclass(frozen=True)
class ConductionFits(
    Plotted, Sequence[ConductionFit], picture="acanthite.analysis.result_drawings:conduction"
):
    """The mechanisms fitted to a branch: those that may describe it by their weight, then those
    that do not by their criterion.

    Parameters
    ----------
    fits : tuple of ConductionFit
    noise : float
        Scatter of the samples that stand out of the noise floor, in decades.
    correlation : float
        First autocorrelation of what the best of them leaves.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.linspace(0.01, 0.5, 50)
    >>> fits = ac.analysis.fit_conduction(
    ...     v, 1e-6 * np.sinh(v / 0.1), mechanisms=["ohmic", "hopping"]
    ... )
    >>> fits.verdict, [fit.mechanism for fit in fits]
    ('hopping', ['hopping', 'ohmic'])
    """

    fits: tuple[ConductionFit, ...]
    noise: float
    correlation: float

    @overload
    def __getitem__(self, index: int) -> ConductionFit: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ConductionFit]: ...

    def __getitem__(self, index: int | slice) -> ConductionFit | Sequence[ConductionFit]:
        return self.fits[index]

    def __len__(self) -> int:
        return len(self.fits)

    def __iter__(self) -> Iterator[ConductionFit]:
        return iter(self.fits)

    @property
    def candidates(self) -> tuple[ConductionFit, ...]:
        """Those that describe the branch with a weight worth naming; none where no mechanism does."""
        return tuple(fit for fit in self.fits if fit.describes and fit.weight >= _CANDIDATE)

    @property
    def best(self) -> ConductionFit | None:
        """The mechanism, where one describes the branch and the data tell it from the others."""
        first = self.fits[0]
        return first if first.describes and first.weight >= _SURE else None

    @property
    def verdict(self) -> str:
        """What the data say, in words."""
        if self.best is not None:
            return self.best.mechanism
        if self.candidates:
            candidates = ", ".join(f"{fit.mechanism} {fit.weight:.2f}" for fit in self.candidates)
            return f"not told apart: {candidates}"
        closest = min(self.fits, key=lambda fit: fit.decades)
        return f"none of them: the closest is {closest.mechanism}: {closest.trouble}"

    def __str__(self) -> str:
        return "\n".join([self.verdict, *map(str, self.fits)])
