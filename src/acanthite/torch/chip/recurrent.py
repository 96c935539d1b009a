"""Recurrent layers and cells whose weights are on a chip."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from acanthite.torch.chip.product import Product
from acanthite.torch.chip.weights import Weights

State = tuple[Tensor, ...]


class _Direction(nn.Module):
    """One layer in one direction: two products, and for an LSTM with projections a third."""

    def __init__(self, old: Any, weights: Weights, suffix: str, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.hidden_size = old.hidden_size
        bias_of_input = getattr(old, f"bias_ih{suffix}", None)
        bias_of_state = getattr(old, f"bias_hh{suffix}", None)
        self.from_input = weights.product(getattr(old, f"weight_ih{suffix}"), bias=bias_of_input)
        self.from_state = weights.product(getattr(old, f"weight_hh{suffix}"), bias=bias_of_state)
        self.from_state.within_one = kind != "relu"
        projection = getattr(old, f"weight_hr{suffix}", None)
        self.projection = None if projection is None else weights.product(projection)
        self.bias_of_input = weights.digital_bias(bias_of_input)
        self.bias_of_state = weights.digital_bias(bias_of_state)

    def inputs(self, x: Tensor) -> Tensor:
        """Return what the inputs of all steps add to the gates."""
        return _with_bias(self.from_input, x, self.bias_of_input)

    def step(self, from_input: Tensor, state: State) -> State:
        """Return the state after one step."""
        from_state = _with_bias(self.from_state, state[0], self.bias_of_state)
        if self.kind == "LSTM":
            return self._lstm(from_input + from_state, state[1])
        if self.kind == "GRU":
            return (_gru(from_input, from_state, state[0]),)
        total = from_input + from_state
        return (total.relu() if self.kind == "relu" else total.tanh(),)

    def _lstm(self, gates: Tensor, memory: Tensor) -> State:
        enter, forget, new, leave = gates.chunk(4, dim=-1)
        memory = forget.sigmoid() * memory + enter.sigmoid() * new.tanh()
        hidden = leave.sigmoid() * memory.tanh()
        return (hidden if self.projection is None else self.projection(hidden)), memory


class ChipRecurrent(nn.Module):
    """RNN, LSTM or GRU of any number of layers, one or both ways, over padded or packed sequences."""

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.batch_first = old.batch_first
        self.bidirectional = old.bidirectional
        self.num_layers = old.num_layers
        self.hidden_size = old.hidden_size
        self.proj_size = old.proj_size
        self.dropout = old.dropout
        self.kind = old.nonlinearity if isinstance(old, nn.RNN) else type(old).__name__
        ways = ("", "_reverse") if old.bidirectional else ("",)
        self.directions = nn.ModuleList(
            _Direction(old, weights, f"_l{k}{way}", self.kind)
            for k in range(old.num_layers)
            for way in ways
        )

    def forward(self, x: Tensor | PackedSequence, state: Any = None) -> tuple[Any, Any]:
        """Return what torch's layer returns."""
        if isinstance(x, PackedSequence):
            return self._packed(x, state)
        single = x.dim() == 2
        batch = x.unsqueeze(0 if self.batch_first else 1) if single else x
        steps = batch.transpose(0, 1) if self.batch_first else batch
        states = self._states(steps, state, single)
        y, ends = self._run(steps, states, None)
        y = y.transpose(0, 1) if self.batch_first else y
        if single:
            y = y.squeeze(0 if self.batch_first else 1)
            ends = tuple(end.squeeze(1) for end in ends)
        return y, (ends if self.kind == "LSTM" else ends[0])

    def _packed(self, x: PackedSequence, state: Any) -> tuple[PackedSequence, Any]:
        padded, lengths = pad_packed_sequence(x)
        y, ends = self._run(padded, self._states(padded, state, False), lengths)
        packed = pack_padded_sequence(y, lengths, enforce_sorted=False)
        return packed, (ends if self.kind == "LSTM" else ends[0])

    def _states(self, steps: Tensor, state: Any, single: bool) -> State:
        """Return the states of all directions before the first step, zeros where none are given."""
        given = state if isinstance(state, tuple | list) or state is None else (state,)
        if given is not None:
            return tuple(part.unsqueeze(1) if single else part for part in given)
        n = len(self.directions)
        widths = [self.proj_size or self.hidden_size]
        if self.kind == "LSTM":
            widths.append(self.hidden_size)
        return tuple(steps.new_zeros(n, steps.shape[1], width) for width in widths)

    def _run(self, steps: Tensor, states: State, lengths: Tensor | None) -> tuple[Tensor, State]:
        ways = 2 if self.bidirectional else 1
        ends: list[State] = []
        for layer in range(self.num_layers):
            outputs = []
            for way in range(ways):
                k = layer * ways + way
                direction = self.directions[k]
                assert isinstance(direction, _Direction)
                start = tuple(part[k] for part in states)
                y, end = _along(direction, steps, start, lengths, backward=way == 1)
                outputs.append(y)
                ends.append(end)
            steps = torch.cat(outputs, dim=-1)
            if self.dropout and layer + 1 < self.num_layers:
                steps = functional.dropout(steps, self.dropout, self.training)
        return steps, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))


class ChipCell(nn.Module):
    """One step of an RNN, LSTM or GRU."""

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.hidden_size = old.hidden_size
        kind = type(old).__name__.removesuffix("Cell")
        self.kind = old.nonlinearity if kind == "RNN" else kind
        self.direction = _Direction(old, weights, "", self.kind)

    def forward(self, x: Tensor, state: Any = None) -> Any:
        """Return what torch's cell returns."""
        if state is None:
            zeros = x.new_zeros(*x.shape[:-1], self.hidden_size)
            state = (zeros, zeros) if self.kind == "LSTM" else zeros
        before = tuple(state) if self.kind == "LSTM" else (state,)
        after = self.direction.step(self.direction.inputs(x), before)
        return after if self.kind == "LSTM" else after[0]


def _along(
    direction: _Direction, steps: Tensor, state: State, lengths: Tensor | None, backward: bool
) -> tuple[Tensor, State]:
    """Run one direction over all steps; sequences that have ended, or not begun, keep their state."""
    from_inputs = direction.inputs(steps)
    order = range(len(steps) - 1, -1, -1) if backward else range(len(steps))
    outputs: list[Tensor] = [steps] * len(steps)
    for t in order:
        after = direction.step(from_inputs[t], state)
        if lengths is not None:
            running = (t < lengths).unsqueeze(-1)
            after = tuple(torch.where(running, a, b) for a, b in zip(after, state, strict=True))
        state = after
        outputs[t] = state[0]
    return torch.stack(outputs), state


def _gru(from_input: Tensor, from_state: Tensor, hidden: Tensor) -> Tensor:
    reset_x, update_x, new_x = from_input.chunk(3, dim=-1)
    reset_h, update_h, new_h = from_state.chunk(3, dim=-1)
    update = (update_x + update_h).sigmoid()
    new = (new_x + (reset_x + reset_h).sigmoid() * new_h).tanh()
    return new + update * (hidden - new)


def _with_bias(product: Product, x: Tensor, bias: Tensor | None) -> Tensor:
    y = product(x)
    return y if bias is None else y + bias
