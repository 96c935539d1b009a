"""What all analogue layers share: a tile whose weights are a parameter of the model, read forward and back by autograd."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.crossbar.wires import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms import Algorithm
from acanthite.nn.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.torch.guard import refuse_recording, untraced
from acanthite.torch.reads import FEW, product_of_few, share
from acanthite.torch.tile import Tile
from acanthite.torch.weight import TileWeight, plain, rows


class AnalogLayer(nn.Module):
    """Base of the layers: a tile of ``n_in`` by ``n_out`` cells, and a digital bias behind it.

    ``weight`` has the shape torch gives it and lies in the tile's own memory: pulses are seen in it at once, and what is
    copied into it is in the tile. Without an :class:`AnalogSGD` its gradients are torch's; with one, rank-one pairs wait in
    the tile instead, and ``weight.grad`` is a placeholder that takes no memory.

    Parameters
    ----------
    n_in, n_out : int
        Lines of the array.
    shape : tuple of int
        Of ``weight``; outputs first.
    bias : bool
        Whether there is one; it is digital.
    synapse, algorithm, periphery, seed, wires
        As in :class:`~acanthite.torch.tile.Tile`; without a seed, one is drawn from torch's generator.
    """

    weight: TileWeight
    bias: nn.Parameter | None

    def __init__(
        self,
        n_in: int,
        n_out: int,
        shape: tuple[int, ...],
        bias: bool,
        synapse: Synapse | None,
        algorithm: str | Algorithm,
        periphery: Periphery | None,
        seed: int | None,
        wires: Wires | None,
    ) -> None:
        super().__init__()
        seed = int(torch.randint(2**62, ())) if seed is None else seed
        self.tile = Tile(n_in, n_out, synapse, algorithm, periphery, seed, wires)
        self._shape = shape
        self.weight = TileWeight(self._view())
        self.bias = nn.Parameter(torch.empty(n_out)) if bias else None
        self._bind()
        self.reset_parameters()

    def _view(self) -> Tensor:
        return torch.from_numpy(self.tile.weights).t().view(self._shape)

    def _bind(self) -> None:
        """Let the parameter lie in the tile's memory, and the optimizer find the tile."""
        if type(self.weight) is not TileWeight:  # load_state_dict(assign=True) put another there
            self.weight = TileWeight(self._view(), self.weight.requires_grad)
        self.weight.lay(self._view(), self.tile)

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Write the weights of the seed, uniform within 1 / sqrt(inputs) as torch's layers start, as near as the cells let them."""
        limit = 1 / math.sqrt(self.tile.n_in)
        draw = generator(self.tile.seed, "torch.initial-weights")
        self.program(torch.from_numpy(draw.uniform(-limit, limit, self._shape)))
        if self.bias is not None:
            self.bias.copy_(torch.from_numpy(draw.uniform(-limit, limit, self.tile.n_out)))

    @torch.no_grad()
    def program(self, weight: Tensor) -> None:
        """Write weights, shape as ``weight``, each as near as the bounds of its cell let it.

        Raises
        ------
        TrainingError
            If the shape is another.
        """
        if tuple(weight.shape) != self._shape:
            raise TrainingError(
                f"{type(self).__name__}: weights of shape {tuple(weight.shape)}; expected {self._shape}"
            )
        self.tile.program(weight.detach().reshape(self.tile.n_out, self.tile.n_in).t().cpu().numpy())

    @property
    def pulses(self) -> int:
        """Write pulses on all arrays of the layer so far."""
        return self.tile.pulses

    @untraced
    def read(self, x: Tensor, samples: int) -> Tensor:
        """Return the array's outputs for rows of inputs, shape (rows, n_out); autograd goes back through the same array.

        Parameters
        ----------
        x : Tensor of float32, shape (rows, n_in)
        samples : int
            How many samples the rows come from.
        """
        refuse_recording(self)
        return _Read.apply(x, rows(self), self.bias, self, samples)

    def check(self, x: Tensor, n_features: int, dim: int) -> None:
        """Raise unless ``x`` is float32 on the CPU with ``n_features`` along ``dim``."""
        name = type(self).__name__
        if x.dtype != torch.float32:
            raise TrainingError(f"{name}: input is {x.dtype}; tiles compute in torch.float32: pass x.float()")
        if x.device.type != "cpu":
            raise TrainingError(f"{name}: input is on {x.device}; tiles are on the CPU: pass x.cpu()")
        if x.dim() < -dim or x.shape[dim] != n_features:
            raise TrainingError(
                f"{name}: input has shape {tuple(x.shape)}; expected {n_features} along dimension {dim}"
            )

    def get_extra_state(self) -> dict[str, Any]:
        """Return all of the tile that ``weight`` does not hold: references, fast array, H, counters, random streams, seed."""
        arrays = {name: torch.from_numpy(values) for name, values in self.tile.arrays().items()}
        return {"identity": self.tile.identity, "arrays": arrays}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """Go on from a saved state, bit for bit.

        Raises
        ------
        TrainingError
            If it is that of another device, algorithm or periphery.
        """
        if state["identity"] != self.tile.identity:
            raise TrainingError(
                f"{type(self).__name__}: the saved tile is {state['identity']}; this one is {self.tile.identity}"
            )
        self.tile.restore({name: values.numpy() for name, values in state["arrays"].items()})

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *others: Any) -> None:
        super()._load_from_state_dict(state_dict, prefix, *others)
        if f"{prefix}_extra_state" not in state_dict:
            self.program(self.weight)  # weights of a digital layer
        self._bind()

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        moved = fn(torch.empty(0))
        if moved.dtype != torch.float32 or moved.device.type != "cpu":
            raise TrainingError(
                f"{type(self).__name__}: to {moved.dtype} on {moved.device}; tiles are torch.float32 on the CPU"
            )
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._bind()

    def extra_repr(self) -> str:
        """Say what the tile is, in print(model)."""
        parts = [f"{self.tile.n_in} x {self.tile.n_out}", f"bias={self.bias is not None}"]
        parts += [f"algorithm={self.tile.algorithm.name}"]
        if self.tile.synapse is not None:
            parts.append(f"synapse={self.tile.synapse.NAME or type(self.tile.synapse).__name__}")
        if not self.tile.exact:
            parts.append(f"periphery={self.tile.periphery}")
        if self.tile.wires is not None:
            parts.append(f"wires={self.tile.wires}")
        return ", ".join(parts)


class _Read(torch.autograd.Function):
    """Rows through an array: ``x W`` and a bias forward, ``d W^T`` back, both products through the periphery."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, layer: AnalogLayer, samples: int
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.layer, ctx.samples = layer, samples
        y = _product(layer.tile, x, _seen(layer.tile, weight).t())
        return y if bias is None else y.add_(bias)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Any) -> Any:
        (d,), (x, weight), tile = gradients, ctx.saved_tensors, ctx.layer.tile
        needs, own = ctx.needs_input_grad, None
        before = _product(tile, d, _seen(tile, weight)) if needs[0] else None
        if needs[1]:
            own = _wait(ctx.layer, x, d, ctx.samples) if tile.owned else _gradient(tile, x, d)
        return before, own, d.sum(0) if needs[2] else None, None, None


def _seen(tile: Tile, weight: Tensor) -> Tensor:
    """Return the weights that the lines show, shape as ``weight``."""
    return plain(weight) if tile.drops is None else torch.from_numpy(tile.drops.seen).t()


def _gradient(tile: Tile, x: Tensor, d: Tensor) -> Tensor:
    gradient = d.t() @ x
    return gradient if tile.drops is None else gradient * torch.from_numpy(tile.drops.share).t()


def _product(tile: Tile, x: Tensor, matrix: Tensor) -> Tensor:
    rows, matrix = x.detach().contiguous(), matrix.detach()
    if tile.exact:
        return _exact(rows, matrix)
    return torch.from_numpy(tile.read(rows.numpy(), lambda a: _exact(torch.from_numpy(a), matrix).numpy()))


def _exact(x: Tensor, matrix: Tensor) -> Tensor:
    """Multiply by torch's product or, where few inputs are not zero and each has its line in memory, through those alone."""
    if matrix.is_contiguous() and share(rows := x.numpy()) <= FEW:
        y = torch.empty(len(x), matrix.shape[1])
        product_of_few(rows, matrix.numpy(), y.numpy())
        return y
    return x @ matrix


@cache
def _placeholder(shape: tuple[int, ...]) -> Tensor:
    return torch.zeros(()).expand(shape)


def _wait(layer: AnalogLayer, x: Tensor, d: Tensor, samples: int) -> None:
    """Keep a pair for the optimizer. The placeholder tells, being gone, that gradients were zeroed meanwhile."""
    weight, pairs = layer.weight, layer.tile.pairs
    if weight.grad is None:
        pairs.clear()
        weight.grad = _placeholder(layer._shape)
    pairs.append((x.detach().contiguous().numpy(), d.contiguous().numpy(), samples))
