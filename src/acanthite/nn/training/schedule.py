"""Learning-rate schedules: the factor on an algorithm's rate, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from acanthite.arguments import count, number
from acanthite.errors import TrainingError, brief, nearest


@runtime_checkable
class LearningRateSchedule(Protocol):
    """A frozen dataclass of knobs with this method."""

    def factor(self, epoch: int, epochs: int, accuracy: Sequence[float]) -> float:
        """Return the factor on the rate.

        Parameters
        ----------
        epoch, epochs : int
            The epoch about to begin, from 0, and how many there are in all.
        accuracy : sequence of float
            On the held-out images, before the first epoch and after each one so far. [1]
        """
        ...


@dataclass(frozen=True)
class Constant:
    """The same rate throughout.

    Examples
    --------
    >>> [ac.nn.Constant().factor(epoch, 5, []) for epoch in range(5)]
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """

    def factor(self, epoch: int, epochs: int, accuracy: Sequence[float]) -> float:
        """Return 1."""
        return 1.0


@dataclass(frozen=True)
class StepDecay:
    """The rate drops by a factor every so many epochs; with ``every=1`` it decays exponentially.

    Parameters
    ----------
    every : int
    drop : float
        Factor on the rate each time, in (0, 1]. [1]

    Examples
    --------
    >>> schedule = ac.nn.StepDecay(every=2, drop=0.5)
    >>> [schedule.factor(epoch, 5, []) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    every: int = 3
    drop: float = 0.5

    def __post_init__(self) -> None:
        count("schedule step: every", self.every, error=TrainingError)
        _check_factor("schedule step: drop", self.drop)

    def factor(self, epoch: int, epochs: int, accuracy: Sequence[float]) -> float:
        """Return ``drop`` to the number of drops so far."""
        return self.drop ** (epoch // self.every)


@dataclass(frozen=True)
class Cosine:
    """The rate falls along half a cosine, from 1 in the first epoch to ``last`` in the last.

    Parameters
    ----------
    last : float
        Factor of the last epoch, in (0, 1]. [1]

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, arXiv:1608.03983 (2017).

    Examples
    --------
    >>> schedule = ac.nn.Cosine(last=0.1)
    >>> [round(schedule.factor(epoch, 5, []), 2) for epoch in range(5)]
    [1.0, 0.87, 0.55, 0.23, 0.1]
    """

    last: float = 0.05

    def __post_init__(self) -> None:
        _check_factor("schedule cosine: last", self.last)

    def factor(self, epoch: int, epochs: int, accuracy: Sequence[float]) -> float:
        """Return the cosine's value."""
        along = epoch / max(epochs - 1, 1)
        return self.last + (1.0 - self.last) * 0.5 * (1.0 + math.cos(math.pi * along))


@dataclass(frozen=True)
class Plateau:
    """The rate drops when the accuracy on the held-out images has not risen for so many epochs.

    Parameters
    ----------
    patience : int
        The rate drops after this many epochs in a row without a new best.
    drop : float
        Factor on the rate each time, in (0, 1]. [1]

    Examples
    --------
    >>> schedule = ac.nn.Plateau(patience=1, drop=0.5)
    >>> accuracy = [0.1, 0.8, 0.9, 0.9, 0.89]
    >>> [schedule.factor(epoch, 5, accuracy[: epoch + 1]) for epoch in range(5)]
    [1.0, 1.0, 1.0, 0.5, 0.25]
    """

    patience: int = 1
    drop: float = 0.5

    def __post_init__(self) -> None:
        count("schedule plateau: patience", self.patience, error=TrainingError)
        _check_factor("schedule plateau: drop", self.drop)

    def factor(self, epoch: int, epochs: int, accuracy: Sequence[float]) -> float:
        """Return ``drop`` to the number of plateaus so far."""
        best = -math.inf
        waited = 0
        drops = 0
        for value in accuracy:
            waited = 0 if value > best else waited + 1
            best = max(best, value)
            if waited == self.patience:
                waited = 0
                drops = drops + 1
        return self.drop**drops


SCHEDULES = {"constant": Constant, "step": StepDecay, "cosine": Cosine, "plateau": Plateau}
"""By name."""


def schedule_named(schedule: str | LearningRateSchedule) -> LearningRateSchedule:
    """Return a schedule by name with its default knobs; or the one given, as it is.

    Raises
    ------
    TrainingError
        If there is none of that name, or it is no schedule.
    """
    if isinstance(schedule, str) and schedule in SCHEDULES:
        return SCHEDULES[schedule]()
    if isinstance(schedule, str | type) or not isinstance(schedule, LearningRateSchedule):
        hint = nearest(schedule, SCHEDULES) if isinstance(schedule, str) else ""
        raise TrainingError(
            f"schedule = {brief(schedule)}; expected one of {', '.join(SCHEDULES)}, or a schedule "
            f"with knobs of your own{hint}"
        )
    return schedule


def _check_factor(name: str, value: float) -> None:
    number(name, value, above=0, most=1, error=TrainingError)
