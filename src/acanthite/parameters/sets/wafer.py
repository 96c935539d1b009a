"""The wafer, its masks and wires: what the paper states, what literature gives for thin metal, and what is assumed."""

from __future__ import annotations

from acanthite.constants import celsius, cm, hour, minute, mm, nm, um
from acanthite.parameters.quantity import How, Quantity


def _assumed(value: float, unit: str, where: str) -> Quantity:
    return Quantity(value, unit, "acanthite", where, "assumed")


def _from(source: str, where: str, value: float, unit: str, how: How = "measured") -> Quantity:
    return Quantity(value, unit, source, where, how)


_WAFER = {
    "wafer.diameter": _from("Zhu2025", "Fig. 1a: 4-inch wafer", 100 * mm, "m"),
    "wafer.flat_length": _assumed(
        32.5 * mm, "m", "primary flat of 100 mm wafers, as SEMI M1 has it"
    ),
    "wafer.edge_exclusion": _assumed(
        5 * mm, "m", "no die reaches closer to the edge: tweezers, resist bead"
    ),
    "wafer.street": _assumed(200 * um, "m", "between dies, for the saw"),
    "wafer.source_radius": _assumed(
        75 * mm,
        "m",
        "ring the target describes, seen from the rotating wafer: thickness within 1 %",
    ),
    "wafer.source_distance": _assumed(
        0.1, "m", "target to wafer, that of the thermalisation pressure"
    ),
    "wafer.tilt": _assumed(
        0.005, "1", "thickness at one edge over the centre, left by an uneven rotation"
    ),
    "wafer.thickness_noise": _assumed(0.005, "1", "of the thickness, from spot to spot"),
    "wafer.correlation": _assumed(
        1 * cm, "m", "length over which what varies from spot to spot is alike"
    ),
    "wafer.anneal_droop": _assumed(1.0, "K", "edge of the wafer below its centre in the furnace"),
}

_LAYOUT = {
    "layout.pitch": _assumed(
        20 * um, "m", "of neighbouring cells; the text of the paper does not state it"
    ),
    "layout.island_margin": _assumed(
        0.5 * um, "m", "electrolyte island beyond the crossing, on each side"
    ),
    "layout.lead_width": _assumed(10 * um, "m", "of the wires from array to pads"),
    "layout.pad_side": _assumed(100 * um, "m", "for probe needles"),
    "layout.pad_pitch": _assumed(150 * um, "m", "of a common probe card"),
    "layout.border": _assumed(
        150 * um, "m", "between pads and the edge of the die, for label and marks"
    ),
    "layout.line_end": _assumed(10 * um, "m", "of a line beyond its last cell"),
}

_RULES = {
    "rules.width": _assumed(2 * um, "m", "narrowest wire or island"),
    "rules.space": _assumed(2 * um, "m", "narrowest gap within a layer, for lift-off"),
    "rules.enclosure": _assumed(
        0.25 * um, "m", "island beyond the crossing: twice what layers may misalign"
    ),
    "rules.pad_side": _assumed(60 * um, "m", "smallest pad a needle hits"),
    "rules.pad_pitch": _assumed(100 * um, "m", "closest needles of a probe card"),
    "rules.die_edge": _assumed(30 * um, "m", "between metal and the edge of the die"),
}

_WIRE = {
    "wire.silver_resistivity": _from(
        "Gall2016", "Table II: Ag, bulk at room temperature", 15.87e-9, "ohm m"
    ),
    "wire.gold_resistivity": _from(
        "Gall2016", "Table II: Au, bulk at room temperature", 22.14e-9, "ohm m"
    ),
    "wire.silver_mean_free_path": _from("Gall2016", "Table II: Ag", 53.3 * nm, "m", "predicted"),
    "wire.gold_mean_free_path": _from("Gall2016", "Table II: Au", 37.7 * nm, "m", "predicted"),
    "wire.specularity": _assumed(
        0.0, "1", "share of electrons mirrored by the surfaces: none, an upper bound"
    ),
    "wire.boundary_reflection": _assumed(
        0.3, "1", "of electrons at a grain boundary of evaporated Au or Ag"
    ),
    "wire.grain_over_thickness": _assumed(
        1.0, "1", "grains of evaporated metal, over the film's thickness"
    ),
    "wire.oxide_permittivity": _assumed(3.9, "1", "of SiO2, relative"),
    "wire.foil_permittivity": _assumed(
        3.4, "1", "of polyimide, relative, data sheets of Kapton HN"
    ),
}

_BUDGET = {
    "budget.cmos_temperature_long": _from(
        "Takeuchi2005", "abstract: 6 h at 425 C", celsius(425.0), "K"
    ),
    "budget.cmos_time_long": _from("Takeuchi2005", "abstract: 10 % via resistance", 6 * hour, "s"),
    "budget.cmos_temperature_middle": _from(
        "Takeuchi2005", "abstract: 1 h at 450 C", celsius(450.0), "K"
    ),
    "budget.cmos_time_middle": _from(
        "Takeuchi2005", "abstract: 10 % via resistance", 1 * hour, "s"
    ),
    "budget.cmos_temperature_short": _from(
        "Takeuchi2005", "abstract: 0.5 h at 475 C", celsius(475.0), "K"
    ),
    "budget.cmos_time_short": _from(
        "Takeuchi2005", "abstract: 10 % via resistance", 0.5 * hour, "s"
    ),
    "budget.polyimide_temperature": _assumed(
        celsius(360.0), "K", "glass transition of Kapton HN, data sheet: 360 to 410 C"
    ),
    "budget.bake_temperature": _assumed(
        celsius(150.0), "K", "of the electron-beam resist: the paper stays below 160 C throughout"
    ),
    "budget.bake_time": _assumed(3 * minute, "s", "of the electron-beam resist on a hot plate"),
}

_YIELD = {
    "yield.ratio": _assumed(1e3, "1", "least LRS over HRS conductance of a good device"),
    "yield.device_share": _assumed(0.9, "1", "least share of good devices on a good die"),
}

QUANTITIES = {**_WAFER, **_LAYOUT, **_RULES, **_WIRE, **_BUDGET, **_YIELD}
