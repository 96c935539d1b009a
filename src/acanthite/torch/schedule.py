"""The schedules of the online engine as a scheduler of torch."""

from __future__ import annotations

from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from acanthite.errors import TrainingError
from acanthite.nn.training.schedule import LearningRateSchedule, Plateau, schedule_named


class EngineSchedule(LRScheduler):
    """Drive the rates of an optimizer, epoch by epoch, as ``acanthite.nn.train`` does with the same
    schedule.

    Parameters
    ----------
    optimizer : Optimizer
        Usually an :class:`~acanthite.torch.optimizer.AnalogSGD`.
    schedule : str or LearningRateSchedule
        ``"constant"``, ``"step"``, ``"cosine"``, ``"plateau"``, or one of :mod:`acanthite.nn` with
        knobs of your own.
    epochs : int
        How many there will be.
    accuracy : float, optional
        On held-out samples before the first epoch; ``"plateau"`` needs it. [1]

    Raises
    ------
    TrainingError
        If there is no such schedule, ``epochs`` is below one, or an accuracy is missing.

    Examples
    --------
    >>> layer = ac.torch.AnalogLinear(4, 2, algorithm="floating", seed=1)
    >>> optimizer = ac.torch.AnalogSGD(layer.parameters(), lr=0.1)
    >>> schedule = ac.torch.EngineSchedule(
    ...     optimizer, ac.nn.StepDecay(every=1, drop=0.5), epochs=3
    ... )
    >>> optimizer.step()
    >>> schedule.step()
    >>> optimizer.param_groups[0]["lr"]
    0.05
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: str | LearningRateSchedule,
        epochs: int,
        accuracy: float | None = None,
    ) -> None:
        if epochs < 1:
            raise TrainingError(f"EngineSchedule: epochs = {epochs}; expected one or more")
        self.schedule = schedule_named(schedule)
        self.epochs = epochs
        self.accuracy: list[float] = []
        self._note(accuracy)
        super().__init__(optimizer)

    def step(self, accuracy: float | None = None) -> None:  # type: ignore[override]
        """Go on to the next epoch.

        Parameters
        ----------
        accuracy : float, optional
            On held-out samples after the epoch that ends; ``"plateau"`` needs it. [1]
        """
        if hasattr(self, "last_epoch") and self.last_epoch >= 0:
            self._note(accuracy)
        super().step()

    def get_lr(self) -> list[Any]:
        """Return the rates of the epoch that begins."""
        epoch = min(self.last_epoch, self.epochs - 1)
        factor = self.schedule.factor(epoch, self.epochs, self.accuracy)
        return [base * factor for base in self.base_lrs]

    def state_dict(self) -> dict[str, Any]:
        """Return what a resume needs; the schedule itself is said anew."""
        return {name: value for name, value in super().state_dict().items() if name != "schedule"}

    def _note(self, accuracy: float | None) -> None:
        if accuracy is not None:
            self.accuracy.append(float(accuracy))
        elif isinstance(self.schedule, Plateau):
            raise TrainingError(
                "EngineSchedule: plateau needs the accuracy on held-out samples: "
                "EngineSchedule(..., accuracy=before) and step(accuracy)"
            )
