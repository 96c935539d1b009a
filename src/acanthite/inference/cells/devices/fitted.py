"""Cells of a device file: a law fitted to a lab's own devices."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from acanthite.device import Devices, without_noise
from acanthite.errors import AcanthiteError, CellError
from acanthite.fitting import FittedDevice, choose_pulses, load_device
from acanthite.inference.cells.devices.law_cells import LawCells
from acanthite.inference.cells.devices.writing import WritePulse, ladder
from acanthite.quantities import accepts_quantities

_REACHED = 0.9  # of what a ladder of the typical device spans: most devices go as far


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class FittedCells(LawCells):
    """Devices of a device file, as ``acanthite fit`` writes it, with their spread.

    Pulses are chosen for the typical device as :func:`acanthite.fitting.choose_pulses` does; cells
    are reset before they are written. How a device changes while it is left alone is what its law
    says.

    Parameters
    ----------
    file : str
        The device file.
    conductance_min, conductance_max : float
        By default from the typical device after a reset to nine tenths of what its pulses reach.
        [S]
    trust : bool
        Run code that the file holds even where it is more than arithmetic.

    Raises
    ------
    CellError
        If the file is no device file, or no pulses switch its device.

    Examples
    --------
    >>> device = ac.fitting.FittedDevice(ac.device.VTEAM, reach=(-0.5, 0.5))
    >>> ac.fitting.save(device, "device.toml")  # doctest: +SKIP
    >>> cells = ac.inference.cells("device.toml")  # doctest: +SKIP
    """

    NAME: ClassVar[str] = "fitted"
    SOURCE: ClassVar[str] = "a device file"

    file: str
    conductance_min: float = math.nan
    conductance_max: float = math.nan
    trust: bool = False
    digest: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            digest = hashlib.sha256(Path(self.file).read_bytes()).hexdigest()
            object.__setattr__(self, "digest", digest)
            low, high = self._reached
        except OSError as error:
            raise CellError(f"{self.file}: {error.strerror or error}") from None
        except AcanthiteError as error:
            raise CellError(
                f"{self.file}: {error}".replace(f"{self.file}: device file ", "")
            ) from None
        if math.isnan(self.conductance_min):
            object.__setattr__(self, "conductance_min", low)
        if math.isnan(self.conductance_max):
            object.__setattr__(self, "conductance_max", low + _REACHED * (high - low))
        super().__post_init__()

    @cached_property
    def device(self) -> FittedDevice:
        """The device of the file."""
        device = load_device(self.file, trust=self.trust)
        if not isinstance(device, FittedDevice):
            raise CellError(f"{self.file}: holds a pulse law; expected a device law")
        return device

    @cached_property
    def pulse(self) -> WritePulse:
        """Pulses that take the typical device through its window."""
        pulses = choose_pulses(self.device)
        largest = max(abs(pulses.potentiation), abs(pulses.depression))
        return WritePulse(pulses.potentiation, pulses.width, largest, pulses.depression)

    def devices(self, n: int, seed: int) -> Devices:
        """Return so many devices of the population."""
        return self.device.sample(n, seed=seed)

    def typical(self) -> Devices:
        """Return one device without spread and noise."""
        return without_noise(self.device.law.sample(1, seed=0))

    @property
    def _reached(self) -> tuple[float, float]:
        levels = ladder(self.typical(), self.pulse)
        return float(levels[0]), float(levels.max())
