"""Claims and estimates side by side: one row per claim, as a table and as ``claims.csv``."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from acanthite.claims import CLAIMS, Claim
from acanthite.claims.claim import How, Verdict
from acanthite.errors import FigureError, nearest
from acanthite.estimate import Estimate
from acanthite.files import atomic

__all__ = ["COLUMNS", "HOWS", "VERDICTS", "Row", "counts", "judge", "validate", "write_csv"]

COLUMNS = (
    "id",
    "figure",
    "quantity",
    "unit",
    "published",
    "simulated",
    "spread",
    "n",
    "how",
    "verdict",
)
HOWS: tuple[How, ...] = get_args(How)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Row:
    """One claim of the ledger and what became of it.

    ``estimate`` is None where nothing was computed.

    Examples
    --------
    >>> row = ac.report.Row(ac.claims.claim("figS1.rf-power"), ac.estimate.Estimate(150.0, "W"))
    >>> row.verdict, ac.report.Row(row.claim).verdict
    ('match', 'not run')
    """

    claim: Claim
    estimate: Estimate | None = None

    @property
    def verdict(self) -> Verdict:
        """By the claim's own rule."""
        return self.claim.verdict(self.estimate)


def judge(estimates: Mapping[str, Estimate], claims: Sequence[Claim] = CLAIMS) -> tuple[Row, ...]:
    """Return a row for every claim, in the order of the ledger.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        By claim id; a claim without one is "not run".
    claims : sequence of Claim
        The ledger.

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
    known = {claim.id: claim for claim in claims}
    for key, estimate in estimates.items():
        if key not in known:
            raise FigureError(f"no claim {key!r} in the ledger{nearest(key, known)}")
        known[key].verdict(estimate)  # refuses another unit
    return tuple(Row(claim, estimates.get(claim.id)) for claim in claims)


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
    {'match': 1, 'near': 0, 'miss': 0, 'not run': 1}
    """
    tally = Counter((row.claim.how, row.verdict) for row in rows)
    return {how: {verdict: tally[how, verdict] for verdict in VERDICTS} for how in HOWS}


def write_csv(path: str | Path, rows: Iterable[Row]) -> None:
    """Write the rows as ``claims.csv``: nine digits, SI units, the same bits for the same run."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_cells(row) for row in rows)
    with atomic(path) as temporary:
        temporary.write_bytes(text.getvalue().encode())


def _cells(row: Row) -> tuple[str, ...]:
    claim, ours = row.claim, row.estimate
    return (
        claim.id,
        claim.figure,
        claim.quantity,
        claim.unit,
        claim.as_stated if claim.published is None else _number(claim.published),
        _number(ours and ours.value),
        _number(ours and ours.spread),
        "" if ours is None else str(ours.n),
        claim.how,
        row.verdict,
    )


def _number(value: float | None) -> str:
    return "" if value is None else format(value, ".9g")
