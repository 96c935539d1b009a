"""How claims are judged: over which seeds, and how many of them must agree.

Every claim that depends on the random seed is computed once a seed, and each value is judged by
the claim's own rule. The seeds are those of no fit and of no look: calibration, knobs and pictures
use others.
"""

from __future__ import annotations

from collections.abc import Iterable

from acanthite.claims.claim import Verdict
from acanthite.errors import FigureError

__all__ = ["FIRST_SEED", "SEEDS", "SEEDS_QUICK", "SHARE", "judging_seeds", "verdict_of"]

FIRST_SEED = 5001
"""The first seed that claims are judged by; the others follow it."""
SEEDS = 10
"""How many seeds a full run judges by."""
SEEDS_QUICK = 2
"""How many seeds a quick run judges by."""
SHARE = 0.9
"""The least share of seeds that must match for a claim to match."""


def judging_seeds(number: int) -> tuple[int, ...]:
    """Return the seeds that claims are judged by.

    Parameters
    ----------
    number : int
        How many; 0 for none.

    Raises
    ------
    FigureError
        If it is negative.

    Examples
    --------
    >>> ac.claims.judging_seeds(3)
    (5001, 5002, 5003)
    """
    if number < 0:
        raise FigureError(f"seeds = {number}; expected a number of seeds of zero or more")
    return tuple(range(FIRST_SEED, FIRST_SEED + number))


def verdict_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a claim from those of its seeds.

    It is a match where nine seeds of ten match, near where nine of ten match or are near.

    Examples
    --------
    >>> ac.claims.verdict_of(["match"] * 9 + ["miss"])
    'match'
    >>> ac.claims.verdict_of(["match"] * 8 + ["near"] * 2)
    'near'
    >>> ac.claims.verdict_of([])
    'not run'
    """
    every = list(verdicts)
    if not every:
        return "not run"
    if "not judged" in every:
        return "not judged"
    enough = SHARE * len(every) - 1e-9
    if every.count("match") >= enough:
        return "match"
    if every.count("match") + every.count("near") >= enough:
        return "near"
    return "miss"
