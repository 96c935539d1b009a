r"""From recipe to film: rate, stoichiometry, grain growth, migration barrier. See docs/film.md.

Grains grow parabolically (Burke and Turnbull 1952) through every hot step, the deposition included:

.. math::
    D^2 = \Big[D_0^2 + (D_1^2 - D_0^2) \sum_i \frac{t_i}{t_1} e^{-\frac{Q}{k}(1/T_i - 1/T_1)}\Big]
          (d/d_1)^{2q}, \qquad
    W(D) = W_g + \frac{\Delta W}{1 + (D/D_h)^p}
"""

from __future__ import annotations

import math

from acanthite.constants import boltzmann
from acanthite.errors import RecipeError
from acanthite.film.film import Film, Phase
from acanthite.film.recipe import Recipe
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

_SILVER_ATOM_VOLUME = 1.7057e-29  # m^3, fcc silver: (0.40862 nm)^3 / 4


def grow(recipe: Recipe | None = None, parameters: ParameterSet = AG2S) -> Film:
    """Run a recipe.

    Parameters
    ----------
    recipe : Recipe, optional
        The paper's without it.
    parameters : ParameterSet
        Groups ``process``, ``film``, ``stack`` and ``crystal``.

    Returns
    -------
    Film

    Raises
    ------
    RecipeError
        If a step is hotter than the monoclinic-bcc transition: the grain law holds below it only,
        and silver precipitates from the bcc phase as it cools back.

    Examples
    --------
    >>> from acanthite.constants import celsius, eV, nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm, anneal_temperature=celsius(160)))
    >>> print(
    ...     f"grains of {film.grain_size / nm:.0f} nm, barrier {film.migration_barrier / eV:.2f} eV"
    ... )
    grains of 60 nm, barrier 0.22 eV
    """
    recipe = Recipe.of(parameters) if recipe is None else recipe
    _check_phase(recipe, parameters)
    thickness = _thickness(recipe, parameters)
    grain = grain_size(recipe, thickness, parameters)
    reference = parameters.value("film.reference_thickness")
    bottom = grain_size(recipe, min(thickness, reference), parameters)
    return Film(
        thickness=thickness,
        grain_size=grain,
        migration_barrier=migration_barrier(grain, parameters),
        bottom_barrier=migration_barrier(bottom, parameters),
        silver_excess=silver_excess(recipe, parameters),
        roughness=0.5
        * (parameters.value("film.roughness_low") + parameters.value("film.roughness_high")),
        phase=stable_phase(recipe.substrate_temperature, parameters),
        recipe=recipe,
        grain_barrier=parameters.value("film.grain_barrier"),
        reference_barrier=migration_barrier(
            grain_size(_reference_recipe(parameters), reference, parameters), parameters
        ),
        microstrain=parameters.value("film.microstrain"),
    )


def deposition_rate(recipe: Recipe, parameters: ParameterSet = AG2S) -> float:
    """Return the rate at which the film thickens [m/s].

    Proportional to the RF power (assumed); below the critical H2S pressure the target is partly
    clean and sputters more silver, of which the film takes the excess in as metal, by its atomic
    volume. Gas scatters silver away from the wafer as in Keller and Simmons (1979): (p_0 / p) (1 -
    exp(-p / p_0)), over that at the paper's pressure, with an assumed p_0.

    Examples
    --------
    >>> from acanthite.constants import minute, nm
    >>> rate = ac.film.deposition_rate(ac.film.Recipe(rf_power=150.0))
    >>> print(f"{rate / (nm / minute):.1f} nm a minute")
    6.0 nm a minute
    """
    process = parameters.group("process")
    sulphide = _sulphidation(recipe, parameters)
    excess = _silver_flux(sulphide, process["metal_mode_ratio"]) - sulphide
    volume = sulphide + excess * _SILVER_ATOM_VOLUME / (_formula_volume(parameters) / 2)
    thrown = _thrown(recipe.pressure, parameters) / _thrown(process["pressure"], parameters)
    return process["deposition_rate"] * recipe.rf_power / process["rf_power"] * volume * thrown


def silver_excess(recipe: Recipe, parameters: ParameterSet = AG2S) -> float:
    """Return delta in Ag(2+delta)S: zero where sulphur suffices, rising without bound as H2S runs
    out [1].
    """
    sulphide = _sulphidation(recipe, parameters)
    return 2 * (_silver_flux(sulphide, parameters.value("process.metal_mode_ratio")) / sulphide - 1)


@accepts_quantities
def grain_size(recipe: Recipe, thickness: float, parameters: ParameterSet = AG2S) -> float:
    """Return the grain size at the top of a film, at most the film's thickness [m].

    Parameters
    ----------
    recipe : Recipe
    thickness : float
        [m]
    parameters : ParameterSet

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> recipe = ac.film.Recipe()
    >>> for thickness in (50 * nm, 200 * nm):
    ...     print(f"{ac.film.grain_size(recipe, thickness) / nm:.0f} nm")
    22 nm
    60 nm
    """
    film = parameters.group("film")
    D0, D1 = film["grain_as_deposited"], film["grain_annealed"]
    deposition = thickness / deposition_rate(recipe, parameters)
    budget = _thermal_budget(deposition, recipe.substrate_temperature, parameters)
    if recipe.anneal_temperature is not None:
        budget += _thermal_budget(recipe.anneal_time, recipe.anneal_temperature, parameters)
    template = (thickness / film["reference_thickness"]) ** film["grain_thickness_exponent"]
    return min(math.sqrt(D0**2 + (D1**2 - D0**2) * budget) * template, thickness)


def migration_barrier(grain: float, parameters: ParameterSet = AG2S) -> float:
    """Return the Ag+ migration barrier [J] of a film with this grain size [m].

    Examples
    --------
    Larger grains, lower barrier:

    >>> from acanthite.constants import eV, nm
    >>> for grain in (20 * nm, 40 * nm):
    ...     print(f"{ac.film.migration_barrier(grain) / eV:.2f} eV")
    0.57 eV
    0.26 eV
    """
    film = parameters.group("film")
    lost = 1 + (grain / film["barrier_grain_size"]) ** film["barrier_exponent"]
    return film["grain_barrier"] + film["boundary_barrier"] / lost


def film_densities(excess: float, parameters: ParameterSet = AG2S) -> dict[str, float]:
    """Return atoms of Ag and S in Ag(2 + ``excess``)S [1/m^3]; excess silver takes its atomic
    volume in fcc silver.
    """
    volume = _formula_volume(parameters) + excess * _SILVER_ATOM_VOLUME
    return {"Ag": (2 + excess) / volume, "S": 1 / volume}


def stable_phase(temperature: float, parameters: ParameterSet = AG2S) -> Phase:
    """Return the phase of Ag2S that is stable at a temperature [K].

    Examples
    --------
    >>> from acanthite.constants import celsius
    >>> ac.film.stable_phase(celsius(160)), ac.film.stable_phase(celsius(200))
    ('monoclinic', 'bcc')
    """
    return (
        "bcc"
        if temperature >= parameters.value("film.phase_transition_temperature")
        else "monoclinic"
    )


def _thickness(recipe: Recipe, parameters: ParameterSet) -> float:
    if recipe.deposition_time is not None:
        return deposition_rate(recipe, parameters) * recipe.deposition_time
    return (
        parameters.value("stack.film_thickness") if recipe.thickness is None else recipe.thickness
    )


def _reference_recipe(parameters: ParameterSet) -> Recipe:
    temperature = parameters.value("film.reference_temperature")
    return Recipe.of(parameters, anneal_temperature=temperature)


def _thermal_budget(time: float, temperature: float, parameters: ParameterSet) -> float:
    """Return the grain growth of a hot step over that of the reference anneal [1]."""
    Q, T1 = (
        parameters.value("film.grain_growth_energy"),
        parameters.value("film.reference_temperature"),
    )
    t1 = parameters.value("film.reference_time")
    return time / t1 * math.exp(-Q / boltzmann * (1 / temperature - 1 / T1))


def _thrown(pressure: float, parameters: ParameterSet) -> float:
    """Return the share of the sputtered silver that the gas lets through to the wafer."""
    collisions = pressure / parameters.value("process.thermalisation_pressure")
    return -math.expm1(-collisions) / collisions


def _sulphidation(recipe: Recipe, parameters: ParameterSet) -> float:
    """Return the sulphur taken up over what the silver of a poisoned target needs, 0 to 1."""
    process = parameters.group("process")
    needed = process["critical_h2s_pressure"] * recipe.rf_power / process["rf_power"]
    return min(1.0, recipe.pressure * recipe.h2s_share / needed)


def _silver_flux(sulphidation: float, ratio: float) -> float:
    """Return the silver flux over that of a poisoned target, which is poisoned as far as the film."""
    return sulphidation + ratio * (1 - sulphidation)


def _formula_volume(parameters: ParameterSet) -> float:
    cell = parameters.group("crystal")
    return cell["a"] * cell["b"] * cell["c"] * math.sin(cell["beta"]) / 4  # Z = 4


def _check_phase(recipe: Recipe, parameters: ParameterSet) -> None:
    limit = parameters.value("film.phase_transition_temperature")
    for name in ("substrate_temperature", "anneal_temperature"):
        temperature = getattr(recipe, name)
        if temperature is not None and stable_phase(temperature, parameters) == "bcc":
            raise RecipeError(
                f"{name} (={temperature:g} K) is above the monoclinic-bcc transition of Ag2S "
                f"({limit:g} K); "
                "grain law and device law hold for the monoclinic film only; stay below it"
            )
