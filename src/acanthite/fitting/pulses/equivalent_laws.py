"""Laws equivalent to soft bounds: fitted as soft bounds, then expressed in their own parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from acanthite.fitting.pulses.result import PulseFit
from acanthite.synapse import Ag2S, Evidence, SoftBounds, SoftBoundsReference

EQUIVALENT_LAWS = (SoftBoundsReference.NAME, Ag2S.NAME)
"""Laws that are fitted as soft bounds: against a reference, and as rates of growth and dissolution.
"""

_RATES = {"up": "growth_rate", "down": "dissolution_rate"}


def as_equivalent(fit: PulseFit, law: str) -> PulseFit:
    """Return a fit of soft bounds as one of :data:`EQUIVALENT_LAWS`.

    Ladders say nothing about how well a reference meets its cell's symmetry point:
    ``reference_error`` is zero.
    """
    synapse = fit.synapse
    assert isinstance(synapse, SoftBounds)
    assert synapse.evidence is not None
    entries: dict[str, Any] = {f.name: getattr(synapse, f.name) for f in fields(synapse)}
    if law == SoftBoundsReference.NAME:
        return replace(fit, synapse=SoftBoundsReference(**entries))
    width = synapse.pulse_width
    shares = {name: entries.pop(name) for name in _RATES}
    rates = {_RATES[name]: _rate(share, width) for name, share in shares.items()}
    slopes = {name: 1.0 / ((1.0 - share) * width) for name, share in shares.items()}
    entries["evidence"] = _in_rates(synapse.evidence, slopes, width)
    values = {
        _RATES.get(name, name): rates.get(_RATES.get(name, name), v)
        for name, v in fit.values.items()
    }
    return replace(fit, synapse=Ag2S(**rates, **entries), values=values)


def _rate(share: float, width: float) -> float:
    """Return the rate that covers a share of the way to the bound in a pulse; infinite from the
    whole way on.
    """
    return -math.log1p(-share) / width if share < 1 else math.inf


def _in_rates(evidence: Evidence, slopes: Mapping[str, float], width: float) -> Evidence:
    def renamed(table: Mapping[str, Any]) -> dict[str, Any]:
        return {_RATES.get(name, name): value for name, value in table.items()}

    def scaled(table: Mapping[str, float]) -> dict[str, float]:
        return renamed({name: value * slopes.get(name, 1.0) for name, value in table.items()})

    ends = {
        name: tuple(_rate(end, width) for end in pair) if name in _RATES else pair
        for name, pair in evidence.interval.items()
    }
    return replace(
        evidence,
        standard_error=scaled(evidence.standard_error),
        device_spread=scaled(evidence.device_spread),
        interval=renamed({name: pair for name, pair in ends.items() if max(pair) < math.inf}),
        correlation=renamed(evidence.correlation),
    )
