"""Recurrent layers: cells on top of each other, run over sequences."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from acanthite.errors import TrainingError
from acanthite.torch.cells import (
    AnalogLSTMCell,
    AnalogRNNCell,
    Cell,
    check_flags,
    check_nonlinearity,
    rename_digital,
)


class _Recurrent(nn.Module):
    """Cells on top of each other, run over sequences."""

    _cell: type[Cell]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        proj_size: int,
        seed: int | None,
        others: dict[str, Any],
    ) -> None:
        super().__init__()
        name = type(self).__name__
        check_flags(self, bias=bias, batch_first=batch_first)
        if dropout or bidirectional or proj_size:
            raise TrainingError(
                f"{name}: dropout = {dropout}, bidirectional = {bidirectional}, proj_size = "
                f"{proj_size}; expected 0, False and 0: "
                "tiles have one direction and neither dropout nor projections"
            )
        if isinstance(num_layers, bool) or not isinstance(num_layers, Integral) or num_layers < 1:
            raise TrainingError(f"{name}: num_layers = {num_layers!r}; expected at least 1")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = 0.0
        self.bidirectional = False
        self.proj_size = 0
        widths = [input_size] + [hidden_size] * (num_layers - 1)
        seeds = [None if seed is None else seed * num_layers + k for k in range(num_layers)]
        self.cells = nn.ModuleList(
            self._cell(width, hidden_size, bias, seed=own, **others)
            for width, own in zip(widths, seeds, strict=True)
        )

    def forward(self, x: Tensor | PackedSequence, state: Any = None) -> tuple[Any, Any]:
        """Run over sequences.

        Parameters
        ----------
        x : Tensor or PackedSequence
            Shape (time, samples, input_size), (samples, time, input_size) with ``batch_first``, or
            (time, input_size).
        state : Tensor or pair of Tensor, shape (num_layers, samples, hidden_size), optional
            Zeros without; (num_layers, hidden_size) for one sequence of shape (time, input_size).

        Returns
        -------
        tuple
            Hidden states of the last layer at all times, and the last states of all layers, as
            torch gives them.

        Raises
        ------
        TrainingError
            If the inputs or the state are of another shape, type or device, or there are no steps
            in time.
        """
        if isinstance(x, PackedSequence):
            return self._forward_packed(x, state)
        name = type(self).__name__
        if x.dim() not in (2, 3):
            raise TrainingError(
                f"{name}: input has shape {tuple(x.shape)}; expected (time, samples, features)"
            )
        one = x.dim() == 2
        swap = self.batch_first and not one
        steps = x.unsqueeze(1) if one else x.transpose(0, 1) if swap else x
        time, samples = steps.shape[:2]
        if time == 0:
            raise TrainingError(
                f"{name}: input has shape {tuple(x.shape)}; expected at least one step in time"
            )
        self._cells[0].ih.check(x, self.input_size, -1)
        before = self._before(state, (self.hidden_size,) if one else (samples, self.hidden_size))
        if one and before is not None:
            before = [_each(part, lambda t: t.unsqueeze(0)) for part in before]
        rows = steps.reshape(-1, self.input_size)
        out, ends = self._through(rows, [samples] * time, before)
        out = out.view(time, samples, self.hidden_size)
        out = out.squeeze(1) if one else out.transpose(0, 1) if swap else out
        return out, _each(_stack(ends), lambda t: t.squeeze(1)) if one else _stack(ends)

    def _forward_packed(self, x: PackedSequence, state: Any) -> tuple[PackedSequence, Any]:
        """Run over sequences of unequal lengths, which end one after the other."""
        sizes = [int(n) for n in x.batch_sizes]
        self._cells[0].ih.check(x.data, self.input_size, -1)
        before = self._before(state, (sizes[0], self.hidden_size))
        if before is not None and x.sorted_indices is not None:
            order = x.sorted_indices
            before = [_each(part, lambda t: t.index_select(0, order)) for part in before]
        out, ends = self._through(x.data, sizes, before)
        last = _stack(ends)
        if x.unsorted_indices is not None:
            back = x.unsorted_indices
            last = _each(last, lambda t: t.index_select(1, back))
        return PackedSequence(out, x.batch_sizes, x.sorted_indices, x.unsorted_indices), last

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *others: Any) -> None:
        for k in range(self.num_layers):
            rename_digital(state_dict, prefix, f"_l{k}", f"cells.{k}.")
        super()._load_from_state_dict(state_dict, prefix, *others)

    @property
    def _cells(self) -> list[Cell]:
        return list(self.cells)  # type: ignore[arg-type]

    def _before(self, state: Any, shape: tuple[int, ...]) -> list[Any] | None:
        """Return the state of each layer at the start, if one was given."""
        if state is None:
            return None
        state = self._cells[0].taken(state, (self.num_layers, *shape), type(self).__name__)
        return [_each(state, lambda t, k=k: t[k]) for k in range(self.num_layers)]

    def _through(
        self, rows: Tensor, sizes: list[int], before: list[Any] | None
    ) -> tuple[Tensor, list[Any]]:
        """Return the rows that come out of the last layer, and the last state of each."""
        ends = []
        for k, cell in enumerate(self._cells):
            rows, end = _run(cell, rows, sizes, None if before is None else before[k])
            ends.append(end)
        return rows, ends


def _run(cell: Cell, x: Tensor, sizes: list[int], state: Any) -> tuple[Tensor, Any]:
    """Run a cell over rows of which the first ``sizes[0]`` are the first step, and so on; sequences
    may end, none begins later.
    """
    gates = cell.ih(x, sizes[0]).split(sizes)
    state = cell.start(x[: sizes[0]]) if state is None else state
    outputs = []
    ended = []
    for t, (gate, size) in enumerate(zip(gates, sizes, strict=True)):
        if t > 0 and size < sizes[t - 1]:
            ended.append(_each(state, lambda part, size=size: part[size:]))
            state = _each(state, lambda part, size=size: part[:size])
        state = cell.advance(gate, state, size if t == 0 else 0)  # one sample, however long
        outputs.append(cell.output(state))
    return torch.cat(outputs), _joined([state, *reversed(ended)])


def _each(state: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Return a state with each of its tensors changed."""
    return tuple(change(part) for part in state) if isinstance(state, tuple) else change(state)


def _stack(ends: list[Any]) -> Any:
    if isinstance(ends[0], tuple):
        return tuple(torch.stack(part) for part in zip(*ends, strict=True))
    return torch.stack(ends)


def _joined(states: list[Any]) -> Any:
    if len(states) == 1:
        return states[0]
    if isinstance(states[0], tuple):
        return tuple(torch.cat(part) for part in zip(*states, strict=True))
    return torch.cat(states)


class AnalogRNN(_Recurrent):
    """``torch.nn.RNN`` on tiles, in one direction and without dropout; arguments in torch's order.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    nonlinearity : {"tanh", "relu"}
    bias, batch_first : bool
    dropout, bidirectional
        As torch's; anything but none is refused.
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.

    Raises
    ------
    TrainingError
        If an argument is none of these.

    Examples
    --------
    >>> import torch
    >>> layer = ac.torch.AnalogRNN(4, 6, nonlinearity="relu", algorithm="floating", seed=1)
    >>> output, h = layer(torch.ones(5, 2, 4))
    >>> tuple(output.shape), tuple(h.shape)
    ((5, 2, 6), (1, 2, 6))
    """

    _cell = AnalogRNNCell

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        seed: int | None = None,
        **tile: Any,
    ) -> None:
        others = {**tile, "nonlinearity": check_nonlinearity(nonlinearity)}
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            0,
            seed,
            others,
        )
        self.nonlinearity = nonlinearity


class AnalogLSTM(_Recurrent):
    """``torch.nn.LSTM`` on tiles, in one direction, without dropout or projections; arguments in
    torch's order.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    bias, batch_first : bool
    dropout, bidirectional, proj_size
        As torch's; anything but none is refused.
    synapse, algorithm, periphery, seed, wires
        As of :class:`~acanthite.torch.linear.AnalogLinear`.

    Raises
    ------
    TrainingError
        If an argument is none of these.

    Examples
    --------
    >>> import torch
    >>> layer = ac.torch.AnalogLSTM(4, 6, batch_first=True, algorithm="floating", seed=1)
    >>> output, (h, c) = layer(torch.ones(2, 5, 4))
    >>> tuple(output.shape), tuple(h.shape)
    ((2, 5, 6), (1, 2, 6))
    """

    _cell = AnalogLSTMCell

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        seed: int | None = None,
        **tile: Any,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            seed,
            tile,
        )
