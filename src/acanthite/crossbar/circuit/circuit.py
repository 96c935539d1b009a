"""The circuit of an array: devices where word lines cross bit lines; checked, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from acanthite.crossbar.array_types import Array, Mask, Shape
from acanthite.crossbar.circuit.devices import NonlinearDevices, evaluate
from acanthite.crossbar.circuit.islands import refuse_islands
from acanthite.crossbar.circuit.lines import ArrayLines


@dataclass(frozen=True, eq=False, repr=False)
class Circuit:
    """What the solvers work on: conductances, lines and devices.

    Parameters
    ----------
    conductance : ndarray, shape (N, M)
        Of linear devices; of others only the shape counts, and zeros, where there is no device. [S]
    word, bit : ArrayLines
    devices : NonlinearDevices, optional
        Those that are not linear.

    Raises
    ------
    CrossbarError
        If a node is tied to nothing.
    """

    conductance: Array
    word: ArrayLines
    bit: ArrayLines
    devices: NonlinearDevices | None = None

    def __post_init__(self) -> None:
        refuse_islands(self.conductance, self.word, self.bit)

    @property
    def shape(self) -> Shape:
        """Word lines and bit lines."""
        return self.conductance.shape  # type: ignore[return-value]

    @property
    def linear(self) -> bool:
        """Whether all devices are."""
        return self.devices is None

    @property
    def broken(self) -> bool:
        """Whether a wire between nodes is."""
        return self.word.broken or self.bit.broken

    @cached_property
    def present(self) -> Mask:
        """Where there are devices, shape (N, M)."""
        return self.conductance > 0.0

    def respond(self, voltage: Array, strict: bool = True) -> tuple[Array, Array]:
        """Return current [A] and slope [S] of each nonlinear device; see :func:`.evaluate`."""
        assert self.devices is not None
        return evaluate(self.devices, voltage, self.present, strict)

    def unloaded(self, voltage: Array, bit_line_voltage: Array, out: Array | None = None) -> Array:
        """Return the voltage of each device were there no drops, shape (..., N, M). [V]

        Parameters
        ----------
        voltage, bit_line_voltage : ndarray, shape (..., N) and (..., M)
            Of driven ends. [V]
        out : ndarray, optional
            Filled with the result.
        """
        below = np.swapaxes(self.bit.open_circuit(bit_line_voltage), -1, -2)
        return np.subtract(self.word.open_circuit(voltage), below, out=out)

    def terminal_voltages(self, voltage: Array, bit_line_voltage: Array) -> Array:
        """Return the potential of the left, right, top and bottom ends of the lines. [V]"""
        words = np.where(self.word.driven, voltage, 0.0)
        return np.concatenate([*words, *np.where(self.bit.driven, bit_line_voltage, 0.0)])
