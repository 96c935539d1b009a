"""Training algorithms, one a file."""

from acanthite.nn.algorithms.base import Algorithm, Batch, Tally
from acanthite.nn.algorithms.floating import FloatingPoint
from acanthite.nn.algorithms.ideal import Ideal
from acanthite.nn.algorithms.sgd import SGD
from acanthite.nn.algorithms.ttv2 import TTv2

ALGORITHMS = {"sgd": SGD, "ttv2": TTv2, "ideal": Ideal, "floating": FloatingPoint}
"""By name."""

__all__ = ["ALGORITHMS", "SGD", "Algorithm", "Batch", "FloatingPoint", "Ideal", "TTv2", "Tally"]
