"""What a figure of the paper is: compute it from settings, then draw what was computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from acanthite.errors import FigureError, brief
from acanthite.estimate import Estimate
from acanthite.parameters import AG2S, ParameterSet

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Progress = Callable[[float], None]
"""Called with the fraction done, 0 to 1, as often as is cheap."""


def silent(fraction: float) -> None:
    """Report progress to nobody.

    Examples
    --------
    >>> ac.figures.silent(0.5)
    """


@dataclass(frozen=True)
class Settings:
    """What a run of the twin depends on, and nothing else: same settings, same bits.

    Parameters
    ----------
    seed : int
        Key of every random stream.
    quick : bool
        Fewer devices, seeds and epochs: a smoke run whose numbers are coarser.
    parameters : ParameterSet
        The device and its film.
    data : pathlib.Path, optional
        Folder with data sets, before the cache folder is tried.
    image : pathlib.Path, optional
        An 8-bit grey photograph for the edge detection; the built-in one without it.

    Raises
    ------
    FigureError
        If the seed is no whole number of zero or more.

    Examples
    --------
    >>> settings = ac.figures.Settings(seed=7, quick=True)
    >>> settings.parameters.name
    'Ag2S'
    """

    seed: int = 1
    quick: bool = False
    parameters: ParameterSet = AG2S
    data: Path | None = None
    image: Path | None = None

    def __post_init__(self) -> None:
        whole = isinstance(self.seed, Integral) and not isinstance(self.seed, bool)
        if not whole or self.seed < 0:
            raise FigureError(
                f"settings: seed = {brief(self.seed)}; expected a whole number of zero or more"
            )


@dataclass(frozen=True)
class Outcome:
    """What a figure computed.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        By claim id; every claim the ledger says this figure computes.
    recordings : mapping of str to xarray.Dataset
        The data drawn, by file stem; enough to draw the figure again.
    notes : tuple of str
        Sentences for the report: what was assumed, what to make of the result.
    not_run : str, optional
        Why the figure could not be computed and what to do; the estimates are then empty.
    sources : tuple of str
        Keys in ``references.bib`` of what was used beyond the parameters.
    words : mapping of str to str
        What the drawing says of parameters, such as the read voltage on an axis.

    Examples
    --------
    >>> voltage = ac.estimate.Estimate(0.27, "V")
    >>> outcome = ac.figures.Outcome({"fig9a.voltage": voltage}, notes=("Of one device.",))
    >>> outcome.estimates["fig9a.voltage"].value, outcome.not_run
    (0.27, None)
    """

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    recordings: Mapping[str, xr.Dataset] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    not_run: str | None = None
    sources: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)


class FigureModule(Protocol):
    """A module ``acanthite.figures.fig2c``: one file per published figure.

    It may also have ``check(settings)``, which looks at the figure's inputs and raises an
    AcanthiteError where one is wrong; it is called for every figure of a run before anything is
    computed or written.

    Claims are judged over many seeds. Where :meth:`compute` does more than the claims need,
    ``measure_claims(settings)`` returns an Outcome with the same estimates and nothing else.
    ``REPEATS`` is the most seeds a figure is computed for: 0 where its claims depend on none, a few
    where one takes minutes, and all of them without it.

    Examples
    --------
    >>> module = ac.figures.figure("fig2c")
    >>> module.WEIGHT > 0, callable(module.compute), callable(module.draw)
    (True, True, True)
    """

    TITLE: str  # as CAPTION, with parameters as fields: :func:`acanthite.figures.worded` fills them
    CAPTION: str
    ALT: str  # what is to be seen, for those who cannot see it; axes and ranges are added to it
    WEIGHT: float  # seconds of a full run on one core, for the progress bar

    def compute(self, settings: Settings, progress: Progress = silent) -> Outcome:
        """Simulate the figure."""
        ...

    def draw(self, outcome: Outcome) -> Canvas:
        """Draw it; return the matplotlib figure."""
        ...

    def __getattr__(self, name: str) -> Any: ...
