r"""Linear ion drift (Strukov *et al.*, Nature 453, 80, 2008), with a window of choice.

.. math:: \dot x = \frac{\mu R_{on}}{D^2} I F(x), \qquad V = I\,[R_{on} x + R_{off} (1 - x)]

Without a window the charge is a function of the flux alone, :math:`q(\varphi)`, in closed form.
Windows: Joglekar's :math:`1 - (2x-1)^{2n}` (Eur. J. Phys. 30, 661, 2009) and Biolek's :math:`1 - (x
- \theta(-I))^{2n}` (Radioengineering 18, 210, 2009). Signs are the paper's: positive charge lowers
the resistance, so SET is positive.
"""

from __future__ import annotations

from acanthite.constants import nm
from acanthite.device.decorator import law
from acanthite.device.law import Law
from acanthite.errors import LawError, nearest
from acanthite.parameters import Quantity


def _printed(value: float, unit: str, where: str) -> Quantity:
    return Quantity(value, unit, "Strukov2008", where, "assumed")


QUANTITIES = {
    "mobility": _printed(1e-14, "m^2/V/s", "Fig. 2: 1e-10 cm^2/(V s)"),
    "thickness": _printed(10 * nm, "m", "Fig. 2: D = 10 nm"),
    "r_on": _printed(100.0, "ohm", "Fig. 2: i_0 = v_0/R_on = 10 mA at 1 V"),
    "r_off": _printed(16e3, "ohm", "Fig. 2b: R_off/R_on = 160"),
    "start": Quantity(0.1, "1", "acanthite", "initial share of the doped region, free", "assumed"),
}

_ORDER = {"window_order": Quantity(1.0, "1", "Joglekar2009", "n, free", "assumed")}


def drift(x, voltage, p):
    """Return dx/dt before the window, and the current."""
    current = voltage / (p.r_on * x + p.r_off * (1.0 - x))
    return p.mobility * p.r_on / (p.thickness * p.thickness) * current, current


def free(x, voltage, p):
    """Return dx/dt and the current: no window."""
    return drift(x, voltage, p)


def joglekar(x, voltage, p):
    """Return dx/dt and the current: slow at both ends."""
    speed, current = drift(x, voltage, p)
    return speed * (1.0 - abs(2.0 * x - 1.0) ** (2.0 * p.window_order)), current


def biolek(x, voltage, p):
    """Return dx/dt and the current: slow at the end that is moved to."""
    speed, current = drift(x, voltage, p)
    reach = x if voltage >= 0.0 else 1.0 - x
    return speed * (1.0 - reach ** (2.0 * p.window_order)), current


_WINDOWS = {"none": free, "joglekar": joglekar, "biolek": biolek}


def linear_drift(window: str = "none") -> Law:
    """Return the law with a window.

    Parameters
    ----------
    window : {"none", "joglekar", "biolek"}

    Returns
    -------
    Law

    Raises
    ------
    LawError
        If there is no such window.

    References
    ----------
    .. [1] D. B. Strukov, G. S. Snider, D. R. Stewart, R. S. Williams, *Nature* **453**, 80 (2008),
       doi:10.1038/nature06932, Eqs. (5), (6).

    Examples
    --------
    >>> law = ac.device.linear_drift("joglekar")
    >>> law.name, law.state_names
    ('linear drift, joglekar window', ('x',))
    """
    if window not in _WINDOWS:
        raise LawError(
            f"window = {window!r}; expected one of {', '.join(_WINDOWS)}{nearest(window, _WINDOWS)}"
        )
    numbers = QUANTITIES if window == "none" else {**QUANTITIES, **_ORDER}
    name = "linear drift" if window == "none" else f"linear drift, {window} window"
    return law(state="x", parameters=numbers, initial="start", name=name, set_polarity=1)(
        _WINDOWS[window]
    )


LINEAR_DRIFT = linear_drift()
"""Strukov's device without a window."""
