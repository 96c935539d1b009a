"""Draws of the fitted parameters from their posterior: what the calibration leaves unknown.

``scripts/posterior.py`` makes them, from the claims that the twin was fitted to, and keeps them in
``sets/posterior.csv``: a column for each fitted parameter, a row with the values the posterior was
made at, and a row for each draw. A draw is a parameter set like any other.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from acanthite.errors import ParameterError, nearest
from acanthite.parameters.quantity import ParameterSet

__all__ = ["Posterior", "draws", "load_posterior"]

_FILE = Path(__file__).parent / "sets" / "posterior.csv"
_FITTED = "fitted"
_SAME = 1e-9  # relative, of a value written as decimal text


@dataclass(frozen=True)
class Posterior:
    """Draws of the fitted parameters.

    Parameters
    ----------
    keys : tuple of str
        Of the parameters.
    fitted : tuple of float
        The values at which the posterior was made, one a key [SI].
    draws : tuple of tuple of float
        One value a key for each draw [SI].

    Examples
    --------
    >>> from acanthite.parameters.posterior import load_posterior
    >>> posterior = load_posterior()
    >>> len(posterior.keys) == len(posterior.fitted) == len(posterior.draws[0])
    True
    """

    keys: tuple[str, ...]
    fitted: tuple[float, ...]
    draws: tuple[tuple[float, ...], ...]

    def check(self, parameters: ParameterSet) -> None:
        """Refuse a set with other values than those the posterior was made at.

        Raises
        ------
        ParameterError
            If the set lacks a parameter of the posterior, or has another value.
        """
        for key, value in zip(self.keys, self.fitted, strict=True):
            if key not in parameters:
                raise ParameterError(
                    f"posterior: the set {parameters.name!r} has no parameter {key!r}"
                    f"{nearest(key, parameters)}; make the draws anew with scripts/posterior.py"
                )
            mine = parameters.value(key)
            if not math.isclose(mine, value, rel_tol=_SAME):
                raise ParameterError(
                    f"posterior: {key} = {mine:g} in the set {parameters.name!r}; the draws were "
                    f"made at {value:g}: leave it as it is, or make the draws anew with "
                    "scripts/posterior.py"
                )


def load_posterior(path: str | Path = _FILE) -> Posterior:
    """Return the posterior of a file.

    Parameters
    ----------
    path : path_like
        As ``scripts/posterior.py`` writes it; the one of the Ag2S set without it.

    Raises
    ------
    ParameterError
        If the file cannot be read.
    """
    return _load(Path(path))


@cache
def _load(path: Path) -> Posterior:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("#")]
        header, first, *rest = csv.reader(lines)
        if first[0] != _FITTED:
            raise ValueError(f"the first row is {first[0]!r}, not {_FITTED!r}")
        if any(len(row) != len(header) for row in (first, *rest)):
            raise ValueError("rows of different lengths")
        fitted, *drawn = (tuple(float(cell) for cell in row[1:]) for row in (first, *rest))
    except (OSError, ValueError, IndexError) as error:
        raise ParameterError(
            f"posterior {path}: {error}; expected a file that scripts/posterior.py wrote"
        ) from None
    return Posterior(tuple(header[1:]), fitted, tuple(drawn))


def draws(
    parameters: ParameterSet, number: int, posterior: Posterior | None = None
) -> tuple[ParameterSet, ...]:
    """Return parameter sets drawn from the posterior of the fitted parameters.

    Parameters
    ----------
    parameters : ParameterSet
        The set that the draws are put over; its fitted values are those of the posterior.
    number : int
        How many; the first ones of the posterior.
    posterior : Posterior, optional
        The one of the Ag2S set without it.

    Returns
    -------
    tuple of ParameterSet

    Raises
    ------
    ParameterError
        If the posterior has fewer draws, or was made for another set.

    Examples
    --------
    >>> from acanthite.parameters import AG2S
    >>> from acanthite.parameters.posterior import draws
    >>> first, second = draws(AG2S, 2)
    >>> first.value("filament.site_number") != second.value("filament.site_number")
    True
    """
    if number == 0:
        return ()
    posterior = posterior or load_posterior()
    if not 0 < number <= len(posterior.draws):
        raise ParameterError(
            f"posterior draws = {number}; expected 0 to {len(posterior.draws)}, as many as there "
            "are: more can be made with scripts/posterior.py"
        )
    posterior.check(parameters)
    return tuple(
        parameters.replace(
            {
                key: replace(parameters[key], value=value)
                for key, value in zip(posterior.keys, row, strict=True)
            }
        )
        for row in posterior.draws[:number]
    )
