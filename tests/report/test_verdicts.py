from __future__ import annotations

import csv

import fakes
import numpy as np
import pytest

from acanthite.claims import CLAIMS, claim
from acanthite.errors import FigureError
from acanthite.estimate import Estimate
from acanthite.report.verdicts import COLUMNS, Row, counts, headline, judge, validate, write_csv


def test_a_row_for_every_claim_in_the_order_of_the_ledger():
    rows = judge(fakes.estimates("fig2c"))
    assert [row.claim for row in rows] == list(CLAIMS)
    assert {row.claim.figure for row in rows if row.verdict != "not run"} == {"fig2c"}


def test_the_claims_own_rule_gives_the_verdict():
    def verdict(value):
        rows = judge({"fig2d.set-mean": Estimate(value, "V")})
        return next(row.verdict for row in rows if row.claim.id == "fig2d.set-mean")

    assert [verdict(v) for v in (0.22, 0.2300001, 0.25, float("nan"))] == [
        "match",
        "near",
        "miss",
        "miss",
    ]


def test_counts_add_up():
    found = counts(judge(fakes.estimates("figS7", 1.6)))
    assert sum(sum(row.values()) for row in found.values()) == len(CLAIMS)
    assert found["fitted"]["miss"] == 2


def test_csv_has_the_columns_and_plain_numbers(tmp_path):
    path = tmp_path / "claims.csv"
    write_csv(path, judge({"fig2d.set-mean": Estimate(0.1 + 0.2, "V", 1 / 3, 30)}))
    text = path.read_bytes().decode()
    assert text.splitlines()[0] == (
        "id,figure,quantity,unit,published,simulated,low,high,seeds,share,spread,n,draws,draws_low,"
        "draws_high,how,verdict"
    )
    assert "\r" not in text
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == COLUMNS
    assert [entry["id"] for entry in table] == [claim.id for claim in CLAIMS]
    row = next(entry for entry in table if entry["id"] == "fig2d.set-mean")
    assert (row["simulated"], row["spread"], row["n"]) == ("0.3", "0.333333333", "30")
    other = next(entry for entry in table if entry["id"] == "figS7.set-cv")
    assert (other["simulated"], other["spread"], other["n"], other["verdict"]) == (
        "",
        "",
        "",
        "not run",
    )


def over(*values, id="fig2d.set-mean", draws=()):
    """Return the row of a claim with a value for each seed, and for each draw."""
    unit = next(claim.unit for claim in CLAIMS if claim.id == id)
    each = [{id: Estimate(value, unit, 0.01, 30)} for value in values]
    drawn = [{id: Estimate(value, unit)} for value in draws]
    rows = judge({id: Estimate(99.0, unit)}, over=each, draws=drawn)
    return next(row for row in rows if row.claim.id == id)


@pytest.mark.parametrize(
    ("match", "near", "miss", "verdict"),
    [
        (10, 0, 0, "match"),
        (9, 0, 1, "match"),
        (8, 2, 0, "near"),
        (8, 1, 1, "near"),
        (8, 0, 2, "miss"),
        (0, 9, 1, "near"),
        (0, 0, 10, "miss"),
        (2, 0, 0, "match"),
        (1, 1, 0, "near"),
    ],
)
def test_nine_seeds_of_ten_must_match(match, near, miss, verdict):
    row = over(*[0.22] * match, *[0.239] * near, *[0.5] * miss)
    assert row.verdict == verdict
    assert row.seeds == match + near + miss
    assert row.share == match / row.seeds


def test_the_seeds_are_judged_and_not_the_one_that_is_drawn():
    row = over(0.22, 0.221, 0.219, 0.5)
    assert (row.estimate.value, row.verdict) == (99.0, "miss")
    assert (row.value, row.range, row.spread, row.n) == (0.2205, (0.219, 0.5), 0.01, 30)


def test_a_seed_without_a_number_is_a_miss_and_leaves_the_median_alone():
    row = over(*[0.22] * 4, float("nan"))
    assert (row.value, row.range, row.share, row.verdict) == (0.22, (0.22, 0.22), 0.8, "miss")


def test_a_claim_without_a_rule_is_shown_and_not_judged():
    row = over(0.3, 0.5, id="fig4e.ssim")
    assert (row.verdict, row.share, row.value) == ("not judged", None, 0.4)


def test_draws_give_an_interval_and_no_verdict():
    row = over(0.22, 0.22, draws=(0.1, 0.4, 0.2))
    assert (row.draws_range, row.verdict) == ((0.1, 0.4), "match")
    assert row.draws_coverage == 0.5
    assert (over(0.22).draws_range, over(0.22).draws_coverage) == (None, None)


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_the_range_over_draws_holds_one_more_as_often_as_it_says(n):
    rng = np.random.Generator(np.random.PCG64(n))
    trials = 2000
    values = rng.lognormal(sigma=1.5, size=(trials, n + 1))
    rows = [
        Row(claim("fig2d.set-mean"), draws=tuple(Estimate(value, "V") for value in drawn))
        for drawn in values[:, 1:].tolist()
    ]
    ends = np.array([row.draws_range for row in rows])
    held = np.mean((ends[:, 0] <= values[:, 0]) & (values[:, 0] <= ends[:, 1]))
    coverage = rows[0].draws_coverage
    assert held == pytest.approx(coverage, abs=4 * np.sqrt(0.25 / trials))


def test_a_draw_without_a_number_widens_no_interval_and_is_not_counted():
    row = over(0.22, draws=(0.1, float("nan"), 0.2))
    assert (row.draws_range, row.draws_coverage) == ((0.1, 0.2), pytest.approx(1 / 3))
    assert (len(row.drawn), len(row.draws)) == (2, 3)


def test_the_headline_counts_predictions_alone():
    given = over(150.0, id="figS1.rf-power")
    hit, missed = over(1.0, id="figS6.clusters"), over(0.0, id="figS6.clusters")
    assert headline([given, hit, missed, missed]) == "Predicted: 1 match, 2 miss."


def test_a_figure_owes_its_claims_in_their_units():
    validate("fig2c", fakes.estimates("fig2c"))
    with pytest.raises(FigureError, match=r"no estimate for figS7\.set-cv, figS7\.reset-cv"):
        validate("figS7", {})
    with pytest.raises(
        FigureError, match=r"'fig2c.rnge', no claim of its own; did you mean 'fig2c.range'"
    ):
        validate("fig2c", {**fakes.estimates("fig2c"), "fig2c.rnge": Estimate(1.0)})
    with pytest.raises(FigureError, match=r"fig2c\.range is estimated in 'V'; the ledger has '1'"):
        validate("fig2c", {**fakes.estimates("fig2c"), "fig2c.range": Estimate(1.0, "V")})


def test_an_estimate_in_another_unit_or_for_no_claim_is_refused():
    with pytest.raises(
        FigureError, match=r"figS1.rf-power is estimated in 'V'; the ledger has 'W'"
    ):
        judge({"figS1.rf-power": Estimate(150.0, "V")})
    with pytest.raises(
        FigureError, match=r"no claim 'figS1.rf-powr' in the ledger; did you mean 'figS1.rf-power'"
    ):
        judge({"figS1.rf-powr": Estimate(150.0, "W")})
    rf_power = next(claim for claim in CLAIMS if claim.id == "figS1.rf-power")
    with pytest.raises(FigureError, match="estimated in 'mW'"):
        rf_power.verdict(Estimate(150.0, "mW"))
