"""Claims and estimates side by side: one row per claim, as a table and as ``claims.csv``.

A claim that depends on the seed is judged over many; the value shown is their median.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import get_args

from acanthite.claims import CLAIMS, Claim, verdict_of
from acanthite.claims.claim import How, Verdict
from acanthite.errors import FigureError, nearest
from acanthite.estimate import Estimate
from acanthite.files import atomic
from acanthite.formatting import percent

__all__ = [
    "COLUMNS",
    "HOWS",
    "VERDICTS",
    "Row",
    "counts",
    "draws_in_words",
    "headline",
    "judge",
    "validate",
    "write_csv",
]

COLUMNS = (
    "id",
    "figure",
    "quantity",
    "unit",
    "published",
    "simulated",
    "low",
    "high",
    "seeds",
    "share",
    "spread",
    "n",
    "draws",
    "draws_low",
    "draws_high",
    "how",
    "verdict",
)
HOWS: tuple[How, ...] = get_args(How)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Row:
    """One claim of the ledger and what became of it.

    Parameters
    ----------
    claim : Claim
    estimate : Estimate or None
        Of the run's own seed, the one that is drawn; None where nothing was computed.
    over : tuple of Estimate
        One for each seed the claim is judged by. Without any it is judged by ``estimate``.
    draws : tuple of Estimate
        One for each draw of the parameters from their posterior.

    Examples
    --------
    >>> row = ac.report.Row(ac.claims.claim("figS1.rf-power"), ac.estimate.Estimate(150.0, "W"))
    >>> row.verdict, ac.report.Row(row.claim).verdict
    ('match', 'not run')
    >>> claim = ac.claims.claim("figS7.set-cv")
    >>> row = ac.report.Row(claim, over=tuple(map(ac.estimate.Estimate, (0.12, 0.13, 0.2))))
    >>> row.value, row.range, row.seeds, f"{row.share:.2f}", row.verdict
    (0.13, (0.12, 0.2), 3, '0.67', 'miss')
    """

    claim: Claim
    estimate: Estimate | None = None
    over: tuple[Estimate, ...] = ()
    draws: tuple[Estimate, ...] = ()

    @property
    def judged(self) -> tuple[Estimate, ...]:
        """What the verdict rests on: one estimate for each seed."""
        return self.over or (() if self.estimate is None else (self.estimate,))

    @property
    def verdict(self) -> Verdict:
        """By the claim's own rule for each seed, and by how many seeds agree."""
        return verdict_of(self.claim.verdict(estimate) for estimate in self.judged)

    @property
    def seeds(self) -> int:
        """How many seeds it is judged by."""
        return len(self.judged)

    @property
    def share(self) -> float | None:
        """Of the seeds that match on their own; None where there is nothing to judge."""
        verdicts = [self.claim.verdict(estimate) for estimate in self.judged]
        if not verdicts or "not judged" in verdicts:
            return None
        return verdicts.count("match") / len(verdicts)

    @property
    def value(self) -> float | None:
        """The median over the seeds [claim's unit]; not-a-number where no seed has a value."""
        return _median([estimate.value for estimate in self.judged])

    @property
    def range(self) -> tuple[float, float] | None:
        """The smallest and the largest value over the seeds [claim's unit]."""
        return _range([estimate.value for estimate in self.judged])

    @property
    def spread(self) -> float | None:
        """The spread within one seed, the median of all [claim's unit]."""
        return _median([e.spread for e in self.judged if e.spread is not None])

    @property
    def n(self) -> int:
        """How many repetitions stand behind the value of one seed, at least."""
        return min((estimate.n for estimate in self.judged), default=0)

    @property
    def drawn(self) -> tuple[float, ...]:
        """The values of the draws that gave a number [claim's unit]."""
        return tuple(_numbers(estimate.value for estimate in self.draws))

    @property
    def draws_range(self) -> tuple[float, float] | None:
        """The smallest and the largest value over the draws [claim's unit]."""
        return _range(self.drawn)

    @property
    def draws_coverage(self) -> float | None:
        """The chance that one more draw lies within :attr:`draws_range`, at least.

        Of n draws it is (n - 1) / (n + 1), however they are distributed: one more is the least or
        the largest of all n + 1 in two cases of n + 1 [1]_. None without a draw.

        References
        ----------
        .. [1] S. S. Wilks, *Ann. Math. Stat.* **12**, 91 (1941).
        """
        n = len(self.drawn)
        return (n - 1) / (n + 1) if n else None


def _numbers(values: Iterable[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def _median(values: Sequence[float]) -> float | None:
    if not values:
        return None
    numbers = _numbers(values)
    return median(numbers) if numbers else math.nan


def _range(values: Sequence[float]) -> tuple[float, float] | None:
    numbers = _numbers(values)
    return (min(numbers), max(numbers)) if numbers else None


def judge(
    estimates: Mapping[str, Estimate],
    claims: Sequence[Claim] = CLAIMS,
    over: Iterable[Mapping[str, Estimate]] = (),
    draws: Iterable[Mapping[str, Estimate]] = (),
) -> tuple[Row, ...]:
    """Return a row for every claim, in the order of the ledger.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        Of the run's own seed, by claim id; a claim without one is "not run".
    claims : sequence of Claim
        The ledger.
    over : iterable of mapping
        The same of each seed that claims are judged by; a claim that none of them has is judged by
        ``estimates``.
    draws : iterable of mapping
        The same of each draw of the parameters.

    Raises
    ------
    FigureError
        If an estimate is for no claim, or in another unit than the claim.

    Examples
    --------
    >>> rows = ac.report.judge({"figS1.rf-power": ac.estimate.Estimate(150.0, "W")})
    >>> {row.claim.id: row.verdict for row in rows[:2]}
    {'figS1.rf-power': 'match', 'figS1.argon-flow': 'not run'}
    """
    over, draws = tuple(over), tuple(draws)
    known = {claim.id: claim for claim in claims}
    for one in (estimates, *over, *draws):
        for key, estimate in one.items():
            if key not in known:
                raise FigureError(f"no claim {key!r} in the ledger{nearest(key, known)}")
            known[key].verdict(estimate)  # refuses another unit

    def of(id: str, several: tuple[Mapping[str, Estimate], ...]) -> tuple[Estimate, ...]:
        return tuple(one[id] for one in several if id in one)

    return tuple(
        Row(claim, estimates.get(claim.id), of(claim.id, over), of(claim.id, draws))
        for claim in claims
    )


def validate(
    figure: str, estimates: Mapping[str, Estimate], claims: Sequence[Claim] = CLAIMS
) -> None:
    """Check that a figure answers its own claims, all of them, in their units.

    Raises
    ------
    FigureError
        If an estimate is for no claim of this figure or in another unit, or a claim has none.
    """
    mine = {claim.id: claim for claim in claims if claim.figure == figure}
    for key, estimate in estimates.items():
        if key not in mine:
            raise FigureError(
                f"{figure} gives an estimate for {key!r}, no claim of its own{nearest(key, mine)}"
            )
        mine[key].verdict(estimate)  # refuses another unit
    owed = [key for key, claim in mine.items() if claim.how != "missing" and key not in estimates]
    if owed:
        raise FigureError(f"{figure} gives no estimate for {', '.join(owed)}")


def counts(rows: Iterable[Row]) -> dict[How, dict[Verdict, int]]:
    """Return how many claims of each kind got each verdict.

    Examples
    --------
    >>> claim = ac.claims.claim("figS1.rf-power")
    >>> rows = [ac.report.Row(claim, ac.estimate.Estimate(150.0, "W")), ac.report.Row(claim)]
    >>> ac.report.counts(rows)["given"]
    {'match': 1, 'near': 0, 'miss': 0, 'not judged': 0, 'not run': 1}
    """
    tally = Counter((row.claim.how, row.verdict) for row in rows)
    return {how: {verdict: tally[how, verdict] for verdict in VERDICTS} for how in HOWS}


def headline(rows: Iterable[Row]) -> str:
    """Return what a run says first: how many predictions match and how many miss.

    Rows that are given are inputs and count for nothing; fitted rows and consequences are no test.

    Examples
    --------
    >>> ac.report.headline([ac.report.Row(ac.claims.claim("fig4i.ideal"))])
    'Predicted: 0 match, 0 miss; 1 not run.'
    """
    of = counts(rows)["predicted"]
    others = [f"{of[v]} {v}" for v in ("near", "not judged", "not run") if of[v]]
    rest = f"; {', '.join(others)}" if others else ""
    return f"Predicted: {of['match']} match, {of['miss']} miss{rest}."


def draws_in_words(rows: Iterable[Row]) -> str:
    """Return what the ranges over posterior draws are, as a sentence: empty without draws.

    Examples
    --------
    >>> claim = ac.claims.claim("figS7.set-cv")
    >>> draws = tuple(map(ac.estimate.Estimate, (0.12, 0.13, 0.2)))
    >>> print(ac.report.verdicts.draws_in_words([ac.report.Row(claim, draws=draws)]))
    The range over 3 draws of the fitted parameters is what the calibration leaves open: it holds
    one more draw in 50 % of cases.
    """
    most = max(rows, key=lambda row: len(row.drawn), default=None)
    if most is None or most.draws_coverage is None:
        return ""
    return (
        f"The range over {len(most.drawn)} draws of the fitted parameters is what the calibration "
        f"leaves open: it holds one more draw in {percent(most.draws_coverage, 2)} of cases."
    )


def write_csv(path: str | Path, rows: Iterable[Row]) -> None:
    """Write the rows as ``claims.csv``: nine digits, SI units, the same bits for the same run."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_cells(row) for row in rows)
    with atomic(path) as temporary:
        temporary.write_bytes(text.getvalue().encode())


def _cells(row: Row) -> tuple[str, ...]:
    claim = row.claim
    low, high = row.range or (None, None)
    draws_low, draws_high = row.draws_range or (None, None)
    return (
        claim.id,
        claim.figure,
        claim.quantity,
        claim.unit,
        claim.as_stated if claim.published is None else _number(claim.published),
        _number(row.value),
        _number(low),
        _number(high),
        str(row.seeds),
        _number(row.share),
        _number(row.spread),
        str(row.n or ""),
        str(len(row.drawn) or ""),
        _number(draws_low),
        _number(draws_high),
        claim.how,
        row.verdict,
    )


def _number(value: float | None) -> str:
    return "" if value is None else format(value, ".9g")
