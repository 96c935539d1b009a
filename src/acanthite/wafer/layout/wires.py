r"""Resistance and capacitance of the lines, from what is drawn.

A thin film conducts worse than its metal: electrons scatter at its surfaces (Fuchs and Sondheimer
[1]_) and at its grain boundaries (Mayadas and Shatzkes [2]_), and the two add (Matthiessen's rule,
an approximation that neglects their interplay). A line lies over the oxide of the wafer, or on a
foil with no ground below, where its neighbour takes the field up.

References
----------
.. [1] E. H. Sondheimer, *Adv. Phys.* **1**, 1 (1952), :doi:`10.1080/00018735200101151`, Eq. (22).
.. [2] A. F. Mayadas and M. Shatzkes, *Phys. Rev. B* **1**, 1382 (1970), :doi:`10.1103/PhysRevB.1.1382`, Eq. (8).
.. [3] N. van der Meijs and J. T. Fokkema, *Integration* **2**, 85 (1984): line over a plane.
.. [4] T. Sakurai and K. Tamaru, *IEEE Trans. Electron Devices* **30**, 183 (1983), :doi:`10.1109/T-ED.1983.21093`:
   coupling of lines over a plane.
.. [5] C. P. Wen, *IEEE Trans. Microw. Theory Tech.* **17**, 1087 (1969), :doi:`10.1109/TMTT.1969.1127105`: conformal map of
   coplanar strips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from acanthite.arguments import number
from acanthite.constants import vacuum_permittivity
from acanthite.display import Display
from acanthite.errors import LayoutError, brief
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.design import Array, ArrayDesign

if TYPE_CHECKING:
    from acanthite.crossbar import Wires

_UNITS = {
    "resistance": "ohm",
    "capacitance": "F",
    "coupling": "F",
    "conductance": "S",
    "resistivity": "ohm m",
}

Substrate = Literal["silicon", "polyimide"]


@dataclass(frozen=True)
class Parasitics(Display):
    """What the lines of an array add to its devices.

    Parameters
    ----------
    word_line_resistance, bit_line_resistance : float
        Of a segment between neighbouring cells; they go into ``Crossbar`` under these names. [ohm]
    word_lead_resistance, bit_lead_resistance : ndarray, shape (rows,), (columns,)
        From the pad to the first cell of each line. [ohm]
    word_line_capacitance, bit_line_capacitance : float
        Of a segment to the wafer; zero on a foil. [F]
    word_coupling, bit_coupling : float
        Of a segment to one neighbouring line. [F]
    crossing_capacitance : float
        Of a cell, between its electrodes. [F]
    leakage_conductance : float
        Of a segment to one neighbouring word line, through an electrolyte whose excess was not
        removed. [S]
    silver_resistivity, gold_resistivity : float
        Of the films as they are. [ohm m]

    Examples
    --------
    >>> import numpy as np
    >>> wires = ac.wafer.parasitics(ac.wafer.ArrayDesign(8, 8))
    >>> array = ac.crossbar.Crossbar(np.full((8, 8), 1e-4), **wires.segments)
    >>> print(f"{array.solve(np.full(8, 0.1)).output_current[0] * 1e6:.1f} uA of 80 uA")
    79.2 uA of 80 uA
    """

    word_line_resistance: float
    bit_line_resistance: float
    word_lead_resistance: Array
    bit_lead_resistance: Array
    word_line_capacitance: float
    bit_line_capacitance: float
    word_coupling: float
    bit_coupling: float
    crossing_capacitance: float
    leakage_conductance: float
    silver_resistivity: float
    gold_resistivity: float

    @property
    def segments(self) -> dict[str, float]:
        """Segment resistances, for ``Crossbar(conductance, **parasitics.segments)``."""
        return {
            "word_line_resistance": self.word_line_resistance,
            "bit_line_resistance": self.bit_line_resistance,
        }

    def as_drawn(self) -> dict[str, Any]:
        """Return the arguments of the array with its leads, each line tied where its pad is.

        For ``Crossbar(conductance, **wires.as_drawn())``.

        Word lines are driven, even ones on the left and odd ones on the right; bit lines grounded,
        at the top and at the bottom.
        """
        from acanthite.crossbar import Terminal

        rows, columns = self.word_lead_resistance.size, self.bit_lead_resistance.size
        word, left, right = _ends(
            self.word_lead_resistance, self.word_line_resistance, columns, "driven"
        )
        bit, top, bottom = _ends(
            self.bit_lead_resistance, self.bit_line_resistance, rows, "grounded"
        )
        tied = {"left": left, "right": right, "top": top, "bottom": bottom}
        return {
            "word_line_resistance": word,
            "bit_line_resistance": bit.T,
            **{end: Terminal(kinds) for end, kinds in tied.items()},
        }

    def of_crossbar(self) -> Wires:
        """Return the same for what an array is asked: reads in time, programming, crosstalk.

        Every line has the longest lead; a neighbour's coupling counts as capacitance to the ground,
        twice.
        """
        from acanthite.crossbar import Wires

        return Wires(
            word_line_resistance=self.word_line_resistance,
            bit_line_resistance=self.bit_line_resistance,
            driver_resistance=float(self.word_lead_resistance.max()),
            sense_resistance=float(self.bit_lead_resistance.max()),
            word_line_capacitance=self.word_line_capacitance + 2 * self.word_coupling,
            bit_line_capacitance=self.bit_line_capacitance + 2 * self.bit_coupling,
            crossing_capacitance=self.crossing_capacitance,
            word_leakage=self.leakage_conductance,
            bit_leakage=self.leakage_conductance,
        )

    @property
    def leads(self) -> dict[str, Array]:
        """The resistance of the leads of "word" and "bit" lines, each line's own. [ohm]"""
        return {"word": self.word_lead_resistance, "bit": self.bit_lead_resistance}

    def rows(self) -> list[tuple[str, float, str]]:
        """Return name, value and unit of everything that is one number, delay included."""
        single = [f.name for f in fields(self) if np.ndim(getattr(self, f.name)) == 0]
        rows = [
            (name, float(getattr(self, name)), _UNITS[name.rsplit("_", 1)[-1]]) for name in single
        ]
        return [*rows, ("word_line_delay", self.word_line_delay(), "s")]

    def word_line_delay(self) -> float:
        """Return the Elmore delay of the slowest word line to its last cell, bit lines held [s]."""
        cells = self.bit_lead_resistance.size
        cell = self.word_line_capacitance + 2 * self.word_coupling + self.crossing_capacitance
        along = 0.5 * cells * (cells - 1) * self.word_line_resistance
        return float((self.word_lead_resistance.max() * cells + along) * cell)


@accepts_quantities
def parasitics(
    array: ArrayDesign,
    film_thickness: float | None = None,
    substrate: Substrate = "silicon",
    parameters: ParameterSet = AG2S,
) -> Parasitics:
    """Return resistances and capacitances of a drawn array.

    Parameters
    ----------
    array : ArrayDesign
    film_thickness : float, optional
        Of the electrolyte; the paper's 50 nm without it. [m]
    substrate : {"silicon", "polyimide"}
        Oxidised silicon, taken as a grounded conductor, or a foil without ground.
    parameters : ParameterSet
        Groups ``wire`` and ``stack``, permittivity and conductivity of ``filament``.

    Returns
    -------
    Parasitics

    Raises
    ------
    LayoutError
        If the lines touch, or the substrate is unknown.

    Examples
    --------
    >>> from acanthite.constants import fF
    >>> wires = ac.wafer.parasitics(ac.wafer.ArrayDesign(8, 8))
    >>> print(
    ...     f"{wires.word_line_resistance:.1f} ohm a segment, {wires.crossing_capacitance / fF:.0f} fF a cell"
    ... )
    2.7 ohm a segment, 53 fF a cell
    """
    stack, f = parameters.group("stack"), parameters.group("filament")
    film = stack["film_thickness"] if film_thickness is None else film_thickness
    if array.pitch <= array.cell:
        raise LayoutError(
            f"pitch = {array.pitch:g} m; expected more than the width of a line, {array.cell:g} m"
        )
    silver, gold = (
        thin_film_resistivity(metal, stack["electrode_thickness"], parameters)
        for metal in ("silver", "gold")
    )
    word_sheet, bit_sheet = (
        silver / stack["electrode_thickness"],
        gold / stack["electrode_thickness"],
    )
    word_leads, bit_leads = _lead_squares(array)
    between = array.pitch - array.cell
    word_ground, bit_ground, coupling = _line_capacitances(array, film, substrate, parameters)
    return Parasitics(
        word_line_resistance=word_sheet * array.pitch / array.cell,
        bit_line_resistance=bit_sheet * array.pitch / array.cell,
        word_lead_resistance=word_sheet * word_leads,
        bit_lead_resistance=bit_sheet * bit_leads,
        word_line_capacitance=word_ground * between,
        bit_line_capacitance=bit_ground * array.pitch,
        word_coupling=coupling * array.pitch,
        bit_coupling=coupling * array.pitch,
        crossing_capacitance=f["relative_permittivity"]
        * vacuum_permittivity
        * array.cell**2
        / film,
        leakage_conductance=f["bulk_conductivity"] * film * array.pitch / between
        if array.continuous
        else 0.0,
        silver_resistivity=silver,
        gold_resistivity=gold,
    )


@accepts_quantities
def thin_film_resistivity(
    metal: Literal["silver", "gold"], thickness: float, parameters: ParameterSet = AG2S
) -> float:
    """Return the resistivity of an evaporated film at room temperature [ohm m].

    Parameters
    ----------
    metal : {"silver", "gold"}
    thickness : float
        [m]
    parameters : ParameterSet
        Group ``wire``.

    Raises
    ------
    LayoutError
        If the metal is another, or the thickness is not positive.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> for thickness in (20 * nm, 100 * nm):
    ...     print(f"{ac.wafer.thin_film_resistivity('gold', thickness):.1e} ohm m")
    6.6e-08 ohm m
    3.1e-08 ohm m
    """
    if metal not in ("silver", "gold"):
        raise LayoutError(f"metal = {brief(metal)}; expected silver or gold")
    thickness = number("thickness", thickness, above=0.0, error=LayoutError)
    wire = parameters.group("wire")
    bulk, path = wire[f"{metal}_resistivity"], wire[f"{metal}_mean_free_path"]
    surfaces = surface_scattering(thickness / path, wire["specularity"])
    grains = boundary_scattering(
        wire["grain_over_thickness"] * thickness / path, wire["boundary_reflection"]
    )
    return bulk * (surfaces + grains - 1.0)


def surface_scattering(thickness_over_path: float, specularity: float) -> float:
    r"""Return resistivity over bulk [1] of a film whose surfaces scatter (Fuchs and Sondheimer).

    .. math:: \frac{\rho_0}{\rho} = 1 - \frac{3 (1 - p)}{2 \kappa} \int_1^\infty
        \Big(\frac{1}{t^3} - \frac{1}{t^5}\Big) \frac{1 - e^{-\kappa t}}{1 - p\, e^{-\kappa t}}\, dt
    """
    from scipy.integrate import quad

    k, p = thickness_over_path, specularity

    def integrand(u: float) -> float:  # u = 1 / t
        fade = math.exp(-k / u) if u > 0.0 else 0.0
        return (u - u**3) * (1.0 - fade) / (1.0 - p * fade)

    return 1.0 / (1.0 - 1.5 * (1.0 - p) / k * quad(integrand, 0.0, 1.0)[0])


def boundary_scattering(grain_over_path: float, reflection: float) -> float:
    r"""Return resistivity over bulk [1] with reflecting grain boundaries (Mayadas and Shatzkes).

    .. math:: \frac{\rho_0}{\rho} = 3 \Big[\frac13 - \frac{\alpha}{2} + \alpha^2 - \alpha^3 \ln(1 + 1/\alpha)\Big],
        \qquad \alpha = \frac{\lambda}{D} \frac{R}{1 - R}
    """
    a = reflection / (1.0 - reflection) / grain_over_path
    if a > 100.0:  # the bracket cancels; its series is 1/(4a) - 1/(5a^2) + 1/(6a^3)
        return 1.0 / (3.0 * (0.25 / a - 0.2 / a**2 + 1.0 / (6.0 * a**3)))
    return 1.0 / (1.0 - 1.5 * a + 3.0 * a**2 - 3.0 * a**3 * math.log1p(1.0 / a)) if a else 1.0


def capacitance_over_plane(width: float, thickness: float, height: float) -> float:
    """Return capacitance over permittivity [1] of a line over a plane (van der Meijs and Fokkema).

    Parameters
    ----------
    width, thickness, height : float
        Of the line, and of its lower side over the plane. [m]
    """
    return (
        width / height + 0.77 + 1.06 * (width / height) ** 0.25 + 1.06 * (thickness / height) ** 0.5
    )


def coupling_over_plane(width: float, thickness: float, height: float, space: float) -> float:
    """Return coupling over permittivity [1] of two lines over a plane (Sakurai and Tamaru).

    Their range of validity ends at a space of ten heights; beyond it, as here, it says that
    coupling is negligible.
    """
    w, t = width / height, thickness / height
    return (0.03 * w + 0.83 * t - 0.07 * t**0.222) * (space / height) ** -1.34


def coupling_on_foil(width: float, space: float) -> float:
    """Return capacitance over permittivity [1] of two flat strips side by side (Wen)."""
    from scipy.special import ellipk

    k = space / (space + 2.0 * width)
    return float(ellipk(1.0 - k**2) / ellipk(k**2))


def _ends(
    leads: Array, segment: float, cells: int, kind: str
) -> tuple[Array, list[str], list[str]]:
    """Return the segments of lines with leads, shape (lines, cells + 1), and their terminals."""
    segments = np.full((leads.size, cells + 1), segment)
    segments[::2, 0], segments[1::2, -1] = leads[::2], leads[1::2]
    first = [kind if line % 2 == 0 else "floating" for line in range(leads.size)]
    last = [kind if line % 2 else "floating" for line in range(leads.size)]
    return segments, first, last


def check_substrate(substrate: str) -> None:
    """Raise unless a substrate is known.

    Raises
    ------
    LayoutError
    """
    if substrate not in get_args(Substrate):
        raise LayoutError(
            f"substrate = {substrate!r}; expected {' or '.join(map(repr, get_args(Substrate)))}"
        )


def _line_capacitances(
    array: ArrayDesign, film: float, substrate: Substrate, parameters: ParameterSet
) -> tuple[float, float, float]:
    """Return the capacitance of word and bit lines to the wafer, and of neighbours [F/m]."""
    check_substrate(substrate)
    wire, stack = parameters.group("wire"), parameters.group("stack")
    space, thickness, oxide = (
        array.pitch - array.cell,
        stack["electrode_thickness"],
        stack["oxide_thickness"],
    )
    if substrate == "polyimide":
        half = 0.5 * (1.0 + wire["foil_permittivity"]) * vacuum_permittivity
        return 0.0, 0.0, half * coupling_on_foil(array.cell, space)
    permittivity = wire["oxide_permittivity"] * vacuum_permittivity
    below = 0.0
    if array.continuous:  # the film lies between line and oxide, in oxide equivalent
        below = (
            film * wire["oxide_permittivity"] / parameters.value("filament.relative_permittivity")
        )
    word, bit = (capacitance_over_plane(array.cell, thickness, oxide + b) for b in (below, 0.0))
    coupling = coupling_over_plane(array.cell, thickness, oxide, space)
    return permittivity * word, permittivity * bit, permittivity * coupling


def _lead_squares(array: ArrayDesign) -> tuple[Array, Array]:
    """Return the squares of film from pad to first cell, shapes (rows,) and (columns,)."""
    stub = 0.5 * array.island_side + array.line_end
    return tuple(
        stub / array.cell
        + np.maximum(np.hypot(*(ends[:, 1] - ends[:, 0]).T) - 0.5 * array.pad_side, 0.0)
        / array.lead_width
        for ends in array.leads()
    )  # type: ignore[return-value]
