"""The weight of an analogue layer: a parameter that lies in the memory of a tile."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from acanthite.errors import TrainingError
from acanthite.torch.guard import Guarded, bare


class TileWeight(Guarded, nn.Parameter):
    """A parameter that lies in the memory of a tile.

    Its numbers may be looked at, compared, copied, written and penalised; ``detach()`` gives them as a plain tensor. Products
    with other tensors are refused: they would go past the tile.
    """

    analog_tile: Any = None
    """The tile it lies in."""
    analog_place: int = 0
    """Where in memory its first number was put."""

    def lay(self, view: Tensor, tile: Any) -> None:
        """Let it lie in the memory of a tile, of which ``view`` is a view of its shape."""
        self.data = view
        self.analog_tile = tile
        self.analog_place = view.data_ptr()

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle as what it is; the layer binds it to its tile again."""
        return TileWeight, (self.data, self.requires_grad)


_DETACH, _FLATTEN, _PLACE = Tensor.detach, Tensor.flatten, Tensor.data_ptr


def plain(weight: Tensor) -> Tensor:
    """Return the numbers of a weight as a plain tensor in the same memory."""
    return bare(_DETACH, (), (weight,), {})


def rows(layer: Any) -> Tensor:
    """Return the weight of a layer as (outputs, inputs), for the layer's own read.

    Raises
    ------
    TrainingError
        If ``layer.weight`` is no longer the one that lies in the layer's tile.
    """
    weight = getattr(layer, "weight", None)
    name = type(layer).__name__
    if type(weight) is not TileWeight or weight.analog_tile is not layer.tile:
        raise TrainingError(
            f"{name}: weight is not the one in the layer's tile: it was tied, parametrized, pruned, assigned or swapped after the layer "
            "was made; undo that, and write numbers with layer.program(...)"
        )
    if bare(_PLACE, (), (weight,), {}) != weight.analog_place:
        raise TrainingError(
            f"{name}: weight.data was moved out of the tile's memory; write numbers with layer.program(...) or weight.copy_(...)"
        )
    return bare(_FLATTEN, (), (weight, 1), {})
