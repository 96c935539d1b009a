"""Numbers stated in Zhu et al., Nano-Micro Lett. 17:69 (2025): process, stack and pulses."""

from __future__ import annotations

from acanthite.constants import celsius, hour, minute, mm, mtorr, mV, nm, sccm, torr, um, us
from acanthite.parameters.quantity import Quantity


def _measured(value: float, unit: str, where: str, std: float | None = None) -> Quantity:
    return Quantity(value, unit, "Zhu2025", where, "measured", std)


QUANTITIES = {
    "process.rf_power": _measured(150.0, "W", "Sect. 2.1"),
    "process.argon_flow": _measured(20 * sccm, "m^3/s", "Sect. 2.1"),
    "process.h2s_flow": _measured(40 * sccm, "m^3/s", "Sect. 2.1"),
    "process.pressure": _measured(5 * mtorr, "Pa", "Sect. 2.1"),
    "process.base_pressure": _measured(1e-7 * torr, "Pa", "Sect. 2.1"),
    "process.presputter_time": _measured(5 * minute, "s", "Sect. 2.1"),
    "process.substrate_temperature": _measured(celsius(25.0), "K", "Sect. 3.1: room temperature"),
    "process.deposition_rate": _measured(6 * nm / minute, "m/s", "Sect. 3.1, Fig. S1b"),
    "process.anneal_time": _measured(3 * hour, "s", "Sect. 2.2"),
    "process.anneal_temperature": _measured(celsius(160.0), "K", "Sect. 3.1"),
    "stack.film_thickness": _measured(50 * nm, "m", "Sect. 3.1, Fig. 1b"),
    "stack.thick_film_thickness": _measured(200 * nm, "m", "Sect. 3.1, Fig. 1c"),
    "stack.electrode_thickness": _measured(50 * nm, "m", "Sect. 2.2"),
    "stack.island_side": _measured(5 * um, "m", "Sect. 3.1, Fig. 1b"),
    "stack.oxide_thickness": _measured(70 * nm, "m", "Sect. 2.2"),
    "film.roughness_low": _measured(3 * nm, "m", "Sect. 3.1, Fig. S2"),
    "film.roughness_high": _measured(4.5 * nm, "m", "Sect. 3.1, Fig. S2"),
    "bending.radius": _measured(3 * mm, "m", "Sect. 3.4, Fig. S14"),
    "pulse.write_voltage": _measured(0.3, "V", "Sect. 3.1, Fig. 1c"),
    "pulse.write_width": _measured(1 * us, "s", "Sect. 3.1, Fig. 1c"),
    "pulse.read_voltage": _measured(5 * mV, "V", "Sect. 3.1, Fig. 1c"),
    "pulse.endurance_width": _measured(10e-3, "s", "Fig. 2g"),
    "mac.volt_per_level": _measured(0.1 * mV, "V", "Sect. 2.4: 255 -> 25.5 mV"),
}
