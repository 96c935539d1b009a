"""Recurrent cells and layers: one tile for what comes in, one for what was there before."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from acanthite.crossbar.wires import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms import Algorithm
from acanthite.nn.periphery import Periphery
from acanthite.synapse.base import Synapse
from acanthite.torch.linear import AnalogLinear

_NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu}


class _Cell(nn.Module):
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
        self.input_size, self.hidden_size = input_size, hidden_size
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

    def output(self, state: Any) -> Tensor:
        """Return the part of a state that goes to the next layer."""
        return state

    def advance(self, gates: Tensor, state: Any, samples: int) -> Any:
        """Return the next state; ``gates`` is what the inputs say."""
        raise NotImplementedError

    def forward(self, x: Tensor, state: Any = None) -> Any:
        """Return the next state for inputs of shape (samples, input_size) or (input_size,)."""
        state = self.start(x) if state is None else state
        return self.advance(self.ih(x), state, len(x) if x.dim() > 1 else 1)

    def _recall(self, hidden: Tensor, samples: int) -> Tensor:
        self.hh.check(hidden, self.hidden_size, -1)
        rows = hidden.reshape(-1, self.hidden_size)
        return self.hh.read(rows, samples).view(*hidden.shape[:-1], -1)


class AnalogRNNCell(_Cell):
    """``torch.nn.RNNCell`` on two tiles.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
        Digital, behind both tiles.
    nonlinearity : {"tanh", "relu"}
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", **tile: Any
    ) -> None:
        if nonlinearity not in _NONLINEARITIES:
            raise TrainingError(f"nonlinearity = {nonlinearity!r}; expected tanh or relu")
        super().__init__(input_size, hidden_size, bias, **tile)
        self.nonlinearity = nonlinearity

    def advance(self, gates: Tensor, state: Tensor, samples: int) -> Tensor:
        """Return the next hidden state."""
        return _NONLINEARITIES[self.nonlinearity](gates + self._recall(state, samples))


class AnalogLSTMCell(_Cell):
    """``torch.nn.LSTMCell`` on two tiles; its state is a pair (h, c).

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
        Digital, behind both tiles.
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.
    """

    _gates = 4

    def start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the state before anything was seen."""
        zeros = super().start(x)
        return zeros, zeros

    def output(self, state: tuple[Tensor, Tensor]) -> Tensor:
        """Return the hidden state."""
        return state[0]

    def advance(self, gates: Tensor, state: tuple[Tensor, Tensor], samples: int) -> tuple[Tensor, Tensor]:
        """Return the next hidden and cell state."""
        h, c = state
        enter, forget, new, leave = (gates + self._recall(h, samples)).chunk(4, -1)
        c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.tanh(new)
        return torch.sigmoid(leave) * torch.tanh(c), c


class _Recurrent(nn.Module):
    """Cells on top of each other, run over sequences."""

    _cell: type[_Cell]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        *,
        seed: int | None = None,
        **others: Any,
    ) -> None:
        super().__init__()
        if num_layers < 1:
            raise TrainingError(f"{type(self).__name__}: num_layers = {num_layers}; expected at least 1")
        self.batch_first, self.num_layers = batch_first, num_layers
        widths = [input_size] + [hidden_size] * (num_layers - 1)
        seeds = [None if seed is None else seed * num_layers + k for k in range(num_layers)]
        self.cells = nn.ModuleList(
            self._cell(width, hidden_size, bias, seed=own, **others)
            for width, own in zip(widths, seeds, strict=True)
        )

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Run over sequences.

        Parameters
        ----------
        x : Tensor, shape (time, samples, input_size), (samples, time, input_size) with ``batch_first``, or (time, input_size)
        state : Tensor or pair of Tensor, shape (num_layers, samples, hidden_size), optional
            Zeros without.

        Returns
        -------
        tuple
            Hidden states of the last layer at all times, and the last states of all layers, as torch gives them.
        """
        if x.dim() not in (2, 3):
            raise TrainingError(
                f"{type(self).__name__}: input has shape {tuple(x.shape)}; expected (time, samples, features)"
            )
        swap = self.batch_first and x.dim() == 3
        x = x.transpose(0, 1) if swap else x
        ends = []
        for k, cell in enumerate(self.cells):
            before = None if state is None else _pick(state, k)
            x, end = _run(cell, x, before)  # type: ignore[arg-type]
            ends.append(end)
        return (x.transpose(0, 1) if swap else x), _stack(ends)


def _run(cell: _Cell, x: Tensor, state: Any) -> tuple[Tensor, Any]:
    samples = x.shape[1] if x.dim() == 3 else 1
    cell.ih.check(x, cell.input_size, -1)
    gates = cell.ih.read(x.reshape(-1, cell.input_size), samples).view(*x.shape[:-1], -1)
    state = cell.start(x[0]) if state is None else state
    seen = []
    for t, gate in enumerate(gates):
        state = cell.advance(gate, state, samples if t == 0 else 0)  # one sample, however long
        seen.append(cell.output(state))
    return torch.stack(seen), state


def _pick(state: Any, k: int) -> Any:
    return tuple(part[k] for part in state) if isinstance(state, tuple) else state[k]


def _stack(ends: list[Any]) -> Any:
    if isinstance(ends[0], tuple):
        return tuple(torch.stack(part) for part in zip(*ends, strict=True))
    return torch.stack(ends)


class AnalogRNN(_Recurrent):
    """``torch.nn.RNN`` on tiles, in one direction and without dropout.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    bias, batch_first : bool
    nonlinearity : {"tanh", "relu"}
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.
    """

    _cell = AnalogRNNCell


class AnalogLSTM(_Recurrent):
    """``torch.nn.LSTM`` on tiles, in one direction, without dropout or projections.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    bias, batch_first : bool
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.
    """

    _cell = AnalogLSTMCell
