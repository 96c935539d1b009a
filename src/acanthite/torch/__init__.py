"""The same tiles as layers of a torch model; needs ``pip install 'acanthite[torch]'``."""

import importlib.util

from acanthite.errors import MissingExtraError

if importlib.util.find_spec("torch") is None:
    raise MissingExtraError(
        "acanthite.torch needs the package torch, which is not installed; pip install "
        "'acanthite[torch]'"
    )

from acanthite.torch.cells import AnalogLSTMCell, AnalogRNNCell
from acanthite.torch.chip.model import ChipModel, to_inference
from acanthite.torch.chip.training.model import HardwareAwareModel, to_hardware_aware
from acanthite.torch.chip.training.noise import (
    AdditiveNoise,
    CellNoise,
    ProportionalNoise,
    WeightNoise,
)
from acanthite.torch.chip.wires.conductance import effective_conductance
from acanthite.torch.chip.wires.linear import WiredLinear
from acanthite.torch.conversion import ConversionWarning, to_analog
from acanthite.torch.convolution import AnalogConv1d, AnalogConv2d
from acanthite.torch.inference.result import Histogram, InferenceResult
from acanthite.torch.inference.run import Views, infer
from acanthite.torch.inference.study import InferenceStudy
from acanthite.torch.layer import AnalogLayer
from acanthite.torch.linear import AnalogLinear
from acanthite.torch.optimizer import AnalogAdam, AnalogSGD
from acanthite.torch.recurrent import AnalogLSTM, AnalogRNN
from acanthite.torch.schedule import EngineSchedule
from acanthite.torch.steps.train import StepsResult, train_steps
from acanthite.torch.tile import Tile

__all__ = [
    "AdditiveNoise",
    "AnalogAdam",
    "AnalogConv1d",
    "AnalogConv2d",
    "AnalogLSTM",
    "AnalogLSTMCell",
    "AnalogLayer",
    "AnalogLinear",
    "AnalogRNN",
    "AnalogRNNCell",
    "AnalogSGD",
    "CellNoise",
    "ChipModel",
    "ConversionWarning",
    "EngineSchedule",
    "HardwareAwareModel",
    "Histogram",
    "InferenceResult",
    "InferenceStudy",
    "ProportionalNoise",
    "StepsResult",
    "Tile",
    "Views",
    "WeightNoise",
    "WiredLinear",
    "effective_conductance",
    "infer",
    "to_analog",
    "to_hardware_aware",
    "to_inference",
    "train_steps",
]
