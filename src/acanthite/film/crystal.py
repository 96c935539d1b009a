r"""Crystals and the lines of their powders: lattice planes, structure factors,
Lorentz-polarisation.

.. math::
    F(hkl) = \sum_j f_j(s)\, e^{-B_j s^2} e^{2\pi i (h x_j + k y_j + l z_j)}, \qquad
    I = |F|^2 \frac{1 + \cos^2 2\theta}{\sin^2\theta \cos\theta}, \qquad s =
    \frac{\sin\theta}{\lambda}

summed over every (hkl) of a line. A crystal is its cell and the atoms of the asymmetric unit with
the operations of its space group, or all atoms of the cell with none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import angstrom, degree
from acanthite.errors import AnalysisError, nearest
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

Array = NDArray[np.float64]

_SAME_SITE = 1e-4  # of a cell edge: two atoms this close are one
_SAME_LINE = 1e-9  # relative in 1/d^2: equivalent planes differ by rounding only
_RIGHT = 90 * degree


@accepts_quantities
@dataclass(frozen=True)
class Atom:
    """An atom of the asymmetric unit.

    Parameters
    ----------
    element : str
        As in the parameters ``form_factor.<element>_*``: ``"silver"``, ``"sulphur"``,
        ``"silicon"``, ``"oxygen"``, ``"titanium"``.
    position : tuple of float
        Fractional coordinates. [1]
    displacement : float
        B of the Debye-Waller factor, 8 pi^2 <u^2>. [m^2]
    """

    element: str
    position: tuple[float, float, float]
    displacement: float = 0.0


@accepts_quantities
@dataclass(frozen=True)
class Crystal:
    """A crystal structure.

    Parameters
    ----------
    name : str
    lengths : tuple of float
        Edges a, b, c of the cell. [m]
    atoms : tuple of Atom
        Of the asymmetric unit, or all of the cell.
    angles : tuple of float
        alpha, beta, gamma. [rad]
    operations : tuple of str
        Of the space group, as in International Tables: ``"1/2-x, 1/2+y, 1/2-z"``. The identity
        alone where ``atoms`` are all of the cell.
    source : str
        Key in ``references.bib``.

    Raises
    ------
    AnalysisError
        If an operation cannot be read or the cell has no volume.
    """

    name: str
    lengths: tuple[float, float, float]
    atoms: tuple[Atom, ...]
    angles: tuple[float, float, float] = (_RIGHT, _RIGHT, _RIGHT)
    operations: tuple[str, ...] = ("x, y, z",)
    source: str = ""

    def __post_init__(self) -> None:
        for text in self.operations:
            _operation(text)
        if not (min(self.lengths) > 0 and self.volume > 0):
            raise AnalysisError(
                f"crystal {self.name!r}: edges {self.lengths} m and angles {self.angles} rad span "
                "no cell; "
                "give edges in metres and angles in radians"
            )

    @property
    def metric(self) -> Array:
        """Metric tensor of the cell, shape (3, 3). [m^2]"""
        alpha, beta, gamma = self.angles
        cosines = np.array(
            [
                [1.0, np.cos(gamma), np.cos(beta)],
                [np.cos(gamma), 1.0, np.cos(alpha)],
                [np.cos(beta), np.cos(alpha), 1.0],
            ]
        )
        return cosines * np.outer(self.lengths, self.lengths)

    @property
    def volume(self) -> float:
        """Of the cell. [m^3]"""
        return float(np.sqrt(max(np.linalg.det(self.metric), 0.0)))

    def sites(self) -> list[tuple[Atom, Array]]:
        """Return every atom of the asymmetric unit with its positions in the cell, shape (n, 3)
        each.
        """
        return [(atom, _equivalents(atom.position, self.operations)) for atom in self.atoms]

    def spacing(self, hkl: ArrayLike) -> Array:
        """Return the spacing [m] of lattice planes, shape (...) for ``hkl`` of shape (..., 3)."""
        h = np.asarray(hkl, float)
        return 1 / np.sqrt(np.einsum("...i,ij,...j->...", h, np.linalg.inv(self.metric), h))

    def bragg_angle(self, hkl: ArrayLike, wavelength: float) -> Array:
        """Return 2theta [rad] of lattice planes at a wavelength [m]; not-a-number where they cannot
        reflect.
        """
        sine = wavelength / (2 * self.spacing(hkl))
        return 2 * np.arcsin(np.where(sine <= 1, sine, np.nan))

    def structure_factor(
        self, hkl: ArrayLike, parameters: ParameterSet = AG2S
    ) -> NDArray[np.complex128]:
        """Return F(hkl) [electrons a cell], with the Debye-Waller factors.

        Parameters
        ----------
        hkl : array_like of int, shape (..., 3)
        parameters : ParameterSet
            Group ``form_factor``.

        Returns
        -------
        ndarray of complex, shape (...)

        Raises
        ------
        AnalysisError
            If an element has no form factor.
        """
        hkl = np.asarray(hkl, float)
        s2 = 1 / (2 * self.spacing(hkl)) ** 2
        total = np.zeros(hkl.shape[:-1], complex)
        for atom, positions in self.sites():
            phases = np.exp(2j * np.pi * hkl @ positions.T).sum(-1)
            total += (
                form_factor(atom.element, s2, parameters) * np.exp(-atom.displacement * s2) * phases
            )
        return total


@dataclass(frozen=True)
class Reflections:
    """Lines of a powder pattern, by angle; of equivalent (hkl) one stands for all.

    Parameters
    ----------
    hkl : ndarray of int, shape (n, 3)
    two_theta : ndarray, shape (n,)
        [rad]
    intensity : ndarray, shape (n,)
        Of the whole line, over that of the strongest. [1]
    """

    hkl: NDArray[np.int64]
    two_theta: Array
    intensity: Array


def form_factor(element: str, s2: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return the scattering amplitude of a neutral atom at s^2 = (sin theta / lambda)^2 [1/m^2], in
    electrons.
    """
    f = parameters.group("form_factor")
    s2 = np.asarray(s2, float)
    if f"{element}_c" not in f:
        known = sorted(key.removesuffix("_c") for key in f if key.endswith("_c"))
        raise AnalysisError(
            f"no form factor of {element!r}; expected one of "
            f"{', '.join(known)}{nearest(element, known)}"
        )
    waves = [f[f"{element}_a{i}"] * np.exp(-f[f"{element}_b{i}"] * s2) for i in range(1, 5)]
    return f[f"{element}_c"] + np.sum(waves, axis=0)


def lorentz_polarisation(two_theta: ArrayLike) -> Array:
    """Return the factor of a powder between |F|^2 and intensity, without a monochromator [1]."""
    angle = np.asarray(two_theta, float)
    return (1 + np.cos(angle) ** 2) / (np.sin(angle / 2) ** 2 * np.cos(angle / 2))


@accepts_quantities
def powder(
    crystal: Crystal,
    wavelength: float,
    largest: float = 60 * degree,
    smallest: float = 5 * degree,
    parameters: ParameterSet = AG2S,
) -> Reflections:
    """Return the lines of a powder without texture, equivalent planes as one.

    Planes of equal spacing and unequal |F| (333 and 511) are one line, as no powder can tell them
    apart.

    Parameters
    ----------
    crystal : Crystal
    wavelength : float
        [m]
    largest, smallest : float
        Bounds of 2theta. [rad]
    parameters : ParameterSet
        Group ``form_factor``.

    Returns
    -------
    Reflections
    """
    reach = 2 * np.sin(largest / 2) / wavelength
    limits = [int(np.floor(reach * length)) for length in crystal.lengths]
    h, k, l = (np.arange(-n, n + 1) for n in limits)  # noqa: E741 - the indices' own names
    planes = np.stack(np.meshgrid(h, k, l, indexing="ij"), -1).reshape(-1, 3)
    planes = planes[np.any(planes != 0, axis=1)]
    planes = planes[crystal.spacing(planes) >= 1 / reach]
    order = np.lexsort((*-planes.T[::-1], -crystal.spacing(planes)))
    planes = planes[order]
    inverse2 = crystal.spacing(planes) ** -2.0
    line = np.concatenate([[0], np.cumsum(np.diff(inverse2) > _SAME_LINE * inverse2[1:])])
    first = np.searchsorted(line, np.arange(line[-1] + 1)) if line.size else np.zeros(0, int)
    power = (
        np.bincount(line, np.abs(crystal.structure_factor(planes, parameters)) ** 2)
        if line.size
        else line
    )
    standing = np.array([_standing(planes[line == i]) for i in range(first.size)]).reshape(-1, 3)
    angle = crystal.bragg_angle(planes[first], wavelength)
    strength = power * lorentz_polarisation(angle)
    keep = (angle >= smallest) & (
        strength > 1e-9 * strength.max(initial=0.0)
    )  # the rest is absent by symmetry
    return Reflections(standing[keep], angle[keep], strength[keep] / strength.max(initial=1e-300))


def _standing(planes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the one of equivalent planes that is written: fewest minus signs, l then k positive,
    largest first.
    """
    negatives = (planes < 0).sum(1)
    order = np.lexsort((*-planes.T[::-1], planes[:, 1] < 0, planes[:, 2] < 0, negatives))
    return planes[order[0]]


def _operation(text: str) -> tuple[Array, Array]:
    """Return rotation and shift of ``"1/2-x, 1/2+y, 1/2-z"``."""
    rotation = np.zeros((3, 3))
    shift = np.zeros(3)
    rows = text.replace(" ", "").lower().split(",")
    if len(rows) != 3:
        raise AnalysisError(
            f"operation {text!r}: expected three parts, such as '1/2-x, 1/2+y, 1/2-z'"
        )
    for i, row in enumerate(rows):
        for term in row.replace("-", "+-").split("+"):
            sign, name = (-1.0, term[1:]) if term.startswith("-") else (1.0, term)
            if name in ("x", "y", "z"):
                rotation[i, "xyz".index(name)] += sign
            elif name:
                shift[i] += sign * _fraction(name, text)
    return rotation, shift


def _fraction(text: str, operation: str) -> float:
    above, _, below = text.partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        raise AnalysisError(
            f"operation {operation!r}: {text!r} is neither x, y, z nor a fraction; write '1/2-x'"
        ) from None


def _equivalents(position: tuple[float, float, float], operations: tuple[str, ...]) -> Array:
    """Return the positions in the cell that the operations make of one, each once; shape (n, 3)."""
    indices: list[Array] = []
    for rotation, shift in map(_operation, operations):
        site = (rotation @ np.array(position) + shift) % 1.0
        if not any(_apart(site, other) < _SAME_SITE for other in indices):
            indices.append(site)
    return np.array(indices)


def _apart(one: Array, other: Array) -> float:
    """Return the largest difference of fractional coordinates, over cell borders."""
    away = np.abs(one - other) % 1.0
    return float(np.minimum(away, 1.0 - away).max())


def acanthite(parameters: ParameterSet = AG2S) -> Crystal:
    """Return monoclinic Ag2S: Frueh's cell and atoms of group ``crystal``, P2_1/n."""
    cell, displacement = parameters.group("crystal"), parameters.value("xrd.displacement")
    atoms = tuple(
        Atom(element, tuple(cell[f"{site}_{axis}"] for axis in "xyz"), displacement)  # type: ignore[arg-type]
        for site, element in (("silver1", "silver"), ("silver2", "silver"), ("sulphur", "sulphur"))
    )
    angles = (_RIGHT, cell["beta"], _RIGHT)
    return Crystal(
        "acanthite", (cell["a"], cell["b"], cell["c"]), atoms, angles, _P21N, "Frueh1958"
    )


_P21N = ("x, y, z", "-x, -y, -z", "1/2-x, 1/2+y, 1/2-z", "1/2+x, 1/2-y, 1/2+z")
_DIAMOND = tuple(
    f"{x}{sign}x, {y}{sign}y, {z}{sign}z"
    for x, y, z in (("0", "0", "0"), ("0", "1/2", "1/2"), ("1/2", "0", "1/2"), ("1/2", "1/2", "0"))
    for sign in ("+", "-")
)  # all that an atom on 1/8, 1/8, 1/8 needs of Fd-3m: face centring and inversion
_P42MNM = ("x, y, z", "-x, -y, z", "1/2-y, 1/2+x, 1/2+z", "1/2+y, 1/2-x, 1/2+z")

SILICON = Crystal(
    "silicon",
    (5.431020511 * angstrom, 5.431020511 * angstrom, 5.431020511 * angstrom),
    (Atom("silicon", (1 / 8, 1 / 8, 1 / 8), 0.46 * angstrom**2),),
    operations=_DIAMOND,
    source="Tiesinga2021",
)
"""Silicon, the textbook reference; B = 0.46 A^2 is customary at room temperature (assumed)."""

RUTILE = Crystal(
    "rutile",
    (4.593659 * angstrom, 4.593659 * angstrom, 2.958682 * angstrom),
    (
        Atom("titanium", (0.0, 0.0, 0.0), 0.5 * angstrom**2),
        Atom("oxygen", (0.30479, 0.30479, 0.0), 0.4 * angstrom**2),
    ),
    operations=_P42MNM,
    source="Abrahams1971",
)
"""Rutile, TiO2; the isotropic displacements are rounded (assumed), cell and position measured."""
