"""What a lab puts between source and device: a series resistor, a transistor, and the capacitance
of what is connected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.arguments import instance, number
from acanthite.errors import ProgramError, brief
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True)
class Transistor:
    r"""The transistor of a 1T1R cell: an n-channel MOSFET by the equations of SPICE level 1.

    .. math:: I = k (1 + \lambda V_{DS}) \begin{cases}
        (V_{GS} - V_T - V_{DS}/2)\, V_{DS} & V_{DS} < V_{GS} - V_T \\
        (V_{GS} - V_T)^2 / 2 & \text{above: the saturation that limits a SET}\end{cases}

    It stands at the bottom electrode. A SET drives the device's free end against the transistor's
    grounded source, so the gate's voltage sets the compliance. A RESET drives the transistor
    against the device's grounded end: the device lifts the transistor's source, which takes from
    the gate's voltage what is on the device. Body effect and the diode of the drain are left out.

    Parameters
    ----------
    gate_voltage : float
        Against ground, in a SET. [V]
    threshold_voltage : float
        [V]
    transconductance : float
        k, mobility times oxide capacitance times width over length. [A/V^2]
    channel_length_modulation : float
        :math:`\lambda`. [1/V]
    reset_gate_voltage : float, optional
        In a RESET; that of the SET without it. [V]
    set_polarity : {-1, 1}, optional
        Sign of the voltage that sets; the device's by default.

    Raises
    ------
    ProgramError
        If a number makes no sense.

    References
    ----------
    .. [1] H. Shichman, D. A. Hodges, *IEEE J. Solid-State Circuits* **3**, 285 (1968),
       :doi:`10.1109/JSSC.1968.1049902`.

    Examples
    --------
    >>> gate = ac.measurement.Transistor(gate_voltage=1.2, threshold_voltage=0.4)
    >>> print(f"{1e6 * gate.saturation_current:.0f} uA")
    32 uA
    """

    gate_voltage: float
    threshold_voltage: float = 0.5
    transconductance: float = 1e-4
    channel_length_modulation: float = 0.0
    reset_gate_voltage: float | None = None
    set_polarity: int | None = None

    def __post_init__(self) -> None:
        for name in ("gate_voltage", "threshold_voltage", "reset_gate_voltage"):
            value = getattr(self, name)
            if value is not None or name != "reset_gate_voltage":
                number(f"Transistor: {name}", value, error=ProgramError)
        number("Transistor: transconductance", self.transconductance, above=0, error=ProgramError)
        number(
            "Transistor: channel_length_modulation",
            self.channel_length_modulation,
            least=0,
            error=ProgramError,
        )
        if self.set_polarity not in (None, -1, 1):
            raise ProgramError(
                f"Transistor: set_polarity = {brief(self.set_polarity)}; expected -1 or 1"
            )

    @property
    def saturation_current(self) -> float:
        """What it lets through in a SET, without channel-length modulation. [A]"""
        return 0.5 * self.transconductance * max(self.gate_voltage - self.threshold_voltage, 0) ** 2


@accepts_quantities
@dataclass(frozen=True)
class Load:
    """What stands between source and device.

    Current goes from the source through the resistor and the transistor to the device. The
    capacitance lies across the device, behind the load and behind the source's current limit: a
    device that sets discharges it, and its current exceeds the limit for a while.

    Parameters
    ----------
    resistance : float
        In series. [ohm]
    transistor : Transistor, optional
        In series.
    capacitance : float
        Across the device: of a cable, a pad, or the line. [F]

    Raises
    ------
    ProgramError
        If a number makes no sense, or a capacitance is charged through nothing.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> load = ac.measurement.Load(resistance=10e3)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5), load=load)
    >>> across = loops.voltage + 10e3 * loops.current
    >>> bool((abs(across - loops.applied) < 1e-3).all())  # noise of the instrument
    True
    """

    resistance: float = 0.0
    transistor: Transistor | None = None
    capacitance: float = 0.0

    def __post_init__(self) -> None:
        number("Load: resistance", self.resistance, least=0, error=ProgramError)
        number("Load: capacitance", self.capacitance, least=0, error=ProgramError)
        if self.transistor is not None:
            instance(
                "Load: transistor",
                self.transistor,
                Transistor,
                "a Transistor",
                error=ProgramError,
            )
        if self.resistance == 0.0 and self.transistor is None:
            if self.capacitance > 0.0:
                raise ProgramError(
                    f"Load: capacitance = {self.capacitance:g} F is charged through no resistance; "
                    "expected a resistance or a transistor: give at least that of the source, such "
                    "as 50 ohm"
                )
            raise ProgramError(
                "Load: neither resistance nor transistor; expected one of them, or no load"
            )

    @property
    def kind(self) -> str:
        """What the compiled kernel has between source and device."""
        return "capacitive" if self.capacitance > 0.0 else "series"

    def numbers(self, set_polarity: int) -> np.ndarray:
        """Return what follows the parameters of a law in the kernel.

        Parameters
        ----------
        set_polarity : int
            Of the devices; 0 where it is not known.

        Raises
        ------
        ProgramError
            If there is a transistor and nobody knows at which sign the devices set.
        """
        gate = self.transistor
        if gate is None:
            return np.array([self.resistance, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, self.capacitance])
        sign = gate.set_polarity or set_polarity
        if not sign:
            raise ProgramError(
                "Transistor: set_polarity is not given, and the law does not say at which voltage "
                "it sets; expected -1 or 1"
            )
        reset = gate.gate_voltage if gate.reset_gate_voltage is None else gate.reset_gate_voltage
        return np.array(
            [
                self.resistance,
                gate.transconductance,
                gate.threshold_voltage,
                gate.channel_length_modulation,
                gate.gate_voltage,
                reset,
                sign,
                self.capacitance,
            ]
        )
