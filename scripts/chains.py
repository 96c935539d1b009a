"""How well the walkers of a Markov chain have mixed."""

from __future__ import annotations

import numpy as np


def split_rhat(chain: np.ndarray) -> np.ndarray:
    """Return R-hat of every parameter, the two halves of each walker taken as chains of their own.

    The standard deviation of all draws over that within a half (Gelman and others, *Bayesian Data
    Analysis*, 3rd ed., 2013, section 11.4). Walkers of an ensemble depend on one another, which
    brings it nearer to one; that a half is short takes it away from there.
    """
    half = len(chain) // 2
    halves = np.concatenate([chain[:half], chain[half : 2 * half]], axis=1)
    within = halves.var(0, ddof=1).mean(0)
    between = halves.mean(0).var(0, ddof=1)
    return np.sqrt((half - 1) / half + between / within)


def moved(chain: np.ndarray) -> np.ndarray:
    """Return how far the 16th, 50th and 84th percentile of every parameter move from the first half
    of the chain to the second, over the width between the outer two.
    """
    flat = [part.reshape(-1, chain.shape[2]) for part in (chain, *np.array_split(chain, 2))]
    whole, first, second = (np.percentile(part, [16, 50, 84], axis=0) for part in flat)
    return np.abs(second - first) / (whole[2] - whole[0])
