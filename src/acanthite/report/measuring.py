"""What a figure of the paper claims, measured: nothing is drawn, no recording is written."""

from __future__ import annotations

import time
from dataclasses import replace

from acanthite.errors import AcanthiteError
from acanthite.figures import Settings, figure, silent
from acanthite.report.part import Part
from acanthite.report.verdicts import validate

__all__ = ["measure"]


def measure(name: str, settings: Settings) -> Part:
    """Return the estimates of a figure.

    By its ``measure_claims`` where it has one, else by ``compute``.
    """
    part = Part(name, "failed")
    start = time.perf_counter()
    try:
        module = figure(name)
        short = getattr(module, "measure_claims", None)
        outcome = module.compute(settings, silent) if short is None else short(settings)
        if outcome.not_run is not None:
            part = replace(part, state="not run", reason=outcome.not_run)
        else:
            validate(name, outcome.estimates)
            part = replace(part, state="done", estimates=dict(outcome.estimates))
    except Exception as error:
        text = " ".join(str(error).split())
        kind = "" if isinstance(error, AcanthiteError) else f"{type(error).__name__}: "
        part = replace(part, reason=f"{kind}{text}")
    return replace(part, seconds=time.perf_counter() - start)
