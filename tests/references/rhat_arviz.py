"""Writes rhat_arviz.csv: split R-hat of chains in closed form, by ArviZ. Run from this folder; needs arviz."""

from pathlib import Path

import arviz
import numpy as np

STEPS, WALKERS = 400, 5


def chain(apart: float) -> np.ndarray:
    """Return one parameter of walkers that lie so far apart and drift as they go; (step, walker)."""
    step, walker = np.mgrid[:STEPS, :WALKERS]
    return np.sin(0.37 * step * (walker + 1)) + apart * (walker - 2.0 + step / STEPS)


if __name__ == "__main__":
    with Path("rhat_arviz.csv").open("w", encoding="utf-8") as file:
        file.write("apart,rhat\n")
        for apart in (0.0, 0.03, 0.3, 3.0):
            rhat = arviz.rhat(chain(apart).T, method="split")
            file.write(f"{apart},{float(rhat)!r}\n")
