r"""A film on a bent foil: how far it is stretched, and what that does to the hops of its ions.

The foil bends about the plane that keeps its length; a film at height z is stretched by :math:`(z -
z_n) / R` (Suo et al. 1999). Stretched in one direction and held in the other, free towards the
surface, an elastic film is under the mean stress :math:`\sigma = E \varepsilon / 3(1 - \nu)`, and a
hop that needs the volume :math:`v` pays less:

.. math:: W \to W - v \sigma, \qquad d \to d\,\Big(1 - \frac{\nu}{1 - \nu}\,\varepsilon\Big)

The stress stops growing where the film yields, at ``bending.film_elastic_limit``; a film that was
bent further and comes back is not followed. Whether a device is still whole is asked of
:mod:`acanthite.film.cracks`. Slipping electrodes and fatigue are not modelled.
"""

from __future__ import annotations

import math
from dataclasses import replace

from acanthite.errors import RecipeError
from acanthite.film.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities


def neutral_plane(film: Film, parameters: ParameterSet = AG2S) -> float:
    """Return the height above the foil's back of the plane that keeps its length when bent [m]."""
    b, metal = parameters.group("bending"), parameters.value("stack.electrode_thickness")
    stiffness = moment = height = 0.0
    for thickness, modulus in (
        (b["substrate_thickness"], b["substrate_modulus"]),
        (metal, b["metal_modulus"]),
        (film.thickness, b["film_modulus"]),
        (metal, b["metal_modulus"]),
    ):
        stiffness += modulus * thickness
        moment += modulus * thickness * (height + 0.5 * thickness)
        height += thickness
    return moment / stiffness


@accepts_quantities
def strain(film: Film, radius: float, parameters: ParameterSet = AG2S) -> float:
    """Return the strain in the middle of a film whose foil is bent [1].

    Parameters
    ----------
    film : Film
    radius : float
        Positive with the film outside (stretched), negative inside; infinite is flat. [m]
    parameters : ParameterSet
        Groups ``bending`` and ``stack``.

    Returns
    -------
    float
        About half the foil's thickness over the radius.

    Raises
    ------
    RecipeError
        If the radius is below the foil's thickness: no foil bends so.
    """
    metal = parameters.value("stack.electrode_thickness")
    foil = parameters.value("bending.substrate_thickness")
    if math.isnan(radius) or abs(radius) < foil:
        raise RecipeError(
            f"bending radius = {radius:g} m; expected at least the thickness of the foil, "
            f"{foil:g} m: take a larger radius, or a thinner foil (bending.substrate_thickness)"
        )
    lever = foil + metal + 0.5 * film.thickness - neutral_plane(film, parameters)
    return lever / radius


def barrier_shift(film_strain: float, parameters: ParameterSet = AG2S) -> float:
    """Return what a strain [1] adds to every barrier of a hop [J]: less than zero where the film is
    stretched.
    """
    b = parameters.group("bending")
    elastic = min(max(film_strain, -b["film_elastic_limit"]), b["film_elastic_limit"])
    stress = b["film_modulus"] * elastic / (3 * (1 - b["film_poisson"]))
    return -b["activation_volume"] * stress


@accepts_quantities
def bend(film: Film, radius: float, parameters: ParameterSet = AG2S) -> Film:
    """Return a film bent to a radius; its disorder, and so the spread of its devices, stays.

    Parameters
    ----------
    film : Film
        Flat or bent; what counts is the new radius.
    radius : float
        Positive with the film outside (stretched), negative inside; infinite is flat. [m]
    parameters : ParameterSet
        Groups ``bending`` and ``stack``.

    Returns
    -------
    Film

    Raises
    ------
    RecipeError
        If the radius is below the foil's thickness.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> flat = ac.film.grow()
    >>> bent = ac.film.bend(flat, 10 * mm)
    >>> print(f"stretched by {bent.bending_strain:.2%}")
    stretched by 0.23%
    >>> bent.migration_barrier < flat.migration_barrier
    True
    """
    new = strain(film, radius, parameters)
    shift = barrier_shift(new, parameters) - barrier_shift(film.bending_strain, parameters)
    poisson = parameters.value("bending.film_poisson")
    thinning = poisson / (1 - poisson)
    return replace(
        film,
        thickness=film.thickness * (1 - thinning * new) / (1 - thinning * film.bending_strain),
        migration_barrier=film.migration_barrier + shift,
        bottom_barrier=film.bottom_barrier + shift,
        grain_barrier=film.grain_barrier + shift,
        reference_barrier=film.reference_barrier + shift,
        bending_strain=new,
    )
