"""The algorithms by name."""

from __future__ import annotations

from acanthite.errors import TrainingError, brief, nearest
from acanthite.nn.algorithms.agad import AGAD
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.cttv2 import ChoppedTTv2
from acanthite.nn.algorithms.floating import FloatingPoint
from acanthite.nn.algorithms.ideal import Ideal
from acanthite.nn.algorithms.mixed_precision import MixedPrecision
from acanthite.nn.algorithms.multi_tile import MultiTile
from acanthite.nn.algorithms.rider import ERIDER, RIDER
from acanthite.nn.algorithms.rl import ResidualLearning
from acanthite.nn.algorithms.rlv2 import ResidualLearning2
from acanthite.nn.algorithms.sgd import SGD
from acanthite.nn.algorithms.ttv1 import TTv1
from acanthite.nn.algorithms.ttv2 import TTv2
from acanthite.synapse.base import Synapse

ALGORITHMS = {
    kind.name: kind
    for kind in (
        SGD,
        TTv1,
        TTv2,
        ChoppedTTv2,
        AGAD,
        ResidualLearning,
        ResidualLearning2,
        RIDER,
        ERIDER,
        MultiTile,
        MixedPrecision,
        Ideal,
        FloatingPoint,
    )
}
"""By name."""


def algorithm_named(algorithm: str | Algorithm, synapse: Synapse | None = None) -> Algorithm:
    """Return an algorithm by name, its tuned knobs adapted to a device; or the one given, as it is.

    Raises
    ------
    TrainingError
        If there is none of that name, or it is no algorithm.
    """
    if isinstance(algorithm, Algorithm):
        return algorithm
    if algorithm not in ALGORITHMS:
        raise TrainingError(
            f"algorithm = {brief(algorithm)}; expected one of {', '.join(ALGORITHMS)}"
            f"{nearest(str(algorithm), ALGORITHMS)}"
        )
    tuned: Algorithm = ALGORITHMS[algorithm]()
    return tuned if synapse is None else tuned.adapted_to(synapse)
