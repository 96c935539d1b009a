"""Training steps on a block of samples, compiled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from acanthite.arguments import count
from acanthite.errors import TrainingError
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.pulses import Array
from acanthite.nn.engine.rng import NORMAL_AT
from acanthite.nn.engine.units import updates_left
from acanthite.torch.optimizer import AnalogOptimizer
from acanthite.torch.steps.batches import Work, draws_of, train_batches
from acanthite.torch.steps.compiled import compiled_once_for
from acanthite.torch.steps.losses import LOG_LIKELIHOOD, Targets, checked_targets
from acanthite.torch.steps.model import Stage, Stages, checked_inputs, stages_of
from acanthite.torch.steps.passes import Link
from acanthite.torch.steps.rates import check_optimizer, rates_of
from acanthite.torch.steps.team import helped, own_scratch, team_of
from acanthite.torch.tile import Tile

_AT_ONCE = 10_000
"""Samples between two moments at which Python may stop a training."""

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

    Pulses are drawn as the online engine draws them, from streams of their own, or in batches of
    plain SGD as the loop draws them: without noise and with ``"mean-field"`` pulses the weights are
    those of the loop but for rounding, with stochastic pulses they have its statistics. In a batch,
    Tiki-Taka reads its columns sample by sample, and ``MixedPrecision`` without an optimizer fires
    so; the loop does both at the end of a batch.

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
        self._inputs = checked_inputs(inputs, stages.n_features).numpy()
        self._n = len(self._inputs)
        shape = (self._n, self._stages[-1].layer.out_features)
        self._targets = checked_targets(loss, targets, shape)
        _check_end(stages, self._targets)
        self._batch_size = batch_size
        self._outputs = np.zeros(shape, np.float32)
        self._losses = np.zeros(math.ceil(self._n / batch_size), np.float32)
        for stage in self._stages:
            stage.layer.weight.settle()

    def train(self) -> None:
        """Train on all samples, those of a last step of fewer by themselves."""
        whole = self._n - self._n % self._batch_size
        self._train(0, whole, self._batch_size)
        self._train(whole, self._n, self._n - whole)

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

    def _train(self, first: int, end: int, batch: int) -> None:
        """Train in whole batches, as far as no array is to be refreshed between two."""
        if first == end:
            return
        learning = [k for k, rates in enumerate(self._rates) if rates.tile * rates.factor]
        tiles = [self._stages[k].layer.tile for k in learning]
        links = tuple(self._link(k, batch) for k in range(len(self._stages)))
        knobs = tuple(self._knobs(k, batch) for k in learning)
        draws = tuple(draws_of(*one, self._batch_size) for one in zip(tiles, knobs, strict=True))
        states = tuple(tile.state for tile in tiles)
        own, other = (
            Work(
                all_links, tuple(all_links[k] for k in learning), draws, states, knobs, self._inputs
            )
            for all_links in (links, tuple(map(own_scratch, links)))
        )
        at_once = min(end - first, batch * _batches_left(tiles, batch))
        team = team_of(links, tiles, at_once)
        data = self._outputs, self._targets, self._losses
        kernel = compiled_once_for(train_batches, (own, team, False, *data, 0, 0, 0))
        trains, helps = partial(kernel, own, team, False), partial(kernel, other, team, True)
        while first < end:
            last = min(end, first + batch * _batches_left(tiles, batch))
            block = *data, first // self._batch_size, first, last
            done = helped(team, partial(trains, *block), partial(helps, *block))
            for tile in tiles:
                tile.algorithm.refresh(tile.state, done - first)
            if done < last:
                raise _not_finite(done // self._batch_size)
            first = last

    def _knobs(self, k: int, batch: int) -> Any:
        tile = self._stages[k].layer.tile
        _bound_curvature(tile)
        return tile.knobs(self._rates[k].tile, self._rates[k].factor, batch)

    def _link(self, k: int, rows: int) -> Link:
        """Return a tile as the kernels take it."""
        stage = self._stages[k]
        tile = stage.layer.tile
        inputs = np.zeros((rows, tile.n_in), np.float32)
        inputs[:, tile.n_in - len(stage.constants) :] = stage.constants
        room = tile.n_in + LANES
        return Link(
            weights=tile.weights.ravel(),
            bias=_bias(stage),
            bias_rate=np.float32(self._rates[k].bias),
            activation=stage.activation,
            converters=tile.converters,
            noise_at=tile.converters.rng.state[NORMAL_AT:].copy(),
            inputs=inputs,
            errors=np.zeros((rows, tile.n_out), np.float32),
            active=np.zeros(room, np.uint32),
            active_values=np.zeros(room, np.float32),
        )


def _batches_left(tiles: list[Tile], batch: int) -> int:
    """Return how many batches there are until an array is refreshed, or Python may look around."""
    arrays = [part for tile in tiles for part in tile.state if isinstance(part, Array)]
    due = [left for left in map(updates_left, arrays) if left is not None]
    return math.ceil(min([_AT_ONCE, *due]) / batch)


def _bound_curvature(tile: Tile) -> None:
    """Let the algorithms of residual learning take a half for the curvature of the loss.

    They bound it from the network's probabilities, of which a single tile knows none.
    """
    net = tile.state.net
    net.nodes.values[net.layers.node_offset[1]] = 0.5


def _bias(stage: Stage) -> Floats:
    bias = stage.layer.bias
    return np.zeros(0, np.float32) if bias is None else bias.detach().numpy()


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
