"""Compare filaments on cells with the compact law: prints the table and draws the pictures of docs/kmc.md.

Run: python scripts/compare_kmc.py [folder]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import kstest

from acanthite import drawing, film
from acanthite.constants import nm
from acanthite.device import kmc
from acanthite.device.kmc import compact
from acanthite.files import atomic

VOLTAGES = np.array([0.08, 0.1, 0.13, 0.18, 0.25, 0.35])
SEED = 11
EVER = 1e15  # s: longer than any wait for a nucleus here


def growth_times(grown_film: film.Film, guided: bool, n: int) -> np.ndarray:
    """Return growth times [s] of ``n`` filaments at each voltage, shape (voltage, filament)."""
    return np.array(
        [
            kmc.grow_many(grown_film, n, -v, SEED, guided, duration=EVER)["growth_time"].values
            for v in VOLTAGES
        ]
    )


def report(name: str, times: np.ndarray, law: np.ndarray) -> None:
    """Print slopes of ln t against 1/V and the ratio to the compact law."""
    mean, error = np.log(times).mean(1), np.log(times).std(1, ddof=1) / np.sqrt(times.shape[1])
    slope, covariance = np.polyfit(1 / VOLTAGES, mean, 1, w=1 / error, cov="unscaled")
    expected = np.polyfit(1 / VOLTAGES, np.log(law), 1)[0]
    print(
        f"{name}: slope {slope[0]:.3f} +- {covariance[0, 0] ** 0.5:.3f} V, compact law {expected:.3f} V"
    )
    print(
        "   t / t_compact at",
        ", ".join(f"{v:g} V: {r:.2f}" for v, r in zip(VOLTAGES, np.exp(mean) / law, strict=True)),
    )


def main(folder: Path) -> None:
    """Grow, compare, draw."""
    films = {d: film.grow(film.Recipe(thickness=d * nm)) for d in (50, 200)}
    with drawing.look():
        figure = draw(films)
        with atomic(folder / "kmc_compact.png") as path:
            figure.savefig(path, dpi=110)
    kmc.animate(kmc.grow_filament(films[50], -0.25, SEED), folder / "kmc_growth.gif")


def draw(films: dict[int, film.Film]) -> Figure:
    """Draw nucleation and growth beside the compact law; print what is drawn."""
    figure, (left, right) = drawing.new_figure(8.6, 3.4, ncols=2)
    for k, v in enumerate((0.18, 0.25, 0.35)):
        times = kmc.grow_many(films[50], 400, -v, SEED + k, duration=EVER)["nucleation_time"].values
        scaled = np.sort(times * compact.nucleation_rate(films[50], v))
        print(f"nucleation at {v:g} V: KS p = {kstest(scaled, 'expon').pvalue:.2f} of 400")
        left.plot(
            scaled,
            1 - (np.arange(400) + 0.5) / 400,
            ".",
            color=drawing.CYCLE[k],
            markersize=3,
            label=f"{v:g} V",
        )
    x = np.linspace(0, 6, 50)
    left.plot(x, np.exp(-x), color=drawing.INK, label="compact law")
    left.set_yscale("log")
    left.set_xlabel("nucleation time × compact hazard")
    left.set_ylabel("share not nucleated")
    left.set_ylim(1e-3, 1.2)
    left.legend()
    cases = ((50, True, 40), (50, False, 40), (200, True, 16), (200, False, 4))
    for k, (d, guided, n) in enumerate(cases):
        times, law = (
            growth_times(films[d], guided, n),
            np.array([compact.growth_time(films[d], v) for v in VOLTAGES]),
        )
        name = f"{d} nm, {'guided' if guided else 'free'}"
        report(name, times, law)
        right.semilogy(
            1 / VOLTAGES,
            np.exp(np.log(times).mean(1)),
            "o",
            color=drawing.CYCLE[k],
            markersize=4,
            label=name,
        )
        if guided:
            right.semilogy(
                1 / VOLTAGES,
                law,
                "-" if d == 50 else "--",
                color=drawing.INK,
                label=f"compact, {d} nm",
            )
    right.set_xlabel("1 / voltage (1/V)")
    right.set_ylabel("growth time (s)")
    right.legend(fontsize=7)
    return figure


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
