"""The optimizer: pulses for the tiles, plain descent for what is digital."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from acanthite.errors import TrainingError
from acanthite.torch.tile import Tile


class AnalogSGD(torch.optim.SGD):
    """Stochastic gradient descent: digital parameters as ``torch.optim.SGD`` does it, tiles by the pulses of their algorithm.

    A tile gets the gradients of the loss, sample by sample, as rank-one updates in the order they came. Schedulers of torch drive
    both rates.

    Parameters
    ----------
    params : iterable
        Parameters or groups, as for any optimizer of torch; a group may have a ``tile_lr`` of its own.
    lr : float
        Learning rate of the digital parameters, and of tiles without ``tile_lr``. [1]
    tile_lr : float, optional
        Of tiles, in the place of their algorithm's ``rate``: a weight (of Tiki-Taka, a cell of A in half windows) is to move
        by ``-tile_lr x d``. [1]
    momentum, dampening, weight_decay, nesterov
        Of the digital parameters alone.

    Raises
    ------
    TrainingError
        If a rate is not positive.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        tile_lr: float | None = None,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if not float(lr) > 0:
            raise TrainingError(f"AnalogSGD: lr = {lr}; expected more than zero")
        self._tile_lr = tile_lr
        super().__init__(params, lr, momentum, dampening, weight_decay, nesterov)

    def add_param_group(self, param_group: Any) -> None:
        """Add parameters, and take over those that are tiles."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        tile_lr = group.pop("tile_lr", self._tile_lr)
        if tile_lr is not None and not tile_lr > 0:
            raise TrainingError(f"AnalogSGD: tile_lr = {tile_lr}; expected more than zero")
        group["tile_factor"] = 1.0 if tile_lr is None else tile_lr / float(group["lr"])
        for parameter in group["params"]:
            if (tile := tile_of(parameter)) is not None:
                tile.owned = True

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """Descend once, and let go of the gradients of the tiles.

        Raises
        ------
        TrainingError
            If a gradient of a tile is not finite.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        waiting = []
        for group in self.param_groups:
            for parameter in group["params"]:
                tile = tile_of(parameter)
                if tile is not None and parameter.grad is not None:
                    waiting.append((tile, float(group["lr"]) * group["tile_factor"]))
                    parameter.grad = None  # a placeholder, none of the base class's business
        super().step()
        for tile, rate in waiting:
            tile.update(rate)
        return loss


def tile_of(parameter: torch.Tensor) -> Tile | None:
    """Return the tile a parameter lies in, if any."""
    return getattr(parameter, "analog_tile", None)
