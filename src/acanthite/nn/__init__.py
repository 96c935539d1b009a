"""Synapse -> Network: the compiled online engine and its algorithms."""

from acanthite.nn.advice import Advice, advise
from acanthite.nn.algorithms.catalogue import (
    AGAD,
    ALGORITHMS,
    ERIDER,
    RIDER,
    SGD,
    ChoppedTTv2,
    FloatingPoint,
    Ideal,
    MixedPrecision,
    MultiTile,
    ResidualLearning,
    ResidualLearning2,
    TTv1,
    TTv2,
)
from acanthite.nn.data.datasets import (
    Dataset,
    cifar10,
    digits,
    fashion_mnist,
    mnist,
    read_npz,
)
from acanthite.nn.engine.network import Convolution, Network, lenet5
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training.job import Job
from acanthite.nn.training.loop import Run, TrainingProgress
from acanthite.nn.training.networks import NETWORKS
from acanthite.nn.training.result import TrainingResult
from acanthite.nn.training.schedule import SCHEDULES, Constant, Cosine, Plateau, StepDecay
from acanthite.nn.training.setup import Setup, prepare
from acanthite.nn.training.train import train, train_many

__all__ = [
    "AGAD",
    "ALGORITHMS",
    "ERIDER",
    "NETWORKS",
    "RIDER",
    "SCHEDULES",
    "SGD",
    "Advice",
    "ChoppedTTv2",
    "Constant",
    "Convolution",
    "Cosine",
    "Dataset",
    "FloatingPoint",
    "Ideal",
    "Job",
    "MixedPrecision",
    "MultiTile",
    "Network",
    "Periphery",
    "Plateau",
    "ResidualLearning",
    "ResidualLearning2",
    "Run",
    "Setup",
    "StepDecay",
    "TTv1",
    "TTv2",
    "TrainingProgress",
    "TrainingResult",
    "advise",
    "cifar10",
    "digits",
    "fashion_mnist",
    "lenet5",
    "mnist",
    "prepare",
    "read_npz",
    "train",
    "train_many",
]
