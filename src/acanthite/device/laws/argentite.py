r"""What a device is above the transition of Ag2S: argentite, a metal beside what acanthite is.

Above 177 °C sulphur is body-centred cubic, silver ions are disordered and electrons degenerate, so
that no junction is left: a film is an ohmic resistor of some 0.05 ohm in series with its lines.
What the source applies falls on the lines, and what is left for the film is the share

.. math:: s = \frac{R_f}{R_f + R_s}

of it, 2e-4. The law keeps its form: rates that go with :math:`\exp(-B / kT\eta)` at :math:`\eta =
s V - \eta_0` are those at :math:`V` with :math:`B / s` and :math:`\eta_0 / s`. What a filament or
clusters add to the current is their conductance times :math:`s^2`.

References
----------
.. [1] Li Rongbin et al., *J. Inorg. Mater.*, :doi:`10.15541/JIM20200653`: conductivity of both phases.
.. [2] *Monatsh. Chem.* (2009), :doi:`10.1007/s00706-009-0130-x`: above 176 °C electrons are degenerate.
.. [3] T. Blanton et al., *Powder Diffr.* **26**, 114 (2011), :doi:`10.1154/1.3583564`: the three phases.
"""

from __future__ import annotations

from acanthite.errors import LawError
from acanthite.film import stable_phase
from acanthite.parameters import ParameterSet

_OHMIC = 1e6  # V; a junction of this ideality is a line at any voltage


def is_argentite(parameters: ParameterSet) -> bool:
    """Return whether the film of a device is argentite at the device's temperature.

    Raises
    ------
    LawError
        If ``filament.temperature`` is not between zero and the transition of argentite.
    """
    temperature = parameters.value("filament.temperature")
    if temperature > 0.0 and stable_phase(temperature, parameters) == "monoclinic":
        return False
    limit = parameters.value("argentite.transition_temperature")
    if not 0.0 < temperature < limit:
        raise LawError(
            f"filament.temperature = {temperature:g} K; expected above 0 and below the transition "
            f"of argentite at {limit:g} K: nothing is known here of a device of the third phase"
        )
    return True


def argentite_resistivity(temperature: float, parameters: ParameterSet) -> float:
    """Return the resistivity of argentite at a temperature [K]: that of a metal. [ohm m]"""
    onset = parameters.value("film.phase_transition_temperature")
    warmer = temperature - onset
    coefficient = parameters.value("argentite.resistivity_coefficient")
    return parameters.value("argentite.resistivity") * (1.0 + coefficient * warmer)


def in_argentite(values: dict[str, float], parameters: ParameterSet) -> dict[str, float]:
    """Return the law's parameters where the film of a device is argentite.

    Parameters
    ----------
    values : dict of str to float
        Of the device, with resistances at its temperature.
    parameters : ParameterSet
        Groups ``argentite`` and ``stack``.
    """
    temperature = parameters.value("filament.temperature")
    area = parameters.value("stack.island_side") ** 2
    film = argentite_resistivity(temperature, parameters) * values["thickness"] / area
    lines = values["series_resistance"]
    share = film / (film + lines)
    fields = ("nucleation_field", "gold_field", "growth_field", "tip_overpotential")
    return values | {
        "hrs_conductance": 1.0 / film,
        "hrs_voltage": _OHMIC,
        "bulk_conductance": 1.0 / lines,
        "cycle_junction": 0.0,
        **{name: values[name] / share for name in fields},
        "cluster_conductance": values["cluster_conductance"] * share**2,
        "series_resistance": lines / share**2,
    }
