"""Optimizers: pulses for the tiles, torch's own steps for what is digital."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from acanthite.errors import TrainingError
from acanthite.torch.gradient import TileGradient
from acanthite.torch.weight import TileWeight


class AnalogOptimizer(torch.optim.Optimizer):
    """What :class:`AnalogSGD` and :class:`AnalogAdam` share: tiles are pulsed, the optimizer of
    torch behind it does the rest.
    """

    _tile_lr: float | None

    def add_param_group(self, param_group: Any) -> None:
        """Add parameters; note which rate of their tiles goes with which ``lr``."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        if group.get("maximize") or group.get("differentiable"):
            raise TrainingError(
                f"{type(self).__name__}: maximize and differentiable are not for tiles; minimise "
                "the negative of what is to grow"
            )
        group.setdefault("tile_lr", self._tile_lr)
        if group["tile_lr"] is None:
            group["tile_lr"] = float(group["lr"])
        _positive(self, "lr", group["lr"])
        _positive(self, "tile_lr", group["tile_lr"])
        group["tile_lr_at"] = float(group["lr"])

    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """Descend once.

        Raises
        ------
        TrainingError
            If a gradient of a tile is not finite or no sum of pairs, or a weight has left its tile;
            all is then as it was.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        updates = [update for group in self.param_groups for update in _updates(self, group)]
        for update in updates:
            update.weight.grad = None  # none of the base class's business
        try:
            _plain_step(super().step)()
        finally:
            for update in updates:
                update.weight.grad = update.gradient
        for update in updates:
            update.weight.update(update.gradient.pairs, update.rate, update.factor)
        return loss


class AnalogSGD(AnalogOptimizer, torch.optim.SGD):
    """Stochastic gradient descent: digital parameters as ``torch.optim.SGD`` does it, tiles by the
    pulses of their algorithm.

    A tile gets the gradients in its ``weight.grad`` as rank-one updates, sample by sample, in the
    order they came. As anywhere in torch they stay there until they are zeroed. Schedulers of torch
    drive both rates.

    Rates are those of a loss that is summed over its samples (``reduction="sum"``), as the rates of
    the algorithms are: each sample moves the weights by ``-tile_lr x d``, in any batch. A mean over
    ``n`` samples makes the errors ``n`` times smaller, so it needs ``n`` times the rate.

    Parameters
    ----------
    params : iterable
        Parameters or groups, as for any optimizer of torch; a group may have a ``tile_lr`` of its
        own.
    lr : float
        Learning rate of the digital parameters, and of tiles without ``tile_lr``. [1]
    tile_lr : float, optional
        Of tiles at the ``lr`` given here, in the place of their algorithm's ``rate``: a weight (of
        Tiki-Taka, a cell of A in half windows) is to move by ``-tile_lr x d`` for each sample of a
        summed loss. What a scheduler makes of ``lr`` acts where the schedules of the online engine
        do: on the rate or, with TTv2 and its kin, on one over the threshold. [1]
    momentum, dampening, weight_decay, nesterov
        Of the digital parameters alone.

    Raises
    ------
    TrainingError
        If a rate is not positive.

    Examples
    --------
    One step of a sum of squares moves a weight by its rate times the derivative:

    >>> import torch
    >>> layer = ac.torch.AnalogLinear(1, 1, bias=False, algorithm="floating", seed=1)
    >>> layer.program(torch.zeros(1, 1))
    >>> optimizer = ac.torch.AnalogSGD(layer.parameters(), lr=0.1)
    >>> ((layer(torch.ones(1, 1)) - 1) ** 2).sum().backward()
    >>> optimizer.step()
    >>> print(f"{layer.weight.item():.2f}")
    0.20
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
        _positive(self, "lr", lr)
        self._tile_lr = tile_lr
        super().__init__(params, lr, momentum, dampening, weight_decay, nesterov)


class AnalogAdam(AnalogOptimizer, torch.optim.Adam):
    """Adam: digital parameters as ``torch.optim.Adam`` does it, tiles by the pulses of their
    algorithm.

    For Adam on the cells too give tiles ``MixedPrecision(optimizer="adam")``: its moments are kept
    in digital memory beside the array, and what Adam changes is written by pulses once it amounts to
    a whole step. What is a batch there is what happens between two steps here.

    Parameters
    ----------
    params : iterable
        Parameters or groups, as for any optimizer of torch; a group may have a ``tile_lr`` of its
        own.
    lr : float
        Learning rate of the digital parameters, and of tiles without ``tile_lr``. [1]
    tile_lr : float, optional
        Of tiles, as of :class:`AnalogSGD`. [1]
    betas : (float, float)
        Memories of the two moments of the digital parameters; those of tiles are ``momentum`` and
        ``memory`` of their algorithm. [1]
    eps, weight_decay, amsgrad
        Of the digital parameters alone.

    Raises
    ------
    TrainingError
        If a rate is not positive.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, *ICLR* (2015), arXiv:1412.6980.

    Examples
    --------
    The first step of Adam is its rate, whatever the gradient; a weight is written in whole steps of
    its cell:

    >>> import torch
    >>> cell = ac.synapse.ConstantStep(size=1e-3, conductance_min=1e-6, conductance_max=5e-6)
    >>> adam = ac.nn.MixedPrecision(optimizer="adam", window=1.0)
    >>> layer = ac.torch.AnalogLinear(1, 1, bias=False, synapse=cell, algorithm=adam, seed=1)
    >>> layer.program(torch.zeros(1, 1))
    >>> optimizer = ac.torch.AnalogAdam(layer.parameters(), lr=0.1)
    >>> ((layer(torch.ones(1, 1)) - 1) ** 2).sum().backward()
    >>> optimizer.step()
    >>> print(f"{layer.weight.item():.2f}")
    0.10
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        tile_lr: float | None = None,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        _positive(self, "lr", lr)
        self._tile_lr = tile_lr
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)


class _Update(NamedTuple):
    """What a step is to do to one tile."""

    weight: TileWeight
    gradient: TileGradient
    rate: float
    factor: float


def _updates(optimizer: AnalogOptimizer, group: dict[str, Any]) -> Iterator[_Update]:
    """Yield what is to be done to the tiles of a group, each checked."""
    factor = None
    for weight in group["params"]:
        if type(weight) is not TileWeight or weight.grad is None:
            continue
        if factor is None:
            factor = factor_of(optimizer, group)
        weight.settle()
        yield _Update(weight, _checked(weight), group["tile_lr"], factor)


def factor_of(optimizer: AnalogOptimizer, group: dict[str, Any]) -> float:
    """Return what schedulers have made of the rate since it was given."""
    if "tile_lr_at" not in group:
        raise TrainingError(
            f"{type(optimizer).__name__}: the loaded state has no tile_lr_at; it is another "
            "version's or another optimizer's"
        )
    factor = float(group["lr"]) / group["tile_lr_at"]
    if not 0 <= factor < math.inf:
        raise TrainingError(
            f"{type(optimizer).__name__}: lr = {float(group['lr']):g}; expected zero or more"
        )
    return factor


def _checked(weight: TileWeight) -> TileGradient:
    gradient = weight.grad
    where = f"a gradient of a tile of {weight.tile.n_in} x {weight.tile.n_out}"
    if not isinstance(gradient, TileGradient):
        raise TrainingError(
            f"{where} is an ordinary tensor (from a penalty or hook on the weight, "
            "create_graph=True, DistributedDataParallel, or "
            "assigned); tiles are pulsed by the pairs that backward() leaves: let the loss depend "
            "on the weight through its layer alone"
        )
    if not all(pair.finite for pair in gradient.pairs):
        raise TrainingError(f"{where} is not finite; lower lr, or look for the loss's first NaN")
    return gradient


def _plain_step(step: Any) -> Any:
    """Return torch's step without the hooks around it, which the step of the class derived from it
    has already.
    """
    if not getattr(step, "hooked", False):
        return step
    return step.__wrapped__.__get__(step.__self__)


def _positive(optimizer: AnalogOptimizer, name: str, value: Any) -> None:
    if not 0 < float(value) < math.inf:
        raise TrainingError(
            f"{type(optimizer).__name__}: {name} = {float(value)}; expected more than zero"
        )


def _refuse_others(optimizer: Any, *_: Any) -> None:
    """Keep optimizers that write weights, and fire no pulses, off the devices."""
    if isinstance(optimizer, AnalogOptimizer):
        return
    for group in optimizer.param_groups:
        for weight in group["params"]:
            if type(weight) is TileWeight and weight.requires_grad and weight.tile.on_devices:
                raise TrainingError(
                    f"{type(optimizer).__name__} would write the weight of a tile of "
                    f"{weight.tile.n_in} x {weight.tile.n_out} "
                    "without a pulse and past its cells' bounds; train tiles with AnalogSGD or "
                    "AnalogAdam, and give other optimizers the digital parameters alone"
                )


register_optimizer_step_pre_hook(_refuse_others)
