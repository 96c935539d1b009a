"""Recurrent cells: one tile for what comes in, one for what was there before."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.periphery import Periphery
from acanthite.synapse.base import Synapse
from acanthite.torch.linear import AnalogLinear

_NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu}


class Cell(nn.Module):
    """Two tiles: ``ih`` from the inputs and ``hh`` from the hidden state to the gates."""

    _gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        synapse: Synapse | None = None,
        algorithm: str | Algorithm = "ttv2",
        periphery: Periphery | None = None,
        seed: int | None = None,
        wires: Wires | None = None,
    ) -> None:
        super().__init__()
        check_flags(self, bias=bias)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        n = self._gates * hidden_size
        seeds = (None, None) if seed is None else (2 * seed, 2 * seed + 1)
        knobs: dict[str, Any] = {
            "synapse": synapse,
            "algorithm": algorithm,
            "periphery": periphery,
            "wires": wires,
        }
        self.ih = AnalogLinear(input_size, n, bias, seed=seeds[0], **knobs)
        self.hh = AnalogLinear(hidden_size, n, bias, seed=seeds[1], **knobs)

    def start(self, x: Tensor) -> Any:
        """Return the state before anything was seen, for rows like those of ``x``."""
        return x.new_zeros(*x.shape[:-1], self.hidden_size)

    def taken(self, state: Any, shape: tuple[int, ...], name: str) -> Any:
        """Return a state that was given, its parts of a shape; ``name`` is the layer's, for the
        error.

        Raises
        ------
        TrainingError
            If it is another.
        """
        return _tensor(state, shape, f"{name}: the state")

    def output(self, state: Any) -> Tensor:
        """Return the part of a state that goes to the next layer."""
        return state

    def advance(self, gates: Tensor, state: Any, samples: int) -> Any:
        """Return the next state; ``gates`` is what the inputs say."""
        raise NotImplementedError

    def forward(self, x: Tensor, state: Any = None) -> Any:
        """Return the next state for inputs of shape (samples, input_size) or (input_size,).

        Raises
        ------
        TrainingError
            If the inputs or the state are of another shape, type or device.
        """
        name = type(self).__name__
        self.ih.check(x, self.input_size, -1)
        if x.dim() > 2:
            raise TrainingError(
                f"{name}: input has shape {tuple(x.shape)}; expected (samples, {self.input_size})"
            )
        shape = (*x.shape[:-1], self.hidden_size)
        samples = len(x) if x.dim() > 1 else 1
        state = self.start(x) if state is None else self.taken(state, shape, name)
        return self.advance(self.ih(x, samples), state, samples)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *others: Any) -> None:
        rename_digital(state_dict, prefix, "", "")
        super()._load_from_state_dict(state_dict, prefix, *others)

    def _recall(self, hidden: Tensor, samples: int) -> Tensor:
        return self.hh(hidden, samples)


class AnalogRNNCell(Cell):
    """``torch.nn.RNNCell`` on two tiles.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
        Digital, behind both tiles.
    nonlinearity : {"tanh", "relu"}
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.

    Examples
    --------
    >>> import torch
    >>> cell = ac.torch.AnalogRNNCell(4, 6, algorithm="floating", seed=1)
    >>> tuple(cell(torch.ones(2, 4)).shape)
    (2, 6)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        **tile: Any,
    ) -> None:
        check_nonlinearity(nonlinearity)
        super().__init__(input_size, hidden_size, bias, **tile)
        self.nonlinearity = nonlinearity

    def advance(self, gates: Tensor, state: Tensor, samples: int) -> Tensor:
        """Return the next hidden state."""
        return _NONLINEARITIES[self.nonlinearity](gates + self._recall(state, samples))


class AnalogLSTMCell(Cell):
    """``torch.nn.LSTMCell`` on two tiles; its state is a pair (h, c).

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
        Digital, behind both tiles.
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.

    Examples
    --------
    >>> import torch
    >>> cell = ac.torch.AnalogLSTMCell(4, 6, algorithm="floating", seed=1)
    >>> h, c = cell(torch.ones(2, 4))
    >>> tuple(h.shape), tuple(c.shape)
    ((2, 6), (2, 6))
    """

    _gates = 4

    def start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the state before anything was seen."""
        zeros = super().start(x)
        return zeros, zeros

    def taken(self, state: Any, shape: tuple[int, ...], name: str) -> tuple[Tensor, Tensor]:
        """Return a pair (h, c) that was given, as a tuple or list, its parts of a shape."""
        if not isinstance(state, tuple | list) or len(state) != 2:
            found = (
                f"{len(state)} parts" if isinstance(state, tuple | list) else type(state).__name__
            )
            raise TrainingError(
                f"{name}: the state is {found}; expected a pair (h, c), each of shape {shape}"
            )
        h, c = state
        return _tensor(h, shape, f"{name}: h"), _tensor(c, shape, f"{name}: c")

    def output(self, state: tuple[Tensor, Tensor]) -> Tensor:
        """Return the hidden state."""
        return state[0]

    def advance(
        self, gates: Tensor, state: tuple[Tensor, Tensor], samples: int
    ) -> tuple[Tensor, Tensor]:
        """Return the next hidden and cell state."""
        h, c = state
        enter, forget, new, leave = (gates + self._recall(h, samples)).chunk(4, -1)
        c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.tanh(new)
        return torch.sigmoid(leave) * torch.tanh(c), c


def _tensor(value: Any, shape: tuple[int, ...], what: str) -> Tensor:
    if not isinstance(value, Tensor):
        raise TrainingError(
            f"{what} is a {type(value).__name__}; expected a tensor of shape {shape}"
        )
    if tuple(value.shape) != shape:
        raise TrainingError(f"{what} has shape {tuple(value.shape)}; expected {shape}")
    if value.dtype != torch.float32 or value.device.type != "cpu":
        raise TrainingError(
            f"{what} is {value.dtype} on {value.device}; expected torch.float32 on the CPU"
        )
    return value


def rename_digital(state_dict: Any, prefix: str, suffix: str, cell: str) -> None:
    """Give the weights and biases in the state of a recurrent layer of torch the names they have
    here.
    """
    for side in ("ih", "hh"):
        for part in ("weight", "bias"):
            name = f"{prefix}{part}_{side}{suffix}"
            if name in state_dict:
                state_dict[f"{prefix}{cell}{side}.{part}"] = state_dict.pop(name)


def check_flags(layer: nn.Module, **flags: bool) -> None:
    """Raise unless what is yes or no is so; another order of arguments than torch's is found here."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise TrainingError(
                f"{type(layer).__name__}: {name} = {value!r}; expected True or False"
            )


def check_nonlinearity(name: Any) -> str:
    """Return the name of a nonlinearity, or raise."""
    if name not in tuple(_NONLINEARITIES):
        raise TrainingError(f"nonlinearity = {name!r}; expected tanh or relu")
    return name
