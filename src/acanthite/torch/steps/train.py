"""Training steps on a block of samples, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from acanthite.arguments import count
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import between_refreshes
from acanthite.nn.engine.native.dispatch import compiled_for
from acanthite.nn.engine.native.simd import LANES
from acanthite.torch.optimizer import AnalogOptimizer
from acanthite.torch.pairs import Pair
from acanthite.torch.steps.losses import LOG_LIKELIHOOD, Targets, checked_targets
from acanthite.torch.steps.model import Stage, Stages, checked_inputs, stages_of
from acanthite.torch.steps.passes import Link, pass_rows
from acanthite.torch.steps.rates import Rates, check_optimizer, rates_of
from acanthite.torch.steps.samples import train_samples
from acanthite.torch.tile import Tile

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class StepsResult:
    """What a block of training steps gave.

    Parameters
    ----------
    losses : Tensor of float32, shape (n_steps,)
        Of each step, before it moved anything.
    outputs : Tensor of float32, shape (n, n_out)
        The model's outputs for each sample, before the step that trained on it.

    Examples
    --------
    >>> import torch
    >>> result = ac.torch.StepsResult(torch.zeros(1), torch.tensor([[0.2, 0.7], [0.9, 0.1]]))
    >>> result.outputs.argmax(1).tolist()
    [1, 0]
    """

    losses: Tensor
    outputs: Tensor


def train_steps(
    model: nn.Module,
    loss: nn.Module,
    optimizer: AnalogOptimizer,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int = 1,
) -> StepsResult:
    """Train a model on a block of samples, in compiled code from the first sample to the last.

    Does what this loop does, at many times its speed::

        for x, y in zip(inputs.split(batch_size), targets.split(batch_size)):
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()

    The cells, their random streams, the rates of the optimizer and what a scheduler made of them
    are those of the model: compiled steps and ordinary ones may follow each other in any order, and
    ``state_dict`` holds what either left. Gradients are cleared.

    In batches the same pulses are drawn from the same random numbers as in the loop; products and
    losses differ by their rounding. One by one, pulses are drawn as the online engine draws them,
    from a stream of their own: the statistics are those of the loop, the single pulses are not.

    Parameters
    ----------
    model : torch.nn.Module
        :class:`~acanthite.torch.AnalogLinear` layers in a ``Sequential`` (or one alone), without
        wires; between them ``ReLU``, ``Sigmoid`` or ``Tanh``, ``ConstantPad1d((0, n), value)``,
        ``Flatten``; at the end perhaps ``LogSoftmax``.
    loss : torch.nn.Module
        ``CrossEntropyLoss``, ``NLLLoss`` behind ``LogSoftmax``, or ``MSELoss``; summed or mean.
    optimizer : AnalogSGD or AnalogAdam
        Digital biases need an ``AnalogSGD`` without momentum or weight decay.
    inputs : Tensor of float32, shape (n, ...)
    targets : Tensor
        Classes (int64, shape (n,)), or for ``MSELoss`` what the outputs are to be (float32).
    batch_size : int
        Samples to a step; the last may have fewer.

    Returns
    -------
    StepsResult

    Raises
    ------
    TrainingError
        If the model, loss or optimizer is one that only the ordinary loop knows, data do not fit,
        or a loss or gradient is not finite: all is then as the step before it left it.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2)
    ... )
    >>> model = ac.torch.to_analog(plain, algorithm="floating", seed=1)
    >>> optimizer = ac.torch.AnalogSGD(model.parameters(), lr=0.1)
    >>> loss = torch.nn.CrossEntropyLoss(reduction="sum")
    >>> inputs = torch.eye(4).repeat(50, 1)
    >>> classes = torch.tensor([0, 0, 1, 1]).repeat(50)
    >>> result = ac.torch.train_steps(model, loss, optimizer, inputs, classes)
    >>> result.losses.shape, bool(result.losses[-1] < 0.1)
    (torch.Size([200]), True)
    """
    check_optimizer(optimizer)
    count("train_steps: batch_size", batch_size, error=TrainingError)
    stages = stages_of(model)
    block = _Block(stages, optimizer, loss, inputs, targets, batch_size)
    try:
        block.train()
    finally:
        block.close(optimizer)
    return block.result


class _Block:
    """A block of samples under way."""

    def __init__(
        self,
        stages: Stages,
        optimizer: AnalogOptimizer,
        loss: nn.Module,
        inputs: Tensor,
        targets: Tensor,
        batch_size: int,
    ) -> None:
        self._stages = stages.stages
        self._rates = [rates_of(optimizer, s.name, s.layer) for s in self._stages]
        self._inputs = _with_constants(
            checked_inputs(inputs, stages.n_features).numpy(), self._stages[0].constants
        )
        shape = (len(self._inputs), self._stages[-1].layer.out_features)
        self._targets = checked_targets(loss, targets, shape)
        _check_end(stages, self._targets)
        self._batch_size = batch_size
        self._outputs = np.zeros(shape, np.float32)
        self._losses = np.zeros(-(-shape[0] // batch_size), np.float32)
        for stage in self._stages:
            stage.layer.weight.settle()

    def train(self) -> None:
        """Train on all samples."""
        if not len(self._inputs):
            return
        if self._batch_size == 1:
            self._train_samples()
        else:
            self._train_batches()

    def close(self, optimizer: AnalogOptimizer) -> None:
        """Let torch know what was changed."""
        for stage in self._stages:
            stage.layer.weight.changed()
            stage.layer.weight.grad = None
            if stage.layer.bias is not None:
                torch.autograd.graph.increment_version(stage.layer.bias)
                stage.layer.bias.grad = None
        optimizer._opt_called = True  # type: ignore[attr-defined]

    @property
    def result(self) -> StepsResult:
        """What it gave."""
        return StepsResult(torch.from_numpy(self._losses), torch.from_numpy(self._outputs))

    def _train_samples(self) -> None:
        """Train sample by sample, as far as no array is to be refreshed between two."""
        tiles = [stage.layer.tile for stage in self._stages]
        learning = [
            (tile, rates.tile, rates.factor)
            for tile, rates in zip(tiles, self._rates, strict=True)
            if rates.tile * rates.factor
        ]
        states = tuple(tile.state for tile, _, _ in learning)
        knobs = tuple(tile.knobs(rate, factor) for tile, rate, factor in learning)
        links = tuple(self._link(k, 1) for k in range(len(tiles)))
        arguments = links, states, knobs, self._inputs, self._outputs, self._targets, self._losses
        kernel = compiled_for(train_samples, (*arguments, 0, 0))
        parts = tuple(part for state in states for part in state)
        for order in between_refreshes(parts, np.arange(len(self._inputs))):
            first, last = int(order[0]), int(order[-1]) + 1
            end = kernel(*arguments, first, last)
            for tile, _, _ in learning:
                tile.algorithm.refresh(tile.state, end - first)
            if end < last:
                raise _not_finite(end)

    def _train_batches(self) -> None:
        """Train batch by batch."""
        n = len(self._inputs)
        links = tuple(self._link(k, self._batch_size) for k in range(len(self._stages)))
        compiled: Any = None
        for step, first in enumerate(range(0, n, self._batch_size)):
            rows = self._inputs[first : first + self._batch_size]
            outputs = self._outputs[first : first + self._batch_size]
            links = (links[0]._replace(inputs=rows), *links[1:])
            arguments = links, outputs, self._targets, first, len(rows)
            if compiled is None:
                compiled = compiled_for(pass_rows, arguments)
            self._losses[step], finite = compiled(*arguments)
            if not finite:
                raise _not_finite(step)
            self._pulse(links, len(rows))

    def _pulse(self, links: tuple[Link, ...], n: int) -> None:
        for stage, rates, link in zip(self._stages, self._rates, links, strict=True):
            if rates.tile * rates.factor:
                pair = Pair(link.inputs[:n], link.errors[:n], n, True)
                stage.layer.tile.update([pair], rates.tile, rates.factor)

    def _link(self, k: int, rows: int) -> Link:
        """Return a tile as the kernels take it; of one row, in the memory of the tile's state."""
        stage = self._stages[k]
        tile = stage.layer.tile
        if rows == 1:
            inputs, errors = tile.row
            _bound_curvature(tile)
        else:
            inputs = np.zeros((rows, tile.n_in), np.float32)
            errors = np.zeros((rows, tile.n_out), np.float32)
        inputs[:, tile.n_in - len(stage.constants) :] = stage.constants
        room = tile.n_in + LANES
        return Link(
            weights=tile.weights.ravel(),
            bias=_bias(stage),
            bias_rate=np.float32(self._rates[k].bias),
            activation=stage.activation,
            converters=tile.converters,
            inputs=inputs,
            errors=errors,
            active=np.zeros(room, np.uint32),
            active_values=np.zeros(room, np.float32),
        )


def _bound_curvature(tile: Tile) -> None:
    """Let the algorithms of residual learning take a half for the curvature of the loss.

    They bound it from the network's probabilities, of which a single tile knows none.
    """
    net = tile.state.net
    net.nodes.values[net.layers.node_offset[1]] = 0.5


def _bias(stage: Stage) -> Floats:
    bias = stage.layer.bias
    return np.zeros(0, np.float32) if bias is None else bias.detach().numpy()


def _with_constants(inputs: Floats, constants: tuple[float, ...]) -> Floats:
    if not constants:
        return inputs
    behind = np.tile(np.array(constants, np.float32), (len(inputs), 1))
    return np.concatenate([inputs, behind], axis=1)


def _check_end(stages: Stages, targets: Targets) -> None:
    """Raise unless the model ends as its loss expects."""
    if stages.ends_in_log_softmax != (targets.kind == LOG_LIKELIHOOD):
        raise TrainingError(
            "train_steps: NLLLoss and LogSoftmax belong together; use both, or neither with "
            "CrossEntropyLoss"
        )


def _not_finite(step: int) -> TrainingError:
    return TrainingError(
        f"train_steps: the loss or a gradient of step {step} is not finite, and nothing was "
        "trained on it; lower the rates, or look for what is not finite in its inputs"
    )
