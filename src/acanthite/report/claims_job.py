"""The measurements of a figure's claims as jobs of studies: over seeds, over parameters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from acanthite.claims import claim
from acanthite.errors import FigureError
from acanthite.estimate import Estimate
from acanthite.figures import Settings
from acanthite.parameters.reading import forget
from acanthite.report.measuring import measure
from acanthite.studies.jobs.films import changed

UNITS: dict[str, str] = {}  # of any claim: those of the ledger
_PART = ":"  # between a claim and a part of its estimate; no claim's name has one
_kept: list[Settings] = []  # whose experiments this process remembers: at most one


def claims(
    figure: str,
    quick: bool = True,
    parameters: Mapping[str, float] = {},
    seed: int = 1,
) -> dict[str, float]:
    """Measure what a figure of the paper claims.

    Parameters
    ----------
    figure : str
        ``"fig2c"``, ...: ``acanthite reproduce --list`` has them.
    quick : bool
        Coarser numbers, much sooner.
    parameters : mapping of str to float
        Over the parameter set, in SI.
    seed : int

    Returns
    -------
    dict of str to float
        The estimate of each claim, by its name in the ledger and in its unit there.

    Raises
    ------
    FigureError
        If the figure cannot be computed.
    """
    settings = Settings(seed=seed, quick=bool(quick), parameters=changed(parameters))
    part = measure(figure, settings)
    if part.state != "done":
        raise FigureError(f"{figure}: {part.state}: {part.reason}")
    if not part.estimates:
        raise FigureError(f"{figure}: no claim depends on what it computes")
    return {name: estimate.value for name, estimate in part.estimates.items()}


@dataclass(frozen=True)
class ClaimsOfRun:
    """Measures the claims of a run again, with another seed and with parameters changed.

    Parameters
    ----------
    settings : Settings
        Of the run.
    """

    settings: Settings

    def __call__(
        self, figure: str, parameters: Mapping[str, float] = {}, seed: int = 1
    ) -> dict[str, Any]:
        """Return the estimates of a figure's claims, as :func:`estimates_in` reads them.

        Parameters
        ----------
        figure : str
        parameters : mapping of str to float
            Over those of the run, in SI.
        seed : int
        """
        known = self.settings.parameters
        changes = {key: replace(known[key], value=value) for key, value in parameters.items()}
        settings = replace(self.settings, seed=seed, parameters=known.replace(changes))
        _keep_experiments_of(settings)
        part = measure(figure, settings)
        if part.state != "done":
            raise FigureError(part.reason)
        return dict(_as_numbers(part.estimates))

    def fingerprint(self, settings: Mapping[str, Any]) -> str:
        """Return what tells one picture of the run's settings from another."""
        image = self.settings.image
        if image is None:
            return "the built-in picture"
        try:
            return hashlib.sha256(image.read_bytes()).hexdigest()[:16]
        except OSError:
            return f"no file {image}"


def estimates_in(outputs: Mapping[str, Any]) -> dict[str, Estimate]:
    """Return estimates by the name of the claim, from what :class:`ClaimsOfRun` gave."""
    return {
        name: Estimate(
            value,
            claim(name).unit,
            outputs.get(f"{name}{_PART}spread"),
            int(outputs[f"{name}{_PART}n"]),
            _pair(outputs.get(f"{name}{_PART}interval")),
        )
        for name, value in outputs.items()
        if _PART not in name
    }


def _as_numbers(estimates: Mapping[str, Estimate]) -> Iterator[tuple[str, Any]]:
    """Yield the parts of estimates that are there; units are those of the ledger."""
    for name, estimate in estimates.items():
        yield name, estimate.value
        yield f"{name}{_PART}n", estimate.n
        if estimate.spread is not None:
            yield f"{name}{_PART}spread", estimate.spread
        if estimate.interval is not None:
            yield f"{name}{_PART}interval", estimate.interval


def _pair(interval: Any) -> tuple[float, float] | None:
    return None if interval is None else (interval[0], interval[1])


def _keep_experiments_of(settings: Settings) -> None:
    """Forget experiments that figures of other settings shared."""
    if _kept != [settings]:
        forget()
        _kept[:] = [settings]
