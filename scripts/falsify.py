"""Make each prediction miss: change the parameter its falsifier names and judge the row again.

    python scripts/falsify.py [CLAIM...] [--seeds 10]

A row of the ledger is a prediction only if a stated change of one parameter, within its range,
makes it miss. This computes each predicted row as it stands and with that change, over the seeds
that claims are judged by, and exits with 1 where a change leaves the verdict a match: that row is
a consequence. Rows that miss as they stand need no change.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from acanthite.claims import CLAIMS, Claim, Falsifier, claim, judging_seeds
from acanthite.errors import ParameterError, nearest
from acanthite.estimate import Estimate
from acanthite.figures import Settings, figure
from acanthite.parameters import AG2S, ParameterSet
from acanthite.parameters.reading import forget
from acanthite.report.claim_text import agreement, claimed
from acanthite.report.measuring import measure
from acanthite.report.verdicts import Row


def changed(falsifier: Falsifier) -> ParameterSet:
    """Return the set with the change made.

    Raises
    ------
    ParameterError
        If the set has no such parameter, or its value is outside the range the falsifier states.
    """
    key = falsifier.key
    if key not in AG2S:
        raise ParameterError(
            f"falsifier: no parameter {key!r}{nearest(key, AG2S)}; name one of the set in "
            "claims/ledger.py"
        )
    now = AG2S.value(key)
    if not falsifier.low <= now <= falsifier.high:
        raise ParameterError(
            f"falsifier: {key} = {now:g} in the set; expected a value within the range stated, "
            f"{falsifier.low:g} to {falsifier.high:g}"
        )
    return AG2S.replace({key: replace(AG2S[key], value=falsifier.value)})


def rows_over(name: str, parameters: ParameterSet, seeds: Sequence[int]) -> dict[str, Row]:
    """Return a figure's rows, judged over seeds."""
    each: list[dict[str, Estimate]] = []
    for seed in seeds[: getattr(figure(name), "REPEATS", len(seeds))]:
        part = measure(name, Settings(seed, parameters=parameters))
        if part.state != "done":
            raise SystemExit(f"{name}, seed {seed}: {part.state}: {part.reason}")
        each.append(dict(part.estimates))
        forget()
    return {
        one.id: Row(one, over=tuple(estimates[one.id] for estimates in each))
        for one in CLAIMS
        if one.figure == name
    }


def said(row: Row) -> str:
    """Return a row's value and verdict."""
    return f"{claimed(row.claim, row.value)}, {row.verdict}{agreement(row)}"


def main() -> int:
    """Judge every prediction as it stands and changed; return 1 where one cannot be made to miss."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("claims", nargs="*", help="ids of predictions; all without any")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds judge")
    chosen = parser.parse_args()
    seeds = judging_seeds(chosen.seeds)
    some = [claim(id) for id in chosen.claims] or [one for one in CLAIMS if one.how == "predicted"]
    standing: list[str] = []
    for name, members in groupby(some, lambda one: one.figure):
        as_it_stands = rows_over(name, AG2S, seeds)
        by_change: dict[Falsifier, dict[str, Row]] = {}
        for one in members:
            standing += judge_one(one, as_it_stands[one.id], by_change, seeds)
    for id in standing:
        print(f"{id} cannot be made to miss: it is a consequence", file=sys.stderr)
    return 1 if standing else 0


def judge_one(
    one: Claim, row: Row, by_change: dict[Falsifier, dict[str, Row]], seeds: Sequence[int]
) -> list[str]:
    """Print a prediction and its change; return its id where the change leaves it standing."""
    print(f"{one.id}: {said(row)}", flush=True)
    if one.falsifier is None:
        return [] if row.verdict == "miss" else [one.id]
    if one.falsifier not in by_change:
        by_change[one.falsifier] = rows_over(one.figure, changed(one.falsifier), seeds)
    now = by_change[one.falsifier][one.id]
    print(f"  with {one.falsifier.key} = {one.falsifier.value:g}: {said(now)}", flush=True)
    return [] if now.verdict == "miss" else [one.id]


if __name__ == "__main__":
    sys.exit(main())
