"""What passes between the steps of a report on lab files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from acanthite.analysis import FailureCriterion
from acanthite.constants import celsius
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Kind = Literal[
    "loops",
    "conduction",
    "pulses",
    "endurance",
    "levels",
    "retention",
    "results",
    "transistor",
    "other",
]


@dataclass(frozen=True)
class Options:
    """What a user may say about the analysis; same files and options, same bits.

    Parameters
    ----------
    read_voltage : float, optional
        Where resistances are read; a tenth of the sweep without it. [V]
    compliance : float, optional
        Limit of the current, where files do not state it. [A]
    criterion : FailureCriterion
        When cycling has failed.
    retention_factor : float
        A state is lost when its resistance has changed by this factor.
    temperature : float
        Of the conduction fits. [K]
    thickness : float, optional
        Of the film, for permittivities and hopping distances. [m]
    device : str, optional
        Regular expression that finds the device's name in a file's name; its first group, if it has
        one.
    replicates : int
        Samples drawn for the intervals and the goodness of fit of distributions.
    """

    read_voltage: float | None = None
    compliance: float | None = None
    criterion: FailureCriterion = field(default_factory=FailureCriterion)
    retention_factor: float = 10.0
    temperature: float = celsius(25)
    thickness: float | None = None
    device: str | None = None
    replicates: int = 999

    def __post_init__(self) -> None:
        for name in ("read_voltage", "compliance", "temperature", "thickness"):
            value = getattr(self, name)
            if value is not None and not (0 < abs(value) < float("inf")):
                raise AnalysisError(f"{name} = {value:g}; expected a number other than zero")
        if not 1 < self.retention_factor < float("inf"):
            raise AnalysisError(
                f"retention_factor = {self.retention_factor:g}; expected a factor above one"
            )
        try:
            re.compile(self.device or "")
        except re.error as error:
            raise AnalysisError(
                f"device = {self.device!r}: {error}; expected a regular expression such as "
                "'^(B[0-9]+)'"
            ) from None

    def device_of(self, file: Path) -> str | None:
        """Return the device that the name of a file says, or None."""
        match = re.search(self.device, file.name) if self.device else None
        return None if match is None else match[1 if match.re.groups else 0]


@dataclass(frozen=True)
class Study:
    """Recordings that belong together, and the files they are from.

    Parameters
    ----------
    name : str
        Of its files on disk.
    title : str
    kind : str
    recordings : tuple of xarray.Dataset
        Two where SET and RESET were measured apart.
    files : tuple of pathlib.Path
    notes : tuple of str
        What was put together, and on which grounds.
    """

    name: str
    title: str
    kind: Kind
    recordings: tuple[xr.Dataset, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Number:
    """A number of the report: a row of its tables and of ``numbers.csv``."""

    quantity: str
    estimate: Estimate
    note: str = ""
    group: str = ""


@dataclass(frozen=True)
class Value:
    """What one cycle of one device says: a row of ``values.csv``."""

    device: str
    cycle: int
    quantity: str
    value: float
    unit: str
    confidence: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """A picture.

    Parameters
    ----------
    name : str
        Stem of its files.
    caption : str
    draw : callable
    alt : str
        What is to be seen, in words, once it is drawn.
    tables : tuple of str
        Files of the data drawn, once they are written.
    """

    name: str
    caption: str
    draw: Callable[[], Canvas]
    alt: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a study says.

    Parameters
    ----------
    summary : str
        In one sentence.
    numbers, values, drawings : tuple
    notes : tuple of str
        What to bear in mind.
    trace : str
        The traceback where the analysis failed by nobody's doing.
    """

    summary: str
    numbers: tuple[Number, ...] = ()
    values: tuple[Value, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    notes: tuple[str, ...] = ()
    trace: str = ""
