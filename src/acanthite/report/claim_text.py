"""What a claim's values are best read as: yes or no, a percentage, or a number with its unit."""

from __future__ import annotations

import math

from acanthite.claims import Claim
from acanthite.formatting import as_text, percent

__all__ = ["as_published", "claimed"]


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


def _is_yes_or_no(claim: Claim) -> bool:
    return claim.unit == "1" and claim.published == claim.rule.low == claim.rule.high == 1.0


def _is_share(claim: Claim) -> bool:
    """A fraction of something: below one as published, or "at least 95 % of them"."""
    tendency = claim.published == claim.rule.high == 1.0 and claim.rule.low >= 0.95
    small = abs(claim.rule.high if claim.published is None else claim.published) < 1
    return claim.unit == "1" and (small or tendency)
