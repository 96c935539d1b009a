"""Refuse a law whose description makes no sense; or a number of devices, a seed, a spread."""

from __future__ import annotations

import keyword
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from acanthite.arguments import as_float, count, is_number, number
from acanthite.device.equations import Equations, State
from acanthite.errors import LawError, brief, nearest

ROUNDING = 1e-12
LARGEST_SEED = 2**63 - 1


def check_law(law: Equations) -> None:
    """Refuse names that cannot be read in a law, values that are no numbers, and bounds that hold
    nothing.

    Raises
    ------
    LawError
        Names the law, and what of it is wrong.
    """
    if not isinstance(law.name, str) or not law.name:
        raise LawError(f"law: name = {brief(law.name)}; expected a text")
    for what in ("states", "held"):
        if not isinstance(getattr(law, what), tuple):
            raise LawError(
                f"law {law.name!r}: {what} = {brief(getattr(law, what))}; expected a tuple"
            )
    for state in law.states:
        if not isinstance(state, State):
            raise LawError(f"law {law.name!r}: {brief(state)} in states; expected a State")
    if not isinstance(law.parameters, Mapping):
        raise LawError(
            f"law {law.name!r}: parameters = {brief(law.parameters)}; expected names with numbers"
        )
    _check_names(law.name, "state", law.state_names)
    _check_names(law.name, "parameter", tuple(law.parameters))
    for name, value in law.parameters.items():
        number(f"law {law.name!r}: parameter {name!r}", value)
    for role in ("rates", "current") + (("event",) if law.event is not None else ()):
        if not callable(getattr(law, role)):
            raise LawError(
                f"law {law.name!r}: {role} = {brief(getattr(law, role))}; expected a function"
            )
    for state in law.states:
        _check_state(law, state)
    _check_polarity(law)


def _check_names(law: str, kind: str, names: tuple[Any, ...]) -> None:
    for name in names:
        if (
            not isinstance(name, str)
            or not name.isidentifier()
            or keyword.iskeyword(name)
            or name[0] == "_"
        ):
            raise LawError(
                f"law {law!r}: {kind} {brief(name)}; expected a name that Python can read, such as "
                "'gap', without a "
                "leading underscore"
            )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise LawError(
            f"law {law!r}: {kind} {twice[0]!r} is there twice; expected names that differ"
        )


def _check_state(law: Equations, state: State) -> None:
    label = f"of state {state.name!r}"
    for what in ("initial", "lower", "upper", "scale"):
        value = getattr(state, what)
        if isinstance(value, str):
            if value not in law.parameters:
                raise LawError(
                    f"law {law.name!r}: {what} = {value!r} {label} is no "
                    f"parameter{nearest(value, law.parameters)}"
                )
        elif not (value is None and what in ("lower", "upper")):
            bound = what in ("lower", "upper")
            number(
                f"law {law.name!r}: {what} {label}",
                value,
                infinite=bound,
                above=0 if what == "scale" else None,
            )
    low, high, initial = (
        as_float(value) if is_number(value) else None
        for value in (state.lower, state.upper, state.initial)
    )
    check_range(f"law {law.name!r}, state {state.name!r}", initial, low, high)


def check_range(where: str, initial: float | None, low: float | None, high: float | None) -> None:
    """Refuse bounds in the wrong order, and a start outside them; None is not known."""
    if low is not None and high is not None and not low < high:
        raise LawError(f"{where}: lower = {low:g}, upper = {high:g}; expected lower < upper")
    if initial is None:
        return
    margin = ROUNDING * max(abs(b) for b in (initial, low or 0.0, high or 0.0) if math.isfinite(b))
    below = low is not None and initial < low - margin
    above = high is not None and initial > high + margin
    if below or above:
        ends = f"{-math.inf if low is None else low:g} to {math.inf if high is None else high:g}"
        raise LawError(
            f"{where}: initial = {initial:g}; expected a value within its bounds, {ends}"
        )


def _check_polarity(law: Equations) -> None:
    sign = law.set_polarity
    if isinstance(sign, str):
        if sign not in law.parameters:
            raise LawError(
                f"law {law.name!r}: set_polarity = {sign!r} is no "
                f"parameter{nearest(sign, law.parameters)}"
            )
    elif not is_number(sign) or sign not in (-1, 0, 1):
        raise LawError(
            f"law {law.name!r}: set_polarity = {brief(sign)}; expected -1, 1, 0 where it is not "
            "known, or a parameter"
        )


def check_sample(law: Equations, n: Any, seed: Any, spread: Any) -> None:
    """Refuse a number of devices, a seed or spreads that make no sense.

    Raises
    ------
    LawError
    """
    if not is_number(n) or not n >= 1:
        raise LawError(f"n = {brief(n)} devices; expected at least 1")
    count("n", n)
    check_seed(seed)
    if not isinstance(spread, Mapping):
        raise LawError(
            f"law {law.name!r}: spread = {brief(spread)}; expected parameters with their spreads"
        )
    for key, sigma in spread.items():
        if not is_number(sigma) or not (math.isfinite(sigma) and sigma >= 0):
            raise LawError(
                f"law {law.name!r}: spread of {key!r} is {brief(sigma)}; expected a number, not "
                "negative"
            )


def check_seed(seed: Any) -> None:
    """Refuse what is no seed.

    Raises
    ------
    LawError
    """
    whole = is_number(seed) and not isinstance(seed, float | np.floating)
    if not whole or not 0 <= seed <= LARGEST_SEED:
        raise LawError(f"seed = {brief(seed)}; expected a whole number from 0 to 2^63 - 1")
