"""What a recipe gives, in a table."""

from __future__ import annotations

from dataclasses import dataclass

from acanthite.film.diffraction import SINGLET, bragg_angle, scherrer_width
from acanthite.film.film import Film
from acanthite.film.growth import deposition_rate
from acanthite.parameters import AG2S, ParameterSet


@dataclass(frozen=True)
class FilmProperty:
    """One property of a film.

    Parameters
    ----------
    name : str
        For programs.
    label : str
        For readers.
    value : float or str
        In ``unit``.
    unit : str
        SI without prefixes; empty for words.
    basis : str
        How far to trust it: ``"given"``, ``"fitted"``, ``"assumed law"`` ...
    """

    name: str
    label: str
    value: float | str
    unit: str
    basis: str


def summary(film: Film, parameters: ParameterSet = AG2S) -> tuple[FilmProperty, ...]:
    """Return what one wants to know of a film before it is made.

    Parameters
    ----------
    film : Film
    parameters : ParameterSet
        Groups ``process``, ``film``, ``crystal`` and ``xrd``.

    Returns
    -------
    tuple of FilmProperty
    """
    rate = deposition_rate(film.recipe, parameters)
    angle = float(bragg_angle(SINGLET, parameters))
    width = float(scherrer_width(film.grain_size, angle, parameters, film.microstrain))
    law = "law assumed"
    return (
        FilmProperty("thickness", "thickness", film.thickness, "m", "rate x time"),
        FilmProperty(
            "deposition_rate",
            "deposition rate",
            rate,
            "m/s",
            "measured at the paper's point, else assumed",
        ),
        FilmProperty(
            "deposition_time", "deposition time", film.thickness / rate, "s", "thickness over rate"
        ),
        FilmProperty(
            "silver_excess", "silver excess, delta in Ag(2+delta)S", film.silver_excess, "1", law
        ),
        FilmProperty("phase", "phase", film.phase, "", "literature"),
        FilmProperty("grain_size", "grain size at the top", film.grain_size, "m", law),
        FilmProperty(
            "migration_barrier",
            "barrier of a silver ion's hop",
            film.migration_barrier,
            "J",
            "fitted to V_th",
        ),
        FilmProperty(
            "disorder",
            "disorder (1: the paper's 50 nm film)",
            film.disorder,
            "1",
            "from the barrier",
        ),
        FilmProperty(
            "line_position", "XRD line (-1 1 2), 2theta", angle, "rad", "crystal structure"
        ),
        FilmProperty(
            "line_width", "its full width at half maximum", width, "rad", "Scherrer and instrument"
        ),
        FilmProperty(
            "roughness", "roughness Ra", film.roughness, "m", "measured, 50 nm film; not modelled"
        ),
    )
