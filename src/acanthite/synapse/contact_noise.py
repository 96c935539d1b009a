"""Read noise of a synapse whose cells are metallic contacts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

import numpy as np

from acanthite.device import ContactNoise
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Synapse

S = TypeVar("S", bound=Synapse)
_LEVELS = 201  # of the window, over which the noise is averaged


@accepts_quantities
def with_contact_noise(
    synapse: S,
    noise: ContactNoise,
    *,
    lowest: float = 1e-3,
    highest: float | None = None,
    extrapolated: bool = False,
) -> S:
    """Return a synapse that is read with the noise of its contact on top of its own.

    The noise of a contact follows from its resistance, so it differs over the window; a synapse
    has one read noise, the root mean square over its levels. Levels below a quantum of conductance
    have no metallic contact and get none, unless it is extrapolated. The whole window of the
    default Ag2S synapse, clusters of some microsiemens, lies there.

    Parameters
    ----------
    synapse : Synapse
    noise : ContactNoise
    lowest : float
        One over the time over which reads are compared. [Hz]
    highest : float, optional
        One over the time of a read; by default
        that of the synapse's ``read_width``. [Hz]
    extrapolated : bool
        Go on along the law of a ballistic contact below a quantum of conductance, where nobody
        has measured it: to see what such noise would do to a training.

    Returns
    -------
    Synapse
        Of the same type.

    Raises
    ------
    LawError
        If the band is empty.

    Examples
    --------
    >>> from acanthite.constants import mS
    >>> cell = ac.synapse.ConstantStep(
    ...     size=0.02, conductance_min=0.1 * mS, conductance_max=1 * mS
    ... )
    >>> noisy = ac.synapse.with_contact_noise(cell, ac.device.ContactNoise.of())
    >>> print(f"{noisy.read_noise:.4f} of the half window")
    0.0016 of the half window
    """
    top = 1.0 / synapse.read_width if highest is None else highest
    conductance = np.asarray(synapse.conductance(np.linspace(-1.0, 1.0, _LEVELS)))
    if extrapolated:
        least = np.max(conductance) / _LEVELS**2
        relative = noise.relative(1.0 / np.maximum(conductance, least), lowest, top)
    else:
        relative = noise.of_device(conductance, lowest, top)
    half = 0.5 * (synapse.conductance_max - synapse.conductance_min)
    of_contact = float(np.sqrt(np.mean((relative * conductance) ** 2))) / half
    return replace(synapse, read_noise=math.hypot(synapse.read_noise, of_contact))
