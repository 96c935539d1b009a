"""Hints from the user: names, units and pulses that a file leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acanthite.errors import RecordingError, nearest
from acanthite.measurement.io.parsing.units import COUNTERS, QUANTITIES, parse_column, parse_unit

_ROLES = (*QUANTITIES, *COUNTERS)


@dataclass(frozen=True)
class Hints:
    """Names, units and pulses that a file leaves open.

    Parameters
    ----------
    columns : sequence of str
        The names of a table without a header, in order, units in brackets; ``-`` leaves a column
        out.
    roles : mapping of str to str
        Which column is the ``voltage``, ``current``, ``time``, ``conductance``, ``resistance``,
        ``device``, ``cycle``, ``pulse``.
    units : mapping of str to str
        Of a column, by its name or what it is; ``{"*": "SI"}`` says that all is in V, A, s, S, Ω.
    pulse_voltage : tuple of float
        Of the potentiating and the depressing pulses. [V]
    n_up, n_down : int
        Pulses of each kind in a cycle.
    """

    columns: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    pulse_voltage: tuple[float, float] | None = None
    n_up: int | None = None
    n_down: int | None = None

    @property
    def si(self) -> bool:
        """Whether all columns are said to be in SI."""
        return "*" in self.units

    def unit(self, name: str, role: str) -> str:
        """Return the unit given for a column, or an empty string."""
        given = (
            self.units.get(name) or self.units.get(parse_column(name).base) or self.units.get(role)
        )
        return given or (QUANTITIES.get(role, "") if self.si else "")


def parse_hints(
    columns: Sequence[str] | Mapping[str, str] | None = None,
    units: str | Mapping[str, str] | None = None,
    pulse_voltage: float | Sequence[float] | None = None,
    n_up: int | None = None,
    n_down: int | None = None,
) -> Hints:
    """Return checked hints.

    Parameters
    ----------
    columns : sequence of str or mapping of str to str, optional
        Names in order for a table without a header, or which column is what.
    units : str or mapping of str to str, optional
        ``"SI"``, or units by column name or quantity.
    pulse_voltage : float or (float, float), optional
        Of the potentiating and the depressing pulses; one number v means (-v, v). [V]
    n_up, n_down : int, optional
        Pulses of each kind in a cycle.

    Returns
    -------
    Hints

    Raises
    ------
    RecordingError
        If a hint makes no sense.
    """
    names: tuple[str, ...] = ()
    roles: Mapping[str, str] = {}
    if isinstance(columns, str):
        raise RecordingError(
            f"columns = {columns!r}; expected a list of names, or a mapping such as {{'voltage': "
            f"'AV'}}"
        )
    if isinstance(columns, Mapping):
        roles = dict(columns)
        for role in roles:
            if role not in _ROLES:
                raise RecordingError(
                    f"columns: {role!r} is unknown; expected one of "
                    f"{', '.join(_ROLES)}{nearest(role, _ROLES)}"
                )
    elif columns is not None:
        names = tuple(columns)
    return Hints(
        names,
        roles,
        _units(units),
        _pair(pulse_voltage),
        _count("n_up", n_up),
        _count("n_down", n_down),
    )


def _units(units: str | Mapping[str, str] | None) -> Mapping[str, str]:
    if units is None:
        return {}
    if isinstance(units, str):
        if units.upper() != "SI":
            raise RecordingError(
                f"units = {units!r}; expected 'SI', or a mapping such as {{'current': 'mA'}}"
            )
        return {"*": "SI"}
    for name, unit in units.items():
        if name != "*" and parse_unit(str(unit)) is None:
            raise RecordingError(
                f"units: {name} = {unit!r} is no unit; write V, mV, A, uA, s, ms, S, uS, Ohm, kOhm "
                "or 1"
            )
    return dict(units)


def _pair(voltage: float | Sequence[float] | None) -> tuple[float, float] | None:
    if voltage is None:
        return None
    if isinstance(voltage, int | float):
        return -abs(voltage), abs(voltage)
    if len(voltage) != 2:
        raise RecordingError(
            f"pulse_voltage = {voltage!r}; expected that of potentiation and that of depression"
        )
    return float(voltage[0]), float(voltage[1])


def _count(name: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise RecordingError(f"{name} = {value!r}; expected one or more")
    return value
