"""Laws that are soft bounds in other words: fitted as these and said in their own parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from acanthite.synapse import Ag2S, Evidence, SoftBounds, SoftBoundsReference

if TYPE_CHECKING:
    from acanthite.fitting.pulse_fit import PulseFit

RESTATED = (SoftBoundsReference.NAME, Ag2S.NAME)
"""Laws that are fitted as soft bounds: against a reference, and as rates of growth and dissolution."""

_RATES = {"up": "growth_rate", "down": "dissolution_rate"}


def restate(found: PulseFit, law: str) -> PulseFit:
    """Return a fit of soft bounds as one of :data:`RESTATED`.

    Ladders tell nothing of how well a reference meets its cell's symmetry point: ``reference_error`` is zero.
    """
    synapse = found.synapse
    assert isinstance(synapse, SoftBounds)
    assert synapse.evidence is not None
    kept: dict[str, Any] = {f.name: getattr(synapse, f.name) for f in fields(synapse)}
    if law == SoftBoundsReference.NAME:
        return replace(found, synapse=SoftBoundsReference(**kept))
    width = synapse.pulse_width
    shares = {name: kept.pop(name) for name in _RATES}
    rates = {_RATES[name]: _rate(share, width) for name, share in shares.items()}
    slopes = {name: 1.0 / ((1.0 - share) * width) for name, share in shares.items()}
    kept["evidence"] = _in_rates(synapse.evidence, slopes, width)
    values = {
        _RATES.get(name, name): rates.get(_RATES.get(name, name), v)
        for name, v in found.values.items()
    }
    return replace(found, synapse=Ag2S(**rates, **kept), values=values)


def _rate(share: float, width: float) -> float:
    """Return the rate that covers a share of the way to the bound in a pulse; infinite from the whole way on."""
    return -math.log1p(-share) / width if share < 1 else math.inf


def _in_rates(evidence: Evidence, slopes: Mapping[str, float], width: float) -> Evidence:
    def told(table: Mapping[str, Any]) -> dict[str, Any]:
        return {_RATES.get(name, name): value for name, value in table.items()}

    def scaled(table: Mapping[str, float]) -> dict[str, float]:
        return told({name: value * slopes.get(name, 1.0) for name, value in table.items()})

    ends = {
        name: tuple(_rate(end, width) for end in pair) if name in _RATES else pair
        for name, pair in evidence.interval.items()
    }
    return replace(
        evidence,
        standard_error=scaled(evidence.standard_error),
        device_spread=scaled(evidence.device_spread),
        interval=told({name: pair for name, pair in ends.items() if max(pair) < math.inf}),
        correlation=told(evidence.correlation),
    )
