r"""The event loop: silver nucleates, is reduced and oxidised, one cell at a time, without
rejections.

The local overpotential of a cell beside metal or electrode replaces the gap of the compact law by
the field:

.. math:: \eta = V \Big[1 + g \Big(1 - \frac{E_0}{E}\Big)\Big], \qquad E_0 = V/d

Over a flat front E = V/x, and this *is* the compact law's 1 + g (1 - x/d). Events and their rates
are derived in docs/kmc.md. Rates of all cells stand in a Fenwick tree; an event disturbs the
potential around it at once and everywhere at every :data:`EVERY`-th event.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from acanthite.device.kmc import fenwick, field
from acanthite.jit import njit
from acanthite.random import uniforms

EVERY = 8  # events between relaxations of the whole potential in a film of 50 cells; in proportion in thicker ones
SWEEPS = 60
TOLERANCE = 0.01  # largest change of the last sweep, over the potential beside a flat electrode
_LEAST_DRIVE = 1e-3  # of kT/e-like voltages: below it every rate here is zero


class Rates(NamedTuple):
    """Plain numbers of the event rates; SI, energies over kT."""

    voltage: float  # drive [V]
    tip_promotion: float  # g [1]
    nucleation_field: float  # B / kT [V]
    first_nucleation: float  # prefactor of all sites of the device [1/s]
    later_nucleation: float  # prefactor of the sites of the section [1/s]
    growth: float  # prefactor of a cell's reduction [1/s]
    growth_field: float  # B_x / kT [V]
    supply: float  # prefactor of a cell's supply [1/s]
    supply_field: float  # e V l / (2 kT d): a hop's gain of energy at the mean field [1]
    charge: float  # e / kT [1/V]
    bond: float  # J / kT: what a metal neighbour binds an atom of a cell with [1]


@njit(cache=True, inner=True)
def overpotential(enhancement, p):
    """Return the local overpotential [V] where the field is ``enhancement`` times the mean one."""
    if enhancement <= 0.0:
        return 0.0
    return p.voltage * (1.0 + p.tip_promotion * (1.0 - 1.0 / enhancement))


@njit(cache=True, inner=True)
def exchange_rate(enhancement, eta, p):
    """Return the rate of a cell's reduction and supply in a row, before the binding is counted
    [1/s].
    """
    reduction = p.growth * math.exp(-p.growth_field / eta)
    supply = p.supply * math.sinh(min(p.supply_field * enhancement, 50.0))
    return reduction * supply / (reduction + supply) if supply > 0.0 else 0.0


@njit(cache=True)
def neighbours(metal, r, c):
    """Return how many of the four neighbours are metal, the driven electrode included."""
    columns = metal.shape[1]
    below = 0 if r == metal.shape[0] - 2 else metal[r + 1, c]
    return metal[r - 1, c] + below + metal[r, c - 1] + metal[r, (c + 1) % columns]


@njit(cache=True, inner=True)
def removable(metal, r, c):
    """Return whether the metal around a cell stays in one piece without it."""
    columns = metal.shape[1]
    left, right = (c - 1) % columns, (c + 1) % columns
    below = min(r + 1, metal.shape[0] - 2)
    n, e, s, w = (
        metal[r - 1, c],
        metal[r, right],
        metal[below, c] if below > r else 0,
        metal[r, left],
    )
    corners = (
        (n and e and not metal[r - 1, right])
        + (e and s and not metal[below, right])
        + (s and w and not metal[below, left])
        + (w and n and not metal[r - 1, left])
    )
    sides = n + e + s + w
    joined = sides - 1 if sides < 4 else 4  # corners that would have to be filled
    adjacent = (n and e) + (e and s) + (s and w) + (w and n)
    return sides <= 1 or (sides < 4 and adjacent == joined and corners == 0)


@njit(cache=True, inner=True)
def field_at_metal(phi, metal, r, c):
    """Return the mean potential of the electrolyte around a metal cell, and of how many cells."""
    columns = metal.shape[1]
    sum_, n = 0.0, 0
    for dr, dc in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        i, j = r + dr, (c + dc) % columns
        if 1 <= i <= metal.shape[0] - 2 and not metal[i, j]:
            sum_ += phi[i, j]
            n += 1
    return sum_ / max(n, 1), n


@njit(cache=True, inner=True)
def cell_rate(phi, metal, path, sites, nucleation, r, c, p):
    """Return the rate at which a cell changes: nucleates or is filled if electrolyte, is dissolved
    if metal.
    """
    plates = 2.0 * (
        metal.shape[0] - 2
    )  # from a potential half a cell away to a field over the mean one
    bound = neighbours(metal, r, c)
    if metal[r, c]:
        around, exposed = field_at_metal(phi, metal, r, c)
        if exposed == 0 or not removable(metal, r, c):
            return 0.0
        enhancement, sign = plates * around, -1.0
    else:
        if bound == 0:
            return 0.0
        enhancement, sign = plates * phi[r, c], 1.0
    eta = overpotential(enhancement, p)
    if eta < _LEAST_DRIVE:
        return 0.0
    if not metal[r, c] and r == 1 and bound == 1:
        return nucleation * sites[c] * math.exp(-p.nucleation_field / eta)
    gain = sign * (p.charge * eta + p.bond * (bound - 2))
    return exchange_rate(enhancement, eta, p) * path[r, c] * math.exp(min(0.0, gain))


@njit(cache=True)
def update_window(phi, metal, path, sites, nucleation, row, column, p, rates, tree):
    """Set the rates anew of the cells whose potential a local relaxation changed."""
    rows, columns = metal.shape
    half = min(field.WINDOW, (columns - 1) // 2)
    for r in range(max(1, row - field.WINDOW), min(rows - 2, row + field.WINDOW) + 1):
        for k in range(column - half, column + half + 1):
            c = k % columns
            value = cell_rate(phi, metal, path, sites, nucleation, r, c, p)
            fenwick.change(rates, tree, (r - 1) * columns + c, value)


@njit(cache=True, inner=True)
def update_all(phi, metal, path, sites, nucleation, p, rates, tree):
    """Set all rates anew and sum them afresh, which also clears rounding."""
    rows, columns = metal.shape
    for r in range(1, rows - 1):
        for c in range(columns):
            rates[(r - 1) * columns + c] = cell_rate(phi, metal, path, sites, nucleation, r, c, p)
    fenwick.build(rates, tree)


@njit(cache=True, nogil=True)
def grow(path, sites, p, duration, seed, stream, index, every, cells, times):
    """Grow one filament until it bridges, ``duration`` is over or the log is full.

    Parameters
    ----------
    path : float64 array, shape (row, column)
        Factor of a cell's rates; row 0 lies on the driven electrode.
    sites : float64 array, shape (column,)
        Share of the nucleation sites of each cell of that electrode; sums to one.
    p : Rates
    duration : float
        [s]
    seed, stream, index : int
        Key of the random numbers.
    every : int
        Events between relaxations of the whole potential.
    cells : int64 array, shape (event,)
        Filled with the cell of each event, row-major; a cell's second event dissolves it, and so
        on.
    times : float64 array, shape (event,)
        Filled with the times. [s]

    Returns
    -------
    events : int
    bridged : bool
    metal : uint8 array, shape (row, column)
    potential : float64 array, shape (row, column)
        Over the voltage. [1]
    """
    rows, columns = path.shape
    metal = np.zeros((rows + 2, columns), np.uint8)
    metal[0] = 1
    padded = np.zeros((rows + 2, columns))
    padded[1:-1] = path
    phi, inverse = np.empty(metal.shape), np.empty(metal.shape)
    field.start(phi, inverse)
    rates, tree = np.empty(rows * columns), np.empty(rows * columns + 1)
    update_all(phi, metal, padded, sites, p.first_nucleation, p, rates, tree)
    t, n, draw, filled = 0.0, 0, 0, 0
    while n < cells.size:
        total = fenwick.total(tree)
        if total <= 0.0:
            break
        u = uniforms(seed, stream, index, draw)
        draw += 1
        t -= math.log(u[0]) / total
        if t > duration:
            break
        at = fenwick.choose(tree, u[1] * total)
        if rates[at] == 0.0:  # rounding of the sums; the clock keeps its time
            fenwick.build(rates, tree)
            continue
        cells[n], times[n] = at, t
        n += 1
        r, c = at // columns + 1, at % columns
        metal[r, c] = 1 - metal[r, c]
        filled += 1 if metal[r, c] else -1
        phi[r, c] *= 1 - metal[r, c]
        field.refresh_around(inverse, metal, r, c)
        if metal[r, c] and r == rows:
            return n, True, metal[1:-1], phi[1:-1]
        field.relax_window(phi, inverse, r, c)
        nucleation = p.later_nucleation if filled else p.first_nucleation
        if n % every == 0 or filled <= 1:
            field.relax(phi, inverse, TOLERANCE * 0.5 / rows, SWEEPS)
            update_all(phi, metal, padded, sites, nucleation, p, rates, tree)
        else:
            update_window(phi, metal, padded, sites, nucleation, r, c, p, rates, tree)
    return n, False, metal[1:-1], phi[1:-1]
