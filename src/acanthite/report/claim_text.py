"""What a claim's values are best read as: yes or no, a percentage, or a number with its unit."""

from __future__ import annotations

import math

from acanthite.claims import Claim
from acanthite.formatting import as_text, percent
from acanthite.report.verdicts import Row

__all__ = ["agreement", "as_published", "claimed", "match_in_words", "range_in_words"]


def claimed(claim: Claim, value: float | None, spread: bool = False) -> str:
    """Return a value of a claim as text: yes or no, a percentage, or by :func:`as_text`.

    Parameters
    ----------
    claim : Claim
    value : float or None
        [claim's unit]
    spread : bool
        True if the value is a spread, which is never a yes or a no.
    """
    if value is None or math.isnan(value):
        return "–"
    if _is_yes_or_no(claim) and value in (0.0, 1.0):
        return "–" if spread else ("yes" if value else "no")
    if _is_share(claim):
        return percent(value)
    return as_text(value, claim.unit)


def as_published(claim: Claim) -> str:
    """Return what the paper says: its number, or its words where it states none."""
    return f"“{claim.as_stated}”" if claim.published is None else claimed(claim, claim.published)


def match_in_words(claim: Claim) -> str:
    """Return the values that match, ``"not judged"`` where the claim has no rule."""
    rule = claim.rule
    if rule is None:
        return "not judged"
    low, high = claimed(claim, rule.low), claimed(claim, rule.high)
    if low == high:
        return low
    return f"at least {low}" if high == "∞" else f"{low} to {high}"


def range_in_words(claim: Claim, ends: tuple[float, float] | None) -> str:
    """Return the smallest and the largest value, one where they are alike, a dash for none."""
    if ends is None:
        return "–"
    low, high = (claimed(claim, value) for value in ends)
    if low == high:
        return low
    if _is_yes_or_no(claim):
        low, high = (percent(value) for value in ends)
    return f"{low} to {high}"


def agreement(row: Row) -> str:
    """Return how many seeds match, as what follows a value: empty where one seed was judged."""
    if row.share is None or row.seeds < 2:
        return ""
    return f"; {round(row.share * row.seeds)} of {row.seeds} seeds match"


def _is_yes_or_no(claim: Claim) -> bool:
    rule = claim.rule
    if rule is None:
        return False
    return claim.unit == "1" and claim.published == rule.low == rule.high == 1.0


def _is_share(claim: Claim) -> bool:
    """A fraction of something: below one as published, or "at least 95 % of them"."""
    rule = claim.rule
    if rule is None:
        return False
    tendency = claim.published == rule.high == 1.0 and rule.low >= 0.95
    small = abs(rule.high if claim.published is None else claim.published) < 1
    return claim.unit == "1" and (small or tendency)
