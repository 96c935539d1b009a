"""A law as a circuit: one node a state, its voltage the state over its scale, charged by the
state's rate.

A circuit has no events. A law without events needs none: its bounds stop the rates. The filament's
events become two more nodes, *phase* and *touching*, each a latch: a condition pushes it, and past
a half it holds itself. A state that an event sets is pulled to its new value while the latch says
so, so the condition lasts until the latch has turned over. The cycle-to-cycle noise is off: what a
life draws is at its mean, a filament nucleates when the hazard is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from acanthite.device.circuits.symbolic import (
    Formula,
    Record,
    both,
    call,
    choose,
    either,
    evaluate,
    negate,
    op,
)
from acanthite.device.equations import Bound
from acanthite.device.law import Devices, Law
from acanthite.device.laws.contact import contact_rates
from acanthite.device.laws.filament import FILAMENT, Filament
from acanthite.errors import LawError
from acanthite.parameters import Quantity
from acanthite.quantities import accepts_quantities

_MEAN = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]  # of the variates an event draws
_PAST = 1e-3  # how far beyond a bound, in its own size, a state counts as having reached it
_EDGE = 3e-4  # share of a threshold over which a motion that starts with a jump sets in
_COMPARISONS = ("<", "<=", ">", ">=")
_FILAMENT_NODES = {"hazard", "gap", "radius"}
_FILAMENT_HELD = {"phase", "touching", "rupture_factor"}
LATCH_TIME = "latch_time"
VOLTAGE: Formula = ("name", "voltage")


@dataclass(frozen=True)
class Node:
    """One state of a circuit.

    Parameters
    ----------
    name : str
    initial : Formula
        Voltage at the start. [V]
    rate : Formula
        Its change. [V/s]
    meaning : str
    """

    name: str
    initial: Formula
    rate: Formula
    meaning: str


@dataclass(frozen=True)
class LawCircuit:
    """A law as nodes and formulas.

    Parameters
    ----------
    law : str
    parameters : mapping of str to float
    sources : mapping of str to Quantity
        Of some of the parameters.
    nodes : tuple of Node
    current : Formula
    """

    law: str
    parameters: Mapping[str, float]
    sources: Mapping[str, Quantity]
    nodes: tuple[Node, ...]
    current: Formula


@accepts_quantities
def circuit(devices: Devices, device: int = 0, latch_time: float = 1e-9) -> LawCircuit:
    """Return one device as a circuit.

    Parameters
    ----------
    devices : Devices
    device : int
        Which of them.
    latch_time : float
        How fast an event of the filament happens; far below the times looked at. [s]

    Returns
    -------
    LawCircuit

    Raises
    ------
    LawError
        If the law has events and is not the filament, if its functions cannot be written as
        formulas, or if there is no such device.
    """
    if not 0 <= device < len(devices):
        raise LawError(f"device = {device}; expected one of 0 to {len(devices) - 1}")
    law = devices.law
    values = dict(zip(law.parameters, map(float, devices.values[device]), strict=True))
    if law.event is None:
        nodes, current = _plain(law)
    else:
        _expect_filament(law)
        values[LATCH_TIME] = latch_time
        nodes, current = _filament(law)
    return LawCircuit(law.name, values, law.sources, nodes, current)


def as_devices(source: Law | Filament | Devices) -> Devices:
    """Return devices: those given, the nominal one of a filament, or one of a law with its
    defaults.
    """
    if isinstance(source, Filament):
        return Devices(FILAMENT, np.array([list(source.values.values())]), 0, source.attrs)
    return source.sample(1, seed=0) if isinstance(source, Law) else source


def _expect_filament(law: Law) -> None:
    missing = _FILAMENT_NODES - {s.name for s in law.states} | (_FILAMENT_HELD - set(law.held))
    if missing or {"thickness", "rupture_gap"} - set(law.parameters):
        raise LawError(
            f"law {law.name!r} has an event function; only laws without one, and the filament, can "
            "be exported"
        )


def _parameter(bound: Bound) -> Formula:
    return ("name", bound) if isinstance(bound, str) else bound


def _p(law: Law) -> Record:
    return Record({name: ("name", name) for name in law.parameters})


def _values(law: Law) -> dict[str, Formula]:
    """Return each state within its bounds, as the law sees it."""
    values = {}
    for state in law.states:
        value = op("*", _parameter(state.scale), ("node", state.name))
        if state.lower is not None:
            value = call("max", value, _parameter(state.lower))
        if state.upper is not None:
            value = call("min", value, _parameter(state.upper))
        values[state.name] = value
    return values


def _rates(law: Law, s: Any) -> list[Formula]:
    """Return the rate of each state in its own unit."""
    result = evaluate(law.rates, s, VOLTAGE, _p(law))
    if law.simple:
        return result[0] if isinstance(result[0], list) else [result[0]]
    gains = result[::2]
    losses = result[1::2]
    values = [s[state.name] for state in law.states]
    return [op("-", g, op("*", k, v)) for g, k, v in zip(gains, losses, values, strict=True)]


def _plain(law: Law) -> tuple[tuple[Node, ...], Formula]:
    values = _values(law)
    s = values[law.states[0].name] if law.simple and len(law.states) == 1 else Record(values)
    nodes = []
    for state, rate in zip(law.states, map(_softened, _rates(law, s)), strict=True):
        scale = _parameter(state.scale)
        raw = ("node", state.name)
        if state.lower is not None:
            rate = choose(
                op("<=", raw, op("/", _parameter(state.lower), scale)), call("max", rate, 0.0), rate
            )
        if state.upper is not None:
            rate = choose(
                op(">=", raw, op("/", _parameter(state.upper), scale)), call("min", rate, 0.0), rate
            )
        start = op("/", _parameter(state.initial), scale)
        nodes.append(
            Node(state.name, start, op("/", rate, scale), f"{state.name} over {state.scale}")
        )
    current = evaluate(law.current, s, VOLTAGE, _p(law))
    return tuple(nodes), current[1] if law.simple else current


def _softened(rate: Formula) -> Formula:
    """Return a rate in which a motion that a state's threshold stops sets in on a ramp, not with a
    jump.

    A slow device is held at such a threshold: it moves past it, stops, is overtaken, moves again.
    The engine puts it on the edge; a simulator would follow it there and back in ever shorter
    steps. On a ramp it finds the place where the state keeps up with its threshold.
    """
    if not isinstance(rate, tuple) or rate[0] in ("name", "node"):
        return rate
    if rate[0] != "if":
        return (*rate[:2], *map(_softened, rate[2:]))
    test = rate[1]
    yes = _softened(rate[2])
    no = _softened(rate[3])
    stops = (yes == 0.0) != (no == 0.0)
    if not stops or test[1] not in _COMPARISONS or not _reads_state(test):
        return ("if", test, yes, no)
    _, sign, left, right = test
    beyond = op("-", left, right)
    if (sign in (">", ">=")) != (no == 0.0):  # it moves where the left side is the smaller
        beyond = op("-", right, left)
    share = call("min", 1.0, op("/", beyond, op("*", _EDGE, call("abs", right))))
    return (
        ("if", test, yes, op("*", no, share))
        if yes == 0.0
        else ("if", test, op("*", yes, share), no)
    )


def _reads_state(formula: Formula) -> bool:
    """Return whether a formula depends on a state."""
    if not isinstance(formula, tuple):
        return False
    return formula[0] == "node" or any(map(_reads_state, formula[1:]))


def _filament(law: Law) -> tuple[tuple[Node, ...], Formula]:
    p = _p(law)
    zeros = dict.fromkeys(law.held, 0.0)
    first = Record({state.name: _parameter(state.initial) for state in law.states} | zeros)
    assert law.event is not None
    fresh = dict(zip(law.state_names, evaluate(law.event, -1.0, first, 0.0, p, _MEAN), strict=True))
    latch, touch = ("node", "phase"), ("node", "touching")
    phase = choose(op(">", latch, 0.5), 1.0, choose(op("<", latch, -0.5), -1.0, 0.0))
    touching = choose(op(">", touch, 0.5), 1.0, 0.0)
    s = Record(
        {
            **_values(law),
            **{name: fresh[name] for name in law.held},
            "rupture_factor": _drawn_at_closing(law, first, p),
            "phase": phase,
            "touching": touching,
        }
    )
    held_on = op(">", call("abs", latch), 0.5)
    closed = op(">", touch, 0.5)
    pulled = {  # what an event sets: (while, to)
        "gap": (either(negate(held_on), closed), choose(held_on, p["rupture_gap"], fresh["gap"])),
        "radius": (negate(closed), fresh["radius"]),
    }
    *_, exchange, rupture = evaluate(contact_rates, s, VOLTAGE, p)
    hazard_scale = next(_parameter(state.scale) for state in law.states if state.name == "hazard")
    wear = exchange, op("/", rupture, hazard_scale)
    nodes = []
    for state, rate in zip(law.states, _rates(law, s), strict=True):
        scale = _parameter(state.scale)
        raw = ("node", state.name)
        rate = op("/", rate, scale)
        if state.name == "hazard":
            rate = _hazard(rate, op("/", fresh["hazard"], scale), raw, held_on, closed, wear)
        elif state.name in pulled:
            when, to = pulled[state.name]
            rate = choose(when, _pull(op("/", to, scale), raw), rate)
        start = op("/", fresh[state.name], scale)
        nodes.append(Node(state.name, start, rate, f"{state.name} over {state.scale}"))
    current = evaluate(law.current, s, VOLTAGE, p)
    return (*nodes, *_latches(law, phase, held_on, closed, fresh, rupture)), current


def _drawn_at_closing(law: Law, first: Record, p: Record) -> Formula:
    """Return the rupture factor of a contact: a fresh device has none yet, one is drawn as its gap
    closes.
    """
    assert law.event is not None
    closing = Record({**first, "gap": 0.0, "phase": 1.0})
    of_any_film = Record({**p, "thickness": 1.0})  # only tells a closing gap from an opening one
    values = evaluate(law.event, 2.0, closing, 0.0, of_any_film, _MEAN)
    return values[law.state_names.index("rupture_factor")]


def _hazard(
    rate: Formula,
    fresh: Formula,
    node: Formula,
    held_on: Formula,
    closed: Formula,
    wear: tuple[Formula, Formula],
) -> Formula:
    """Return the rate of the hazard: spent by nucleation, then gathered again by a contact until it
    ruptures.

    So it is full when a filament goes, and empty when one closes, however fast a simulator steps
    over what is between. A contact that is driven in SET is as good as new.
    """
    exchange, rupture = wear
    touching = choose(op(">", exchange, 0.0), _pull(0.0, node), rupture)
    return choose(closed, touching, choose(held_on, _pull(fresh, node), rate))


def _pull(target: Formula, node: Formula) -> Formula:
    return op("/", op("-", target, node), ("name", LATCH_TIME))


def _latches(
    law: Law,
    phase: Formula,
    held_on: Formula,
    closed: Formula,
    fresh: Mapping[str, Formula],
    rupture: Formula,
) -> tuple[Node, ...]:
    """Return the nodes that remember whether a filament stands, from which side, and whether it
    touches.
    """
    scale = {state.name: _parameter(state.scale) for state in law.states}
    spent = op("<", ("node", "hazard"), 0.0)  # not "<=": a simulator's first guess is zero
    gone = op(">=", ("node", "gap"), op("*", 1.0 + _PAST, op("/", fresh["gap"], scale["gap"])))
    bound = next(_parameter(state.lower) for state in law.states if state.name == "radius")
    least = op("/", bound, scale["radius"])
    full = op(">=", ("node", "hazard"), op("/", fresh["hazard"], scale["hazard"]))
    ruptured = both(full, op(">", rupture, 0.0))
    broken = either(op("<=", ("node", "radius"), op("*", 1.0 - _PAST, least)), ruptured)
    side = choose(op("<", VOLTAGE, 0.0), 1.0, -1.0)
    phase_to = choose(
        held_on, choose(both(gone, negate(closed)), 0.0, phase), choose(spent, side, 0.0)
    )
    bridged = both(held_on, op("<=", ("node", "gap"), 0.0))
    touching_to = choose(closed, choose(broken, 0.0, 1.0), choose(bridged, 1.0, 0.0))
    return (
        Node(
            "phase",
            0.0,
            _pull(phase_to, ("node", "phase")),
            "1: a filament from Ag, -1: from Au, 0: none",
        ),
        Node(
            "touching",
            0.0,
            _pull(touching_to, ("node", "touching")),
            "1: it touches the other side",
        ),
    )
