"""Synapse -> Network: the compiled online engine and its algorithms."""

from acanthite.nn.algorithms import ALGORITHMS, SGD, FloatingPoint, Ideal, TTv2
from acanthite.nn.datasets import Dataset, digits, fashion_mnist, mnist, read_npz
from acanthite.nn.job import NETWORKS, Job
from acanthite.nn.loop import Run, Standing
from acanthite.nn.network import Convolution, Network, lenet5
from acanthite.nn.periphery import Periphery
from acanthite.nn.result import TrainingResult
from acanthite.nn.schedule import SCHEDULES, Constant, Cosine, Plateau, Step
from acanthite.nn.training import train, train_many

__all__ = [
    "ALGORITHMS",
    "NETWORKS",
    "SCHEDULES",
    "SGD",
    "Constant",
    "Convolution",
    "Cosine",
    "Dataset",
    "FloatingPoint",
    "Ideal",
    "Job",
    "Network",
    "Periphery",
    "Plateau",
    "Run",
    "Standing",
    "Step",
    "TTv2",
    "TrainingResult",
    "digits",
    "fashion_mnist",
    "lenet5",
    "mnist",
    "read_npz",
    "train",
    "train_many",
]
