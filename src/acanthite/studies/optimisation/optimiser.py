"""The next points by Optuna's tree of Parzen estimators, the same ones whoever computes them.

Points are asked for in groups of a fixed number and answered in the order they were asked, so that
neither the number of workers nor a resume changes what is asked next.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from acanthite.errors import MissingExtraError, StudyError
from acanthite.random import generator
from acanthite.studies.axes import Axis
from acanthite.studies.optimisation.goal import Goal
from acanthite.studies.study import ParameterStudy

GROUP = 4
"""Points that are asked for before any of them is answered."""


class Optimiser:
    """Asks for points and learns from what they gave.

    Parameters
    ----------
    study : ParameterStudy
        One with a goal.

    Raises
    ------
    MissingExtraError
        If Optuna is not installed.
    """

    def __init__(self, study: ParameterStudy) -> None:
        assert study.goal is not None
        self._optuna = _package()
        self._study = study
        self._goal: Goal = study.goal
        seed = int(generator(study.seed, "studies.optimiser").integers(2**31))
        sampler = self._optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
        self._search = self._optuna.create_study(direction="minimize", sampler=sampler)

    def groups(self) -> Iterator[list[tuple[int, tuple[Any, ...]]]]:
        """Yield groups of points, each with its number and the values of the axes.

        :meth:`learn` must have been called for every point of a group before the next is taken.
        """
        assert self._study.points is not None
        for first in range(0, self._study.points, GROUP):
            numbers = range(first, min(first + GROUP, self._study.points))
            self._asked = {number: self._search.ask() for number in numbers}
            yield [(number, self._values(trial)) for number, trial in self._asked.items()]

    def learn(self, number: int, outputs: Mapping[str, float] | None) -> None:
        """Take note of what a point gave, the mean over seeds; None if it failed."""
        trial = self._asked[number]
        loss = math.nan if outputs is None else self._goal.loss(outputs)
        if outputs is None or not math.isfinite(loss):
            self._search.tell(trial, state=self._optuna.trial.TrialState.FAIL)
            return
        trial.set_constraint("bounds", self._goal.violation(outputs))
        self._search.tell(trial, loss)

    def _values(self, trial: Any) -> tuple[Any, ...]:
        return tuple(_suggested(trial, axis) for axis in self._study.axes)


def _suggested(trial: Any, axis: Axis) -> Any:
    if axis.is_range:
        return trial.suggest_float(axis.name, axis.low, axis.high, log=axis.scale == "log")
    return trial.suggest_categorical(axis.name, list(axis.values))


def _package() -> Any:
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise MissingExtraError(
            "an optimiser needs Optuna; install it with: pip install 'acanthite[optimise]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def best_of(goal: Goal, means: Mapping[int, Mapping[str, float]]) -> int | None:
    """Return the number of the best point that keeps all bounds; None if none does.

    Parameters
    ----------
    goal : Goal
    means : mapping
        What points gave, by number, the mean over seeds.

    Raises
    ------
    StudyError
        If no point gave anything.
    """
    if not means:
        raise StudyError("no point of the study gave a result; see the errors in its results")
    kept = [number for number, outputs in means.items() if goal.violation(outputs) == 0.0]
    return min(kept, key=lambda number: (goal.loss(means[number]), number), default=None)
