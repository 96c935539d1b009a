"""The weight of an analogue layer: a parameter that lies in the memory of a tile, and nowhere else."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.errors import TrainingError
from acanthite.torch.guard import Guarded, bare
from acanthite.torch.tile import Tile

_PLACE = Tensor.data_ptr


class TileWeight(Guarded, nn.Parameter):
    """A tile's weights as a parameter of torch, shape (n_out, n_in) or, of a kernel, (n_out,
    channels, ...).

    What is written into it in place is put on the cells when it is next used, each as near as the
    bounds of its cell let it; torch counts writes, and so it is known. Its numbers may be looked
    at, compared, copied and penalised; ``detach()`` gives them as a plain tensor. Products with
    other tensors are refused: they would go past the tile. Made by :func:`tile_weight`.
    """

    tile: Tile
    matrix: Tensor
    """The same memory as the kernels see it, shape (n_in, n_out)."""
    geometry: tuple[Any, Any]
    """Size and strides."""
    _address: int
    _known: int  # the version of the values that the cells are known to hold

    @property
    def data(self) -> Tensor:  # type: ignore[override]
        """The values without autograd, in the same memory; writes into it count as writes into the
        weight.
        """
        return self.detach()

    @data.setter
    def data(self, value: Any) -> None:
        if (
            value.data_ptr() == self._address
            and value.size() == self.size()
            and value.stride() == self.stride()
        ):
            return  # weight.data += ... puts back what it took
        raise TrainingError(
            f"weight.data = ...: the weight of a tile of {self.tile.n_in} x {self.tile.n_out} "
            "cannot lie in other memory; "
            "write values with layer.program(values)"
        )

    def settle(self) -> None:
        """Put on the cells what was written into the weight since it was last used.

        Raises
        ------
        TrainingError
            If it no longer lies in the tile.
        """
        if bare(_PLACE, (), (self,), {}) != self._address:
            raise TrainingError(
                f"the weight of a tile of {self.tile.n_in} x {self.tile.n_out} was moved out of it "
                "(by share_memory_, set_ or "
                "swap_tensors); build the layer anew and load its state_dict"
            )
        if self.matrix._version != self._known:
            self.program(self.matrix)

    def program(self, matrix: Tensor) -> None:
        """Write weights, shape (n_in, n_out), each as near as the bounds of its cell let it."""
        self.tile.program(matrix.numpy())
        self.changed()

    def update(self, pairs: Any, rate: float, factor: float) -> None:
        """Train the tile: see :meth:`acanthite.torch.tile.Tile.update`."""
        self.tile.update(pairs, rate, factor)
        self.changed()  # even if nothing moved, as torch counts it

    def changed(self) -> None:
        """Let autograd know that the tile changed the values: a backward pass through the old ones
        is refused, as torch does it.
        """
        torch.autograd.graph.increment_version(self.matrix)
        self._known = self.matrix._version

    def __deepcopy__(self, memo: dict[int, Any]) -> TileWeight:
        """Return the weight of a copy of the tile."""
        if id(self) not in memo:
            self.settle()
            memo[id(self)] = tile_weight(
                copy.deepcopy(self.tile, memo), tuple(self.shape), self.requires_grad
            )
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the tile, and how it is looked at."""
        self.settle()
        return tile_weight, (self.tile, tuple(self.shape), self.requires_grad)


def tile_weight(tile: Tile, shape: tuple[int, ...], requires_grad: bool = True) -> TileWeight:
    """Return the weight of a tile.

    Parameters
    ----------
    tile : Tile
    shape : tuple of int
        Outputs first.
    requires_grad : bool
    """
    with torch.inference_mode(False):
        matrix = torch.from_numpy(tile.weights)
        weight = TileWeight(matrix.t().view(shape), requires_grad)
    weight.tile = tile
    weight.matrix = matrix
    weight.geometry = weight.size(), weight.stride()
    weight._address = matrix.data_ptr()
    weight._known = matrix._version
    return weight
