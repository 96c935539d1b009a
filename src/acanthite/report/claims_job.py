"""The measurements of a figure's claims as a job of studies: over seeds, over parameters."""

from __future__ import annotations

from collections.abc import Mapping

from acanthite.errors import FigureError
from acanthite.figures import Settings
from acanthite.report.repeats import measure
from acanthite.studies.jobs.films import changed

UNITS: dict[str, str] = {}  # of any claim: those of the ledger


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
