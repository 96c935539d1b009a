"""Numbers stated in Zhu et al., Nano-Micro Lett. 17:69 (2025): process, stack and pulses."""

from __future__ import annotations

from acanthite.constants import celsius, hour, kV, minute, mm, mtorr, mV, nm, sccm, torr, um, us
from acanthite.parameters.sets.cited import cited

measured = cited("Zhu2025", "measured")

QUANTITIES = {
    "process.rf_power": measured(150.0, "W", "Sect. 2.1"),
    "process.argon_flow": measured(20 * sccm, "m^3/s", "Sect. 2.1"),
    "process.h2s_flow": measured(40 * sccm, "m^3/s", "Sect. 2.1"),
    "process.pressure": measured(5 * mtorr, "Pa", "Sect. 2.1"),
    "process.base_pressure": measured(1e-7 * torr, "Pa", "Sect. 2.1"),
    "process.presputter_time": measured(5 * minute, "s", "Sect. 2.1"),
    "process.substrate_temperature": measured(celsius(25.0), "K", "Sect. 3.1: room temperature"),
    "process.deposition_rate": measured(6 * nm / minute, "m/s", "Sect. 3.1, Fig. S1b"),
    "process.anneal_time": measured(3 * hour, "s", "Sect. 2.2"),
    "process.anneal_temperature": measured(celsius(160.0), "K", "Sect. 3.1"),
    "stack.film_thickness": measured(50 * nm, "m", "Sect. 3.1, Fig. 1b"),
    "stack.thick_film_thickness": measured(200 * nm, "m", "Sect. 3.1, Fig. 1c"),
    "stack.electrode_thickness": measured(50 * nm, "m", "Sect. 2.2"),
    "stack.island_side": measured(5 * um, "m", "Sect. 3.1, Fig. 1b"),
    "stack.oxide_thickness": measured(70 * nm, "m", "Sect. 2.2"),
    "film.roughness_low": measured(3 * nm, "m", "Sect. 3.1, Fig. S2"),
    "film.roughness_high": measured(4.5 * nm, "m", "Sect. 3.1, Fig. S2"),
    "bending.radius": measured(3 * mm, "m", "Sect. 3.4, Fig. S14"),
    "pulse.write_voltage": measured(0.3, "V", "Sect. 3.1, Fig. 1c"),
    "pulse.write_width": measured(1 * us, "s", "Sect. 3.1, Fig. 1c"),
    "pulse.read_voltage": measured(5 * mV, "V", "Sect. 3.1, Fig. 1c"),
    "pulse.endurance_width": measured(10e-3, "s", "Fig. 2g"),
    "sem.surface_voltage": measured(4.5 * kV, "V", "Fig. 2a"),
    "sem.section_voltage": measured(2 * kV, "V", "Fig. 2b"),
    "mac.volt_per_level": measured(0.1 * mV, "V", "Sect. 2.4: 255 -> 25.5 mV"),
}
