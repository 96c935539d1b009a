"""Training algorithms, one a file."""

from acanthite.nn.algorithms.agad import AGAD
from acanthite.nn.algorithms.base import Algorithm, Batch, Gradient, Tally
from acanthite.nn.algorithms.catalogue import ALGORITHMS, algorithm_named
from acanthite.nn.algorithms.cttv2 import ChoppedTTv2
from acanthite.nn.algorithms.floating import FloatingPoint
from acanthite.nn.algorithms.ideal import Ideal
from acanthite.nn.algorithms.mixed_precision import MixedPrecision
from acanthite.nn.algorithms.sgd import SGD
from acanthite.nn.algorithms.ttv1 import TTv1
from acanthite.nn.algorithms.ttv2 import TTv2

__all__ = [
    "AGAD",
    "ALGORITHMS",
    "SGD",
    "Algorithm",
    "Batch",
    "ChoppedTTv2",
    "FloatingPoint",
    "Gradient",
    "Ideal",
    "MixedPrecision",
    "TTv1",
    "TTv2",
    "Tally",
    "algorithm_named",
]
