"""What all analogue layers share: a tile whose weights are a parameter of the model, read forward
and back by autograd.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError, brief
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.torch.gradient import TileGradient
from acanthite.torch.guard import refuse_recording, untraced
from acanthite.torch.pairs import pair
from acanthite.torch.reads import FEW, product_of_few, share
from acanthite.torch.tile import Tile
from acanthite.torch.weight import TileWeight, tile_weight

_INSTEAD = ("weight_orig", "weight_g", "weight_v")


class AnalogLayer(nn.Module):
    """Base of the layers: a tile of ``n_in`` by ``n_out`` cells, and a digital bias behind it.

    ``weight`` has the shape torch gives it and lies in the tile's own memory: pulses are seen in it
    at once, and what is copied into it is in the tile. Its gradient has the values torch would give
    it, kept as rank-one pairs for :class:`AnalogSGD`
    (:class:`~acanthite.torch.gradient.TileGradient`).

    Parameters
    ----------
    n_in, n_out : int
        Lines of the array.
    shape : tuple of int
        Of ``weight``; outputs first.
    bias : bool
        Whether there is one; it is digital.
    synapse, algorithm, periphery, seed, wires
        As in :class:`~acanthite.torch.tile.Tile`; without a seed, one is drawn from torch's
        generator.

    Examples
    --------
    The analogue layers of a model:

    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)
    ... )
    >>> model = ac.torch.to_analog(plain, algorithm="floating", seed=1)
    >>> [tuple(part.weight.shape) for part in model if isinstance(part, ac.torch.AnalogLayer)]
    [(3, 4), (2, 3)]
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
        self.weight = tile_weight(self.tile, shape)
        self.bias = nn.Parameter(torch.empty(n_out)) if bias else None
        self.reset_parameters()

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep the weight that lies in the tile: another would train where nobody reads it."""
        if name == "weight" and not self._owns(value):
            raise TrainingError(
                f"{type(self).__name__}: weight = a tensor outside its tile (a new Parameter, "
                "another layer's weight, pruning, a "
                "norm); write values with layer.program(values); to tie two layers, use one of "
                "them twice"
            )
        super().__setattr__(name, value)

    def register_parameter(self, name: str, param: nn.Parameter | None) -> None:
        """Refuse the parameters that pruning and norms of torch put in the place of ``weight``."""
        if name in _INSTEAD:
            raise TrainingError(
                f"{type(self).__name__}: {name} in the place of weight (pruning, spectral_norm, "
                "weight_norm): the weight would be "
                "computed, and nowhere on the array; prune or normalise the digital model before "
                "to_analog"
            )
        super().register_parameter(name, param)

    def _owns(self, weight: Any) -> bool:
        return type(weight) is TileWeight and weight.tile is self.tile

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Write the weights of the seed, uniform within 1 / sqrt(inputs) as torch's layers start,
        as near as the cells let them.
        """
        limit = 1 / math.sqrt(self.tile.n_in)
        draw = generator(self.tile.seed, "torch.initial-weights")
        self.program(torch.from_numpy(draw.uniform(-limit, limit, self._shape)))
        if self.bias is not None:
            self.bias.copy_(torch.from_numpy(draw.uniform(-limit, limit, self.tile.n_out)))

    @torch.no_grad()
    def program(self, weight: Any) -> None:
        """Write weights, each as near as the bounds of its cell let it.

        Parameters
        ----------
        weight : Tensor, ndarray or list, shape as ``weight``

        Raises
        ------
        TrainingError
            If it is not numbers of that shape, or one is not finite.
        """
        name = type(self).__name__
        try:
            values = torch.as_tensor(weight).detach().cpu()
        except (TypeError, ValueError, RuntimeError):
            raise TrainingError(
                f"{name}: weights are {brief(weight)}; expected numbers of shape {self._shape}"
            ) from None
        if tuple(values.shape) != self._shape:
            raise TrainingError(
                f"{name}: weights of shape {tuple(values.shape)}; expected {self._shape}"
            )
        self._weight().program(values.reshape(self.tile.n_out, self.tile.n_in).t())

    @property
    def pulses(self) -> int:
        """Write pulses on all arrays of the layer so far."""
        return self.tile.pulses

    @untraced
    def read(self, x: Tensor, samples: int) -> Tensor:
        """Return the array's outputs for rows of inputs, shape (rows, n_out); autograd goes back
        through the same array.

        Parameters
        ----------
        x : Tensor of float32, shape (rows, n_in)
        samples : int
            How many samples the rows come from.
        """
        refuse_recording(self)
        weight = self._weight()
        weight.settle()
        try:
            return _Read.apply(x, weight, self.bias, samples)
        except RuntimeError as error:
            if "functorch" in str(error) or "forward AD" in str(error):
                raise TrainingError(
                    f"{type(self).__name__}: torch.func and forward-mode derivatives cannot go "
                    "through a tile; use backward()"
                ) from error
            raise

    def _weight(self) -> TileWeight:
        weight = self.weight
        if not self._owns(weight):
            raise TrainingError(
                f"{type(self).__name__}: its weight is not the one in its tile (functional_call, a "
                "parametrization, a norm): such weights "
                "are nowhere on the array; take it off, and write values with layer.program(values)"
            )
        return weight

    def check(self, x: Tensor, n_features: int, dim: int) -> None:
        """Raise unless ``x`` is float32 on the CPU with ``n_features`` along ``dim``."""
        if x.dtype is torch.float32 and x.is_cpu and x.dim() >= -dim and x.size(dim) == n_features:
            return
        name = type(self).__name__
        if x.dtype != torch.float32:
            raise TrainingError(
                f"{name}: input is {x.dtype}; tiles compute in torch.float32: pass x.float()"
            )
        if x.device.type != "cpu":
            raise TrainingError(
                f"{name}: input is on {x.device}; tiles are on the CPU: pass x.cpu()"
            )
        raise TrainingError(
            f"{name}: input has shape {tuple(x.shape)}; expected {n_features} along dimension {dim}"
        )

    def get_extra_state(self) -> dict[str, Any]:
        """Return all of the tile that ``weight`` does not hold: references, fast array, H,
        counters, random streams, seed.
        """
        self._weight().settle()
        arrays = {name: torch.from_numpy(values) for name, values in self.tile.arrays().items()}
        return {"identity": self.tile.identity, "arrays": arrays}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """Go on from a saved state, bit for bit.

        Raises
        ------
        TrainingError
            If it is that of another device, algorithm or periphery.
        """
        self._check_identity(state)
        self.tile.restore({name: values.numpy() for name, values in state["arrays"].items()})
        self._weight().changed()

    def _check_identity(self, state: Any) -> None:
        if state["identity"] != self.tile.identity:
            raise TrainingError(
                f"{type(self).__name__}: the saved tile is {state['identity']}; this one is "
                f"{self.tile.identity}"
            )

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: Any, *others: Any
    ) -> None:
        saved = state_dict.get(f"{prefix}_extra_state")
        if saved is not None:
            self._check_identity(saved)  # before a weight is written
        copied = {
            **local_metadata,
            "assign_to_params_buffers": False,
        }  # the weight stays in its tile
        super()._load_from_state_dict(state_dict, prefix, copied, *others)
        if saved is None:
            self._weight().settle()  # weights of a digital layer

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        moved = fn(torch.empty(0))
        if moved.dtype != torch.float32 or moved.device.type != "cpu":
            raise TrainingError(
                f"{type(self).__name__}: to {moved.dtype} on {moved.device}; tiles are "
                "torch.float32 on the CPU"
            )
        if moved.is_shared():
            raise TrainingError(
                f"{type(self).__name__}: share_memory; a tile belongs to one process: send its "
                "state_dict to others"
            )
        return self

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
    """Rows through an array: ``x W`` and a bias forward, ``d W^T`` back, both products through the
    periphery.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: TileWeight, bias: Tensor | None, samples: int
    ) -> Tensor:
        tile = ctx.tile = weight.tile
        ctx.samples = samples
        ctx.geometry = weight.geometry
        to_x, to_weight, _, _ = ctx.needs_input_grad
        ctx.save_for_backward(x if to_weight else None, weight if to_x else None)
        y = _product(tile, x, _seen(tile, weight.matrix))
        return y if bias is None else y.add_(bias)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        if torch.is_grad_enabled():  # create_graph=True
            with torch.no_grad():
                results = _back(ctx, *gradients)
            return _to_be_derived(*results)
        return _back(ctx, *gradients)


def _back(ctx: Any, d: Tensor) -> tuple[Any, ...]:
    """Return the gradients of what :class:`_Read` was given, for those of what came out."""
    x, weight = ctx.saved_tensors
    tile = ctx.tile
    to_x, to_weight, to_bias, _ = ctx.needs_input_grad
    before = own = None
    if to_x:
        before = _product(tile, d, _seen(tile, _matrix(weight)).t())
    if to_weight:
        share = None if tile.drops is None else tile.drops.share
        own = TileGradient(
            [pair(x.detach().numpy(), d.detach().numpy(), ctx.samples, share)], *ctx.geometry
        )
    return before, own, d.sum(0) if to_bias else None, None


def _to_be_derived(before: Any, own: Any, bias: Any, _: None) -> tuple[Any, ...]:
    own = None if own is None else own.values()
    return *_Once.apply(*(_leaf(gradient) for gradient in (before, own, bias))), None


class _Once(torch.autograd.Function):
    """Gradients that are to be derived again, which the physics of a read does not tell."""

    @staticmethod
    def forward(ctx: Any, *gradients: Tensor | None) -> Any:
        return gradients

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise TrainingError(
            "a second derivative through a tile: what create_graph=True gives here cannot be "
            "derived again; leave the layers "
            "that need it digital"
        )


def _leaf(gradient: Tensor | None) -> Any:
    return None if gradient is None else gradient.detach().requires_grad_()


def _matrix(weight: Tensor) -> Tensor:
    """Return a weight that was saved, shape (n_in, n_out)."""
    return weight.matrix if type(weight) is TileWeight else weight.flatten(1).t()


def _seen(tile: Tile, matrix: Tensor) -> Tensor:
    """Return the weights that the lines show, shape as ``matrix``."""
    return matrix if tile.drops is None else torch.from_numpy(tile.drops.effective)


def _product(tile: Tile, x: Tensor, matrix: Tensor) -> Tensor:
    rows = x.detach().contiguous()
    if tile.exact:
        return _exact(rows, matrix)
    return torch.from_numpy(
        tile.read(rows.numpy(), lambda a: _exact(torch.from_numpy(a), matrix).numpy())
    )


def _exact(x: Tensor, matrix: Tensor) -> Tensor:
    """Multiply by torch's product or, where few inputs are not zero and each has its line in
    memory, through those alone.
    """
    if matrix.is_contiguous() and share(rows := x.numpy()) <= FEW:
        y = torch.empty(len(x), matrix.shape[1])
        product_of_few(rows, matrix.numpy(), y.numpy())
        return y
    if torch.is_autocast_enabled("cpu"):  # which would round the product
        with torch.autocast("cpu", enabled=False):
            return x @ matrix
    return x @ matrix
