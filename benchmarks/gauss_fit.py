"""What a Gauss fit costs against the mean and the standard deviation, and whether its intervals hold.

    python benchmarks/gauss_fit.py --samples 4000

:func:`acanthite.analysis.fit_gauss` fits the cumulative distribution, as figures of switching voltages do, and states intervals over
samples. For normal samples of several sizes this prints the efficiency of its centre, the variance of the mean over that of the
centre; that of its sigma, the degrees of freedom a standard deviation of the same scatter would have, over those of the sample's own;
and in which share of the samples the 95 % intervals hold the truth. Errors of one standard deviation, from the samples' own scatter.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import polygamma

from acanthite.analysis import fit_gauss
from acanthite.random import generator

SIZES = (10, 30, 100, 300)


def main() -> None:
    """Fit the samples, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{'n':>5s} {'centre':>14s} {'sigma':>14s} {'holds centre':>14s} {'holds sigma':>14s}")
    for n in SIZES:
        rng = generator(given.seed, "gauss-fit", n)
        fits = [fit_gauss(rng.normal(size=n)) for _ in range(given.samples)]
        center, sigma = (
            np.array([getattr(f, which).value for f in fits]) for which in ("center", "sigma")
        )
        spread = np.log(sigma**2).var(ddof=1)
        error = np.sqrt(2.0 / given.samples)  # of a variance, relative
        place, scale = 1.0 / n / center.var(ddof=1), degrees_of_freedom(spread) / (n - 1)
        shares = [
            holds([getattr(f, which).interval for f in fits], truth)
            for which, truth in (("center", 0.0), ("sigma", 1.0))
        ]
        told = [f"{value:.3f} ± {value * error:.3f}" for value in (place, scale)]
        told += [
            f"{100 * share:.1f} ± {100 * np.sqrt(share * (1 - share) / given.samples):.1f} %"
            for share in shares
        ]
        print(f"{n:5d} " + " ".join(f"{text:>14s}" for text in told), flush=True)


def degrees_of_freedom(spread: float) -> float:
    """Return those of a sample variance whose logarithm scatters with this variance."""
    half: Any = brentq(lambda half: polygamma(1, half) - spread, 0.1, 1e6)
    return 2.0 * half


def holds(intervals: list[tuple[float, float]], truth: float) -> float:
    """Return the share of the intervals that hold the truth."""
    low, high = np.array(intervals).T
    return float(np.mean((low <= truth) & (truth <= high)))


if __name__ == "__main__":
    main()
