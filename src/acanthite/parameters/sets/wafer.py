"""The wafer, its masks and wires.

What the paper states, what literature gives for thin metal, and what is assumed.
"""

from __future__ import annotations

from acanthite.constants import celsius, cm, hour, minute, mm, nm, um
from acanthite.parameters.sets.cited import assumed, cited

stated = cited("Zhu2025", "measured")
bulk = cited("Gall2016", "measured")
computed = cited("Gall2016", "predicted")
vias = cited("Takeuchi2005", "measured")

QUANTITIES = {
    "wafer.diameter": stated(100 * mm, "m", "Fig. 1a: 4-inch wafer"),
    "wafer.flat_length": assumed(
        32.5 * mm, "m", "primary flat of 100 mm wafers, as SEMI M1 has it"
    ),
    "wafer.edge_exclusion": assumed(
        5 * mm, "m", "no die reaches closer to the edge: tweezers, resist bead"
    ),
    "wafer.street": assumed(200 * um, "m", "between dies, for the saw"),
    "wafer.source_radius": assumed(
        75 * mm,
        "m",
        "ring the target describes, seen from the rotating wafer: thickness within 1 %",
    ),
    "wafer.source_distance": assumed(
        0.1, "m", "target to wafer, that of the thermalisation pressure"
    ),
    "wafer.tilt": assumed(
        0.005, "1", "thickness at one edge over the centre, left by an uneven rotation"
    ),
    "wafer.thickness_noise": assumed(0.005, "1", "of the thickness, from spot to spot"),
    "wafer.correlation": assumed(
        1 * cm, "m", "length over which what varies from spot to spot is alike"
    ),
    "wafer.anneal_droop": assumed(1.0, "K", "edge of the wafer below its centre in the furnace"),
    "layout.pitch": assumed(
        20 * um, "m", "of neighbouring cells; the text of the paper does not state it"
    ),
    "layout.island_margin": assumed(
        0.5 * um, "m", "electrolyte island beyond the crossing, on each side"
    ),
    "layout.lead_width": assumed(10 * um, "m", "of the wires from array to pads"),
    "layout.pad_side": assumed(100 * um, "m", "for probe needles"),
    "layout.pad_pitch": assumed(150 * um, "m", "of a common probe card"),
    "layout.border": assumed(
        150 * um, "m", "between pads and the edge of the die, for label and marks"
    ),
    "layout.line_end": assumed(10 * um, "m", "of a line beyond its last cell"),
    "rules.width": assumed(2 * um, "m", "narrowest wire or island"),
    "rules.space": assumed(2 * um, "m", "narrowest gap within a layer, for lift-off"),
    "rules.enclosure": assumed(
        0.25 * um, "m", "island beyond the crossing: twice what layers may misalign"
    ),
    "rules.pad_side": assumed(60 * um, "m", "smallest pad a needle hits"),
    "rules.pad_pitch": assumed(100 * um, "m", "closest needles of a probe card"),
    "rules.die_edge": assumed(30 * um, "m", "between metal and the edge of the die"),
    "wire.silver_resistivity": bulk(15.87e-9, "ohm m", "Table II: Ag, bulk at room temperature"),
    "wire.gold_resistivity": bulk(22.14e-9, "ohm m", "Table II: Au, bulk at room temperature"),
    "wire.silver_mean_free_path": computed(53.3 * nm, "m", "Table II: Ag"),
    "wire.gold_mean_free_path": computed(37.7 * nm, "m", "Table II: Au"),
    "wire.specularity": assumed(
        0.0, "1", "share of electrons mirrored by the surfaces: none, an upper bound"
    ),
    "wire.boundary_reflection": assumed(
        0.3, "1", "of electrons at a grain boundary of evaporated Au or Ag"
    ),
    "wire.grain_over_thickness": assumed(
        1.0, "1", "grains of evaporated metal, over the film's thickness"
    ),
    "wire.oxide_permittivity": assumed(3.9, "1", "of SiO2, relative"),
    "wire.foil_permittivity": assumed(3.4, "1", "of polyimide, relative, data sheets of Kapton HN"),
    "budget.cmos_temperature_long": vias(celsius(425.0), "K", "abstract: 6 h at 425 C"),
    "budget.cmos_time_long": vias(6 * hour, "s", "abstract: 10 % via resistance"),
    "budget.cmos_temperature_middle": vias(celsius(450.0), "K", "abstract: 1 h at 450 C"),
    "budget.cmos_time_middle": vias(1 * hour, "s", "abstract: 10 % via resistance"),
    "budget.cmos_temperature_short": vias(celsius(475.0), "K", "abstract: 0.5 h at 475 C"),
    "budget.cmos_time_short": vias(0.5 * hour, "s", "abstract: 10 % via resistance"),
    "budget.polyimide_temperature": assumed(
        celsius(360.0), "K", "glass transition of Kapton HN, data sheet: 360 to 410 C"
    ),
    "budget.bake_temperature": assumed(
        celsius(150.0), "K", "of the electron-beam resist: the paper stays below 160 C throughout"
    ),
    "budget.bake_time": assumed(3 * minute, "s", "of the electron-beam resist on a hot plate"),
    "yield.ratio": assumed(1e3, "1", "least LRS over HRS conductance of a good device"),
    "yield.device_share": assumed(0.9, "1", "least share of good devices on a good die"),
}
