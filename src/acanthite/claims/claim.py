"""A published claim, the rule it is judged by, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from acanthite.errors import FigureError
from acanthite.estimate import Estimate

How = Literal["given", "fitted", "consequence", "predicted", "missing"]
Verdict = Literal["match", "near", "miss", "not judged", "not run"]


@dataclass(frozen=True)
class Rule:
    """When a simulated value agrees with the published one.

    It is to be written before the result is seen; where it was not, or was changed later, the
    rule log (:data:`acanthite.claims.RULE_LOG`) says so.

    Parameters
    ----------
    low, high : float
        The value matches inside this closed interval [claim's unit].
    margin : float
        It is near up to this far outside [claim's unit].
    because : str
        Where the interval comes from.

    Examples
    --------
    >>> rule = ac.claims.Rule(0.9, 1.1, margin=0.1, because="the error bar of the paper")
    >>> rule.judge(1.05), rule.judge(1.15), rule.judge(2.0)
    ('match', 'near', 'miss')
    """

    low: float
    high: float
    margin: float
    because: str

    def judge(self, value: float) -> Verdict:
        """Return the verdict on ``value``; not-a-number is a miss."""
        if self.low <= value <= self.high:
            return "match"
        if self.low - self.margin <= value <= self.high + self.margin:
            return "near"
        return "miss"


def within(published: float, tolerance: float, because: str) -> Rule:
    """Match within ``tolerance`` of ``published``, near within twice that.

    Examples
    --------
    >>> ac.claims.within(10.0, 2.0, "the error bar of the paper").judge(13.0)
    'near'
    """
    return Rule(published - tolerance, published + tolerance, tolerance, because)


def between(low: float, high: float, because: str, margin: float = 0.0) -> Rule:
    """Match inside the interval, near up to ``margin`` outside.

    Examples
    --------
    >>> ac.claims.between(0.0, 1.0, "a share").judge(1.2)
    'miss'
    """
    return Rule(low, high, margin, because)


@dataclass(frozen=True)
class Falsifier:
    """A change of one parameter, within its range, that makes a prediction miss.

    A row that no such change can make miss is no prediction: it cannot fail.
    ``scripts/falsify.py`` makes every change and shows the verdict.

    Parameters
    ----------
    key : str
        Of the parameter; no claim that is *given* states it.
    value : float
        What it is changed to [its unit].
    low, high : float
        The range in which its value may lie as far as is known [its unit].
    because : str
        Where the range comes from.

    Raises
    ------
    ValueError
        If the value is outside the range.

    Examples
    --------
    >>> ac.claims.Falsifier("instrument.sweep_rate", 0.5, 0.5, 20.0, "not stated").key
    'instrument.sweep_rate'
    """

    key: str
    value: float
    low: float
    high: float
    because: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"falsifier {self.key!r}: value = {self.value:g}; expected a value within its "
                f"range, {self.low:g} to {self.high:g}"
            )


@dataclass(frozen=True)
class Claim:
    """One published number and how acanthite stands to it.

    Parameters
    ----------
    id : str
        ``"fig2c.set-cv"``: the figure, then what.
    quantity : str
        In words.
    unit : str
        SI without prefixes; ``"1"`` for ratios, counts and yes (1) or no (0).
    published : float or None
        The paper's number [unit]; 1 where it says that something holds. None where its text states
        a range or a tendency and no number: then ``as_stated`` holds its words, and ``rule`` how
        they are read.
    how : {"given", "fitted", "consequence", "predicted", "missing"}
        ``given``: an input of the twin. ``fitted``: the twin was adjusted to it. ``consequence``:
        it follows from what was fitted, or cannot fail. ``predicted``: no parameter was adjusted
        to it, and ``falsifier`` says what would make it miss. ``missing``: not computed yet.
    rule : Rule or None
        What makes it match, near or miss. None where the paper gives nothing to judge by: the
        value is shown and not judged.
    as_stated : str
        The paper's words, where ``published`` alone would say too much or there is no number.
    falsifier : Falsifier, optional
        Of a predicted row: the change that makes it miss.

    Examples
    --------
    >>> rule = ac.claims.within(0.25, 0.05, "half a step of the sweep")
    >>> claim = ac.claims.Claim("fig9a.voltage", "set voltage", "V", 0.25, "fitted", rule)
    >>> claim.figure, claim.verdict(ac.estimate.Estimate(0.27, "V")), claim.verdict(None)
    ('fig9a', 'match', 'not run')
    """

    id: str
    quantity: str
    unit: str
    published: float | None
    how: How
    rule: Rule | None
    as_stated: str = ""
    falsifier: Falsifier | None = None

    def __post_init__(self) -> None:
        if self.published is None and not self.as_stated:
            raise ValueError(
                f"claim {self.id!r}: neither a published number nor the paper's words; give one"
            )

    @property
    def figure(self) -> str:
        """Name of the figure that computes it."""
        return self.id.partition(".")[0]

    def verdict(self, estimate: Estimate | None) -> Verdict:
        """Return the verdict on ours, ``"not run"`` where there is none, ``"not judged"`` where
        there is no rule.

        Raises
        ------
        FigureError
            If ours is in another unit.
        """
        if estimate is None:
            return "not run"
        if estimate.unit != self.unit:
            raise FigureError(
                f"{self.id} is estimated in {estimate.unit!r}; the ledger has {self.unit!r}"
            )
        return "not judged" if self.rule is None else self.rule.judge(estimate.value)
