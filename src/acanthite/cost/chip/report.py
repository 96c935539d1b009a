"""A cost as JSON, as a table, and as a page of Markdown."""

from __future__ import annotations

import csv
import io
from typing import Any

from acanthite.cost.chip.chip_cost import TOTALS, ChipCost
from acanthite.cost.chip.uncertainty import ConstantEffect
from acanthite.cost.chip.writing import WritingCost
from acanthite.formatting import as_text, percent

_SQUARE_MILLIMETRE = 1e-6
COLUMNS = ("layer", "component", "energy_joule", "area_square_metre", "leakage_watt")


def as_dict(cost: ChipCost, writing: WritingCost | None = None) -> dict[str, Any]:
    """Return a cost as JSON holds it, every number in SI."""
    result: dict[str, Any] = {"network": cost.network}
    result |= {name: getattr(cost, name) for name in TOTALS}
    result |= {
        "interval_second": cost.interval_second,
        "utilisation": cost.utilisation,
        "tiles": cost.tiles,
        "macs": cost.macs,
        "critical_layer": cost.critical_layer,
        "intervals": {name: list(ends) for name, ends in cost.intervals.items()},
        "dominant_constants": {
            name: [_effect(effect) for effect in cost.effects[name][:3]] for name in TOTALS
        },
        "energy_by_component": cost.by_component(),
        "energy_by_layer": cost.by_layer(),
        "area_by_component": cost.by_component("area"),
        "area_by_layer": cost.by_layer("area"),
        "latency_by_layer": dict(cost.times),
        "tiles_by_layer": dict(cost.tiles_of_layer),
        "parts": [vars(part) for part in cost.parts],
        "not_modelled": list(cost.limits),
    }
    if writing is not None:
        result["programming"] = vars(writing) | {"energy_joule": writing.energy_joule}
    return result


def _effect(effect: ConstantEffect) -> dict[str, Any]:
    return {"name": effect.name, "low": effect.low, "high": effect.high, "source": effect.source}


def as_csv(cost: ChipCost) -> str:
    """Return a line for each component of each layer."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(
        (part.layer, part.component, part.energy, part.area, part.leakage) for part in cost.parts
    )
    return text.getvalue()


def area_text(area: float) -> str:
    """Return an area in square millimetres.

    Examples
    --------
    >>> area_text(2.5e-6).replace("\u202f", " ")
    '2.5 mm²'
    """
    return f"{as_text(area / _SQUARE_MILLIMETRE)}\u202fmm²"


def total_rows(cost: ChipCost) -> list[tuple[str, str, str]]:
    """Return label, value and interval of each total, as people read them."""
    rows = []
    for name, unit in TOTALS.items():
        label = {
            "energy_joule": "energy an inference",
            "latency_second": "latency",
            "area_square_metre": "area",
            "leakage_watt": "leakage",
            "tops": "TOPS",
            "tops_per_watt": "TOPS/W",
        }[name]
        low, high = (_shown(end, unit) for end in cost.intervals[name])
        rows.append((label, _shown(getattr(cost, name), unit), f"{low} to {high}"))
    rows.append(("utilisation", percent(cost.utilisation), ""))
    rows.append(("tiles", f"{cost.tiles:,}", ""))
    return rows


def _shown(value: float, unit: str) -> str:
    if unit == "m^2":
        return area_text(value)
    return f"{value:.3g}" if unit == "1" else as_text(value, unit)


def component_rows(cost: ChipCost) -> list[tuple[str, str, str, str, str]]:
    """Return energy and area of each component with their shares, the dearest first."""
    energy, area = cost.by_component(), cost.by_component("area")
    names = sorted(energy, key=lambda name: -energy[name])
    return [
        (
            name,
            as_text(energy[name], "J") if energy[name] else "–",
            percent(energy[name] / cost.energy_joule, 2) if energy[name] else "–",
            area_text(area[name]) if area[name] else "–",
            percent(area[name] / cost.area_square_metre, 2) if area[name] else "–",
        )
        for name in names
    ]


def layer_rows(cost: ChipCost) -> list[tuple[str, str, str, str, str]]:
    """Return energy, share, time, tiles and area of each layer, in order."""
    energy, area = cost.by_layer(), cost.by_layer("area")
    return [
        (
            name,
            as_text(energy[name], "J") if energy[name] else "–",
            as_text(cost.times[name], "s") if name in cost.times else "–",
            str(cost.tiles_of_layer.get(name, "–")),
            area_text(area[name]) if area[name] else "–",
        )
        for name in energy
    ]


def constant_sentences(cost: ChipCost) -> list[str]:
    """Return what the three constants that matter most do to the energy."""
    return [
        f"{effect.name}: energy from {effect.low:.2f} to {effect.high:.2f} times ({effect.source})"
        for effect in cost.dominant_constants
    ]


def as_markdown(cost: ChipCost, writing: WritingCost | None = None) -> str:
    """Return a page: totals, where energy and area go, what they rest on, what is left out."""
    lines = [f"# What {cost.network} costs on the chip", ""]
    lines += _table(("", "value", "interval"), total_rows(cost))
    lines += ["", f"The slowest layer is {cost.critical_layer}.", "", "## By component", ""]
    lines += _table(("component", "energy", "share", "area", "share"), component_rows(cost))
    lines += ["", "## By layer", ""]
    lines += _table(("layer", "energy", "time", "tiles", "area"), layer_rows(cost))
    if writing is not None:
        lines += ["", "## Writing the network once", "", writing_sentence(writing)]
    lines += ["", "## What matters most", ""]
    lines += [f"- {sentence}" for sentence in constant_sentences(cost)]
    lines += ["", "## Not modelled", ""]
    lines += [f"- {limit}" for limit in cost.limits]
    return "\n".join(lines) + "\n"


def writing_sentence(writing: WritingCost) -> str:
    """Return what it costs to write the network once."""
    return (
        f"Writing {writing.cells:,} cells takes {as_text(writing.energy_joule, 'J')} and "
        f"{as_text(writing.time_second, 's')}."
    )


def _table(names: tuple[str, ...], rows: list[Any]) -> list[str]:
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]
