r"""The thermal budget: what heat does to circuits below, to a foil, and to the electrolyte.

Finished CMOS bears 6 h at 425 C, 1 h at 450 C or 0.5 h at 475 C (Takeuchi et al. 2005 [1]_, 10 %
more via resistance). Between these the allowed time is Arrhenius; below and above them it follows
whichever slope of the two is the stricter. Steps add up as

.. math:: u = \sum_i t_i / t_\mathrm{allowed}(T_i) \le 1

A foil bears what is below its glass transition, and the electrolyte, once it is there, what is
below its own transition: it precipitates silver on the way back from the other phase.

References
----------
.. [1] H. Takeuchi et al., *IEEE Trans. Electron Devices* **52**, 2081 (2005), :doi:`10.1109/TED.2005.854287`, abstract.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from acanthite.constants import boltzmann, celsius
from acanthite.display import Display
from acanthite.parameters import AG2S, ParameterSet
from acanthite.wafer.process.flow import Flow, ProcessStep, celsius_text, time_text

ROOM = celsius(25.0)
_UNTIMED = 3600.0  # s, taken for a step whose time is not stated


@dataclass(frozen=True)
class BudgetVerdict(Display):
    """How a flow stands to one limit.

    Parameters
    ----------
    limit : str
        What is protected.
    used : float
        Share of the budget; more than 1 is too much. [1]
    hottest : ProcessStep or None
        The step that uses most of it.
    says : str
        The verdict in words.

    Examples
    --------
    >>> for verdict in ac.wafer.thermal_budget(ac.wafer.process_flow()):
    ...     print(f"{verdict.limit}: {'kept' if verdict.passes else 'broken'}")
    back-end CMOS: kept
    polyimide: kept
    Ag2S: kept
    """

    limit: str
    used: float
    hottest: ProcessStep | None
    says: str

    @property
    def passes(self) -> bool:
        """Whether the flow stays within the limit."""
        return self.used <= 1.0


def thermal_budget(flow: Flow, parameters: ParameterSet = AG2S) -> tuple[BudgetVerdict, ...]:
    """Check a flow against back-end CMOS, polyimide and the transition of Ag2S.

    Parameters
    ----------
    flow : tuple of ProcessStep
        A heated step without time counts as an hour.
    parameters : ParameterSet
        Group ``budget``, and ``film.phase_transition_temperature``.

    Returns
    -------
    tuple of BudgetVerdict
        Of "back-end CMOS", "polyimide" and "Ag2S".

    Examples
    --------
    >>> from acanthite.constants import celsius, hour
    >>> recipe = ac.film.Recipe(anneal_temperature=celsius(450), anneal_time=3 * hour)
    >>> for verdict in ac.wafer.thermal_budget(ac.wafer.process_flow(recipe)):
    ...     print(verdict.says)
    beyond the budget: 300 % used, most by anneal (450 °C, 3 h); CMOS bears 450 °C for 1 h
    anneal (450 °C, 3 h) goes 90 K above its glass transition at 360 °C
    anneal (450 °C, 3 h) goes 273 K above its transition to the bcc phase at 177 °C
    """
    first = next((i for i, s in enumerate(flow) if s.material == "Ag2S"), len(flow))
    foil = parameters.value("budget.polyimide_temperature")
    film = parameters.value("film.phase_transition_temperature")
    return (
        _cmos(flow, parameters),
        _ceiling("polyimide", flow, foil, "its glass transition"),
        _ceiling("Ag2S", flow[first:], film, "its transition to the bcc phase"),
    )


def allowed_time(temperature: float, parameters: ParameterSet = AG2S) -> float:
    """Return how long finished CMOS bears a temperature [K] [s].

    Examples
    --------
    >>> from acanthite.constants import celsius, hour
    >>> print(f"{ac.wafer.allowed_time(celsius(400)) / hour:.1f} h at 400 degC")
    13.3 h at 400 degC
    """
    b = parameters.group("budget")
    points = sorted(
        (b[f"cmos_temperature_{k}"], b[f"cmos_time_{k}"]) for k in ("long", "middle", "short")
    )
    (t0, s0), (t1, s1), (t2, s2) = points
    low, high = (
        boltzmann * math.log(a / b) / (1 / x - 1 / y)
        for x, y, a, b in ((t0, t1, s0, s1), (t1, t2, s1, s2))
    )
    if temperature < t0:
        return _arrhenius(s0, t0, min(low, high), temperature)
    if temperature > t2:
        return _arrhenius(s2, t2, max(low, high), temperature)
    return (
        _arrhenius(s0, t0, low, temperature)
        if temperature <= t1
        else _arrhenius(s1, t1, high, temperature)
    )


def _arrhenius(time: float, at: float, energy: float, temperature: float) -> float:
    exponent = energy / boltzmann * (1 / temperature - 1 / at)
    return time * math.exp(min(exponent, 500.0))


def _cmos(flow: Flow, parameters: ParameterSet) -> BudgetVerdict:
    used = [
        _time(s) / allowed_time(s.temperature, parameters)
        for s in flow
        if s.temperature is not None
    ]
    hot = [s for s in flow if s.temperature is not None]
    if not hot:
        return BudgetVerdict("back-end CMOS", 0.0, None, "no step is heated")
    total, worst = sum(used), hot[used.index(max(used))]
    verb = "within" if total <= 1 else "beyond"
    says = (
        f"{verb} the budget: {_share(total)} used, most by {worst.name} ({_heat(worst)}); "
        f"CMOS bears {celsius_text(worst.temperature)} for "
        f"{_long(allowed_time(worst.temperature or ROOM, parameters))}"
    )
    return BudgetVerdict("back-end CMOS", total, worst, says)


def _ceiling(name: str, flow: Flow, limit: float, what: str) -> BudgetVerdict:
    hot = [s for s in flow if s.temperature is not None]
    if not hot:
        return BudgetVerdict(name, 0.0, None, "no step is heated")
    worst = max(hot, key=lambda s: s.temperature or 0.0)
    peak = worst.temperature or ROOM
    side = "below" if peak <= limit else "above"
    says = (
        f"{worst.name} ({_heat(worst)}) stays {limit - peak:.0f} K below {what} at "
        f"{celsius_text(limit)}"
    )
    if side == "above":
        says = (
            f"{worst.name} ({_heat(worst)}) goes {peak - limit:.0f} K above {what} at "
            f"{celsius_text(limit)}"
        )
    return BudgetVerdict(name, (peak - ROOM) / (limit - ROOM), worst, says)


def _time(step: ProcessStep) -> float:
    return _UNTIMED if step.time is None else step.time


def _heat(step: ProcessStep) -> str:
    return f"{celsius_text(step.temperature)}, {time_text(step.time)}"


def _share(used: float) -> str:
    return f"{100 * used:.3g} %" if used >= 1e-3 else "less than 0.1 %"


def _long(time: float) -> str:
    years = time / 3.156e7
    if years > 100:
        return "more than a century"
    return f"{years:.2g} years" if years > 1 else time_text(time)
