"""Switching energies of other devices, for the benchmark of Fig. 1d; what is not known is None."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from acanthite.constants import fJ, nm, ns, pJ
from acanthite.display import Display


@dataclass(frozen=True)
class Entry(Display):
    """A device and what one switching event costs.

    Parameters
    ----------
    name : str
    source : str
        Key in ``references.bib``.
    array : bool
        Whether it stands in a crossbar array; a single device is shown, not compared.
    energy : float, optional
        Of a switching event; None where it is not stated or not known to us. [J]
    bound : bool
        Whether ``energy`` is an upper bound.
    voltage, width : float, optional
        Of the pulse. [V], [s]
    side : float, optional
        Of the cell. [m]
    checked : {"read", "recalled", "not stated"}
        ``recalled``: from the paper's abstract as remembered, not checked against it.

    Examples
    --------
    >>> from acanthite.constants import nm, pJ
    >>> mine = ac.cost.Entry("ours", "own data", array=True, energy=0.3 * pJ, side=50 * nm)
    >>> ac.cost.lowest_known((*ac.cost.BENCHMARK, mine)).name
    'ours'
    """

    name: str
    source: str
    array: bool
    energy: float | None = None
    bound: bool = False
    voltage: float | None = None
    width: float | None = None
    side: float | None = None
    checked: Literal["read", "recalled", "not stated"] = "not stated"


BENCHMARK = (
    Entry("HfSe2 array", "Li2022", True, 0.82 * pJ, voltage=0.6, checked="read"),
    Entry("ECRAM array", "Cui2023", True),
    Entry("dual-gated MoS2 array", "Lee2020", True),
    Entry("self-selective vdW array", "Sun2019", True),
    Entry("WSe2 1T1R", "Sivan2019", True),
    Entry(
        "HfOx crossbar cell",
        "Govoreanu2011",
        True,
        0.1 * pJ,
        True,
        None,
        10 * ns,
        10 * nm,
        "recalled",
    ),
    Entry("Ag2S, interface switching", "Zhu2022", False, 0.2 * fJ, checked="read"),
)
"""The devices the paper compares with (its refs 30-35), and the same group's single interface
device.
"""

BIOLOGY = (1 * fJ, 100 * fJ)  #: a synaptic event, Zhu et al. 2025 [J]


def lowest_known(entries: tuple[Entry, ...] = BENCHMARK) -> Entry:
    """Return the array device with the lowest known energy; of a bound nothing is known below it.

    Examples
    --------
    >>> ac.cost.lowest_known().name
    'HfSe2 array'
    """
    known = [e for e in entries if e.array and not e.bound and e.energy is not None]
    return min(known, key=lambda e: e.energy or 0.0)
