"""AGAD: choppers, and a reference for the fast array that is made on the fly from its own reads.

H takes a read against the mean read of the chopper period before, which had the other sign. So A
needs no zero of its own: its symmetry points are neither sought nor stored, and may drift.

References
----------
.. [1] M. J. Rasch, F. Carta, O. Fagbohungbe, T. Gokmen, *Nat. Commun.* **15**, 7133 (2024),
   :doi:`10.1038/s41467-024-51221-z`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.nn.algorithms.cttv2 import ChoppedTTv2
from acanthite.nn.array_types import Singles
from acanthite.synapse.base import Cells


@dataclass(frozen=True, kw_only=True)
class AGAD(ChoppedTTv2):
    """Analogue gradient accumulation with a dynamic reference.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses, transfer_every, read_noise, threshold, forget, lag, flip,
    regular, gated, scaled_pulses, out_flip, corrected
        As in :class:`~acanthite.nn.algorithms.cttv2.ChoppedTTv2`; the ``shift`` knobs play no part.
    memory : float
        Share of a new read in the running mean that becomes the reference, in (0, 1]. [1]

    Examples
    --------
    >>> agad = ac.nn.AGAD(memory=0.2)
    >>> agad.name, agad.flip
    ('agad', 0.1)
    """

    name: ClassVar[str] = "agad"
    at_most_one: ClassVar[frozenset[str]] = ChoppedTTv2.at_most_one | {"memory"}

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    flip: float = 0.1
    memory: float = 0.1

    def zeroed(self, drawn: Cells, n: int, seed: int) -> tuple[Cells, Singles]:
        """Return A as it is drawn, its cells in the middle of the mean device's window."""
        return drawn, np.zeros(n, np.float32)

    @property
    def reference_share(self) -> float:
        """Share of a new read in the reference. [1]"""
        return self.memory
