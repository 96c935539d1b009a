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
    rates = {_RATES[name]: -math.log1p(-share) / width for name, share in shares.items()}
    slopes = {name: 1.0 / ((1.0 - share) * width) for name, share in shares.items()}
    kept["evidence"] = _in_rates(synapse.evidence, slopes)
    values = {
        _RATES.get(name, name): rates.get(_RATES.get(name, name), v) for name, v in found.values.items()
    }
    return replace(found, synapse=Ag2S(**rates, **kept), values=values)


def _in_rates(evidence: Evidence, slopes: Mapping[str, float]) -> Evidence:
    def told(table: Mapping[str, float]) -> dict[str, Any]:
        return {_RATES.get(name, name): value * slopes.get(name, 1.0) for name, value in table.items()}

    return replace(
        evidence,
        standard_error=told(evidence.standard_error),
        device_spread=told(evidence.device_spread),
    )
