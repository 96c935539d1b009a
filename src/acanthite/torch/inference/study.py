"""What an inference study is: all that its result depends on."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.arguments import count, instance, number
from acanthite.errors import CellError, ChipError, RangeWarning
from acanthite.inference import CellModel, Chip
from acanthite.inference.chip.chip_file import chip_text
from acanthite.nn.data.datasets import Dataset
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class InferenceStudy:
    """A network, a chip, and when it is read.

    Parameters
    ----------
    chip : Chip
    times : tuple of float
        After programming, rising. [s]
    network : str
        ``"mlp"``, ``"lenet5"``, ``"resnet20"`` or layer widths such as ``"784-256-10"``: what is
        trained, or the architecture of ``weights``.
    weights : path_like, optional
        A file of trained weights, a torch ``state_dict``; trained here without it.
    trust : bool
        Whether ``weights`` may be a whole pickled module, which runs its code.
    normalise : (float, float)
        What is taken from pixels in [0, 1], and what they are divided by, before the network. [1]
    aware : bool
        Whether the network is trained further for the chip, by its own noise and converters, before
        it is written (:func:`acanthite.torch.to_hardware_aware`).
    draws : int
        How often the network is programmed into fresh cells.
    seed : int
        Key of the training, the cells and their noise.
    epochs : int, optional
        Of the training; some 3000 updates without it.
    calibration : int
        Training images that converters are set by.
    limit : int, optional
        Judge by the first so many test images; by all without it.

    Raises
    ------
    ChipError
        If a number makes no sense.
    CellError
        If the cells' model says nothing about one of the times.

    Examples
    --------
    >>> chip = ac.inference.chip_named("pcm")
    >>> study = ac.torch.InferenceStudy(chip=chip, times=(1.0, 3600.0), draws=2)
    >>> study.network, study.seed
    ('mlp', 1)
    """

    chip: Chip
    times: tuple[float, ...]
    network: str = "mlp"
    weights: str | Path | None = None
    trust: bool = False
    normalise: tuple[float, float] = (0.0, 1.0)
    aware: bool = False
    draws: int = 10
    seed: int = 1
    epochs: int | None = None
    calibration: int = 512
    limit: int | None = None
    notes: tuple[str, ...] = field(default=(), init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        instance("infer: chip", self.chip, Chip, "a Chip", error=ChipError)
        for name in ("draws", "calibration"):
            count(f"infer: {name}", getattr(self, name), error=ChipError)
        count("infer: seed", self.seed, least=0, error=ChipError)
        for name in ("epochs", "limit"):
            if getattr(self, name) is not None:
                count(f"infer: {name}", getattr(self, name), error=ChipError)
        number("infer: normalise", self.normalise[1], above=0, error=ChipError)
        times = tuple(number("infer: times", time, least=0, error=ChipError) for time in self.times)
        if not times or list(times) != sorted(set(times)):
            raise ChipError(
                f"infer: times = {times}; expected one or more, each later than the last"
            )
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "notes", self._checked_times())

    def _checked_times(self) -> tuple[str, ...]:
        """Ask the cells about each time, before any work is done; return what they warn of."""
        model = self.chip.cells
        assert isinstance(model, CellModel)
        few = model.program(np.array([model.conductance_min, model.conductance_max]))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", RangeWarning)
            for time in self.times:
                try:
                    few.aged(time)
                except CellError as error:
                    raise CellError(f"infer: {error}; give other --times") from None
        return tuple(dict.fromkeys(str(warning.message) for warning in caught))

    def identity(self, dataset: Dataset) -> dict[str, Any]:
        """Return all that the result depends on, as JSON can hold it."""
        return {
            "chip": self._chip_in_words,
            "times": list(self.times),
            "network": self.network,
            "weights": self._weights_in_words,
            "normalise": list(self.normalise),
            "aware": self.aware,
            "draws": self.draws,
            "seed": self.seed,
            "epochs": self.epochs,
            "calibration": self.calibration,
            "limit": self.limit,
            "dataset": dataset.fingerprint,
        }

    @cached_property
    def _chip_in_words(self) -> str:
        try:
            return chip_text(self.chip)
        except ChipError:  # cells of one's own have no name
            return repr(self.chip)

    @cached_property
    def _weights_in_words(self) -> str | None:
        import hashlib

        if self.weights is None:
            return None
        try:
            digest = hashlib.sha256(Path(self.weights).read_bytes()).hexdigest()
        except OSError as error:
            raise ChipError(f"model {self.weights}: {error.strerror or error}") from None
        return json.dumps({"file": Path(self.weights).name, "sha256": digest})
